// Safety, self-harm, threats, fraud, taken-over accounts, legal steps and stranded people: these never wait.
import type { CueName } from '../lexicon/cues.ts'
import { type Cue, firstCue, has, type Reading } from './reading.ts'
import { cueWords, type Rule } from './rule.ts'

/** Words people also use for mere anger: alone they are no report of fraud. */
const looseFraud =
  /^(scam|scammers?|scamming|fraud(?!ulent)\w*|estafa\w*|betrug|betruger|arnaque\w*|golpe|truffa\w*|oplichting|dolandiric\w*|fake \w+|fraude|sahte)$/
/** A word of law that is also a figure of speech. */
const looseLegal = /^(illegal\w*|police|justice|processo|plainte|denuncia|anzeige|gericht|justica|juicio|consumidor)$/

/** Nobody is happy about these, however the rest of the words sound. */
const hurt = /\b(hit|banged|knocked) (my|his|her|our) head\b|\b(crashed|ambulance|bleeding|injured|hospital|unconscious)\b/i

/** "They say I never ordered it" is their word against mine; "an assault on the eyes" hurts nobody. */
const mereSpeech: [cue: RegExp, around: RegExp][] = [
  [/^(i )?never\b/i, /\b(told|tells?|says?|said|saying|claim(s|ed)?) (me |us )?(that )?i never\b/i],
  [/^hurt my/i, /\bhurts? my (heart|feelings?|soul|eyes?|ears?|brain|pride|wallet)\b/i],
  [/^injur/i, /\binsult to injury\b/i],
  [/^trapped in/i, /\btrapped in (a|an|the|your|this) (window|middle|aisle|loop|contract|menu|phone|queue|cycle|call)\b/i],
  [/^assault/i, /\bassault(s|ing)? (on |to )?(my|your|our|the|all) (eyes?|ears?|senses|taste ?buds|nose)\b/i],
]

/** What stands right before the cue says that it is their own doing ("I have changed my password"), or a call for anybody at all ("can someone fix my account"). */
const harmlessAfter: [cue: RegExp, before: RegExp][] = [
  [/^(changed|logged|signed)\b/i, /\b(i|we)(['’]?ve| have| had|)( already| just| also| only|)( not|) $/i],
  [/^(logged|signed)\b/i, /\b(i['’]?m|am|are|were|get|got|being|be|stay|when|once|not|cant|can['’]t) $/i],
  [/^someone\b/i, /\b(can|could|will|would|please|pls|need|let) $/i],
]

export function dangerRules(reading: Reading, feeling: { positive: number }): Rule[] {
  const rules: Rule[] = []
  const isHappy = feeling.positive > 0.6 && !has(reading, 'sarcasm') && !hurt.test(reading.text)
  const add = (signal: string, points: number, cue = firstCue(reading, signal as never)) => {
    if (cue)
      rules.push({
        signal,
        category: 'urgent_request',
        points,
        because: cueWords(reading, cue),
        span: [cue.start, cue.end],
        isUrgent: true,
      })
  }
  if (has(reading, 'selfHarm')) add('selfHarm', 9)
  if (has(reading, 'threat')) add('threat', 7)
  const unsafe = meant(reading, 'safety')
  if (unsafe && !isHappy) add('safety', 5.5, unsafe)
  if (has(reading, 'stranded') && !isHappy) add('stranded', 4.5)
  const taken = meant(reading, 'takeover')
  if (taken && !isHappy) add('takeover', 6, taken)
  else if (meant(reading, 'fraud') && !isHappy) {
    const strict = cuesMeant(reading, 'fraud').find(cue => !looseFraud.test(plain(reading.text.slice(cue.start, cue.end))))
    if (strict) add('fraud', 5.5, strict)
    else if (
      has(reading, 'account', 'money') &&
      /\b(my|me|mi|mein|meinem|mon|mes|meu|minha|mio|mia|mijn|benim)\b|ım\b|im\b/iu.test(reading.text)
    )
      add('fraud', 4.5)
  }
  if (has(reading, 'legal') && !isHappy) {
    const strict = reading.cues.find(cue => cue.name === 'legal' && !looseLegal.test(plain(reading.text.slice(cue.start, cue.end))))
    if (strict) add('legal', 4.5, strict)
    else if (has(reading, 'money', 'fraud', 'anger', 'repeat', 'prejudice')) add('legal', 3.5)
  }
  if (has(reading, 'vulnerable') && has(reading, 'outage', 'stranded', 'fault') && !isHappy) {
    const cue = firstCue(reading, 'vulnerable')!
    rules.push({
      signal: 'vulnerable',
      category: 'urgent_request',
      points: 1.5,
      because: cueWords(reading, cue),
      span: [cue.start, cue.end],
    })
  }
  return rules
}

function meant(reading: Reading, name: CueName): Cue | undefined {
  return cuesMeant(reading, name)[0]
}

function cuesMeant(reading: Reading, name: CueName): Cue[] {
  return reading.cues.filter(cue => {
    if (cue.name !== name) return false
    const words = reading.text.slice(cue.start, cue.end)
    // "#scam" is how people swear.
    if (words.startsWith('#') && looseFraud.test(plain(words.slice(1)))) return false
    const before = reading.text.slice(0, cue.start)
    if (harmlessAfter.some(([spoken, after]) => spoken.test(words) && after.test(before))) return false
    return !mereSpeech.some(([spoken, around]) => spoken.test(words) && around.test(reading.text))
  })
}

function plain(text: string): string {
  return text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '')
}
