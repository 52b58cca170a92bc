// "Wrong?": category, priority and feeling as a person sees them; any of them may be left as it is.
import type { Category, Priority, Verdict } from '../../domain.ts'
import { categories } from '../../triage/categories.ts'
import { CATEGORY, PRIORITY } from './words.ts'

export function CorrectForm({
  action,
  category,
  priority,
  sentiment,
  mayAct,
  hint,
}: {
  action: string
  category: Category
  priority: Priority
  sentiment: Verdict['sentimentLabel']
  mayAct: boolean
  hint: string
}) {
  return (
    <form method="post" action={action} class="row correct-form">
      <select name="category" aria-label="What it really is" disabled={!mayAct}>
        {categories.map(one => (
          <option value={one} selected={one === category}>
            {CATEGORY[one]}
          </option>
        ))}
      </select>
      <select name="priority" aria-label="How urgent it really is" disabled={!mayAct}>
        <option value="">{PRIORITY[priority]}, or as the category asks</option>
        {(['urgent', 'high', 'normal'] as const).map(one => (
          <option value={one}>{PRIORITY[one]}</option>
        ))}
      </select>
      <select name="sentiment" aria-label="How it really sounds" disabled={!mayAct}>
        {(['negative', 'neutral', 'positive'] as const).map(one => (
          <option value={one} selected={one === sentiment}>
            {TONE[one]}
          </option>
        ))}
      </select>
      <button type="submit" class="small" disabled={!mayAct} title={mayAct ? undefined : 'Read-only: a rep can do this'}>
        Correct it
      </button>
      <span class="muted">{hint}</span>
    </form>
  )
}

/** The telling word first: a letter chooses it. */
const TONE = { negative: 'Negative tone', neutral: 'Neutral tone', positive: 'Positive tone' } as const
