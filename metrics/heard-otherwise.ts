// What one source missed and another brought: lists that pushes told of too, and words that only pushes tell; pure.
import type { PolledList, Reach } from '../connectors/connector.ts'
import type { Span } from '../db/coverage.ts'

/** A stretch as the pages tell of it. */
export interface Told extends Span {
  /** The poll could not read it, and pushes had told of it meanwhile. */
  heardBy?: 'pushes'
  /** Lost is only this of the list, if anything: the rest was pushed. */
  but?: string
}

/** Lost is what nobody heard: where pushes were alive, a poll that could not read back so far is no loss. */
export function alsoPushed(spans: readonly Span[], pushed: PolledList['pushed'], pushes: readonly Span[]): Told[] {
  if (!pushed) return [...spans]
  const alive = pushes.filter(span => span.state === 'covered')
  return spans.flatMap(span =>
    span.state === 'lost' ? cutBy(span, alive).map(part => (part.isIn ? brought(part.span, pushed) : part.span)) : [span],
  )
}

const brought = (span: Span, pushed: NonNullable<PolledList['pushed']>): Told =>
  pushed === 'all' ? { ...span, state: 'repaired', heardBy: 'pushes' } : { ...span, but: pushed.but }

/**
 * What only pushes bring, from the ledger of pushes: polls repair the rest and never this. Where nobody of ours was there to take it, the
 * platform tries again as long as it says it does; in any other gap it may be lost.
 */
export function onlyPushed(pushes: readonly Span[], reach: Reach | undefined, now: Date): Told[] {
  return pushes.map(span => {
    if (span.state === 'covered') return span
    const hours = span.cause === 'web_down' ? (reach?.hours ?? 0) : 0
    const triedUntil = new Date(span.fromAt.getTime() + hours * 3_600_000)
    if (triedUntil <= span.untilAt) return { ...span, state: 'lost' as const, repairedAt: null }
    return triedUntil > now
      ? { ...span, state: 'open' as const, repairedAt: null }
      : { ...span, state: 'repaired' as const, repairedAt: null, heardBy: 'pushes' as const }
  })
}

/** A span in its parts: inside one of the others, or between them. */
function cutBy(span: Span, others: readonly Span[]): { span: Span; isIn: boolean }[] {
  const edges = [span.fromAt, ...others.flatMap(one => [one.fromAt, one.untilAt]), span.untilAt]
    .filter(at => at >= span.fromAt && at <= span.untilAt)
    .sort((a, b) => a.getTime() - b.getTime())
  return edges.slice(1).flatMap((untilAt, n) => {
    const fromAt = edges[n]!
    if (untilAt <= fromAt) return []
    return [{ span: { ...span, fromAt, untilAt }, isIn: others.some(one => one.fromAt <= fromAt && one.untilAt >= untilAt) }]
  })
}
