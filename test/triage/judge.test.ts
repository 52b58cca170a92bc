// The judge on hard cases: what must be urgent, what must never be dropped, and reasons that add up.
import { describe, expect, test } from 'vitest'
import type { Category, JudgeContext, Priority, Verdict } from '../../domain.ts'
import { explain, judge } from '../../triage/judge.ts'

const public_: JudgeContext = {
  ourHandles: ['brightwave'],
  addressesUs: true,
  visibility: 'public',
  isOwn: false,
  hasOpenTicket: false,
  previous: null,
  earlierTickets: 0,
  followers: 120,
  similarLastHour: 0,
  isRepeat: false,
  incidentActive: false,
}
const directMessage: JudgeContext = { ...public_, visibility: 'private' }

function judged(text: string, context: Partial<JudgeContext> = {}): Verdict {
  const whole = { ...public_, ...context }
  return judge({ text, visibility: whole.visibility, direction: 'inbound', platform: 'x', language: null }, whole)
}

const hardCases: [string, Category, Priority][] = [
  ['@brightwave is the network down in Ashford? nothing works since 6', 'outage_report', 'urgent'],
  ['Is it just me or is the site not loading?', 'outage_report', 'urgent'],
  ['my router keeps crashing but my phone on 4g is fine', 'technical_question', 'high'],
  ['somebody took over my account and changed the email', 'urgent_request', 'urgent'],
  ['there is a payment on my card I did not authorise', 'urgent_request', 'urgent'],
  ['got a text asking for my PIN, is that a scam?', 'urgent_request', 'urgent'],
  ['your charger caught fire next to my bed', 'urgent_request', 'urgent'],
  ['I want to die, nobody at your place listens', 'urgent_request', 'urgent'],
  ['I know where you live, I will kill you', 'urgent_request', 'urgent'],
  ['we are stranded at the airport with two small kids', 'urgent_request', 'urgent'],
  ['my lawyer will write to you about the deposit', 'urgent_request', 'urgent'],
  ['your guard called my brother a racist slur and it is all on video', 'pr_risk', 'urgent'],
  ['you bloody idiots, my parcel has been lost for two weeks', 'complaint', 'high'],
  ['fuck you, third time you charged me twice, where is my refund', 'account_question', 'high'],
  ['thanks for nothing', 'complaint', 'high'],
  ['great, thanks 🙄', 'complaint', 'high'],
  ['how do I turn off the captions?', 'technical_question', 'high'],
  ['how do I cancel my subscription?', 'account_question', 'high'],
  ['Huge thanks to Mara at the Hilltop branch, she was brilliant with my nan today', 'positive_feedback', 'normal'],
  ['thank you so much!', 'thanks_only', 'low'],
  ['Earn $400 a day with crypto, message @coin_coach now https://t.example/a', 'spam', 'low'],
]

describe('hard cases', () => {
  test.each(hardCases)('%s → %s, %s', (text, category, priority) => {
    expect(judged(text)).toMatchObject({ category, priority })
  })

  test('one sick device is not an outage, unless everybody has the same one', () => {
    const text = 'after the update the app crashes on my phone'
    expect(judged(text).category).not.toBe('outage_report')
    expect(judged(text, { similarLastHour: 12 }).category).toBe('outage_report')
  })

  test('an outage in Spanish, German, French, Portuguese, Italian, Dutch and Turkish', () => {
    for (const text of [
      'no hay internet en toda la calle desde esta mañana',
      'seit heute morgen kein Internet in der ganzen Straße',
      "plus d'internet dans tout le quartier depuis ce matin",
      'estamos sem internet no bairro todo desde cedo',
      'niente internet in tutto il quartiere, disservizio da stamattina',
      'al de hele dag een storing, geen internet in de hele straat',
      'bütün mahallede internet yok, kesinti ne zaman bitecek',
    ])
      expect(judged(text)).toMatchObject({ category: 'outage_report', priority: 'urgent' })
  })

  test('fraud and fire are urgent in other languages too', () => {
    for (const text of [
      'me han robado la cuenta',
      'mein Konto wurde gehackt und leer geräumt',
      'la batterie a pris feu dans la cuisine',
      'o carregador pegou fogo',
      'sento odore di gas nelle scale',
      'mijn account is gehackt',
      'şarj aleti alev aldı',
    ]) {
      expect(judged(text).priority).toBe('urgent')
    }
  })
})

