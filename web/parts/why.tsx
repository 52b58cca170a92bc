// "Why is this here?": one sentence of the stored verdict, and the way to disagree.
import type { Verdict } from '../../domain.ts'
import { categories } from '../../triage/categories.ts'
import { verdictSentence } from './verdict.tsx'
import { CATEGORY, plural } from './words.ts'

export function Why({
  verdict,
  ticket,
  path,
  query,
  mayAct,
  similar = null,
}: {
  verdict: Verdict
  ticket: { category: Verdict['category'] }
  path: string
  query: string
  mayAct: boolean
  /** Open tickets the same correction may fit. */
  similar?: { correctionId: number; count: number } | null
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
        <form method="post" action={`${path}/triage${query}`} class="row">
          <select name="category" aria-label="What it really is" disabled={!mayAct}>
            {categories.map(one => (
              <option value={one} selected={one === ticket.category}>
                {CATEGORY[one]}
              </option>
            ))}
          </select>
          <button type="submit" class="small" disabled={!mayAct} title={mayAct ? undefined : 'Read-only: a rep can do this'}>
            Correct it
          </button>
          <span class="muted">Priority and target follow; the clock’s start stays. Scored by {verdict.model}.</span>
        </form>
      </details>
    </details>
  )
}
