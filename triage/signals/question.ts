// Is it a question to us? Every direct question is answered.
import type { JudgeContext } from '../../domain.ts'
import { type Cue, firstCue, has, type Reading } from './reading.ts'

const smallTalk = /\b(how are you|how r u|wie gehts|como estas|ca va|come stai|tudo bem|hoe gaat het|nasilsin)\b/i

/** The words that ask, or undefined. A question mark is enough when it addresses us; without one it needs an asking opening. */
export function askedOfUs(reading: Reading, context: JudgeContext): { start: number; end: number } | undefined {
  if (!context.addressesUs && context.visibility === 'public') return undefined
  if (has(reading, 'scam', 'offer') && reading.links > 0) return undefined
  if (smallTalk.test(reading.text) && reading.wordCount <= 6) return undefined
  return askingWords(reading)
}

export function askingWords(reading: Reading): { start: number; end: number } | undefined {
  const cue = firstCue(reading, 'question')
  if (reading.hasQuestionMark && reading.wordCount > 0) {
    if (cue) return cue
    const mark = reading.words.find(word => word.kind === 'mark' && /[?؟？]/.test(word.form))!
    return { start: mark.start, end: mark.end }
  }
  return reading.cues.find(found => found.name === 'question' && opensSentence(reading, found))
}

function opensSentence(reading: Reading, cue: Cue): boolean {
  for (let i = cue.at - 1; i >= 0; i--) {
    const word = reading.words[i]!
    if (word.sentence !== reading.words[cue.at]!.sentence) return true
    const isAddress =
      word.kind === 'handle' ||
      word.kind === 'emoji' ||
      reading.cues.some(found => found.name === 'greeting' && found.at <= i && found.end >= word.end)
    if (!isAddress) return false
  }
  return true
}
