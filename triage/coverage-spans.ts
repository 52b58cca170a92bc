// What a source's ledger becomes when it is heard, or not: covered, missed, repaired or lost, in as few rows as tell it; pure.
import type { GapCause, Span } from '../db/coverage.ts'

export interface Heard {
  /** Everything said before this is in. */
  until: Date
  /** Where the source begins when nothing is known of it. */
  since: Date
  /** A shorter silence is a delay and no gap. */
  patienceMs: number
  /** A poll reads back what was missed; a push that works again does not. */
  readsBack: boolean
  /** What was missed before this is no longer shown over there. Null: all of it is. */
  reachedTo: Date | null
}

/** Heard again: what was missed is repaired as far as the platform reaches back, and lost before that. */
export function heard(spans: readonly Span[], given: Heard): Span[] {
  const { until, since, patienceMs, readsBack, reachedTo } = given
  const last = spans.at(-1)
  const end = last?.untilAt ?? earlier(since, until)
  const all = until > end ? [...spans, sinceLast(last, end, given)] : spans
  return merge(readsBack ? settle(all, until, patienceMs, reachedTo) : all)
}

/** The time since it was last heard: covered, unless we were away, or there was more than the platform shows. */
function sinceLast(last: Span | undefined, end: Date, { until, patienceMs, readsBack, reachedTo }: Heard): Span {
  if (!last) return covered(end, until)
  const isOpen = last.state === 'open'
  if (!isOpen && until.getTime() - end.getTime() > patienceMs) return gap(end, until, 'we_were_down')
  if (readsBack && reachedTo && reachedTo > end) return gap(end, until, (isOpen && last.cause) || 'unfinished')
  return covered(end, until)
}

/** Asked, and nothing came, or nobody could ask. A stretch before it in which nobody asked at all is our own. */
export function missed(
  spans: readonly Span[],
  { at, since, cause, patienceMs }: { at: Date; since: Date; cause: GapCause; patienceMs: number },
): Span[] {
  const last = spans.at(-1)
  const end = last?.untilAt ?? earlier(since, at)
  if (at <= end) return [...spans]
  const wasAway = last !== undefined && last.state !== 'open' && at.getTime() - end.getTime() > patienceMs
  return merge([...spans, gap(end, at, wasAway && !STANDING.has(cause) ? 'we_were_down' : cause)])
}

/**
 * It turns out that nothing was heard between the two: what was called covered was not, and the time nobody told of yet is missing too. What
 * was known to be missing keeps its own cause.
 */
export function uncover(spans: readonly Span[], { from, until, cause }: { from: Date; until: Date; cause: GapCause }): Span[] {
  if (from >= until) return [...spans]
  const end = spans.at(-1)?.untilAt ?? from
  const told = spans.flatMap(span => (span.state === 'covered' ? without(span, from, until, cause) : [span]))
  return merge([...told, ...untold(spans.at(-1), end, from), gap(later(end, from), until, cause)])
}

function without(span: Span, from: Date, until: Date, cause: GapCause): Span[] {
  if (span.untilAt <= from || span.fromAt >= until) return [span]
  const [begin, end] = [later(span.fromAt, from), earlier(span.untilAt, until)]
  return [covered(span.fromAt, begin), gap(begin, end, cause), covered(end, span.untilAt)]
}

/** Between the last row and what is known now it went on as it was. */
const untold = (last: Span | undefined, end: Date, from: Date): Span[] =>
  !last || from <= end ? [] : [last.state === 'covered' ? covered(end, from) : gap(end, from, last.cause ?? 'fault')]

/** Pushes missed are no loss where polls went on: what the polls had covered by then is repaired, what they lost is lost. */
export function repairedByPolls(open: readonly Span[], polls: { coveredTo: Date; lost: readonly Span[] }, at: Date): Span[] {
  return merge(
    open.flatMap(span => {
      if (span.state !== 'open' || span.fromAt >= polls.coveredTo) return [span]
      const [done, rest] = cut(span, polls.coveredTo)
      const isLost = polls.lost.some(lost => lost.fromAt < done.untilAt && lost.untilAt > done.fromAt)
      return [
        { ...done, state: isLost ? ('lost' as const) : ('repaired' as const), repairedAt: isLost ? null : at },
        ...(rest ? [rest] : []),
      ]
    }),
  )
}

/** Neighbours that say the same become one; the sum of each kind stays what it was. */
export function merge(spans: readonly Span[]): Span[] {
  const merged: Span[] = []
  for (const span of spans) {
    if (span.untilAt <= span.fromAt) continue
    const last = merged.at(-1)
    if (last && last.untilAt.getTime() === span.fromAt.getTime() && last.state === span.state && last.cause === span.cause)
      merged[merged.length - 1] = { ...last, untilAt: span.untilAt, repairedAt: laterOf(last.repairedAt, span.repairedAt) }
    else merged.push(span)
  }
  return merged
}

/** Each run of open stretches has its end: too short to name, repaired, or lost where the platform does not reach. */
function settle(spans: readonly Span[], at: Date, patienceMs: number, reachedTo: Date | null): Span[] {
  return spans.flatMap((span, n) => {
    if (span.state !== 'open') return [span]
    const [from, until] = runAround(spans, n)
    const isDelay = until.getTime() - from.getTime() <= patienceMs
    const heardOf = (part: Span): Span =>
      isDelay ? covered(part.fromAt, part.untilAt) : { ...part, state: 'repaired' as const, repairedAt: at }
    if (!reachedTo || span.fromAt >= reachedTo) return [heardOf(span)]
    const [lost, rest] = cut(span, reachedTo)
    return [{ ...lost, state: 'lost' as const }, ...(rest ? [heardOf(rest)] : [])]
  })
}

function runAround(spans: readonly Span[], n: number): [Date, Date] {
  let [first, last] = [n, n]
  while (spans[first - 1]?.state === 'open') first--
  while (spans[last + 1]?.state === 'open') last++
  return [spans[first]!.fromAt, spans[last]!.untilAt]
}

function cut(span: Span, at: Date): [Span, Span | null] {
  return at >= span.untilAt
    ? [span, null]
    : [
        { ...span, untilAt: at },
        { ...span, fromAt: at },
      ]
}

const covered = (fromAt: Date, untilAt: Date): Span => ({ fromAt, untilAt, state: 'covered', cause: null, repairedAt: null })
const gap = (fromAt: Date, untilAt: Date, cause: GapCause): Span => ({ fromAt, untilAt, state: 'open', cause, repairedAt: null })
const earlier = (a: Date, b: Date) => (a < b ? a : b)
const later = (a: Date, b: Date) => (a > b ? a : b)
const laterOf = (a: Date | null, b: Date | null) => (a && b ? later(a, b) : (a ?? b))

/** These held the whole time, whether or not somebody looked. */
const STANDING: ReadonlySet<GapCause> = new Set(['token', 'not_connected', 'webhook_off'])
