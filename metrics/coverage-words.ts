// Turns an account's coverage ledger into what a person reads: every mention accounted for since when, or each gap by name; pure.
import type { Reach } from '../connectors/connector.ts'
import type { GapCause, Span } from '../db/coverage.ts'
import type { AccountStatus } from '../domain.ts'
import { clockRange, clockTime, duration } from './coverage-time.ts'
import type { Told } from './heard-otherwise.ts'
import { type TermWords, termWords } from './term-words.ts'

/** One source of an account as the page draws it. */
export interface Source {
  name: string
  /** What comes by it: "private messages", "pushes". */
  label: string
  /**
   * `own`: what is said to us; it proves that every mention is here. `pushes`: only hasten what polls bring. `search`: what is said about us;
   * it reads back what it missed, and a gap in it is none in our mentions. `stream`: tells at once what a search finds. `own-stream`: tells at
   * once what polls bring.
   */
  kind: 'own' | 'pushes' | 'search' | 'stream' | 'own-stream'
  reach: Reach | null
  /** Up to now, with the stretch nobody has told of yet. */
  spans: readonly Told[]
  /** The watch term that is searched for, or streamed. */
  term?: string
  /** Nothing lists it: what was not pushed cannot be read back. */
  isOnlyPushed?: true
}
export interface GapWords {
  kind: Source['kind']
  /** What is missing: "mentions and private messages". */
  label: string
  span: Span
  /** Lost, or perhaps lost: nobody can tell whether there was anything. */
  isSure: boolean
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
  /** All of it, in sentences. */
  sentence: string
  /** How it stands, for whoever looks for one second. */
  headline: string
  /** Since when every mention is accounted for; null: not now. */
  since: Date | null
  /** Going on first, then newest first. */
  gaps: GapWords[]
  /** What each watch term found, and until when. */
  terms: TermWords[]
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
  /** How many mentions polls brought in a gap of pushes. */
  onlyPolled?: (gap: Span) => number
  /** Whether the platform was asked to push a gap again; null: it was not. */
  replayed?: (gap: Span) => 'asked' | 'refused' | null
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

const NOT_ASKED = 'Not asked yet: the first poll will say.'
const STANDING: Partial<Record<AccountStatus, GapCause>> = { off: 'not_connected', reconnect: 'token' }

export function coverageWords(sources: readonly Source[], asked: Asked): CoverageWords {
  const proving = sources.filter(source => source.kind === 'own' && !source.isOnlyPushed)
  const gaps = together(sources.flatMap(source => gapsOf(source, asked))).sort(byUrgency)
  const terms = termWords(sources, gaps, asked)
  if (!proving.length || proving.some(source => !source.spans.length))
    return { tone: 'neutral', sentence: NOT_ASKED, headline: NOT_ASKED, since: null, gaps, terms }
  const ours = gaps.filter(gap => gap.kind === 'own')
  // What the platform still tries to push is no delay of ours.
  const late = ours.filter(gap => gap.span.state === 'open' && gap.isSure)
  const open = late.filter(gap => asked.now.getTime() - gap.span.fromAt.getTime() > asked.patienceMs)
  const lost = ours.filter(gap => gap.span.state === 'lost')
  const awaited = ours.filter(gap => gap.span.state === 'open' && !gap.isSure)
  const notTold = sources.filter(source => source.isOnlyPushed && !source.spans.length)
  const besides = besidesWords(gaps, asked)
  if (open.length) {
    const [first] = open as [GapWords]
    const headline = `${capital(first.label)} since ${clockTime(first.span.fromAt, asked.now, asked.zone)} are not in yet: ${first.cause}.`
    const sentence = [
      headline,
      first.repair,
      ...(open.length > 1 ? [`${others(open.length - 1)} more wait to be read back.`] : []),
      ...lostWords(lost, asked),
    ].join(' ')
    return { tone: 'bad', since: null, gaps, terms, headline, sentence }
  }
  const isLosing = lost.some(gap => gap.isGoingOn)
  const since = lost.length ? latest(lost) : latestOf([begins(proving, asked), ...awaited.map(gap => gap.span.untilAt)])
  const headline = isLosing
    ? `All else since ${clockTime(begins(proving, asked), asked.now, asked.zone)} is accounted for.`
    : `Every mention since ${clockTime(since, asked.now, asked.zone)} accounted for${exceptions(late, notTold, asked)}.`
  return {
    tone: lost.length || awaited.length || notTold.length || besides.length || late.length ? 'warn' : 'good',
    since: isLosing || notTold.length ? null : since,
    gaps,
    terms,
    headline,
    sentence: [
      headline,
      ...lostWords(lost, asked),
      ...awaitedWords(awaited, asked),
      ...repairedWords(
        ours.filter(gap => gap.span.state === 'repaired'),
        asked,
      ),
      ...besides,
    ].join(' '),
  }
}

function exceptions(late: readonly GapWords[], notTold: readonly Source[], { platform }: Asked): string {
  return [
    ...(late.length ? [`, but for the last minutes: ${late[0]!.cause}`] : []),
    ...notTold.map(source => `, but for ${source.label}: only pushes tell of them, and ${platform} pushes nothing to us`),
  ].join('')
}

/** What takes nothing from our mentions: pushes, searches and streams that are missing now. */
function besidesWords(gaps: readonly GapWords[], { now, zone }: Asked): string[] {
  const of = (kind: Source['kind']) => gaps.filter(gap => gap.kind === kind && gap.isGoingOn)
  const since = (gap: GapWords) => clockTime(gap.span.fromAt, now, zone)
  const named = (some: readonly GapWords[]) => `${some[0]!.label}${some.length > 1 ? ` and ${some.length - 1} more` : ''}`
  const [pushes, searches, streams] = [of('pushes'), of('search'), of('stream')]
  return [
    ...of('own-stream').map(gap => `Its stream is broken since ${since(gap)}: ${gap.cause}. Polls bring everything meanwhile, only later.`),
    ...pushes.slice(0, 1).map(gap => `Pushes are missing since ${since(gap)}: ${gap.cause}. Polls bring everything meanwhile, only later.`),
    ...(searches.length ? [`Searches wait since ${since(searches[0]!)} (${named(searches)}): ${searches[0]!.cause}.`] : []),
    ...(streams.length
      ? [
          `Streams are broken since ${since(streams[0]!)} (${named(streams)}): ${streams[0]!.cause}. Searches find it all the same, only later.`,
        ]
      : []),
  ]
}

function gapsOf(source: Source, asked: Asked): GapWords[] {
  return inOne(source)
    .filter(span => span.state !== 'covered' && span.untilAt > asked.since)
    .map(span => {
      const isGoingOn = span.state !== 'repaired' && span.untilAt >= asked.now
      const end = span.state === 'open' && !source.isOnlyPushed ? repairEnd(span, source.reach, asked) : null
      return {
        kind: source.kind,
        label: span.but ?? source.label,
        span,
        isSure: !source.isOnlyPushed && span.but === undefined,
        isGoingOn,
        cause: causeWords(span.cause ?? 'fault', isGoingOn, source.kind, asked.platform),
        repair: repairWords(span, source, end, asked),
        repairableUntil: end,
        isPressing: end !== null && asked.now.getTime() - span.fromAt.getTime() > (end.getTime() - span.fromAt.getTime()) / 2,
      }
    })
}

/** Others repair a gap of pushes and streams while it goes on: it is one gap all the same. */
function inOne({ kind, spans }: Source): readonly Told[] {
  if (kind !== 'pushes' && kind !== 'stream' && kind !== 'own-stream') return spans
  const gaps: Told[] = []
  for (const span of spans) {
    const last = gaps.at(-1)
    const isSame = last && last.state !== 'covered' && last.cause === span.cause && last.untilAt.getTime() === span.fromAt.getTime()
    if (isSame && span.state === 'open') gaps[gaps.length - 1] = { ...last, state: 'open', untilAt: span.untilAt }
    else gaps.push(span)
  }
  return gaps
}

/** Hours are the platform's own; a number of mentions lasts as long as customers take to write as many. */
function repairEnd(span: Span, reach: Reach | null, { perHour }: Asked): Date | null {
  const hours = [...(reach?.hours ? [reach.hours] : []), ...(reach?.mentions && perHour ? [reach.mentions / perHour] : [])]
  return hours.length ? new Date(span.fromAt.getTime() + Math.min(...hours) * 3_600_000) : null
}

function repairWords(span: Told, source: Source, end: Date | null, asked: Asked): string {
  const { platform, now, zone } = asked
  const { reach, kind } = source
  if (source.isOnlyPushed) return onlyPushedWords(span, source, asked)
  if ((kind === 'pushes' || kind === 'own-stream') && span.state !== 'lost') return pollsBring(span, asked)
  if (span.heardBy) return 'The poll could not read back so far, but pushes were alive all that time and brought it.'
  if (span.state === 'repaired') {
    const how = kind === 'stream' ? 'found by searches' : 'read back'
    return span.repairedAt ? `All of it was ${how}, at ${clockTime(span.repairedAt, now, zone)}.` : `All of it was ${how}.`
  }
  if (span.but) return `The poll could not read back so far. Pushes brought everything else, and ${platform} does not push these.`
  if (span.state === 'lost')
    return `It cannot be read back${reach ? '' : ' any more'}: ${reach ? reachWords(platform, reach) : `${platform} no longer shows it`}.`
  if (kind === 'stream') return 'The next search finds what is missing.'
  const when =
    span.cause === 'token' || span.cause === 'not_connected' ? 'once the account is connected again' : `as soon as ${platform} answers`
  if (!reach) return `What was said is read back ${span.cause === 'we_were_down' ? 'by the next poll' : when}.`
  if (!end) return `What was said is read back ${when}; ${reachWords(platform, reach)}.`
  if (end <= now) return `Part of it may be lost already: ${reachWords(platform, reach)}.`
  return `It can be read back whole until about ${clockTime(end, now, zone)}: ${reachWords(platform, reach)}.`
}

function onlyPushedWords({ state }: Told, { reach }: Source, { platform }: Asked): string {
  if (state === 'lost') return `${platform} lists them nowhere: only a push can bring them.`
  const tries = `${platform} pushes again for ${duration((reach?.hours ?? 0) * 3_600_000)} what was not taken`
  return state === 'open' ? `${tries}.` : `${tries}, and we were there to take it.`
}

/** With how many it was: what only one of the two saw is counted. */
function pollsBring(span: Span, asked: Asked): string {
  const { now, zone, onlyPolled } = asked
  const count = onlyPolled?.(span) ?? 0
  const mentions = `${count.toLocaleString('en')} ${count === 1 ? 'mention that was' : 'mentions that were'} not pushed`
  if (span.state === 'open') return `Polls bring what is missing${count ? `: ${mentions} so far` : ''}.`
  return `Polls brought all of it${span.repairedAt ? `, at ${clockTime(span.repairedAt, now, zone)}` : ''}${count ? `: ${mentions}` : ''}.${replayWords(span, asked)}`
}

function replayWords(span: Span, { platform, replayed }: Asked): string {
  const answer = replayed?.(span)
  if (answer === 'asked') return ` ${platform} was asked to push it all again as well.`
  return answer === 'refused' ? ` ${platform} does not push again what was missed on this plan.` : ''
}

function reachWords(platform: string, { mentions, hours }: Reach): string {
  const far = [
    ...(mentions ? [`its newest ${mentions.toLocaleString('en')} mentions`] : []),
    ...(hours ? [`the last ${duration(hours * 3_600_000)}`] : []),
  ]
  return `${platform} shows only ${far.join(' and ')}`
}

function repairedWords(repaired: readonly GapWords[], { now, zone }: Asked): string[] {
  const [first] = repaired
  if (!first) return []
  if (repaired.length > 1) return [`${repaired.length} gaps were repaired.`]
  return [`One gap was repaired: ${first.label}, ${clockRange(first.span, now, zone).join(' to ')}, because ${first.cause}.`]
}

function awaitedWords([first]: readonly GapWords[], { now, zone }: Asked): string[] {
  return first ? [`${capital(first.label)} from ${clockRange(first.span, now, zone).join(' to ')} may still come. ${first.repair}`] : []
}

/** The sure ones before those nobody can tell. */
function lostWords(lost: readonly GapWords[], { now, zone }: Asked): string[] {
  const [first, ...more] = [...lost].sort((a, b) => Number(b.isSure) - Number(a.isSure))
  if (!first) return []
  const { label, span, cause, repair, isSure, isGoingOn } = first
  const when = isGoingOn ? `since ${clockTime(span.fromAt, now, zone)}` : `from ${clockRange(span, now, zone).join(' to ')}`
  return [
    `${isSure ? 'Lost' : 'Perhaps lost'}: ${label} ${when}, because ${cause}. ${repair}`,
    ...(more.length ? [`${others(more.length)} more like it.`] : []),
  ]
}

/** The window's beginning, or where the youngest of the sources begins. */
function begins(sources: readonly Source[], { since }: Asked): Date {
  return new Date(Math.max(since.getTime(), ...sources.map(source => source.spans[0]!.fromAt.getTime())))
}

const byUrgency = (a: GapWords, b: GapWords) =>
  Number(b.isGoingOn) - Number(a.isGoingOn) || b.span.fromAt.getTime() - a.span.fromAt.getTime()
const latest = (gaps: readonly GapWords[]) => latestOf(gaps.map(gap => gap.span.untilAt))
const latestOf = (dates: readonly Date[]) => new Date(Math.max(...dates.map(date => date.getTime())))
const others = (count: number) => (count === 1 ? 'One gap' : `${count} gaps`)
const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1)

