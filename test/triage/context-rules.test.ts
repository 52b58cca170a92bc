// What is known beside the words, each with its table of cases: what it adds, what it never does, and the reason a rep reads.
import { describe, expect, test } from 'vitest'
import type { Category, JudgeContext, SecondOpinion, Verdict } from '../../domain.ts'
import { bareContext } from '../../triage/bare.ts'
import { judge } from '../../triage/judge.ts'

function judged(text: string, given: Partial<JudgeContext> = {}): Verdict {
  const context = { ...bareContext(text), addressesUs: true, ...given }
  return judge({ text, visibility: context.visibility, direction: 'inbound', platform: 'x', language: null }, context)
}
/** The reason this signal gave, with and without what is known. */
const reason = (verdict: Verdict, signal: string) => verdict.reasons.find(one => one.signal === signal)
const sum = (verdict: Verdict) => verdict.reasons.reduce((total, one) => total + one.points, 0)
const trouble = 'my broadband drops every evening and your staff keep hanging up'

describe('who comes back', () => {
  test.each<[string, number, string | undefined]>([
    [trouble, 0, undefined],
    [trouble, 1, undefined],
    [trouble, 2, 'writes for the third time this week'],
    [trouble, 3, 'writes for the fourth time this week'],
    ['what a lovely shop, big thanks to Mara', 6, undefined],
  ])('“%s” after %d other hours', (text, contactsThisWeek, because) => {
    expect(reason(judged(text, { contactsThisWeek }), 'contacts')?.because).toBe(because)
  })

  test('speaks for a complaint, and earlier tickets do a little', () => {
    const text = 'still nobody fixed the meter, it was promised again'
    const alone = judged(text)
    const known = judged(text, { contactsThisWeek: 4, earlierTickets: 3 })
    expect(known.category).toBe('complaint')
    expect(reason(known, 'earlier')?.because).toBe('had 3 tickets before')
    expect(sum(known)).toBeGreaterThan(alone.category === 'complaint' ? sum(alone) : 0)
  })
})

describe('a VIP', () => {
  test('with trouble is told apart, in the reasons', () => {
    expect(reason(judged(trouble, { isVip: true }), 'vip')?.because).toBe('a customer the team marked as VIP')
    expect(reason(judged(trouble), 'vip')).toBeUndefined()
  })

  test.each(['😂😂😂', 'lol', 'good night'])('is never dropped as irrelevant: “%s”', text => {
    expect(judged(text, { isVip: true }).tier).not.toBe('noise')
  })

  test('who only thanks is thanked like anybody', () => {
    expect(judged('thank you so much!', { isVip: true }).category).toBe('thanks_only')
  })
})

describe('a talk that goes on', () => {
  test.each<[string, Category]>([
    ['Both', 'complaint'],
    ['Sent', 'account_question'],
    ['iPhone', 'technical_question'],
    ['Nope, still the same', 'technical_question'],
    ['It is still the very same, same as before', 'complaint'],
  ])('“%s” is about what they had written before: %s', (text, openTicketCategory) => {
    const verdict = judged(text, { hasOpenTicket: true, openTicketCategory })
    expect(verdict.category).toBe(openTicketCategory)
    expect(reason(verdict, 'goesOn')?.because).toBe(`few words, in a talk about ${openTicketCategory.replaceAll('_', ' ')}`)
  })

  test.each<[string, Category]>([
    ['the socket is sparking and it smells of smoke', 'urgent_request'],
    ['someone hacked my account', 'urgent_request'],
    ['thanks!', 'thanks_only'],
    ['now the whole town is offline, all my neighbours too', 'outage_report'],
  ])('“%s” speaks for itself: %s', (text, category) => {
    expect(judged(text, { hasOpenTicket: true, openTicketCategory: 'general_reference' }).category).toBe(category)
  })
})

describe('what we had asked', () => {
  const asked = { direction: 'outbound' as const, text: 'Could you tell us which box you have?', byOtherCustomer: false }
  test.each(['the blue one', 'AB12', 'yes', '😂'])('“%s” is an answer, not noise', text => {
    const verdict = judged(text, { previous: asked })
    expect(verdict.tier).not.toBe('noise')
  })
  test('thanks after a question are thanks', () => {
    expect(judged('thank you so much!', { previous: asked }).category).toBe('thanks_only')
  })
})

describe('many who say the same', () => {
  test.each<[string, number, Category]>([
    ['after the update the app crashes on my phone', 12, 'outage_report'],
    ['Win a free phone, follow and message us now https://t.example/w', 12, 'spam'],
  ])('“%s” from %d others is %s', (text, similarLastHour, category) => {
    const verdict = judged(text, { similarLastHour })
    expect(verdict.category).toBe(category)
    expect(verdict.reasons.some(one => one.because.startsWith(`${similarLastHour} others`))).toBe(true)
  })
  test('a wave of one link about trouble is no spam', () => {
    expect(judged('the app is down for everyone https://t.example/status', { similarLastHour: 12 }).category).toBe('outage_report')
  })
})

describe('a second opinion', () => {
  const opinion = (categories: SecondOpinion['categories']): SecondOpinion => ({ by: 'a-model', categories })

  test('moves what is unsure, says who said so, and the reasons still add up', () => {
    const text = 'three weeks and the box is where it was'
    const alone = judged(text)
    const other = alone.category === 'account_question' ? 'complaint' : 'account_question'
    const asked = judged(text, { secondOpinion: opinion({ [other]: 0.95 }) })
    const said = asked.reasons.find(one => one.signal === 'secondOpinion')!
    expect(said.because).toContain(`second opinion by a-model: ${other.replaceAll('_', ' ')} 0.95`)
    expect(1 / (1 + Math.exp(-sum(asked)))).toBeCloseTo(asked.confidence, 9)
  })

  test.each<[string, Category, SecondOpinion]>([
    ['there is a fire in your shop', 'urgent_request', opinion({ spam: 1 })],
    ['somebody took over my account and changed the email', 'urgent_request', opinion({ irrelevant: 1 })],
    [
      'I want to die, nobody at your place listens',
      'urgent_request',
      { by: 'a-model', sentiment: { negative: 0, neutral: 0, positive: 1 } },
    ],
  ])('never silences danger: “%s”', (text, category, secondOpinion) => {
    expect(judged(text, { secondOpinion })).toMatchObject({ category, priority: 'urgent' })
  })

  test.each(['where is my parcel?', 'the app is down', 'still not working, great service 🙄'])(
    'never makes noise of a question or a trouble: “%s”',
    text => {
      for (const category of ['spam', 'irrelevant', 'thanks_only', 'peer_answered'] as const)
        expect(judged(text, { secondOpinion: opinion({ [category]: 1 }) }).tier).not.toBe('noise')
    },
  )

  test('has half a say in the feeling, and says so', () => {
    const verdict = judged('mm, very tasty', { secondOpinion: { by: 'a-model', sentiment: { negative: 1, neutral: 0, positive: 0 } } })
    expect(verdict.sentiment).toBeLessThan(judged('mm, very tasty').sentiment - 0.3)
    expect(verdict.reasons.at(-1)?.because).toBe('second opinion by a-model: sounds negative')
  })
})
