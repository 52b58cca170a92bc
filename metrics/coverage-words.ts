// Turns an account's coverage ledger into what a person reads: every mention accounted for since when, or each gap by name; pure.
import type { Reach } from '../connectors/connector.ts'
import type { GapCause, Span } from '../db/coverage.ts'
import type { AccountStatus } from '../domain.ts'
import { clockRange, clockTime, duration } from './coverage-time.ts'

/** One source of an account as the page draws it. */
export interface Source {
  name: string
  /** What comes by it: "private messages", "pushes". */
  label: string
  /**
   * `own`: what is said to us; it proves that every mention is here. `pushes`: only hasten what polls bring. `search`: what is said about us;
   * it reads back what it missed, and a gap in it is none in our mentions.
   */
  kind: 'own' | 'pushes' | 'search'
  reach: Reach | null
  /** Up to now, with the stretch nobody has told of yet. */
  spans: readonly Span[]
}
export interface GapWords {
  kind: Source['kind']
  /** What is missing: "mentions and private messages". */
  label: string
  span: Span
  isGoingOn: boolean
  cause: string
  /** What became of it, or will: and until when that is possible. */
  repair: string
  /** Before this moment it can be repaired whole; null: no end is known, or there is nothing to repair. */
  repairableUntil: Date | null
  /** More than half of what the platform allows has gone by. */
  isPressing: boolean
}
export interface CoverageWords {
  tone: 'good' | 'warn' | 'bad' | 'neutral'
  sentence: string
  /** Since when every mention is accounted for; null: not now. */
  since: Date | null
  /** Going on first, then newest first. */
  gaps: GapWords[]
}

export interface Asked {
  platform: string
  since: Date
  now: Date
  zone: string
  /** How many mentions an hour usually brings, where the platform shows only so many; null: not known. */
  perHour: number | null
  /** A shorter silence is a delay: it is said, and alarms nobody. */
  patienceMs: number
}

/** Nobody has told of the time since the last row: a delay at first, then a gap whose cause the account's own state says. */
export function upToNow(
  spans: readonly Span[],
  given: { now: Date; status: AccountStatus; patienceMs: number; standing?: GapCause },
): Span[] {
  const last = spans.at(-1)
  if (!last || last.untilAt >= given.now) return [...spans]
  const cause = STANDING[given.status] ?? given.standing ?? (last.state === 'open' ? last.cause : 'we_were_down')
  if (last.state === 'open' && last.cause === cause) return [...spans.slice(0, -1), { ...last, untilAt: given.now }]
  const isLate = given.now.getTime() - last.untilAt.getTime() > given.patienceMs
  if (given.status === 'connected' && !isLate) return [...spans]
  return [...spans, { fromAt: last.untilAt, untilAt: given.now, state: 'open', cause, repairedAt: null }]
}

const STANDING: Partial<Record<AccountStatus, GapCause>> = { off: 'not_connected', reconnect: 'token' }

export function coverageWords(sources: readonly Source[], asked: Asked): CoverageWords {
  const proving = sources.filter(source => source.kind === 'own')
  const gaps = together(sources.flatMap(source => gapsOf(source, asked))).sort(byUrgency)
  if (!proving.length || proving.some(source => !source.spans.length))
    return { tone: 'neutral', sentence: 'Not asked yet: the first poll will say.', since: null, gaps }
  const ours = gaps.filter(gap => gap.kind === 'own')
  const late = ours.filter(gap => gap.span.state === 'open')
  const open = late.filter(gap => asked.now.getTime() - gap.span.fromAt.getTime() > asked.patienceMs)
  const lost = ours.filter(gap => gap.span.state === 'lost')
  const repaired = ours.filter(gap => gap.span.state === 'repaired')
  const pushes = gaps.find(gap => gap.kind === 'pushes' && gap.isGoingOn)
  const searches = gaps.filter(gap => gap.kind === 'search' && gap.isGoingOn)
  const begin = begins(proving, asked)
  if (open.length) {
    const first = open[0]!
    return {
      tone: 'bad',
      since: null,
      gaps,
      sentence: [
        `${capital(first.label)} since ${clockTime(first.span.fromAt, asked.now, asked.zone)} are not in yet: ${first.cause}. ${first.repair}`,
        ...(open.length > 1 ? [`${others(open.length - 1)} more wait to be read back.`] : []),
        ...(lost.length ? [lostWords(lost, asked)] : []),
      ].join(' '),
    }
  }
  const since = lost.length ? latest(lost) : begin
  return {
    tone: lost.length || pushes || searches.length || late.length ? 'warn' : 'good',
    since,
    gaps,
    sentence: [
      `Every mention since ${clockTime(since, asked.now, asked.zone)} accounted for${late.length ? `, but for the last minutes: ${late[0]!.cause}` : ''}.`,
      ...(lost.length ? [lostWords(lost, asked)] : []),
      ...(repaired.length ? [repairedWords(repaired, asked)] : []),
      ...(pushes
        ? [
            `Pushes are missing since ${clockTime(pushes.span.fromAt, asked.now, asked.zone)}: ${pushes.cause}. Polls bring everything meanwhile, only later.`,
          ]
        : []),
      ...(searches.length
        ? [
            `Searches wait since ${clockTime(searches[0]!.span.fromAt, asked.now, asked.zone)} (${searches[0]!.label}): ${searches[0]!.cause}.`,
          ]
        : []),
    ].join(' '),
  }
}

