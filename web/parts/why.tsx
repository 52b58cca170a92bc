// "Why is this here?": one sentence of the stored verdict, and the way to disagree.
import type { Verdict } from '../../domain.ts'
import type { Corrected } from '../correction-form.ts'
import { CorrectForm } from './correct-form.tsx'
import { verdictSentence } from './verdict.tsx'
import { CATEGORY, PRIORITY, plural } from './words.ts'

export function Why({
  verdict,
  earlier,
  isCorrected,
  ticket,
  path,
  query,
  mayAct,
  similar = null,
  said = {},
}: {
  /** Of the newest words that say something. */
  verdict: Verdict
  /** Of the words by which the ticket came to its priority, where they are others. */
  earlier: Verdict | null
  /** A person said what the ticket is about. */
  isCorrected: boolean
  ticket: { category: Verdict['category']; priority: Verdict['priority'] }
  path: string
  query: string
  mayAct: boolean
  /** Open tickets the same correction may fit. */
  similar?: { correctionId: number; count: number } | null
  /** What people said of it since, and did not take back. */
  said?: Pick<Corrected, 'sentiment'>
}) {
  const isOther = ticket.category !== verdict.category
  return (
    <details class="why" id="why" open>
      <summary>
        Why is this here? <kbd>w</kbd>
      </summary>
      <p>
        {verdictSentence(verdict)}
        {isCorrected && isOther ? <strong> Corrected to {CATEGORY[ticket.category]}.</strong> : null}
        {!isCorrected && isOther ? ` The ticket began as ${CATEGORY[ticket.category]}.` : null}
        {said.sentiment && said.sentiment !== verdict.sentimentLabel ? <strong> A person says it sounds {said.sentiment}.</strong> : null}
        {similar && mayAct ? (
          <>
            {' '}
            <a href={`/triage/corrections/${similar.correctionId}/similar`}>Apply to {plural(similar.count, 'similar open one')}?</a>
          </>
        ) : null}
      </p>
      {earlier ? (
        <p>
          <strong>{PRIORITY[ticket.priority as keyof typeof PRIORITY]} by earlier words:</strong> {verdictSentence(earlier)}
        </p>
      ) : null}
      {verdict.wouldChange ? <p class="muted">{verdict.wouldChange}</p> : null}
      <details class="correct" id="correct">
        <summary>
          Wrong? <kbd>c</kbd>
        </summary>
        <CorrectForm
          action={`${path}/triage${query}`}
          category={ticket.category}
          priority={ticket.priority}
          sentiment={said.sentiment ?? verdict.sentimentLabel}
          mayAct={mayAct}
          hint={`The clock’s start stays. Scored by ${verdict.model}.`}
        />
      </details>
    </details>
  )
}
