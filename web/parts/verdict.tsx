// "Why is this here?": the stored verdict in one sentence.
import type { Verdict } from '../../domain.ts'
import { CATEGORY } from './words.ts'

/** "Complaint, 91 % sure, because “third time” …; sounds negative (−0.6)." */
export function verdictSentence(verdict: Verdict): string {
  // What can be pointed at in the text says more than what speaks in general.
  const because = [...verdict.reasons.filter(reason => reason.span && reason.points > 0), ...verdict.reasons.filter(reason => !reason.span && reason.points > 0)].slice(0, 3).map(reason => reason.because)
  const sure = `${Math.round(verdict.confidence * 100)} % sure`
  return `${CATEGORY[verdict.category]}, ${sure}${because.length ? `, because ${because.join('; ')}` : ''}. Sounds ${verdict.sentimentLabel} (${signed(verdict.sentiment)}).`
}

/** A real minus sign, one digit. */
const signed = (sentiment: number) => (sentiment < 0 ? `−${Math.abs(sentiment).toFixed(1)}` : sentiment.toFixed(1))
