// The dashboard: what a manager asks, each number with its definition and the tickets behind it.
import { type Context, Hono } from 'hono'
import type { Child } from 'hono/jsx'
import type { MetricName } from '../metrics/behind.ts'
import { periodNames } from '../metrics/calendar.ts'
import { type Dashboard, type Excluded, type Rate, readDashboard } from '../metrics/dashboard.ts'
import { ENOUGH } from '../metrics/percentile.ts'
import { exclusionWords } from '../metrics/turns.ts'
import { behindPages } from './dashboard-rows.tsx'
import { dates, readView, type View } from './dashboard-view.ts'
import type { WebEnv } from './env.ts'
import { openHoursPages } from './open-hours.tsx'
import { Histogram, HourBars, ShareLine } from './parts/charts.tsx'
import { duration, percent } from './parts/duration.ts'
import { Page } from './parts/page.tsx'
import { PlatformIcon } from './parts/platform.tsx'
import { Time, waited } from './parts/time.tsx'
import { plural } from './parts/words.ts'

export function dashboardPages(): Hono<WebEnv> {
  const pages = new Hono<WebEnv>()
  pages.get('/dashboard', async c => {
    const view = await readView(c)
    const numbers = await readDashboard(c.get('desk').db, view.period, view.now, view.measure)
    return c.html(<DashboardPage c={c} view={view} numbers={numbers} />)
  })
  pages.route('/', behindPages())
  pages.route('/', openHoursPages())
  return pages
}

