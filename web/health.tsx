// The health page: how work flows from webhook to reply, who keeps time, and what was set aside.
import { type Context, Hono } from 'hono'
import { listRefusals } from '../db/accounts-page.ts'
import { insertAuditEntry } from '../db/audit-entries.ts'
import { readAgain } from '../db/deliveries.ts'
import { findWorkWaiting, judgeSetAside, listSetAside, listUnreadableBodies, type WorkWaiting } from '../db/health-page.ts'
import { type ChannelState, findChannels } from '../metrics/channels.ts'
import { readCalendar } from '../metrics/zone.ts'
import type { WebDesk, WebEnv } from './env.ts'
import { BudgetTable } from './parts/budget-table.tsx'
import { ChannelCards, CoverageTimeline, GapTable } from './parts/channel-health.tsx'
import { redirectSaying } from './parts/flash.ts'
import { Icon } from './parts/icon.tsx'
import { MentionsSetAside, UnreadableDeliveries } from './parts/left-behind.tsx'
import { Page } from './parts/page.tsx'
import { RefusalTable } from './parts/refusal-table.tsx'
import { Time } from './parts/time.tsx'
import { hasRole, requireRole } from './session.ts'

export function healthPages(): Hono<WebEnv> {
  const pages = new Hono<WebEnv>()
  pages.get('/health', showHealth)
  pages.post('/health/deliveries/read-again', requireRole('admin'), readThemAgain)
  pages.post('/health/mentions/judge-again', requireRole('admin'), judgeThemAgain)
  return pages
}

async function readThemAgain(c: Context<WebEnv>) {
  const desk = c.get('desk')
  const count = await readAgain(desk.db, idsOf(await c.req.parseBody({ all: true })))
  await insertAuditEntry(desk.db, {
    at: desk.now(),
    teammateId: c.get('teammate').id,
    action: 'deliveries.read_again',
    subject: 'deliveries',
    after: { count },
  })
  if (count) await desk.ring({ name: 'readDeliveries' })
  return redirectSaying(
    c,
    '/health#unreadable',
    count
      ? `${count} ${count === 1 ? 'delivery is' : 'deliveries are'} being read again. What still cannot be read comes back to this list.`
      : 'Nothing was left to read again.',
  )
}

async function judgeThemAgain(c: Context<WebEnv>) {
  const desk = c.get('desk')
  const count = await judgeSetAside(desk.db, idsOf(await c.req.parseBody({ all: true })))
  await insertAuditEntry(desk.db, {
    at: desk.now(),
    teammateId: c.get('teammate').id,
    action: 'mentions.judged_again',
    subject: 'mentions',
    after: { count },
  })
  if (count) await desk.ring({ name: 'triageMentions' })
  return redirectSaying(
    c,
    '/health#set-aside',
    count ? `${count} ${count === 1 ? 'mention is' : 'mentions are'} being judged again.` : 'Nothing was left to judge again.',
  )
}

