// The corpus the weights are trained with: no copies, no broken spans, wide enough; and the check that says so.
import { describe, expect, test } from 'vitest'
import { checkCorpus, countBy, type Placed } from '../../triage/training/check.ts'
import { type CorpusRow, readCorpus } from '../../triage/training/examples.ts'
import { checkOutsideSets, outsideSets } from '../../triage/training/outside-sets.ts'

const corpus = readCorpus()
const fine: CorpusRow = {
  text: 'my parcel went to the wrong house again',
  category: 'complaint',
  priority: 'normal',
  actionable: true,
  sentiment: 'negative',
  language: 'en',
  trade: 'parcel',
  register: 'plain',
  cues: [[3, 9]],
}
const found = (...rows: Partial<CorpusRow>[]) =>
  checkCorpus(rows.map((row, i): Placed => ({ file: 'f', line: i + 1, row: { ...fine, ...row } }))).map(finding => finding.what)

test('our corpus passes its own check', () => {
  expect(checkCorpus(corpus)).toEqual([])
})

test('it is wide: 4,000 mentions, 20 trades, 10 languages, every category', () => {
  expect(corpus.length).toBeGreaterThanOrEqual(4000)
  expect(countBy(corpus, 'trade').filter(([, n]) => n >= 10).length).toBeGreaterThanOrEqual(20)
  expect(countBy(corpus, 'language').filter(([, n]) => n >= 30).length).toBeGreaterThanOrEqual(10)
  expect(countBy(corpus, 'category')).toHaveLength(14)
})

describe('the check finds', () => {
  test('nothing in a good line', () => expect(found({})).toEqual([]))
  test('a copy, whatever the handle and case', () =>
    expect(found({}, { text: '@brightwave My parcel went to the WRONG house again!' })[0]).toContain('the same as f:1'))
  test('a near-copy', () =>
    expect(found({}, { text: 'my parcel went to the wrong house again, twice now' })).toEqual(['nearly the same as f:1']))
  test('no near-copy where only a phrase is shared', () =>
    expect(found({}, { text: 'they say it went to the wrong branch because of the snow we never had' })).toEqual([]))
  test('spans outside the text, empty or crossing', () => {
    for (const cues of [
      [[0, 400]],
      [[5, 5]],
      [
        [3, 9],
        [4, 12],
      ],
    ] as [number, number][][])
      expect(found({ cues })).toHaveLength(1)
  })
  test('labels that contradict one another', () => expect(found({ actionable: false })).toEqual(['actionable false with priority normal']))
  test('labels nobody knows', () => expect(found({ category: 'rumour' as never, sentiment: 'sad' as never })).toHaveLength(2))
})

test('outside sets are named by hash, and a folder without them is refused', () => {
  for (const { sha256 } of outsideSets) expect(sha256).toMatch(/^[0-9a-f]{64}$/)
  expect(() => checkOutsideSets('/nowhere')).toThrow(/goemotions.*missing/)
})
