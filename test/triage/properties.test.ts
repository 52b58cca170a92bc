// What holds for any text: neutral words change nothing grave, reasons are the score, the log is the weights, and nothing takes for ever.
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { JudgeContext } from '../../domain.ts'
import { bareContext } from '../../triage/bare.ts'
import type { Correction } from '../../triage/correction.ts'
import { judge, weigh } from '../../triage/judge.ts'
import { emptyLayer, learnOne, replay, taughtScorer, writeLayer } from '../../triage/learn.ts'
import { scorerNamed } from '../../triage/scorer.ts'

/** The same "chance" on every run. */
function dice(seed: number) {
  return (n: number) => (seed = (seed * 48_271) % 2_147_483_647) % n
}
const grave = [
  'the app is down for everybody in Ashford',
  'there is a payment on my card I did not authorise',
  'your charger caught fire next to my bed',
  'somebody took over my account and changed the email',
  'we are stranded at the airport with two small kids',
  'I want to die, nobody at your place listens',
  'my lawyer will write to you about the deposit',
  'mein Konto wurde gehackt und leer geräumt',
  'no hay internet en toda la calle desde esta mañana',
]
const mild = [
  'three weeks and the box is where it was',
  'how do I turn off the captions?',
  'what a lovely crew on the night train',
  'thank you so much!',
  'lol ok',
  'nine sleeps till the sea',
  'win a free phone, follow us https://t.example/w',
]
const neutral = ['today', 'table', 'Tuesday', 'paper', 'blue', 'the', 'and', 'also', 'kitchen', 'at noon', 'by the way', '.']

const contexts: Partial<JudgeContext>[] = [
  {},
  { addressesUs: true },
  { addressesUs: true, visibility: 'private' },
  { addressesUs: true, isVip: true, contactsThisWeek: 3, earlierTickets: 4, followers: 90_000 },
  { addressesUs: true, similarLastHour: 9, incidentActive: true },
  {
    addressesUs: true,
    secondOpinion: { by: 'm', categories: { complaint: 0.7, spam: 0.2 }, sentiment: { negative: 0.6, neutral: 0.3, positive: 0.1 } },
  },
  { addressesUs: true, previous: { direction: 'outbound', text: 'Which box do you have?', byOtherCustomer: false } },
]
const judgedIn = (text: string, given: Partial<JudgeContext>, scorer = scorerNamed('linear')) => {
  const context = { ...bareContext(text), ...given }
  return weigh({ text, visibility: context.visibility, direction: 'inbound', platform: 'x', language: null }, context, scorer)
}
const judged = (text: string, given: Partial<JudgeContext> = {}) => judgedIn(text, given).verdict

test('a neutral word, wherever it is put, never turns what is urgent into noise, nor takes its urgency', () => {
  const pick = dice(11)
  for (const text of grave)
    for (let i = 0; i < 24; i++) {
      const words = text.split(' ')
      // Between phrases a word may break one; at either end it cannot.
      const word = neutral[pick(neutral.length)]!
      const changed = i % 2 ? `${word} ${words.join(' ')}` : `${words.join(' ')} ${word}`
      expect(judged(changed, { addressesUs: true }), changed).toMatchObject({ priority: 'urgent' })
    }
})

test('a neutral word in the midst never makes noise of what is urgent', () => {
  const pick = dice(7)
  for (const text of grave)
    for (let i = 0; i < 24; i++) {
      const words = text.split(' ')
      words.splice(pick(words.length), 0, neutral[pick(neutral.length)]!)
      expect(judged(words.join(' '), { addressesUs: true }).tier, words.join(' ')).not.toBe('noise')
    }
})

test.each(['linear', 'lexicon'] as const)(
  'the reasons of %s are the score, to the last digit, whatever is known beside the words',
  name => {
    for (const text of [...grave, ...mild])
      for (const context of contexts) {
        const { verdict, shares } = judgedIn(text, context, scorerNamed(name))
        const share = shares!.get(verdict.category)!
        const sum = verdict.reasons.reduce((total, one) => total + one.points, 0)
        expect(Math.abs(sum - Math.log(share / (1 - share))), text).toBeLessThan(1e-9 * Math.max(1, Math.abs(sum), 1 / (1 - share)))
      }
  },
)

