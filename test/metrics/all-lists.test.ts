// One line of time for all lists of an account.
import { expect, test } from 'vitest'
import type { Span } from '../../db/coverage.ts'
import { worstOfLists } from '../../metrics/all-lists.ts'
import type { Source } from '../../metrics/coverage-words.ts'

const at = (minutes: number) => new Date(Date.parse('2026-03-02T09:00:00Z') + minutes * 60_000)
const span = (from: number, until: number, state: Span['state'] = 'covered'): Span => ({
  fromAt: at(from),
  untilAt: at(until),
  state,
  cause: state === 'covered' ? null : 'token',
  repairedAt: null,
})
const list = (spans: Span[], kind: Source['kind'] = 'own'): Source => ({ name: 'poll', label: 'mentions', kind, reach: null, spans })
const shown = (sources: Source[]) =>
  worstOfLists(sources).map(
    one => `${(one.fromAt.getTime() - at(0).getTime()) / 60_000}-${(one.untilAt.getTime() - at(0).getTime()) / 60_000} ${one.state}`,
  )

test('at each moment the worst of the lists is shown, and pushes beside polls are none of them', () => {
  expect(
    shown([
      list([span(0, 20), span(20, 30, 'repaired'), span(30, 60)]),
      list([span(0, 25), span(25, 40, 'lost'), span(40, 50), span(50, 60, 'open')]),
      list([span(0, 60, 'open')], 'pushes'),
    ]),
  ).toEqual(['0-20 covered', '20-25 repaired', '25-40 lost', '40-50 covered', '50-60 open'])
})

test('before the first row of any list there is nothing', () => {
  expect(shown([list([span(30, 60)]), list([])])).toEqual(['30-60 covered'])
})