function gapsOf(source: Source, asked: Asked): GapWords[] {
  return source.spans
    .filter(span => span.state !== 'covered' && span.untilAt > asked.since)
    .map(span => {
      const isGoingOn = span.state === 'open' && span.untilAt >= asked.now
      const end = span.state === 'open' ? repairEnd(span, source.reach, asked) : null
      return {
        kind: source.kind,
        label: source.label,
        span,
        isGoingOn,
        cause: causeWords(span.cause ?? 'fault', isGoingOn, source.kind, asked.platform),
        repair: repairWords(span, source, end, asked),
        repairableUntil: end,
        isPressing: end !== null && asked.now.getTime() - span.fromAt.getTime() > (end.getTime() - span.fromAt.getTime()) / 2,
      }
    })
}

/** Hours are the platform's own; a number of mentions lasts as long as customers take to write as many. */
function repairEnd(span: Span, reach: Reach | null, { perHour }: Asked): Date | null {
  const hours = [...(reach?.hours ? [reach.hours] : []), ...(reach?.mentions && perHour ? [reach.mentions / perHour] : [])]
  return hours.length ? new Date(span.fromAt.getTime() + Math.min(...hours) * 3_600_000) : null
}

function repairWords(span: Span, { reach, kind }: Source, end: Date | null, { platform, now, zone }: Asked): string {
  if (span.state === 'repaired') {
    const how = kind === 'pushes' ? 'brought by polls' : 'read back'
    return span.repairedAt ? `All of it was ${how}, at ${clockTime(span.repairedAt, now, zone)}.` : `All of it was ${how}.`
  }
  if (span.state === 'lost') return `It cannot be read back: ${reach ? reachWords(platform, reach) : `${platform} no longer shows it`}.`
  if (kind === 'pushes') return 'Polls bring what is missing.'
  const when =
    span.cause === 'token' || span.cause === 'not_connected' ? 'once the account is connected again' : `as soon as ${platform} answers`
  if (!reach) return `What was said is read back ${span.cause === 'we_were_down' ? 'by the next poll' : when}.`
  if (!end) return `What was said is read back ${when}; ${reachWords(platform, reach)}.`
  if (end <= now) return `Part of it may be lost already: ${reachWords(platform, reach)}.`
  return `It can be read back whole until about ${clockTime(end, now, zone)}: ${reachWords(platform, reach)}.`
}

function reachWords(platform: string, { mentions, hours }: Reach): string {
  const far = [
    ...(mentions ? [`its newest ${mentions.toLocaleString('en')} mentions`] : []),
    ...(hours ? [`the last ${duration(hours * 3_600_000)}`] : []),
  ]
  return `${platform} shows only ${far.join(' and ')}`
}

function repairedWords(repaired: readonly GapWords[], { now, zone }: Asked): string {
  const [first] = repaired
  if (repaired.length > 1) return `${repaired.length} gaps were repaired.`
  return `One gap was repaired: ${first!.label}, ${clockRange(first!.span, now, zone).join(' to ')}, because ${first!.cause}.`
}

