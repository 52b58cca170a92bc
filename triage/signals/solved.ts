// Does the customer say that it is over? Then it need not wait on top of the queue; it still waits for an answer.
import type { CueName } from '../lexicon/cues.ts'
import { askingWords } from './question.ts'
import { type Cue, firstCue, has, type Reading } from './reading.ts'

const mostWords = 25
/** Words of relief are few, so the heads often take it for one more complaint; above this it is one. */
const angry = 0.9
/** Beside it they tell of something that is not over. */
const openMatters: ReadonlySet<CueName> = new Set<CueName>([
  'negation',
  'but',
  'help',
  'repeat',
  'sarcasm',
  'anger',
  'churn',
  'abuse',
  'staff',
  'product',
  'suggestion',
  'news',
])
/** Beside these "fixed", "sorted", "resolved" are a wish, a plan or what somebody was told. */
const notYet =
  /\b(until|unless|if|when|whenever|hop(e|es|ed|ing|efully)|needs?|needed|wants?|wanted|get(ting)?|be|being|should|would|could|must|will|gonna|ever|once|supposed|told|said|says?|saying|claim(s|ed)?|apparently|allegedly|asap|soon|tomorrow|wait(ing)?|try(ing)?|half|partly|almost|nearly|just about)\b/i

/** The words that say so, when nothing beside them takes it back: no question, no "but", no new trouble, no danger. */
export function solvedWords(reading: Reading, negative: number): Cue | undefined {
  const cue = firstCue(reading, 'resolved')
  if (!cue || negative >= angry || reading.wordCount > mostWords || askingWords(reading)) return undefined
  if (has(reading, 'selfHarm', 'threat', 'safety', 'legal', 'prejudice', 'publicity', 'stranded')) return undefined
  const { text } = reading
  if (notYet.test(`${text.slice(0, cue.start)} ${text.slice(cue.end)}`)) return undefined
  // "Works again" and "never mind" are no repetition and no negation.
  const isApart = ({ start, end }: Cue) => !reading.cues.some(own => own.name === 'resolved' && start >= own.start && end <= own.end)
  return reading.cues.some(other => openMatters.has(other.name) && isApart(other)) ? undefined : cue
}