function DashboardPage({ c, view, numbers: d }: { c: Context<WebEnv>; view: View; numbers: Dashboard }) {
  const { period, now } = view
  const to = (metric: MetricName, more = '') => `/dashboard/tickets?metric=${metric}&period=${period.name}&clock=${view.clock}${more}`
  return (
    <Page c={c} title="Dashboard" section="dashboard" styles={['dashboard']}>
      <header class="page-head">
        <div>
          <h1>Dashboard</h1>
          <p class="muted">
            {dates(period)} · times in {period.zone} · <a href="/dashboard/hours">zone and open hours</a>
          </p>
        </div>
        <nav class="segments" aria-label="Period">
          {Object.entries(periodNames).map(([name, label]) => (
            <a href={`/dashboard?period=${name}&clock=${view.clock}`} aria-current={name === period.name ? 'true' : undefined}>
              {label}
            </a>
          ))}
        </nav>
      </header>

      <section aria-labelledby="now-heading" class="stack">
        <h2 id="now-heading">Now</h2>
        <div class="tiles">
          <Tile
            label="Waiting for us"
            definition="Unsolved tickets with a customer mention nobody has answered; spam, backfilled and held for an incident left out."
          >
            <Figure href={to('waiting')}>{d.waiting.n}</Figure>
            <p>
              {d.waiting.longest ? (
                <>
                  longest <a href={`/tickets/${d.waiting.longest.number}`}>{waited(d.waiting.longest.since, now)}</a> · #
                  {d.waiting.longest.number}
                </>
              ) : (
                'Nobody waits.'
              )}
            </p>
            <ul class="facts">
              <li>
                <a href={to('waiting-past-60')} class={d.waiting.past60 ? 'late' : undefined}>
                  {d.waiting.past60}
                </a>{' '}
                past 60 min
              </li>
              <li>
                <a href={to('due-in-15')}>{d.waiting.dueIn15}</a> due in 15 min
              </li>
              <li>
                <a href={to('unassigned')}>{d.waiting.unassigned}</a> unassigned
              </li>
            </ul>
          </Tile>
          <Tile
            label={period.asOf < now ? 'Backlog at the end of the period' : 'Backlog'}
            definition="Tickets not solved at that moment, snoozed and on hold included. Overdue: past a running response target. Tickets an incident holds are counted apart."
          >
            <Figure href={to('backlog')}>{d.backlog.n}</Figure>
            <ul class="facts">
              <li>
                <a href={to('backlog-overdue')} class={d.backlog.overdue ? 'late' : undefined}>
                  {d.backlog.overdue}
                </a>{' '}
                overdue
              </li>
              <li>
                <a href={to('backlog-incident')}>{d.backlog.incident}</a> linked to an incident
              </li>
            </ul>
          </Tile>
          <Tile label="Failed sends" definition="Unsolved tickets with a reply the platform refused, or that may or may not have gone out.">
            <Figure href={to('failed')} tone={d.failed ? 'late' : undefined}>
              {d.failed}
            </Figure>
            <p>{d.failed ? 'A customer may think we never answered.' : 'Every reply went out.'}</p>
          </Tile>
          <Tile
            label="Connector lag"
            definition="How long ago each account's platform was last heard (webhook or poll), and the newest mention seen."
          >
            {d.lag.length ? (
              <Lag lag={d.lag} now={now} />
            ) : (
              <p class="muted">
                No account is connected. <a href="/accounts">Connect one</a>
              </p>
            )}
          </Tile>
        </div>
      </section>

      <section aria-labelledby="speed-heading" class="stack">
        <div class="section-head">
          <h2 id="speed-heading">First response</h2>
          <nav class="segments small" aria-label="Clock">
            <a href={`/dashboard?period=${period.name}`} aria-current={view.clock === 'calendar' ? 'true' : undefined}>
              Calendar time
            </a>
            <a href={`/dashboard?period=${period.name}&clock=business`} aria-current={view.clock === 'business' ? 'true' : undefined}>
              Business time
            </a>
          </nav>
        </div>
        <div class="tiles wide">
          <Tile
            label="Median and p90"
            n={d.first.n}
            excluded={d.first.excluded}
            zone={period.zone}
            definition={`From the customer's first words to the platform's acceptance of our first answer or hand-over, ${view.clock === 'business' ? 'counting open hours only (what the team controls)' : 'around the clock (what the customer felt)'}. In the period of the answer.`}
          >
            {d.first.n ? (
              <>
                <div class="pair">
                  <Figure href={to('first-response')} isFew={d.first.n < ENOUGH}>
                    {duration(d.first.median!)}
                    <small> median</small>
                  </Figure>
                  {d.first.n >= ENOUGH ? (
                    <span class="second">
                      <strong>{duration(d.first.p90!)}</strong> p90
                    </span>
                  ) : null}
                  <span class="second">
                    <strong>{duration(d.first.mean!)}</strong> mean
                  </span>
                </div>
                {d.first.n < ENOUGH ? (
                  <p class="muted">
                    Too few for a p90. All of them:{' '}
                    {[...d.first.values]
                      .sort((a, b) => a - b)
                      .map(duration)
                      .join(' · ')}
                  </p>
                ) : null}
              </>
            ) : (
              <Nothing>No first answer in this period.</Nothing>
            )}
            <p>
              <a href={to('first-waiting')} class={d.first.stillWaiting ? 'late' : undefined}>
                {d.first.stillWaiting}
              </a>{' '}
              still waiting for theirs, not in these times
            </p>
          </Tile>
          <RateTile
            label="Within 60 minutes"
            rate={d.first.within}
            zone={period.zone}
            part={to('first-within-60')}
            rest={to('first-late')}
            partName="in time"
            restName="not"
            empty="No first response was decided."
            definition="First responses within 60 calendar minutes ÷ (answered + unanswered for more than 60). Each counts in the period in which its answer came or its hour was over."
          />
          <div class="tile chart-tile">
            {d.first.n ? (
              <Histogram
                buckets={d.first.buckets}
                caption={`How long the ${plural(d.first.n, 'first answer')} took`}
                href={b => to('first-response', `&above=${b.above === -Infinity ? 0 : b.above}&upTo=${b.upTo === Infinity ? '' : b.upTo}`)}
              />
            ) : (
              <Nothing>The spread of times appears with the first answer.</Nothing>
            )}
          </div>
        </div>
      </section>

      <section aria-labelledby="outcome-heading" class="stack">
        <h2 id="outcome-heading">Outcome</h2>
        <div class="tiles">
          <RateTile
            label="Response targets met"
            rate={d.sla}
            zone={period.zone}
            part={to('sla-met')}
            rest={to('sla-breached')}
            partName="met"
            restName="breached"
            empty="No target was decided."
            definition="Turns answered by their due time ÷ turns decided. Late and unanswered past due are breached; not yet due is not counted."
          />
          <RateTile
            label="Answered share"
            rate={d.answered}
            zone={period.zone}
            part={to('answered')}
            rest={to('unanswered')}
            partName="answered"
            restName="not yet"
            empty="No tier 1 ticket began."
            definition="Tier 1 tickets that began in the period and had an answer by its end ÷ all tier 1 tickets that began in it."
          />
        </div>
      </section>

      <section aria-labelledby="volume-heading" class="stack">
        <h2 id="volume-heading">Volume by hour</h2>
        <div class="tile">
          <p>
            <a class="figure-link" href={`/dashboard/mentions?period=${period.name}`}>
              <strong>{d.volume.n}</strong>
            </a>{' '}
            inbound mentions{period.days > 1 ? ` over ${period.days} days` : ''}
            {busiest(d.volume.byHour)}
          </p>
          <HourBars
            byHour={d.volume.byHour}
            label={`Inbound mentions by hour in ${period.zone}`}
            href={hour => `/dashboard/mentions?period=${period.name}&hour=${hour}`}
          />
          <Definition
            n={d.volume.n}
            zone={period.zone}
            leftOut={d.volume.excluded ? `${d.volume.excluded} left out (spam, noise, backfilled)` : 'nothing left out'}
          >
            What customers posted, by the hour they posted it{period.days > 1 ? ', the days of the period added up' : ''}.
          </Definition>
        </div>
      </section>
    </Page>
  )
}