describe('noise', () => {
  test('our own words are noise at once', () => {
    expect(judged('We are looking into it ^SB', { isOwn: true })).toMatchObject({ category: 'own_or_staff', tier: 'noise', confidence: 1 })
    expect(judge({ text: 'hello', visibility: 'public', direction: 'outbound', platform: 'x', language: null }, public_).category).toBe(
      'own_or_staff',
    )
  })

  test('the same words by the same author again are a duplicate in public, never in a DM', () => {
    expect(judged('where is my parcel', { isRepeat: true })).toMatchObject({ category: 'duplicate', tier: 'noise' })
    expect(judged('where is my parcel', { isRepeat: true, visibility: 'private' }).tier).toBe(1)
  })

  test('advice from one customer to another is peer_answered, only when it answers another customer', () => {
    const text = 'try turning it off for a minute, that fixed it for me'
    const previous = { direction: 'inbound' as const, text: 'my box is stuck', byOtherCustomer: true }
    expect(judged(text, { addressesUs: false, previous })).toMatchObject({ category: 'peer_answered', tier: 'noise' })
    expect(judged(text).category).not.toBe('peer_answered')
  })

  test.each(['hi', 'Hello there', '👍', 'good night everyone', 'thank you!', ''])('a DM is never noise: "%s"', text => {
    expect(judged(text, directMessage).tier).not.toBe('noise')
  })

  test('spam in a DM may be dropped', () => {
    expect(judged('Earn $400 a day with crypto, message @coin_coach now https://t.example/a', directMessage)).toMatchObject({
      category: 'spam',
      tier: 'noise',
    })
  })

  test('emoji alone are noise in public', () => {
    expect(judged('😂😂😂')).toMatchObject({ category: 'irrelevant', tier: 'noise' })
  })

  test('a link alone goes to a person', () => {
    expect(judged('@brightwave https://t.example/photo')).toMatchObject({ needsReview: true })
  })

  test('noise is never chosen while a question, a complaint or an outage cue stands in the text', () => {
    const cues = [
      'is the app down?',
      'how do I log in',
      'still not working',
      'worst service ever',
      'no internet here',
      'I was charged twice',
      'my parcel never arrived',
    ]
    const wrappings = [
      'thank you! %',
      'lol % 😂',
      'win a phone, follow and retweet https://t.example/w %',
      'good night everyone, %',
      'try restarting it, %',
    ]
    for (const cue of cues)
      for (const wrapping of wrappings)
        for (const context of [public_, { ...public_, addressesUs: false }, directMessage]) {
          const text = wrapping.replace('%', cue)
          expect(judged(text, context).tier, text).not.toBe('noise')
        }
  })

  test('a customer with an open ticket is not dropped as chatter', () => {
    expect(judged('lol same', { hasOpenTicket: true }).tier).not.toBe('noise')
  })
})

describe('thanks', () => {
  test.each([
    'thanks!',
    'Thank you, works now',
    'ok thanks Theo 🙏',
    'gracias!',
    'vielen Dank',
    'merci beaucoup',
    'obrigada!',
    'grazie mille',
    'bedankt',
    'teşekkürler',
  ])('only thanks: %s', text => {
    expect(judged(text, { hasOpenTicket: true })).toMatchObject({ category: 'thanks_only', tier: 'noise' })
    expect(judged(text, { hasOpenTicket: true, hasAttachment: true }).tier).not.toBe('noise')
  })

  test.each([
    'thanks for nothing',
    'great, thanks 🙄',
    'thanks but it still fails',
    'thanks, when does it ship?',
    'thank you, now my bill is wrong',
    'thanks for losing my bag',
    'thanks https://t.example/x',
    'wow thanks for the five hour delay',
    'no thanks',
  ])('more than thanks: %s', text => {
    expect(judged(text, { hasOpenTicket: true }).category).not.toBe('thanks_only')
  })
})

describe('an outage', () => {
  test('that the judge is sure of is urgent', () => {
    expect(judged('no internet in the whole street since this morning, all my neighbours too')).toMatchObject({
      category: 'outage_report',
      priority: 'urgent',
    })
  })

  test('that it only guesses is high, and says what would have made it urgent', () => {
    const verdict = judged('stuck on connecting')
    expect(verdict).toMatchObject({ category: 'outage_report', priority: 'high', wouldChange: 'Surer than 0.7 it would be urgent.' })
    expect(verdict.confidence).toBeLessThan(0.7)
  })
})

