// Learning from corrections: one step each, the same from the same log, undone by leaving them out.
import { describe, expect, test } from 'vitest'
import type { JudgeContext } from '../../domain.ts'
import { type Correction, readCorrection } from '../../triage/correction.ts'
import { judge } from '../../triage/judge.ts'
import { accuracyOf, emptyLayer, learnOne, movedWords, readLayer, replay, taughtScorer, writeLayer } from '../../triage/learn.ts'
import { scorerNamed } from '../../triage/scorer.ts'

const scorer = scorerNamed('linear')
const context: JudgeContext = {
  ourHandles: [],
  addressesUs: true,
  visibility: 'public',
  isOwn: false,
  hasOpenTicket: false,
  previous: null,
  earlierTickets: 0,
  followers: null,
  similarLastHour: 0,
  isRepeat: false,
  incidentActive: false,
}
const log: Correction[] = [
  {
    at: '2026-03-01T09:00:00Z',
    text: '@brightwave the glimmer dial is stuck on violet again',
    category: 'technical_question',
    priority: 'normal',
  },
  { at: '2026-03-01T10:00:00Z', text: '@brightwave glimmer dial stuck, third one this year', category: 'complaint', sentiment: 'negative' },
  { at: '2026-03-02T09:00:00Z', text: '@brightwave any word on the glimmer recall?', kind: 'question', actionable: true },
  { at: '2026-03-02T11:00:00Z', text: 'cute glimmer lamp in the window at @brightwave', category: 'untargeted_comment' },
  { at: '2026-03-03T09:00:00Z', text: '@brightwave my glimmer went dark and so did next door', category: 'outage_report', complaint: true },
]
const judged = (text: string, taught = scorer) =>
  judge({ text, visibility: 'public', direction: 'inbound', platform: 'x', language: null }, context, taught)

describe('one correction', () => {
  test('moves the same words towards what was said, and similar words less', () => {
    const text = 'the glimmer dial hums at night'
    const correction: Correction = { text, category: 'complaint' }
    const layer = learnOne(emptyLayer(), correction, scorer)
    const share = (words: string, with_ = scorer) => {
      const verdict = judged(words, with_)
      return verdict.category === 'complaint' ? verdict.confidence : 1 - verdict.confidence
    }
    const taught = taughtScorer(scorer, layer)
    const complaintOdds = (words: string, with_ = scorer) => judged(words, with_).complaint!
    expect(complaintOdds(text, taught)).toBeGreaterThan(complaintOdds(text))
    expect(complaintOdds('my glimmer dial hums too', taught)).toBeGreaterThan(complaintOdds('my glimmer dial hums too'))
    expect(complaintOdds('what time do you open on sunday?', taught)).toBeCloseTo(complaintOdds('what time do you open on sunday?'), 1)
    expect(share(text, taught)).toBeGreaterThan(0)
  })

  test('leaves the layer it was given as it was', () => {
    const first = learnOne(emptyLayer(), log[0]!, scorer)
    const kept = writeLayer(first)
    learnOne(first, log[1]!, scorer)
    expect(writeLayer(first)).toBe(kept)
  })

  test('that says nothing new to a head leaves that head alone', () => {
    const layer = learnOne(emptyLayer(), { text: 'plain words', sentiment: 'negative' }, scorer)
    expect([...layer.bias.slice(0, 3)].some(value => value !== 0)).toBe(true)
    expect([...layer.bias.slice(3)].every(value => value === 0)).toBe(true)
  })
})

