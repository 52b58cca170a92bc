// What the ledger becomes when a source is heard or not: a table of cases, and that merging loses no second.
import { describe, expect, it, test } from 'vitest'
import type { GapCause, Span, SpanState } from '../../db/coverage.ts'
import { heard, merge, missed, repairedByPolls, uncover } from '../../triage/coverage-spans.ts'

const MINUTE = 60_000
const nine = Date.parse('2026-03-02T09:00:00Z')
/** Minutes after nine. */
const at = (minutes: number) => new Date(nine + minutes * MINUTE)
/** "0-30 covered | 30-60 open limit": a ledger as one reads it. */
const shown = (spans: readonly Span[]) =>
  spans.map(s => [`${minutesOf(s.fromAt)}-${minutesOf(s.untilAt)}`, s.state, ...(s.cause ? [s.cause] : [])].join(' ')).join(' | ')
const minutesOf = (date: Date) => (date.getTime() - nine) / MINUTE
const ledger = (text: string): Span[] =>
  (text ? text.split(' | ') : []).map(part => {
    const [range, state, cause] = part.split(' ')
    const [from, until] = range!.split('-').map(Number)
    return {
      fromAt: at(from!),
      untilAt: at(until!),
      state: state as SpanState,
      cause: (cause as GapCause) ?? null,
      repairedAt: state === 'repaired' ? at(until!) : null,
    }
  })
const poll = (until: number, reachedTo: number | null = null) => ({
  until: at(until),
  since: at(0),
  patienceMs: 10 * MINUTE,
  readsBack: true,
  reachedTo: reachedTo === null ? null : at(reachedTo),
})

describe('a poll that ended', () => {
  test.each([
    ['the first one covers from the beginning', '', poll(2), '0-2 covered'],
    ['the next one goes on in the same row', '0-2 covered', poll(4), '0-4 covered'],
    ['after a short failure it is only late', '0-2 covered | 2-8 open limit', poll(9), '0-9 covered'],
    [
      'after a long failure the gap is named and repaired',
      '0-2 covered | 2-30 open limit',
      poll(31),
      '0-2 covered | 2-30 repaired limit | 30-31 covered',
    ],
    [
      'two causes one after the other are two repaired gaps',
      '0-2 covered | 2-30 open limit | 30-50 open token',
      poll(51),
      '0-2 covered | 2-30 repaired limit | 30-50 repaired token | 50-51 covered',
    ],
    [
      'two short causes are judged by the whole silence',
      '0-2 covered | 2-9 open limit | 9-15 open platform_down',
      poll(16),
      '0-2 covered | 2-9 repaired limit | 9-15 repaired platform_down | 15-16 covered',
    ],
    ['after a silence of our own: we were down', '0-2 covered', poll(60), '0-2 covered | 2-60 repaired we_were_down'],
    [
      'beyond the reach the older part is lost',
      '0-2 covered | 2-60 open token',
      poll(61, 40),
      '0-2 covered | 2-40 lost token | 40-60 repaired token | 60-61 covered',
    ],
    [
      'all of the gap beyond the reach is lost',
      '0-2 covered | 2-60 open token',
      poll(90, 70),
      '0-2 covered | 2-70 lost token | 70-90 repaired token',
    ],
    [
      'more than the platform shows in one interval is lost, however short',
      '0-2 covered',
      poll(4, 3),
      '0-2 covered | 2-3 lost unfinished | 3-4 covered',
    ],
    ['and after a short failure too', '0-2 covered | 2-8 open limit', poll(9, 5), '0-2 covered | 2-5 lost limit | 5-9 covered'],
    ['the reach takes nothing from what was covered', '0-50 covered', poll(55, 40), '0-55 covered'],
    ['said twice it changes nothing', '0-50 covered', poll(50), '0-50 covered'],
    ['an earlier one that ends late changes nothing', '0-50 covered', poll(40), '0-50 covered'],
  ])('%s', (_, before, given, after) => expect(shown(heard(ledger(before), given))).toBe(after))
})

describe('a poll that failed', () => {
  const fail = (minutes: number, cause: GapCause = 'limit') => ({ at: at(minutes), since: at(0), cause, patienceMs: 10 * MINUTE })
  test.each([
    ['the first of all', '', fail(5), '0-5 open limit'],
    ['leaves a gap since it last was heard', '0-2 covered', fail(4), '0-2 covered | 2-4 open limit'],
    ['again, for the same reason, in the same row', '0-2 covered | 2-4 open limit', fail(6), '0-2 covered | 2-6 open limit'],
    [
      'again, for another reason',
      '0-2 covered | 2-4 open limit',
      fail(6, 'platform_down'),
      '0-2 covered | 2-4 open limit | 4-6 open platform_down',
    ],
    ['after a silence of our own the silence is ours', '0-2 covered', fail(60), '0-2 covered | 2-60 open we_were_down'],
    ['but a dead sign-in was dead all along', '0-2 covered', fail(60, 'token'), '0-2 covered | 2-60 open token'],
  ])('%s', (_, before, given, after) => expect(shown(missed(ledger(before), given))).toBe(after))
})

