// The channels side by side on the health page: what needs a look as cards, the rest in a list, and all together on one line of time.
import { worstOfLists } from '../../metrics/all-lists.ts'
import type { ChannelState } from '../../metrics/channels.ts'
import { clockRange, clockTime } from '../../metrics/coverage-time.ts'
import type { GapWords } from '../../metrics/coverage-words.ts'
import { PlatformIcon } from './account-card.tsx'
import { ChannelCard, ChannelLine, type Moment, toneOf } from './channel-card.tsx'
import { CoverageLegend, CoverageStrip, STATES, type Stretch } from './coverage-strip.tsx'
import { Icon } from './icon.tsx'

/** Where there are many, what needs a look has a line of its own, and the others stand together. */
export function ChannelCards({ channels, moment }: { channels: readonly ChannelState[]; moment: Moment }) {
  if (channels.length <= FEW)
    return (
      <div class="channel-cards">
        {channels.map(channel => (
          <ChannelCard channel={channel} moment={moment} />
        ))}
      </div>
    )
  const well = channels.filter(channel => toneOf(channel) === 'good')
  const others = channels.filter(channel => !well.includes(channel))
  return (
    <>
      {others.length ? (
        <ul class="channel-lines card">
          {others.map(channel => (
            <ChannelLine channel={channel} moment={moment} />
          ))}
        </ul>
      ) : null}
      {well.length ? (
        <section class="card stack" aria-labelledby="well">
          <h3 id="well">
            {others.length ? 'All well with the other' : 'All well with'} {well.length}
          </h3>
          <ul class="well-channels">
            {well.map(({ account, label, coverage }) => (
              <li id={`channel-${account.id}`}>
                <Icon name="check" />
                <PlatformIcon platform={account.platform} />
                <a href={`/accounts#account-${account.id}`} title={`@${account.handle} on ${label}. ${coverage.sentence}`}>
                  @{account.handle}
                </a>
                {coverage.since ? <span class="muted">since {clockTime(coverage.since, moment.now, moment.zone)}</span> : null}
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </>
  )
}

/** Each account on the same line of time, so that what failed together is seen together; its sources a click away. */
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
        {channels.map(channel => (
          <Lanes channel={channel} stretch={stretch} isOpen={channels.length <= FEW && channel.coverage.gaps.length > 0} />
        ))}
      </div>
    </section>
  )
}

function Lanes({
  channel: { account, label, sources, coverage },
  stretch,
  isOpen,
}: {
  channel: ChannelState
  stretch: Stretch
  isOpen: boolean
}) {
  return (
    <details class="lanes-of" open={isOpen}>
      <summary class="lane">
        <span class="lane-name">
          <Icon name="chevron" />
          <PlatformIcon platform={account.platform} />
          <span class="handle" title={`@${account.handle} on ${label}`}>
            @{account.handle}
          </span>
        </span>
        <CoverageStrip spans={worstOfLists(sources)} stretch={stretch} />
        <span class="visually-hidden">{coverage.headline}</span>
      </summary>
      {sources.map(source => (
        <div class="lane of-source">
          <span class="lane-source muted">{source.label}</span>
          {source.spans.length ? <CoverageStrip spans={source.spans} stretch={stretch} /> : <span class="muted none-yet">nothing yet</span>}
        </div>
      ))}
    </details>
  )
}

function Axis({ stretch: { since, now, zone }, days }: { stretch: Stretch; days: 1 | 7 }) {
  const steps = days === 1 ? 6 : 7
  const lengthMs = now.getTime() - since.getTime()
  return (
    <div class="lane axis" aria-hidden="true">
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

/** What goes on first, then the newest; account by account where one links here. */
export function GapTable({ channels, stretch }: { channels: readonly ChannelState[]; stretch: Stretch }) {
  const rows = channels
    .flatMap(channel => channel.coverage.gaps.map(gap => ({ channel, gap })))
    .sort((a, b) => needOf(b.gap) - needOf(a.gap) || b.gap.span.fromAt.getTime() - a.gap.span.fromAt.getTime())
  const firstOf = new Map(rows.toReversed().map(row => [row.channel.account.id, row]))
  return (
    <section class="card stack" aria-labelledby="gaps">
      <h2 id="gaps">
        Gaps <span class="muted">{rows.length}</span>
      </h2>
      {rows.length ? (
        <>
          <GapRows rows={rows.slice(0, SHOWN)} firstOf={firstOf} stretch={stretch} />
          {rows.length > SHOWN ? (
            <details class="more-gaps">
              <summary>{rows.length - SHOWN} more</summary>
              <GapRows rows={rows.slice(SHOWN)} firstOf={firstOf} stretch={stretch} />
            </details>
          ) : null}
        </>
      ) : (
        <p class="muted">None: nothing was missed in this time.</p>
      )}
    </section>
  )
}

interface Row {
  channel: ChannelState
  gap: GapWords
}

function GapRows({ rows, firstOf, stretch }: { rows: readonly Row[]; firstOf: ReadonlyMap<string, Row>; stretch: Stretch }) {
  return (
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
          {rows.map(row => (
            <GapRow row={row} isFirst={firstOf.get(row.channel.account.id) === row} stretch={stretch} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function GapRow({ row: { channel, gap }, isFirst, stretch }: { row: Row; isFirst: boolean; stretch: Stretch }) {
  return (
    <tr id={isFirst ? `gaps-${channel.account.id}` : undefined}>
      <td class="account-cell">
        <span class="account-name">
          <PlatformIcon platform={channel.account.platform} /> <span>@{channel.account.handle}</span>
        </span>
      </td>
      <td>{gap.label}</td>
      <td class="when">{whenOf(gap, stretch)}</td>
      <td>
        <a href={causeHref(channel, gap)}>{gap.cause}</a>
      </td>
      <td>
        <span class={`gap-state ${gap.span.state}`}>{stateWord(gap)}</span> {gap.repair}
      </td>
    </tr>
  )
}

function stateWord({ span, isPressing, isSure, kind }: GapWords): string {
  if (span.state === 'lost' && !isSure) return 'Perhaps lost.'
  if (span.state === 'open' && isPressing) return 'Pressing.'
  if (span.state === 'open' && (kind !== 'own' || !isSure)) return 'Missing.'
  return `${STATES[span.state]}.`
}

/** One click to the cause. */
function causeHref({ account }: ChannelState, { span, kind }: GapWords): string {
  switch (span.cause) {
    case 'limit':
    case 'unfinished':
      return '#limits'
    case 'we_were_down':
    case 'web_down':
      return '#keeping-time'
    case 'fault':
      return '#unreadable'
    case 'refused':
      return kind === 'search' ? '/listening' : accountHref(account.id)
    default:
      return accountHref(account.id)
  }
}

const needOf = ({ isGoingOn, kind, span }: GapWords) =>
  (isGoingOn && span.state === 'open' && kind === 'own' ? 4 : 0) + (isGoingOn ? 2 : 0) + (span.state === 'lost' ? 1 : 0)
const accountHref = (id: string) => `/accounts#account-${id}`
const whenOf = ({ span, isGoingOn }: GapWords, { now, zone }: Stretch) =>
  isGoingOn ? `${clockTime(span.fromAt, now, zone)} – now` : clockRange(span, now, zone).join(' – ')
/** So many are shown whole. */
const FEW = 8
const SHOWN = 25