describe('the log', () => {
  test('replayed twice gives the same layer, bit for bit', () => {
    expect(writeLayer(replay(log, scorer).layer)).toBe(writeLayer(replay(log, scorer).layer))
  })

  test('replayed gives what learning one by one gave', () => {
    const stepwise = log.reduce((layer, correction) => learnOne(layer, correction, scorer), emptyLayer())
    expect(writeLayer(replay(log, scorer).layer)).toBe(writeLayer(stepwise))
  })

  test('without a day is as if that day had never been', () => {
    const kept = log.filter(correction => !correction.at!.startsWith('2026-03-02'))
    expect(writeLayer(replay(kept, scorer).layer)).toBe(
      writeLayer(kept.reduce((layer, correction) => learnOne(layer, correction, scorer), emptyLayer())),
    )
    expect(writeLayer(replay(kept, scorer).layer)).not.toBe(writeLayer(replay(log, scorer).layer))
  })

  test('of no corrections changes nothing', () => {
    expect(taughtScorer(scorer, replay([], scorer).layer)).toBe(scorer)
  })

  test('is measured before it is learnt', () => {
    const same = Array.from({ length: 6 }, (): Correction => ({ text: 'the frobnicator purrs', category: 'complaint' }))
    const { before } = replay(same, scorer)
    const right = before.map(({ guesses }) => guesses[0]!.guessed === 'complaint')
    expect(right[0]).toBe(false)
    expect(right.at(-1)).toBe(true)
    expect(accuracyOf(before, 'category').find(row => row.label === 'complaint')).toMatchObject({ n: 6, precision: 1 })
  })

  test('tells which words it moved', () => {
    const { layer } = replay(log, scorer)
    expect(movedWords(layer, log).map(row => row.word)).toContain('glimmer')
  })
})

test('a layer survives being written and read', () => {
  const { layer } = replay(log, scorer)
  expect(readLayer(writeLayer(layer))).toEqual({ ...layer, heard: layer.heard })
  expect(() => readLayer(writeLayer(layer).replace(/"heads":\d+/, '"heads":3'))).toThrow('replay')
})

test('reasons of a taught scorer still add up to the confidence', () => {
  const taught = taughtScorer(scorer, replay(log, scorer).layer)
  for (const { text } of log) {
    const verdict = judged(text, taught)
    const sum = verdict.reasons.reduce((total, reason) => total + reason.points, 0)
    expect(1 / (1 + Math.exp(-sum)), text).toBeCloseTo(verdict.confidence, 9)
  }
})

test('the teaching order of opposite corrections matters, so the log keeps its order', () => {
  expect(writeLayer(replay(log, scorer).layer)).not.toBe(writeLayer(replay([...log].reverse(), scorer).layer))
})

describe('a line of a corrections file', () => {
  test.each([
    [{ text: 'a', label: 'negative' }, { sentiment: 'negative' }],
    [{ text: 'a', label: 'outage' }, { kind: 'outage' }],
    [{ text: 'a', label: 'outage_report' }, { category: 'outage_report' }],
    [
      { text: 'a', kind: 'question', actionable: false },
      { kind: 'question', actionable: false },
    ],
    [{ text: 'a', complaint: 'yes' }, { complaint: true }],
    [{ text: 'a', label: 'not-complaint' }, { complaint: false }],
    [
      { text: 'a', sentiment: 'Positive', priority: 'urgent' },
      { sentiment: 'positive', priority: 'urgent' },
    ],
  ])('%j', (row, expected) => expect(readCorrection(row)).toEqual({ text: 'a', ...expected }))

  test('"complaint" answers yes or no where the file also says "not-complaint", and is a kind elsewhere', () => {
    expect(readCorrection({ text: 'a', label: 'complaint' }, true)).toEqual({ text: 'a', complaint: true })
    expect(readCorrection({ text: 'a', label: 'complaint' })).toEqual({ text: 'a', kind: 'complaint' })
    expect(readCorrection({ text: 'a', kind: 'complaint', priority: 'high' }, true)).toMatchObject({ kind: 'complaint' })
  })

  test.each([
    [null],
    [[]],
    [{}],
    [{ text: 'a' }],
    [{ text: 'a', label: 'sideways' }],
    [{ text: 4, label: 'negative' }],
    [{ text: 'a', actionable: 'maybe' }],
  ])('%j is refused', row => {
    expect(() => readCorrection(row)).toThrow()
  })
})
