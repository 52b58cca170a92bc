// "Why is this here?": one sentence of the stored verdict, and the way to disagree.
import type { Verdict } from '../../domain.ts'
import type { Corrected } from '../correction-form.ts'
import { CorrectForm } from './correct-form.tsx'
import { verdictSentence } from './verdict.tsx'
import { CATEGORY, plural } from './words.ts'

export function Why({
  verdict,
  ticket,
  path,
  query,
  mayAct,
  similar = null,
  said = {},
}: {
  verdict: Verdict
  ticket: { category: Verdict['category']; priority: Verdict['priority'] }
  path: string
  query: string
  mayAct: boolean
  /** Open tickets the same correction may fit. */
  similar?: { correctionId: number; count: number } | null
  /** What people said of it since, and did not take back. */
  said?: Pick<Corrected, 'sentiment'>
}) {
  const isCorrected = ticket.category !== verdict.category
  return (
    <details class="why" id="why" open>
      <summary>
        Why is this here? <kbd>w</kbd>
      </summary>
      <p>
        {verdictSentence(verdict)}
        {isCorrected ? <strong> Corrected to {CATEGORY[ticket.category]}.</strong> : null}
        {said.sentiment && said.sentiment !== verdict.sentimentLabel ? <strong> A person says it sounds {said.sentiment}.</strong> : null}
        {similar && mayAct ? (
          <>
            {' '}
            <a href={`/triage/corrections/${similar.correctionId}/similar`}>Apply to {plural(similar.count, 'similar open one')}?</a>
          </>
        ) : null}
      </p>
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