function causeWords(cause: GapCause, isGoingOn: boolean, kind: Source['kind'], platform: string): string {
  const { is, was } = OWN_WORDS[kind]?.[cause] ?? CAUSES[cause]
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
      ({ span, kind, isSure }) =>
        kind === gap.kind &&
        isSure === gap.isSure &&
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
  web_down: { is: 'Heed’s web process is not running', was: 'Heed’s web process was not running' },
  push_missing: { is: 'polls bring what {platform} should have pushed', was: 'polls brought what {platform} should have pushed' },
  push_silent: {
    is: '{platform} pushes nothing for longer than is usual, though customers write',
    was: '{platform} pushed nothing for longer than is usual, though customers wrote',
  },
  webhook_off: { is: '{platform} does not push to us', was: '{platform} had stopped pushing to us' },
  we_were_down: { is: 'Heed is not polling', was: 'Heed was not running' },
  capped: { is: 'this month’s cap is spent', was: 'the month’s cap was spent' },
  not_connected: { is: 'the account is switched off', was: 'the account was switched off' },
  unfinished: { is: 'there is more than one poll takes', was: 'there was more than one poll takes' },
}
const STREAM_WORDS = {
  we_were_down: { is: 'Heed is not listening', was: 'Heed was not listening' },
  platform_down: { is: 'the connection to {platform} broke', was: 'the connection to {platform} had broken' },
}
const OWN_WORDS: Partial<Record<Source['kind'], Partial<Record<GapCause, { is: string; was: string }>>>> = {
  pushes: {
    we_were_down: { is: 'nobody has checked whether {platform} pushes', was: 'nobody checked whether {platform} pushed' },
  },
  search: { we_were_down: { is: 'Heed is not searching', was: 'Heed was not searching' } },
  stream: STREAM_WORDS,
  'own-stream': STREAM_WORDS,
}
