// The scorers behind one interface, the kinds, and a file of corrections.
import { describe, expect, test } from 'vitest'
import type { JudgeContext } from '../../domain.ts'
import { judge } from '../../triage/judge.ts'
import { kindShares, kinds } from '../../triage/kinds.ts'
import { ask, learnFile, schooledScorer } from '../../triage/learn-file.ts'
import { isScorerName, scorerNamed, scorerNames, urgency } from '../../triage/scorer.ts'
import { exp, log } from '../../triage/signals/exactly.ts'
import { careHeads } from '../../triage/signals/heads.ts'
import { readMention } from '../../triage/signals/reading.ts'

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
const texts = [
  '@brightwave is the network down in Ashford?',
  'third time I call, still no parcel',
  'love the new app!',
  'hello',
  '',
  'somebody took over my account',
  '¿dónde está mi pedido?',
]

describe.each(scorerNames)('%s', name => {
  const scorer = scorerNamed(name)

  test('answers every head, and says what each is made of', () => {
    for (const text of texts) {
      const reading = readMention(text)
      const scores = scorer.score(reading, true)
      careHeads.forEach((head, h) => {
        const { bias, words, together, measures, taught } = scores.partsOf(head)
        const sum = bias + together + taught + words.reduce((a, b) => a + b, 0) + measures.reduce((a, b) => a + b, 0)
        expect(sum, `${head}: ${text}`).toBeCloseTo(scores.care[h]!, 9)
      })
      const { negative, neutral, positive } = scores.sentiment
      expect(negative + neutral + positive).toBeCloseTo(1, 9)
      expect(urgency(scores)).toBeGreaterThanOrEqual(0)
      expect(urgency(scores)).toBeLessThanOrEqual(1)
    }
  })

  test('may judge: its name stands in the verdict', () => {
    const verdict = judge({ text: texts[0]!, visibility: 'public', direction: 'inbound', platform: 'x', language: null }, context, scorer)
    expect(verdict.model).toBe(scorer.model)
    expect(verdict.category).toBe('outage_report')
  })
})

test('a scorer nobody knows is refused by name', () => {
  expect(isScorerName('linear')).toBe(true)
  expect(isScorerName('oracle')).toBe(false)
})

test('our own exponential and logarithm are the right ones', () => {
  for (let x = -40; x <= 40; x += 0.37) expect(Math.abs(exp(x) / Math.exp(x) - 1)).toBeLessThan(1e-13)
  for (let x = 1e-6; x < 1e6; x *= 1.7) expect(log(x)).toBeCloseTo(Math.log(x), 12)
  expect([exp(-1e9), exp(NaN), log(0)]).toEqual([0, NaN, -Infinity])
})

describe('kinds', () => {
  test.each([
    ['outage_report', 'the site is down', 'outage'],
    ['pr_risk', 'reporters ask why everything is down, an outage again', 'outage'],
    ['pr_risk', 'racist staff, it is all on video', 'complaint'],
    ['account_question', 'where is my refund', 'account'],
    ['positive_feedback', 'lovely', 'praise'],
    ['thanks_only', 'thanks', 'praise'],
    ['complaint', 'late again', 'complaint'],
    ['urgent_request', 'my account was hacked', 'account'],
    ['urgent_request', 'the plug is burning', 'complaint'],
    ['general_reference', 'do you open on sunday?', 'question'],
    ['spam', 'win a phone', 'other'],
  ] as const)('%s “%s” is %s', (category, text, kind) => {
    const shares = kindShares(new Map([[category, 1]]), readMention(text), { negative: 0.5, positive: 0.1 })
    expect(kinds[shares.indexOf(Math.max(...shares))]).toBe(kind)
    expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9)
  })

  test('a technical question that sounds unhappy is a complaint, a calm one a question', () => {
    const share = (negative: number, text: string) =>
      kindShares(new Map([['technical_question', 1]]), readMention(text), { negative, positive: 0 })
    expect(share(0.9, 'it broke again')[kinds.indexOf('complaint')]).toBeGreaterThan(0.8)
    expect(share(0.05, 'how do I pair it?')[kinds.indexOf('question')]).toBeGreaterThan(0.8)
  })
})

describe('a file of corrections', () => {
  const scorer = scorerNamed('linear')
  const corrections = Array.from({ length: 40 }, (_, i) => ({
    text: `${['plim', 'plam', 'plom', 'plum'][i % 4]} number ${i} arrived`,
    sentiment: i % 4 < 2 ? ('positive' as const) : ('negative' as const),
  }))
  const taught = learnFile(corrections, scorer)
  const feeling = (text: string) => {
    const reading = readMention(text)
    return ask(taught, reading, scorer.score(reading, false)).sentiment!.label
  }

  test('teaches what it says, and nothing it does not speak of', () => {
    expect([feeling('plim arrived'), feeling('plum arrived')]).toEqual(['positive', 'negative'])
    expect(taught.lessons.map(lesson => lesson.subject)).toEqual(['sentiment'])
  })

  test('teaches the same twice', () => {
    const again = learnFile(corrections, scorer)
    expect(again.lessons[0]!.members[0]!.hashed).toEqual(taught.lessons[0]!.members[0]!.hashed)
    expect(again.lessons[0]!.temperature).toBe(taught.lessons[0]!.temperature)
  })

  test('leaves the reasons adding up', () => {
    const verdict = judge(
      { text: 'where is my plum, third day', visibility: 'public', direction: 'inbound', platform: 'x', language: null },
      context,
      schooledScorer(
        scorer,
        learnFile([...corrections.map((c, i) => ({ ...c, kind: i % 2 ? ('complaint' as const) : ('praise' as const) }))], scorer),
      ),
    )
    const sum = verdict.reasons.reduce((total, reason) => total + reason.points, 0)
    expect(1 / (1 + Math.exp(-sum))).toBeCloseTo(verdict.confidence, 9)
  })
})
