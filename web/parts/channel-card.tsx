// One channel on the health page, as a card or as a line: how it stands, what is amiss, both directions, and its watch terms.
import type { ChannelState } from '../../metrics/channels.ts'
import { clockRange, clockTime } from '../../metrics/coverage-time.ts'
import type { GapWords } from '../../metrics/coverage-words.ts'
import { hearing, speaking } from '../account-health.ts'
import { PlatformIcon } from './account-card.tsx'
import { HealthMark } from './health-mark.tsx'
import { Icon } from './icon.tsx'
import { plural } from './words.ts'

export interface Moment {
  now: Date
  zone: string
}

export function ChannelCard({ channel, moment }: { channel: ChannelState; moment: Moment }) {
  const { account, label, coverage, watched, sources } = channel
  const { now } = moment
  const tone = toneOf(channel)
  const [inward, outward] = [hearing(account, label, now), speaking(account, label, now)]
  return (
    <article class={`card channel-card ${tone}`} id={`channel-${account.id}`} aria-label={`@${account.handle} on ${label}`}>
      <header>
        <PlatformIcon platform={account.platform} />
        <h3>
          @{account.handle} <span class="muted">{label}</span>
        </h3>
        {account.isDemo ? <span class="chip">demo</span> : null}
      </header>
      <p class="headline">
        <Icon name={SIGN[tone]} />
        <strong>{headlineOf(channel)}</strong>
      </p>
      <Notes channel={channel} moment={moment} />
      {coverage.terms.length ? (
        <details class="terms">
          <summary>
            {plural(coverage.terms.length, 'watch term')}
            {coverage.terms.some(one => one.tone === 'warn') ? ', not all well' : ''}
          </summary>
          <dl>
            {coverage.terms.map(term => (
              <div>
                <dt>“{term.name}”</dt>
                <dd>{term.words}</dd>
              </div>
            ))}
          </dl>
        </details>
      ) : null}
      <dl class="directions">
        <div>
          <dt>In</dt>
          <dd>
            <HealthMark health={inward} /> <span class="muted">{inward.because}</span>
          </dd>
        </div>
        <div>
          <dt>Out</dt>
          <dd>
            <HealthMark health={outward} /> <span class="muted">{outward.because}</span>
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
        {coverage.gaps.length ? <a href={`#gaps-${account.id}`}>{plural(coverage.gaps.length, 'gap')}</a> : null}
      </p>
    </article>
  )
}

/** The same in a line, where there are many. */
export function ChannelLine({ channel, moment }: { channel: ChannelState; moment: Moment }) {
  const { account, label } = channel
  const tone = toneOf(channel)
  return (
    <li class={`channel-line ${tone}`} id={`channel-${account.id}`}>
      <span class="account-name">
        <PlatformIcon platform={account.platform} />
        <a href={`/accounts#account-${account.id}`} title={`@${account.handle} on ${label}`}>
          @{account.handle}
        </a>
      </span>
      <span class="headline">
        <Icon name={SIGN[tone]} />
        <span>{headlineOf(channel)}</span>
      </span>
      <Notes channel={channel} moment={moment} />
    </li>
  )
}

const headlineOf = ({ account, coverage }: ChannelState) =>
  account.status === 'off' ? 'Switched off: what is written to it is read back once it is on again.' : coverage.headline

/** What is amiss, the worst first; what was repaired is counted, and told in the table of gaps. */
function Notes({ channel: { account, coverage, watched }, moment }: { channel: ChannelState; moment: Moment }) {
  // What is not in yet the headline says.
  const amiss = coverage.gaps
    .filter(gap => gap.span.state === 'lost' || (gap.span.state === 'open' && (gap.kind === 'own' ? !gap.isSure : gap.isGoingOn)))
    .sort((a, b) => Number(b.kind === 'own') - Number(a.kind === 'own'))
  const repaired = coverage.gaps.filter(gap => gap.kind === 'own' && gap.span.state === 'repaired').length
  if (!amiss.length && !repaired && !watched?.isSilent) return null
  return (
    <ul class="notes">
      {watched?.isSilent ? (
        <li class="warn">
          <strong>Unusually quiet.</strong> {watched.silence}
        </li>
      ) : null}
      {amiss.slice(0, MOST_NOTES).map(gap => (
        <li class={gap.kind === 'own' && gap.isSure ? 'bad' : 'warn'}>
          <a href={`#gaps-${account.id}`}>{noteOf(gap, moment)}</a>
        </li>
      ))}
      {amiss.length > MOST_NOTES ? <li class="warn">{amiss.length - MOST_NOTES} more below.</li> : null}
      {repaired ? (
        <li class="good">
          <a href={`#gaps-${account.id}`}>{plural(repaired, 'gap')} repaired</a>
        </li>
      ) : null}
    </ul>
  )
}

function noteOf(gap: GapWords, { now, zone }: Moment): string {
  const when = gap.isGoingOn ? `since ${clockTime(gap.span.fromAt, now, zone)}` : clockRange(gap.span, now, zone).join(' to ')
  if (gap.span.state === 'lost') return `${gap.isSure ? 'Lost' : 'Perhaps lost'}: ${gap.label}, ${when}`
  if (!gap.isGoingOn) return `May still come: ${gap.label}, ${when}`
  if (gap.kind === 'pushes') return `Pushes missing ${when}`
  if (gap.kind === 'own-stream') return `Stream broken ${when}`
  return gap.kind === 'stream' ? `Broken ${when}: ${gap.label}` : `Waiting ${when}: ${gap.label}`
}

/** What only one of the two saw is counted. */
function seenWords({ both, onlyPushed, onlyPolled }: { both: number; onlyPushed: number; onlyPolled: number }): string {
  const all = both + onlyPushed + onlyPolled
  if (!all) return 'In the last 24 h nothing came either way.'
  const missed = [
    ...(onlyPolled ? [`pushes missed ${onlyPolled} that polls brought`] : []),
    ...(onlyPushed ? [`polls missed ${onlyPushed} that were pushed`] : []),
  ]
  return `${plural(all, 'mention')} in the last 24 h: ${missed.length ? `${missed.join(', ')}; ${both} came both ways.` : 'each came both ways.'}`
}

export function toneOf({ account, coverage, watched }: ChannelState): 'good' | 'warn' | 'bad' | 'neutral' {
  if (account.status === 'off') return 'neutral'
  if (account.status === 'reconnect') return 'bad'
  return watched?.isSilent && coverage.tone === 'good' ? 'warn' : coverage.tone
}

const MOST_NOTES = 3
const SIGN = { good: 'check', warn: 'warning', bad: 'urgent', neutral: 'clock' } as const