function lostWords(lost: readonly GapWords[], { now, zone }: Asked): string {
  const [{ label, span, cause, repair }] = lost as [GapWords]
  const more = lost.length > 1 ? ` ${others(lost.length - 1)} more like it.` : ''
  return `Lost: ${label} from ${clockRange(span, now, zone).join(' to ')}, because ${cause}. ${repair}${more}`
}

/** The window's beginning, or where the youngest of the sources begins. */
function begins(sources: readonly Source[], { since }: Asked): Date {
  return new Date(Math.max(since.getTime(), ...sources.map(source => source.spans[0]!.fromAt.getTime())))
}

const byUrgency = (a: GapWords, b: GapWords) =>
  Number(b.isGoingOn) - Number(a.isGoingOn) || b.span.fromAt.getTime() - a.span.fromAt.getTime()
const latest = (gaps: readonly GapWords[]) => new Date(Math.max(...gaps.map(gap => gap.span.untilAt.getTime())))
const others = (count: number) => (count === 1 ? 'One gap' : `${count} gaps`)
const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1)

function causeWords(cause: GapCause, isGoingOn: boolean, kind: Source['kind'], platform: string): string {
  const { is, was } = (kind === 'pushes' ? PUSH_CAUSES[cause] : null) ?? CAUSES[cause]
  return (isGoingOn ? is : was).replaceAll('{platform}', platform)
}

/** What is wrong with an account now, by the code kept with it. */
export const troubleWords = (code: string, platform: string) =>
  causeWords(code in CAUSES ? (code as GapCause) : 'fault', true, 'own', platform)

/** Lists that missed the same time for the same reason are one gap. */
function together(gaps: readonly GapWords[]): GapWords[] {
  const groups: GapWords[] = []
  for (const gap of gaps) {
    const at = groups.findIndex(
      ({ span, kind }) =>
        kind === gap.kind &&
        span.state === gap.span.state &&
        span.cause === gap.span.cause &&
        span.fromAt < gap.span.untilAt &&
        span.untilAt > gap.span.fromAt,
    )
    const known = groups[at]
    if (!known) groups.push(gap)
    else groups[at] = joined(known, gap)
  }
  return groups
}

/** The more pressing of the two says what can still be done. */
function joined(a: GapWords, b: GapWords): GapWords {
  const pressing = (b.repairableUntil?.getTime() ?? Infinity) < (a.repairableUntil?.getTime() ?? Infinity) ? b : a
  const fromAt = a.span.fromAt < b.span.fromAt ? a.span.fromAt : b.span.fromAt
  const untilAt = a.span.untilAt > b.span.untilAt ? a.span.untilAt : b.span.untilAt
  return {
    ...pressing,
    label: a.label.includes(b.label) ? a.label : `${a.label} and ${b.label}`,
    isGoingOn: a.isGoingOn || b.isGoingOn,
    isPressing: a.isPressing || b.isPressing,
    span: { ...pressing.span, fromAt, untilAt },
  }
}

/** After "because", while it lasts and afterwards; {platform} is its name. */
const CAUSES: Record<GapCause, { is: string; was: string }> = {
  token: { is: 'the sign-in no longer works', was: 'the sign-in no longer worked' },
  limit: { is: '{platform} asks us to slow down', was: '{platform} asked us to slow down' },
  spent: { is: 'no credits are left on {platform}', was: 'no credits were left on {platform}' },
  platform_down: { is: '{platform} does not answer', was: '{platform} did not answer' },
  refused: { is: '{platform} refuses to be asked', was: '{platform} refused to be asked' },
  fault: { is: 'something breaks on our side (the log says what)', was: 'something broke on our side (the log says what)' },
  webhook_off: { is: '{platform} does not push to us', was: '{platform} had stopped pushing to us' },
  we_were_down: { is: 'Heed is not polling', was: 'Heed was not running' },
  capped: { is: 'this month’s cap is spent', was: 'the month’s cap was spent' },
  not_connected: { is: 'the account is switched off', was: 'the account was switched off' },
  unfinished: { is: 'there is more than one poll takes', was: 'there was more than one poll takes' },
}
const PUSH_CAUSES: Partial<Record<GapCause, { is: string; was: string }>> = {
  we_were_down: { is: 'nobody has checked whether {platform} pushes', was: 'nobody checked whether {platform} pushed' },
}