describe('who is spoken to', () => {
  test.each(['is it lost?', 'is this still the plan?', 'does it work with a Mac?'])(
    '“%s” asked of us waits for no review, whatever it is about',
    text => {
      expect(judged(text)).toMatchObject({ tier: 1, needsReview: false })
    },
  )

  test('a direct question to us is tier 1', () => {
    for (const text of ['do you sell umbrellas?', 'what colour is the new one?', 'can dogs come in?', 'anything planned for sunday?'])
      expect(judged(text).tier, text).toBe(1)
  })

  test('chatter about us that does not speak to us is an untargeted comment at most', () => {
    expect(judged('thinking of moving from tellix to brightwave this year', { addressesUs: false }).category).not.toBe('general_reference')
  })

  test('a DM that says hello is a general reference, not noise', () => {
    expect(judged('hello', directMessage)).toMatchObject({ category: 'general_reference', tier: 2 })
  })

  test('a large audience makes an angry mention a public risk', () => {
    const text = 'worst bank I have ever had, truly disgraceful people'
    expect(judged(text).category).toBe('complaint')
    expect(judged(text, { followers: 900_000 })).toMatchObject({ priority: 'urgent', category: 'pr_risk' })
  })
})

describe('language', () => {
  test('a language without word lists goes to a person with confidence 0, never to noise', () => {
    for (const text of [
      '荷物がまだ届きません、どうなっていますか',
      'Моя посылка так и не пришла, третья неделя',
      'paketet har inte kommit och ingen svarar i telefonen hos er',
      'moja paczka nie dotarla i nikt nie odbiera telefonu od tygodnia',
    ]) {
      expect(judged(text)).toMatchObject({ confidence: 0, needsReview: true })
      expect(judged(text).tier).not.toBe('noise')
    }
  })

  test('fewer than 20 characters tell no language', () => {
    expect(judged('danke sehr').language).toBeNull()
    expect(judged('wann kommt denn endlich mein Paket an').language).toBe('de')
  })
})

const samples = [
  ...hardCases.map(([text]) => text),
  'GRRRR sooo late AGAIN!!!',
  '',
  '   ',
  '👍',
  '@brightwave',
  '¿Cuándo vuelve la luz?',
  'a'.repeat(4000),
  '🙃 I “love” waiting — 3h now',
  'Ça marche pas 😡 depuis l’aéroport',
]

describe('reasons', () => {
  test('add up to the log-odds of the confidence', () => {
    for (const text of samples) {
      const verdict = judged(text)
      const sum = verdict.reasons.reduce((total, reason) => total + reason.points, 0)
      expect(1 / (1 + Math.exp(-sum)), text).toBeCloseTo(verdict.confidence, 9)
    }
  })

  test('stand largest first', () => {
    for (const text of samples) {
      const sizes = judged(text).reasons.map(reason => Math.abs(reason.points))
      expect(sizes).toEqual([...sizes].sort((a, b) => b - a))
    }
  })

  test('point at exactly the words they quote', () => {
    for (const text of samples) {
      for (const { because, span } of judged(text).reasons) {
        if (!span) continue
        const quoted = because.match(/^“([\s\S]*?)”(:|$)/)?.[1]
        expect(text.slice(span[0], span[1]).replace(/\s+/g, ' '), because).toBe(quoted)
      }
    }
  })

  test('name the rule that made it urgent', () => {
    expect(judged('your charger caught fire next to my bed').reasons.find(reason => reason.signal === 'safety')).toMatchObject({
      span: [13, 24],
    })
  })

  test('come with what would have changed the verdict', () => {
    expect(judged('your charger caught fire next to my bed').wouldChange).toContain('“caught fire”')
    expect(judged('thank you!').wouldChange).toContain('question')
  })

  test('are told in one sentence', () => {
    expect(explain(judged('third time I call, still no parcel, useless'))).toMatch(/^[a-z ]+ [01]\.\d\d because “.+”; sentiment −\d\.\d$/)
  })
})

describe('purity', () => {
  test('the same mention gives the same verdict, whatever was judged between', () => {
    const first = judged('still waiting for my refund, third email')
    for (const text of samples) judged(text)
    expect(judged('still waiting for my refund, third email')).toEqual(first)
  })

  test('leaves mention and context untouched', () => {
    const context = Object.freeze({
      ...public_,
      ourHandles: Object.freeze(['brightwave']),
      previous: Object.freeze({ direction: 'inbound' as const, text: 'x', byOtherCustomer: true }),
    })
    const mention = Object.freeze({
      text: 'is it down?',
      visibility: 'public' as const,
      direction: 'inbound' as const,
      platform: 'x',
      language: null,
    })
    expect(() => judge(mention, context)).not.toThrow()
  })

  test('judges a thousand mentions in well under a second of one core', () => {
    const start = process.cpuUsage()
    for (let i = 0; i < 1000; i++) judged(`${hardCases[i % hardCases.length]![0]} ${i}`)
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(1000)
  })
})