test('the same text and knowledge give the same verdict, byte for byte', () => {
  for (const text of [...grave, ...mild])
    for (const context of contexts) expect(JSON.stringify(judged(text, context))).toBe(JSON.stringify(judged(text, context)))
})

describe('the log of corrections', () => {
  const pick = dice(3)
  const categories = ['complaint', 'spam', 'general_reference', 'outage_report'] as const
  const log = Array.from({ length: 60 }, (_, i): Correction => {
    const text = [...grave, ...mild][pick(grave.length + mild.length)]!
    const part = pick(3)
    return {
      text,
      at: new Date(Date.UTC(2026, 2, 1, i)).toISOString(),
      ...(part === 0
        ? { category: categories[pick(4)] }
        : part === 1
          ? { sentiment: pick(2) ? 'negative' : 'positive' }
          : { priority: pick(2) ? 'high' : 'low' }),
    }
  })
  const bytes = (text: string) => createHash('sha256').update(text).digest('hex')

  test('replayed gives the same weights, whole or step by step, and a layer that was kept goes on as if it had never been put away', () => {
    const scorer = scorerNamed('linear')
    const whole = bytes(writeLayer(replay(log, scorer).layer))
    expect(bytes(writeLayer(replay(log, scorer).layer))).toBe(whole)
    const half = replay(log.slice(0, 30), scorer).layer
    expect(bytes(writeLayer(log.slice(30).reduce((layer, one) => learnOne(layer, one, scorer), half)))).toBe(whole)
    expect(bytes(writeLayer(log.reduce((layer, one) => learnOne(layer, one, scorer), emptyLayer())))).toBe(whole)
  })

  test('never takes the urgency from danger, however often somebody says it is spam', () => {
    const wrong = grave.flatMap((text): Correction[] => Array.from({ length: 20 }, () => ({ text, category: 'spam' })))
    const taught = taughtScorer(scorerNamed('linear'), replay(wrong, scorerNamed('linear')).layer)
    for (const text of grave.slice(1, 7))
      expect(judgedIn(text, { addressesUs: true }, taught).verdict, text).toMatchObject({ priority: 'urgent' })
  })
})

describe('bad input gets a verdict and bounded work', () => {
  const odd: [string, string][] = [
    ['empty', ''],
    ['64 kB of one letter', 'a'.repeat(65_536)],
    ['64 kB of words', 'box '.repeat(16_384)],
    ['zero-width', '\u200b\u200d\ufeff\u2060'.repeat(5_000)],
    ['right to left, with overrides', '\u202e\u2067مرحبا الشبكة\u2069\u202c'.repeat(500)],
    ['lone surrogates', '\ud83d\udc00\ud800'.repeat(3_000)],
    ['10,000 emoji', '😡🙄'.repeat(5_000)],
    ['binary', String.fromCharCode(...Array.from({ length: 20_000 }, (_, i) => (i * 7_919) % 256))],
    ['marks upon marks', `e${'\u0301'.repeat(30_000)}`],
    ['brackets and quotes', '“(“('.repeat(10_000)],
  ]
  test.each(odd)('%s', (_name, text) => {
    for (const context of contexts) {
      const verdict = judged(text, context)
      expect(verdict.confidence).toBeGreaterThanOrEqual(0)
      expect(verdict.confidence).toBeLessThanOrEqual(1)
      // What is stored with every mention stays small, and is text a database takes.
      const written = JSON.stringify(verdict)
      expect(written.length).toBeLessThan(200_000)
      expect(
        judge({ text, visibility: 'public', direction: 'inbound', platform: 'x', language: null }, { ...bareContext(text), ...context }),
      ).toEqual(verdict)
    }
  })
})