function Tile({
  label,
  definition,
  n,
  excluded,
  zone,
  children,
}: {
  label: string
  definition: string
  n?: number
  excluded?: Excluded
  zone?: string
  children?: Child
}) {
  return (
    <article class="tile" aria-label={label}>
      <h3>{label}</h3>
      {children}
      <Definition n={n} zone={zone} leftOut={excluded ? leftOut(excluded) : undefined}>
        {definition}
      </Definition>
    </article>
  )
}

interface RateProps {
  label: string
  definition: string
  rate: Rate
  zone: string
  part: string
  rest: string
  partName: string
  restName: string
  empty: string
}
function RateTile({ label, definition, rate, zone, part, rest, partName, restName, empty }: RateProps) {
  const isFew = rate.n < ENOUGH
  return (
    <Tile label={label} definition={definition} n={rate.n} excluded={rate.excluded} zone={zone}>
      {rate.n ? (
        <>
          <Figure href={part} isFew={isFew}>
            {percent(rate.share)}
            {isFew ? <small> of few</small> : null}
          </Figure>
          <ShareLine share={rate.share} isFew={isFew} />
          <ul class="facts">
            <li>
              <a href={part}>{rate.part}</a> {partName}
            </li>
            <li>
              <a href={rest} class={rate.n > rate.part ? 'late' : undefined}>
                {rate.n - rate.part}
              </a>{' '}
              {restName}
            </li>
          </ul>
        </>
      ) : (
        <Nothing>{empty}</Nothing>
      )}
    </Tile>
  )
}

function Figure({ href, isFew = false, tone, children }: { href: string; isFew?: boolean; tone?: string | undefined; children?: Child }) {
  return (
    <a class={['figure', isFew ? 'few' : '', tone ?? ''].join(' ').trim()} href={href}>
      {children}
    </a>
  )
}

const Nothing = ({ children }: { children?: Child }) => (
  <p class="nothing">
    <span class="figure few" aria-hidden="true">
      –
    </span>
    {children}
  </p>
)

function Definition({
  n,
  zone,
  leftOut: out,
  children,
}: {
  n?: number | undefined
  zone?: string | undefined
  leftOut?: string | undefined
  children?: Child
}) {
  const counted = [n === undefined ? '' : `n ${n}`, out ?? '', zone ?? ''].filter(Boolean).join(' · ')
  return (
    <p class="definition">
      {counted ? <span class="counted">{counted}</span> : null}
      <span>{children}</span>
    </p>
  )
}

function Lag({ lag, now }: { lag: Dashboard['lag']; now: Date }) {
  return (
    <ul class="lag">
      {lag.map(account => {
        const heard = [account.lastDeliveryAt, account.lastPollAt].filter(at => at !== null).sort((a, b) => b.getTime() - a.getTime())[0]
        const isSilent =
          !heard || now.getTime() - heard.getTime() > SILENT_MS || account.status === 'reconnect' || account.lastError !== null
        return (
          <li>
            <PlatformIcon platform={account.platform} label={account.platform} />
            <a href="/accounts">{account.name}</a>
            <span class={isSilent ? 'late' : 'muted'}>
              {account.status === 'reconnect' ? (
                'reconnect'
              ) : heard ? (
                <>
                  heard <Time at={heard} now={now} />
                </>
              ) : (
                'never heard'
              )}
            </span>
            <span class="muted newest">
              newest {account.newestMentionAt ? <Time at={account.newestMentionAt} now={now} /> : 'none yet'}
            </span>
          </li>
        )
      })}
    </ul>
  )
}

const SILENT_MS = 10 * 60_000

function leftOut(excluded: Excluded): string {
  const parts = Object.entries(excluded) as [keyof typeof exclusionWords, number][]
  if (!parts.length) return 'none left out'
  return `${parts.reduce((sum, [, n]) => sum + n, 0)} left out (${parts.map(([why, n]) => `${n} ${exclusionWords[why]}`).join(', ')})`
}

function busiest(byHour: readonly number[]): string {
  const most = Math.max(...byHour)
  return most ? `, most between ${byHour.indexOf(most)} and ${byHour.indexOf(most) + 1} h` : ''
}
