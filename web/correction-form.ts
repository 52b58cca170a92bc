// Reads the "Wrong?" form: what a person says a mention really was, or why that cannot be.
import type { Category, Ticket, Verdict } from '../domain.ts'
import { categories } from '../triage/categories.ts'
import { CATEGORY, PRIORITY } from './parts/words.ts'

export interface Corrected {
  category?: Category
  priority?: Ticket['priority']
  sentiment?: Verdict['sentimentLabel']
}

/** An empty field says nothing. */
export function readCorrectionForm(form: Record<string, unknown>): { ok: true; said: Corrected } | { ok: false; because: string } {
  const { category, priority, sentiment } = form
  const said: Corrected = {}
  if (category) {
    if (!categories.includes(category as Category)) return { ok: false, because: 'Choose one of the categories.' }
    said.category = category as Category
  }
  if (priority) {
    if (priority !== 'urgent' && priority !== 'high' && priority !== 'normal')
      return { ok: false, because: 'Choose urgent, high or normal.' }
    said.priority = priority
  }
  if (sentiment) {
    if (sentiment !== 'negative' && sentiment !== 'neutral' && sentiment !== 'positive')
      return { ok: false, because: 'Choose negative, neutral or positive.' }
    said.sentiment = sentiment
  }
  return Object.keys(said).length ? { ok: true, said } : { ok: false, because: 'Choose what it really is.' }
}

/** What it now is, told from what it was; the feeling where nothing else changed. */
export function correctedWords({ category, priority, sentiment }: Corrected, before: Category): string {
  const words = [category && category !== before && CATEGORY[category], priority && `${PRIORITY[priority].toLowerCase()} priority`].filter(
    Boolean,
  )
  return words.length ? `to ${words.join(', ')}` : `in tone: ${sentiment}`
}