describe('what turns out not to have been heard', () => {
  const off = (from: number, until: number) => ({ from: at(from), until: at(until), cause: 'webhook_off' as const })
  test.each([
    ['what was called covered is not', '0-60 covered', off(40, 60), '0-40 covered | 40-60 open webhook_off'],
    ['also in the middle', '0-60 covered', off(20, 40), '0-20 covered | 20-40 open webhook_off | 40-60 covered'],
    ['and after the last row, where it went on until then', '0-20 covered', off(30, 60), '0-30 covered | 30-60 open webhook_off'],
    [
      'a gap keeps its own cause',
      '0-20 covered | 20-40 repaired token',
      off(10, 60),
      '0-10 covered | 10-20 open webhook_off | 20-40 repaired token | 40-60 open webhook_off',
    ],
    ['said twice it changes nothing', '0-40 covered | 40-60 open webhook_off', off(40, 60), '0-40 covered | 40-60 open webhook_off'],
    ['where nothing was known', '', off(5, 9), '5-9 open webhook_off'],
    ['no time at all', '0-20 covered', off(20, 20), '0-20 covered'],
  ])('%s', (_, before, given, after) => expect(shown(uncover(ledger(before), given))).toBe(after))
})

describe('pushes', () => {
  it('that work again do not bring back what was missed', () => {
    const again = heard(ledger('0-20 covered | 20-60 open webhook_off'), { ...poll(75), patienceMs: 40 * MINUTE, readsBack: false })
    expect(shown(again)).toBe('0-20 covered | 20-60 open webhook_off | 60-75 covered')
  })
  test.each([
    ['polls covered it all', '20-60 open webhook_off', 80, '', '20-60 repaired webhook_off'],
    ['polls have come half way', '20-60 open webhook_off', 40, '', '20-40 repaired webhook_off | 40-60 open webhook_off'],
    ['polls have not come there', '20-60 open webhook_off', 10, '', '20-60 open webhook_off'],
    ['polls lost some of it', '20-60 open webhook_off', 80, '30-40 lost token', '20-60 lost webhook_off'],
  ])('%s', (_, open, coveredTo, lost, after) =>
    expect(shown(repairedByPolls(ledger(open), { coveredTo: at(coveredTo), lost: ledger(lost) }, at(90)))).toBe(after),
  )
})

it('merging keeps the sum of each kind, whatever happened, and says it in rows without overlap', () => {
  const random = seeded(20261122)
  for (let run = 0; run < 300; run++) {
    let spans: Span[] = []
    let minute = 0
    for (let step = 0; step < 60; step++) {
      minute += 1 + Math.floor(random() * 25)
      spans =
        random() < 0.6
          ? heard(spans, poll(minute, random() < 0.3 ? minute - 20 : null))
          : missed(spans, { at: at(minute), since: at(0), cause: random() < 0.5 ? 'limit' : 'token', patienceMs: 10 * MINUTE })
    }
    expect(spans[0]!.fromAt).toEqual(at(0))
    expect(spans.at(-1)!.untilAt).toEqual(at(minute))
    for (const [n, span] of spans.slice(1).entries()) expect(span.fromAt).toEqual(spans[n]!.untilAt)
    const cut = spans.flatMap(halves)
    expect(sums(merge(cut))).toEqual(sums(cut))
    expect(merge(cut).length).toBeLessThanOrEqual(spans.length)
    expect(shown(merge(spans))).toBe(shown(spans))
  }
})

it('a year of polls without trouble is one row', () => {
  let spans: Span[] = []
  for (let minute = 2; minute < 60 * 24 * 365; minute += 60) spans = heard(spans, { ...poll(minute), patienceMs: 61 * MINUTE })
  expect(spans).toHaveLength(1)
})

const halves = (span: Span): Span[] => {
  const middle = new Date((span.fromAt.getTime() + span.untilAt.getTime()) / 2)
  return [
    { ...span, untilAt: middle },
    { ...span, fromAt: middle },
  ]
}
function sums(spans: readonly Span[]): Record<string, number> {
  const sum: Record<string, number> = {}
  for (const { state, cause, fromAt, untilAt } of spans)
    sum[`${state} ${cause}`] = (sum[`${state} ${cause}`] ?? 0) + untilAt.getTime() - fromAt.getTime()
  return sum
}
/** The same numbers each time. */
function seeded(seed: number) {
  let state = seed
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32
    return state / 2 ** 32
  }
}
