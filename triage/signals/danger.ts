// Safety, self-harm, threats, fraud, taken-over accounts, legal steps and stranded people: these never wait.
import { firstCue, has, type Reading } from './reading.ts'
import { cueWords, type Rule } from './rule.ts'

/** Words people also use for mere anger: alone they are no report of fraud. */
const looseFraud =
  /^(scam|scammers?|scamming|fraud|frauds|fraudsters?|estafa\w*|betrug|betruger|arnaque\w*|golpe|truffa\w*|oplichting|dolandiric\w*|fake \w+|fraude|sahte)$/
/** A word of law that is also a figure of speech. */
const looseLegal = /^(illegal\w*|police|justice|processo|plainte|denuncia|anzeige|gericht|justica|juicio|consumidor)$/

/** Nobody is happy about these, however the rest of the words sound. */
const hurt = /\b(hit|banged|knocked) (my|his|her|our) head\b|\b(crashed|ambulance|bleeding|injured|hospital|unconscious)\b/i

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
  if (has(reading, 'safety') && !isHappy) add('safety', 5.5)
  if (has(reading, 'stranded') && !isHappy) add('stranded', 4.5)
  if (has(reading, 'takeover') && !isHappy) add('takeover', 6)
  else if (has(reading, 'fraud') && !isHappy) {
    const strict = reading.cues.find(cue => cue.name === 'fraud' && !looseFraud.test(plain(reading.text.slice(cue.start, cue.end))))
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

function plain(text: string): string {
  return text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '')
}
