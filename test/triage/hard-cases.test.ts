// Hard cases by the hundred: what must be urgent, what only sounds kind, what is everybody's trouble and what is one device's.
import { describe, expect, test } from 'vitest'
import type { JudgeContext, Reason, Verdict } from '../../domain.ts'
import { judge } from '../../triage/judge.ts'
import { readCorpus } from '../../triage/training/examples.ts'

const context: JudgeContext = {
  ourHandles: ['brightwave'],
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
const judged = (text: string): Verdict =>
  judge({ text, visibility: 'public', direction: 'inbound', platform: 'x', language: null }, context)

const safety = [
  'the heater you delivered started smoking and the plug melted',
  'my toddler got an electric shock from your lamp',
  'there is a smell of gas in the hallway of the flat you service',
  'the scooter brakes failed and I went over the handlebars',
  'found a piece of glass in the baby food',
  'my daughter had an allergic reaction to the sauce, label said no nuts',
  'exposed live wires hanging over the pavement outside number 12',
  'carbon monoxide alarm keeps going off since your engineer left',
  'the battery exploded while charging, curtains caught fire',
  'your driver is drunk, please stop this bus',
  'i was assaulted by your security guard last night',
  'my dad collapsed on your train and nobody came',
  'the pushchair collapsed with the baby in it',
  'I want to kill myself and your bot sends me a survey',
  'i cant go on anymore, i just want it to end',
  'there is a fire on platform 2',
  'the ladder snapped and I broke my wrist',
  'insulin delivery has not come and I am out',
  'haha your courier crashed and I hit my head, what a start to the weekend',
  'there was a used plaster in the salad',
  'maggots in my rice, photos to follow',
  'my mother is on oxygen at home and the power is off',
  'the tablets you sent are the wrong dose and I already took two',
]
const fraud = [
  'someone has taken 900 from my account',
  'there is a transaction I did not make',
  'my account was hacked and the email changed',
  'I got locked out, somebody changed my password and phone number',
  'a caller said he was from your fraud team and I gave him the code',
  'my card was stolen and it is being used right now',
  'unauthorised payments again this morning',
  'somebody opened a credit line in my name',
  'I clicked a link in a text pretending to be you and entered my PIN',
  'identity theft, someone ordered three phones on my account',
  'fraudulent charge of $412 on my card from your shop',
  'my sim was swapped, I have no signal and my bank is being emptied',
  'quelqu’un a payé des places avec ma carte',
  'three weeks and no answer about the security breach on my account',
  'someone logged into my account from another country',
  'got scammed by a fake page using your name, paid 200',
  'money gone from my savings and I did not do it',
  'someone is using my account to order food',
]
const sarcasm = [
  'Thanks for nothing, @brightwave',
  'wow great service, only four hours on hold',
  'love how my parcel is in another country again 🙃',
  'oh brilliant, cancelled again, thanks so much',
  'Nice one losing my suitcase, five stars 🙄',
  'thanks a lot for ruining our anniversary',
  'so glad I pay 60 a month for a loading wheel',
  'congrats on the worst update ever',
  'great job charging me twice, geniuses',
  'Thanks for cancelling my flight while I was at the gate',
  'fantastic, another delay, just what I needed',
  'well done on sending the wrong size for the third time 👏',
  'thank you so much for the cold pizza',
  'amazing how nobody ever picks up your phone',
  'really appreciate being ignored for a week 🙄',
]
const negation = [
  'this is not good enough',
  'I am not happy with the repair',
  'never had a good experience with your shop',
  'no one was helpful',
  'the app does not work properly',
  'your support is not great at all',
  "can't say I enjoyed the stay",
  'not impressed with the new menu',
  'hardly a friendly welcome',
  "wasn't worth the money",
  'nothing works as promised',
  "I don't recommend this hotel",
]
const onlyThanks = [
  'thank you!',
  'Thanks so much',
  'cheers',
  'ok thanks',
  'perfect thank you',
  'got it, thanks!',
  'thank you, all sorted now',
  'thanks Ana 🙏',
  'brilliant, thank you',
  'many thanks',
  'thx',
  'ty!',
  'thank you very much',
  'much appreciated',
  'great, thanks!',
  'works now, thank you',
  'thanks for your help',
  'thanks for the quick reply',
]
const notOnlyThanks = [
  'thanks, but it is still broken',
  'thank you, when will it arrive?',
  'thanks for the four hour wait',
  'no thanks',
  'thanks. now the other one is missing too',
  'thank you but that link is dead',
  'thanks for losing my bag',
  'thanks, can you check again please',
  'great thanks 🙄',
  'thanks for nothing',
  'thank you, and also my bill is wrong',
  'cheers, still no signal though',
  'thanks for the reply but nobody called',
  'ok thanks, how do I do that?',
  'thanks https://t.example/pic',
]
const everybody = [
  'is your site down?',
  'the app is down again',
  'anyone else without internet in Leeds?',
  'whole street has no power',
  'servers down??',
  'is it just me or is the network down',
  'no signal anywhere in town since 7',
  'nobody in our office can log in, your service is down',
  'website showing error 503 for everyone here',
  'power cut in the north of the city',
  'your card payments are down in every shop',
  'total outage here, nothing works',
  'the streaming service is down, half of my friends too',
  'trains ticket machines are all down at every station',
  'broadband out across the village',
  'is there an outage in M4?',
  'down for everyone it seems',
  'your booking site has been offline all morning',
]
const oneDevice = [
  'the app crashes only on my old tablet, fine on my phone',
  'my laptop will not connect but the phone does',
  'one of my speakers has no sound',
  'the remote stopped working, the box is fine',
  'after the update my watch does not sync',
  'screen flickers on my tv, other tv is ok',
  'how do I pair the second controller?',
  'only my account shows the old photo',
  'my printer prints blank pages',
  'left earbud does not charge',
]
const elsewhere: [string, string, Verdict['sentimentLabel']][] = [
  ['es', 'llevo tres semanas esperando el paquete y nadie contesta', 'negative'],
  ['es', 'muchas gracias por la ayuda de ayer, excelente atención', 'positive'],
  ['es', '¿a qué hora abre la tienda del centro los domingos?', 'neutral'],
  ['de', 'seit drei Wochen warte ich auf mein Paket und niemand meldet sich', 'negative'],
  ['de', 'Super Service heute in der Filiale, vielen Dank an das Team', 'positive'],
  ['de', 'wann macht die Filiale am Bahnhof am Samstag auf?', 'neutral'],
  ['fr', "trois semaines que j'attends mon colis et personne ne répond", 'negative'],
  ['fr', 'merci beaucoup, service rapide et vendeuse adorable', 'positive'],
  ['pt', 'há três semanas que espero a encomenda e ninguém responde', 'negative'],
  ['pt', 'atendimento excelente hoje na loja, muito obrigada', 'positive'],
  ['it', 'aspetto il pacco da tre settimane e nessuno risponde', 'negative'],
  ['it', 'grazie mille, servizio ottimo e personale gentile', 'positive'],
  ['nl', 'al drie weken wacht ik op mijn pakket en niemand reageert', 'negative'],
  ['nl', 'hartelijk bedankt, super geholpen in de winkel vandaag', 'positive'],
  ['tr', 'üç haftadır kargomu bekliyorum ve kimse cevap vermiyor', 'negative'],
  ['tr', 'çok teşekkürler, dün mağazada harika bir hizmet aldım', 'positive'],
]

describe('never waits', () => {
  test.each(safety)('safety: %s', text => expect(judged(text).priority).toBe('urgent'))
  test.each(fraud)('fraud: %s', text => expect(judged(text).priority).toBe('urgent'))
})

describe('sounds kind, is not', () => {
  test.each(sarcasm)('sarcasm: %s', text => {
    expect(judged(text).sentimentLabel).toBe('negative')
    expect(judged(text).tier).toBe(1)
  })
  test.each(negation)('negation: %s', text => expect(judged(text).sentimentLabel).not.toBe('positive'))
})

describe('thanks', () => {
  test.each(onlyThanks)('alone: %s', text => expect(judged(text).category).toBe('thanks_only'))
  test.each(notOnlyThanks)('with more: %s', text => expect(judged(text).category).not.toBe('thanks_only'))
})

describe('outage', () => {
  test.each(everybody)('everybody: %s', text => expect(judged(text)).toMatchObject({ category: 'outage_report', priority: 'urgent' }))
  test.each(oneDevice)('one device: %s', text => expect(judged(text).category).not.toBe('outage_report'))
})

describe('other languages', () => {
  test.each(elsewhere)('%s: %s → %s', (language, text, sentiment) => {
    expect(judged(text).language).toBe(language)
    expect(judged(text).sentimentLabel).toBe(sentiment)
    expect(judged(text).tier).not.toBe('noise')
  })

  test.each([
    'paczka nie dotarła i nikt nie odbiera telefonu od tygodnia',
    'paketet har fortfarande inte kommit och ingen svarar',
    'الطرد لم يصل منذ ثلاثة أسابيع ولا أحد يرد',
    '荷物がまだ届きません、いつ届きますか',
    'मेरा पार्सल तीन हफ्ते से नहीं आया और कोई जवाब नहीं देता',
  ])('one we do not speak goes to a person: %s', text => {
    expect(judged(text)).toMatchObject({ confidence: 0, needsReview: true })
    expect(judged(text).tier).not.toBe('noise')
  })
})

describe('properties', () => {
  const neutral = ['today', 'indeed', 'table', 'Tuesday', 'lorem', '42', 'blue', 'also']

  test('a neutral word anywhere never turns an urgent mention into noise, nor into less than urgent', () => {
    for (const text of [...safety, ...fraud]) {
      const words = text.split(' ')
      for (const [n, word] of neutral.entries()) {
        // Between two words a rule's phrase may break, as it would for a reader; before and after it must not.
        const at = n % 2 === 0 ? 0 : words.length
        const longer = [...words.slice(0, at), word, ...words.slice(at)].join(' ')
        expect(judged(longer).tier, longer).not.toBe('noise')
        expect(judged(longer).priority, longer).toBe('urgent')
      }
    }
  })

  test('a handle before, a link or emoji behind leave an urgent mention urgent', () => {
    for (const text of [...safety, ...fraud])
      for (const dressed of [`@brightwave ${text}`, `${text} https://t.example/x`, `${text} 😡😡`, text.toUpperCase()])
        expect(judged(dressed).priority, dressed).toBe('urgent')
  })

  test('reasons add up to the confidence, probabilities stay probabilities', () => {
    for (const text of [...safety, ...sarcasm, ...onlyThanks, ...everybody, ...oneDevice, ...elsewhere.map(row => row[1])]) {
      const verdict = judged(text)
      const sum = verdict.reasons.reduce((total, reason) => total + reason.points, 0)
      expect(1 / (1 + Math.exp(-sum)), text).toBeCloseTo(verdict.confidence, 9)
      for (const share of [verdict.confidence, verdict.actionable, verdict.urgent!, verdict.complaint!]) {
        expect(share).toBeGreaterThanOrEqual(0)
        expect(share).toBeLessThanOrEqual(1)
      }
    }
  })
})

describe('bad input gets a verdict, soon', () => {
  const half = String.fromCharCode(0xd83d)
  const bad: [string, string][] = [
    ['nothing', ''],
    ['blanks', ' \n\t\u00a0 '],
    ['64 kB of words', 'where is my parcel '.repeat(3500)],
    ['64 kB without a space', 'a'.repeat(65_536)],
    ['10,000 emoji', '😡'.repeat(10_000)],
    ['zero-width letters', 'my\u200b par\u200dcel is\ufeff lo\u2060st'],
    ['right to left', '\u202eقيبطتلا لمعي ال\u202c and back'],
    ['lone surrogates', `${half} refund ${half}${half} \udc00 now`],
    ['binary', String.fromCharCode(...Array.from({ length: 4096 }, (_, i) => (i * 7919) % 256))],
    ['10,000 marks', '?!'.repeat(5000)],
    ['10,000 handles', '@a '.repeat(10_000)],
    ['nested brackets', '(('.repeat(20_000)],
    ['combining marks', `z${'\u0301'.repeat(20_000)}`],
    ['one word 5,000 times', 'help '.repeat(5000)],
  ]
  test.each(bad)('%s', (_name, text) => {
    const started = process.cpuUsage()
    const verdict = judged(text)
    const { user } = process.cpuUsage(started)
    expect(Number.isFinite(verdict.confidence) && Number.isFinite(verdict.sentiment)).toBe(true)
    expect(verdict.reasons.every(reason => Number.isFinite(reason.points))).toBe(true)
    expect(user / 1000).toBeLessThan(1500)
  })
})

const isToldOf = ({ signal, points }: Reason) => ['prejudice', 'publicity', 'followers'].includes(signal) && points > 0

describe('what only looks like an alarm', () => {
  test.each([
    'you followed me back yesterday',
    'the pool is being emptied for cleaning this week',
    'the loyalty card is in my name, how do I add my wife?',
    'the help page shows how to change your forgotten password, I only want a new picture',
    'Pizza for everyone 🎉',
    'Photos?',
    'hello, may a folding cot come into the quiet coach?',
    'Santa, do you do upgrades?',
    "we bought it in the shop, I didn't make it myself",
    'I didn’t make the cut for the beta',
    "it won't let me sign into my account, please help",
    'four times I have tried to log into my account today',
    'could someone please look at my account, it is shut',
    'the bonus should come into my account by friday',
    'lovely hospitality in your lounge',
    '#blessed with a window seat today',
    'and to add insult to injury, now a survey',
    'cancelling that show hurt my heart',
    'does the diver set come with an oxygen gauge?',
    'Oxygen OS 11, version 4.2 of the app',
    'why do you sort films by sexual orientation of the lead',
    'choosing a seat costs extra now. What a #scam',
    'trapped in a window seat beside a snorer',
    'I have not changed my password and still it says wrong',
    'I logged into my account and the page is blank',
  ])('is not urgent: %s', text => expect(judged(text).priority).not.toBe('urgent'))

  test.each([
    'can someone call me please, someone got into my account and changed the address',
    'they changed my email right after I changed my password',
    'an unknown device logged into my account last night',
    'my #account was hacked, help',
  ])('is urgent all the same: %s', text => expect(judged(text).priority).toBe('urgent'))

  test('a question that tells of no trouble is a question, not the likeliest of unlikely alarms', () => {
    for (const text of ['do you have vegan sandwiches on the early train?', 'which of the two plans has roaming in it?'])
      expect(['account_question', 'technical_question']).toContain(judged(text).category)
  })

  test('what may spread is urgent when somebody says so, and high while it is a guess', () => {
    expect(judged('refused to let my wheelchair on. this is discrimination').priority).toBe('urgent')
    const guesses = readCorpus()
      .map(({ row }) => judged(row.text))
      .filter(({ category, confidence, reasons }) => category === 'pr_risk' && confidence < 0.7 && !reasons.some(isToldOf))
    expect(guesses.length).toBeGreaterThan(3)
    for (const guess of guesses.filter(({ tags }) => !tags.includes('urgent_request')))
      expect(guess).toMatchObject({
        priority: 'high',
        wouldChange: expect.stringMatching(/^Surer than 0.7 it would be urgent\.|^Word lists for this language/),
      })
  })
})
