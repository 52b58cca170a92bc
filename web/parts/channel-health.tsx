// The channels side by side on the health page: each in words, both directions, and together on one line of time.
import type { ChannelState } from '../../metrics/channels.ts'
import { clockRange, clockTime } from '../../metrics/coverage-time.ts'
import type { GapWords } from '../../metrics/coverage-words.ts'
import { hearing, speaking } from '../account-health.ts'
import { PlatformIcon } from './account-card.tsx'
import { CoverageLegend, CoverageStrip, STATES, type Stretch } from './coverage-strip.tsx'
import { HealthMark } from './health-mark.tsx'
import { Icon } from './icon.tsx'
import { plural } from './words.ts'

export function ChannelCards({ channels, now }: { channels: readonly ChannelState[]; now: Date }) {
  return (
    <div class="channel-cards">
      {channels.map(channel => (
        <ChannelCard channel={channel} now={now} />
      ))}
    </div>
  )
}

function ChannelCard({ channel: { account, label, coverage, watched, sources }, now }: { channel: ChannelState; now: Date }) {
  const isOff = account.status === 'off'
  const tone = isOff ? 'neutral' : watched?.isSilent && coverage.tone === 'good' ? 'warn' : coverage.tone
  return (
    <article class={`card channel-card ${tone}`} id={`channel-${account.id}`} aria-label={`@${account.handle} on ${label}`}>
      <header class="row">
        <PlatformIcon platform={account.platform} />
        <h3 class="grow">
          @{account.handle} <span class="muted">{label}</span>
        </h3>
        {account.isDemo ? <span class="chip">demo</span> : null}
      </header>
      <p class="sentence">
        <Icon name={SIGN[tone]} />
        <span>{isOff ? 'Switched off: what is written to it is not read, and read back once it is on again.' : coverage.sentence}</span>
      </p>
      {watched?.isSilent ? (
        <p class="silent">
          <Icon name="warning" />
          <span>
            <strong>Unusually quiet.</strong> {watched.silence}
          </span>
        </p>
      ) : null}
      <dl class="directions">
        <div>
          <dt>In</dt>
          <dd>
            <HealthMark health={hearing(account, label, now)} /> <span class="muted">{hearing(account, label, now).because}</span>
          </dd>
        </div>
        <div>
          <dt>Out</dt>
          <dd>
            <HealthMark health={speaking(account, label, now)} /> <span class="muted">{speaking(account, label, now).because}</span>
          </dd>
        </div>
      </dl>
      {watched?.seenBy && sources.some(source => source.name === 'webhook') ? (
        <p class="muted reconciled">{seenWords(watched.seenBy)}</p>
      ) : null}
      <p class="row cause">
        {account.status === 'reconnect' ? (
          <a class="button primary small" href={`/accounts#account-${account.id}`}>
            Reconnect
          </a>
        ) : null}
        <a href={`/accounts#account-${account.id}`}>Account</a>
        {coverage.gaps.length ? <a href="#gaps">{plural(coverage.gaps.length, 'gap')}</a> : null}
      </p>
    </article>
  )
}

/** Every source on the same line of time, so that what failed together is seen together. */
export function CoverageTimeline({ channels, stretch, days }: { channels: readonly ChannelState[]; stretch: Stretch; days: 1 | 7 }) {
  return (
    <section class="card stack" aria-labelledby="timeline">
      <header class="row">
        <h2 class="grow" id="timeline">
          The last {days === 1 ? '24 hours' : '7 days'}
        </h2>
        <nav class="row" aria-label="How far back">
          <a class="button small" href="/health" aria-current={days === 1 ? 'true' : undefined}>
            24 h
          </a>
          <a class="button small" href="/health?days=7" aria-current={days === 7 ? 'true' : undefined}>
            7 d
          </a>
        </nav>
      </header>
      <CoverageLegend />
      <div class="lanes">
        <Axis stretch={stretch} days={days} />
        {channels.map(({ account, sources }) =>
          sources.map((source, n) => (
            <div class={n === 0 ? 'lane first' : 'lane'}>
              <span class="lane-name">
                {n === 0 ? (
                  <>
                    <PlatformIcon platform={account.platform} /> <a href={`#channel-${account.id}`}>@{account.handle}</a>
                  </>
                ) : null}
              </span>
              <span class="lane-source muted">{source.label}</span>
              <CoverageStrip spans={source.spans} stretch={stretch} />
            </div>
          )),
        )}
      </div>
    </section>
  )
}

function Axis({ stretch: { since, now, zone }, days }: { stretch: Stretch; days: 1 | 7 }) {
  const steps = days === 1 ? 6 : 7
  const lengthMs = now.getTime() - since.getTime()
  return (
    <div class="lane axis" aria-hidden="true">
      <span />
      <span />
      <span class="ticks">
        {Array.from({ length: steps }, (_, n) => (
          <span>{clockTime(new Date(since.getTime() + (lengthMs * n) / steps), now, zone)}</span>
        ))}
        <span>now</span>
      </span>
    </div>
  )
}

export function GapTable({ channels, stretch }: { channels: readonly ChannelState[]; stretch: Stretch }) {
  const rows = channels.flatMap(channel => channel.coverage.gaps.map(gap => ({ channel, gap })))
  return (
    <section class="card stack" aria-labelledby="gaps">
      <h2 id="gaps">
        Gaps <span class="muted">{rows.length}</span>
      </h2>
      {rows.length ? (
        <div class="scroll">
          <table class="gaps">
            <thead>
              <tr>
                <th scope="col">Account</th>
                <th scope="col">What was missed</th>
                <th scope="col">When</th>
                <th scope="col">Why</th>
                <th scope="col">What became of it</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ channel, gap }) => (
                <tr>
                  <td class="account-cell">
                    <PlatformIcon platform={channel.account.platform} /> @{channel.account.handle}
                  </td>
                  <td>{gap.label}</td>
                  <td class="when">{whenOf(gap, stretch)}</td>
                  <td>
                    <a href={causeHref(channel, gap)}>{gap.cause}</a>
                  </td>
                  <td>
                    <span class={`gap-state ${gap.span.state}`}>
                      {gap.isPressing && gap.span.state === 'open' ? 'Pressing' : STATES[gap.span.state]}
                    </span>{' '}
                    {gap.repair}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <p class="muted">None: nothing was missed in this time.</p>
      )}
    </section>
  )
}

/** One click to the cause. */
function causeHref({ account }: ChannelState, { span, kind }: GapWords): string {
  switch (span.cause) {
    case 'limit':
    case 'unfinished':
      return '#limits'
    case 'we_were_down':
      return '#keeping-time'
    case 'fault':
      return '#unreadable'
    case 'refused':
      return kind === 'search' ? '/listening' : accountHref(account.id)
    default:
      return accountHref(account.id)
  }
}

const accountHref = (id: string) => `/accounts#account-${id}`
const whenOf = ({ span, isGoingOn }: GapWords, { now, zone }: Stretch) =>
  isGoingOn ? `${clockTime(span.fromAt, now, zone)} – now` : clockRange(span, now, zone).join(' – ')

function seenWords({ both, onlyPushed, onlyPolled }: { both: number; onlyPushed: number; onlyPolled: number }): string {
  const all = both + onlyPushed + onlyPolled
  if (!all) return 'In the last 24 h nothing came either way.'
  return `Of ${plural(all, 'mention')} in the last 24 h, pushes and polls both brought ${both}; only pushes ${onlyPushed}, only polls ${onlyPolled}.`
}

const SIGN = { good: 'check', warn: 'warning', bad: 'urgent', neutral: 'clock' } as const