async function showHealth(c: Context<WebEnv>) {
  const desk = c.get('desk')
  const now = desk.now()
  const days = c.req.query('days') === '7' ? 7 : 1
  const since = new Date(now.getTime() - days * 86_400_000)
  const [work, unreadable, setAside, refusals, queue, channels, { zone }] = await Promise.all([
    findWorkWaiting(desk.db, now),
    listUnreadableBodies(desk.db, LISTED),
    listSetAside(desk.db, LISTED),
    listRefusals(desk.db, new Date(now.getTime() - 7 * 86_400_000)),
    queueCounts(desk),
    findChannels(desk, since),
    readCalendar(desk.db),
  ])
  const mayChange = hasRole(c.get('teammate'), 'admin')
  const warnings = warningsOf(work, queue, now)
  return c.html(
    <Page c={c} title="Health" section="health" styles={['accounts', 'health']}>
      <div class="row">
        <h1 class="grow">Health</h1>
        <a class="button" href="/accounts">
          Channels
        </a>
      </div>
      {warnings.length ? (
        <div class="problem" role="status">
          {warnings.map(words => (
            <p>{words}</p>
          ))}
        </div>
      ) : (
        <p class="all-well" role="status">
          <strong>Work flows.</strong> Nothing has waited longer than it should.
        </p>
      )}
      {channels.length ? (
        <>
          <section aria-labelledby="channels" class="stack">
            <h2 id="channels">Is every mention here?</h2>
            <ChannelCards channels={byNeed(channels)} moment={{ now, zone }} />
          </section>
          <CoverageTimeline channels={channels} stretch={{ since, now, zone }} days={days} />
          <GapTable channels={channels} stretch={{ since, now, zone }} />
        </>
      ) : null}
      <section aria-labelledby="flow" class="stack">
        <h2 id="flow">From webhook to reply</h2>
        <div class="flow">
          <Tile label="Deliveries to read" count={work.deliveries} note={<Oldest at={work.oldestDeliveryAt} now={now} />} />
          <Tile label="Mentions to judge" count={work.mentions} note={<Oldest at={work.oldestMentionAt} now={now} />} />
          <Tile
            label="Replies due"
            count={work.repliesDue}
            note={
              <small class="muted">
                {work.repliesLater} later · {work.repliesSending} under way
              </small>
            }
          />
          <Tile
            label="Failed or unsure"
            count={work.failed}
            note={
              <small class="muted">
                {work.failed ? <a href="/queue?view=failed">look at them</a> : 'none'}
                {work.repliesUnsure ? ` · ${work.repliesUnsure} being looked up` : ''}
              </small>
            }
          />
        </div>
      </section>
      <section aria-labelledby="keeping-time" class="card stack">
        <h2 id="keeping-time">Processes</h2>
        <dl class="facts">
          <div>
            <dt>Clock</dt>
            <dd>
              {work.clockHolder ? (
                <>
                  <Icon name="check" /> held by process {work.clockHolder.split(' ')[0]}
                </>
              ) : (
                <span class="late">nobody holds it</span>
              )}
            </dd>
          </div>
          <div>
            <dt>Last sweep for work left behind</dt>
            <dd>{work.lastSweepAt ? <Time at={work.lastSweepAt} now={now} /> : <span class="muted">none yet</span>}</dd>
          </div>
          <div>
            <dt>Queue of rings</dt>
            <dd>
              {queue ? (
                Object.entries(queue)
                  .map(([state, count]) => `${count} ${state}`)
                  .join(' · ')
              ) : (
                <span class="late">does not answer</span>
              )}
            </dd>
          </div>
          <div>
            <dt>Database</dt>
            <dd>
              <Icon name="check" /> {desk.isEmbedded ? 'embedded, one process' : 'PostgreSQL'}
            </dd>
          </div>
        </dl>
      </section>
      <section aria-labelledby="limits" class="card stack">
        <h2 id="limits">What the platforms still allow</h2>
        <BudgetTable channels={channels} now={now} />
      </section>
      <section aria-labelledby="unreadable" class="card stack">
        <h2 id="unreadable">
          Deliveries we could not read <span class="muted">{work.unreadable}</span>
        </h2>
        <UnreadableDeliveries desk={desk} rows={unreadable} total={work.unreadable} now={now} mayChange={mayChange} />
      </section>
      <section aria-labelledby="set-aside" class="card stack">
        <h2 id="set-aside">
          Mentions set aside <span class="muted">{work.setAside}</span>
        </h2>
        <MentionsSetAside rows={setAside} total={work.setAside} now={now} mayChange={mayChange} />
      </section>
      <section aria-labelledby="refused" class="card stack">
        <h2 id="refused">Webhooks refused</h2>
        <RefusalTable refusals={refusals} now={now} />
      </section>
    </Page>,
  )
}

/** Who needs a look is first. */
function byNeed(channels: readonly ChannelState[]): ChannelState[] {
  const rank = ({ account, coverage, watched }: ChannelState) =>
    account.status === 'off'
      ? 4
      : account.status === 'reconnect'
        ? 0
        : coverage.tone === 'bad'
          ? 1
          : coverage.tone === 'warn' || watched?.isSilent
            ? 2
            : 3
  return [...channels].sort((a, b) => rank(a) - rank(b))
}

const Tile = ({ label, count, note }: { label: string; count: number; note: unknown }) => (
  <div class="tile">
    <span class="muted">{label}</span>
    <strong>{count.toLocaleString('en')}</strong>
    {note as never}
  </div>
)

const Oldest = ({ at, now }: { at: Date | null; now: Date }) => (
  <small class="muted">
    {at ? (
      <>
        oldest came <Time at={at} now={now} />
      </>
    ) : (
      'none waits'
    )}
  </small>
)

/** What an operator would otherwise only learn from customers. */
function warningsOf(work: WorkWaiting, queue: Record<string, number> | null, now: Date): string[] {
  const isLate = (at: Date | null, ms: number) => at !== null && now.getTime() - at.getTime() > ms
  return [
    ...(queue ? [] : ['The queue does not answer: new work is stored, but nobody is told of it.']),
    ...(work.clockHolder
      ? []
      : ['No clock is running: nothing is polled, and work that was missed is not rung for. Start the clock process.']),
    ...(work.clockHolder && isLate(work.lastSweepAt, 60_000) ? ['The clock is held, but has not swept for over a minute.'] : []),
    ...(isLate(work.oldestDeliveryAt, 60_000) ? ['Deliveries have waited over a minute to be read. Is a worker running?'] : []),
    ...(isLate(work.oldestMentionAt, 60_000) ? ['Mentions have waited over a minute to be judged. Is a worker running?'] : []),
  ]
}

async function queueCounts(desk: WebDesk): Promise<Record<string, number> | null> {
  try {
    return await desk.queueCounts()
  } catch (error) {
    desk.log.warn({ err: error }, 'the queue does not answer')
    return null
  }
}

const idsOf = (form: Record<string, unknown>) =>
  [form.id ?? []]
    .flat()
    .map(String)
    .filter(id => UUID.test(id))
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const LISTED = 50
