// "Why is this here?": the stored verdict in one sentence.
import type { Verdict } from '../../domain.ts'
import { topCues } from './lit.tsx'
import { CATEGORY } from './words.ts'

/** "Complaint, 91 % sure, because “third time” …; sounds negative (−0.6)." */
export function verdictSentence(verdict: Verdict): string {
  // What can be pointed at in the text says more than what speaks in general.
  const inGeneral = verdict.reasons.filter(reason => !reason.span && reason.points > 0 && !EVERYWHERE.includes(reason.signal))
  const because = [...topCues(verdict.reasons), ...inGeneral].slice(0, 3).map(reason => reason.because)
  // Nothing that reads people's words is ever quite sure.
  const sure = `${Math.min(99, Math.round(verdict.confidence * 100))} % sure`
  return `${CATEGORY[verdict.category]}, ${sure}${because.length ? `, because ${because.join('; ')}` : ''}. Sounds ${verdict.sentimentLabel} (${signed(verdict.sentiment)}).`
}

/** Part of every sum, and news to nobody. */
const EVERYWHERE: readonly string[] = ['start', 'rivals', 'shape', 'wording', 'sentiment']

/** A real minus sign, one digit. */
const signed = (sentiment: number) => (sentiment < 0 ? `−${Math.abs(sentiment).toFixed(1)}` : sentiment.toFixed(1))
