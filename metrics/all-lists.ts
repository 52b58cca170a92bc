// All that is said to an account on one line of time: at each moment the worst of its lists; pure.
import type { Span } from '../db/coverage.ts'
import type { Source } from './coverage-words.ts'

/** Searches and streams, and pushes beside polls, take nothing from it. */
export function worstOfLists(sources: readonly Source[]): Span[] {
  const lists = sources.filter(source => source.kind === 'own')
  const edges = [...new Set(lists.flatMap(list => list.spans.flatMap(span => [span.fromAt.getTime(), span.untilAt.getTime()])))].sort(
    (a, b) => a - b,
  )
  const worst: Span[] = []
  for (const [n, until] of edges.slice(1).entries()) {
    const from = edges[n]!
    const here = lists.flatMap(list => list.spans.filter(span => span.fromAt.getTime() <= from && span.untilAt.getTime() >= until))
    if (!here.length) continue
    const { state, cause } = here.reduce((a, b) => (RANK.indexOf(b.state) > RANK.indexOf(a.state) ? b : a))
    const last = worst.at(-1)
    if (last && last.state === state && last.untilAt.getTime() === from) worst[worst.length - 1] = { ...last, untilAt: new Date(until) }
    else worst.push({ fromAt: new Date(from), untilAt: new Date(until), state, cause, repairedAt: null })
  }
  return worst
}

const RANK: readonly Span['state'][] = ['covered', 'repaired', 'open', 'lost']
