// A correction: what a person says a mention really was, any part of it; read from a log, a page or a file.
import type { Category, Priority } from '../domain.ts'
import { type Kind, kinds } from './kinds.ts'
import { judgedCategories, priorities, sentimentHeads } from './signals/heads.ts'

export interface Correction {
  text: string
  /** ISO 8601, when it was made. */
  at?: string
  category?: Category
  /** Coarser than a category; see kinds.ts. */
  kind?: Kind
  priority?: Priority
  actionable?: boolean
  sentiment?: (typeof sentimentHeads)[number]
  /** Something was expected and not given, whatever the category. */
  complaint?: boolean
}

const categories: readonly string[] = [...judgedCategories, 'own_or_staff', 'duplicate']

/**
 * Reads one line of a corrections file: `{text, category?|kind?, priority?, actionable?, sentiment?, complaint?}`, or a plain set's `{text, label}` with
 * label one of negative|neutral|positive, complaint|not-complaint, the six kinds or our categories.
 * `hasNotComplaint`: the file also says "not-complaint", so a bare `complaint` answers yes or no and is not a kind.
 * @throws when there is no text, no label, or a label nobody knows.
 */
export function readCorrection(row: unknown, hasNotComplaint = false): Correction {
  if (typeof row !== 'object' || row === null) throw new Error('not an object')
  const given = row as Record<string, unknown>
  if (typeof given.text !== 'string') throw new Error('no text')
  const correction: Correction = { text: given.text }
  if (typeof given.at === 'string') correction.at = given.at
  const isBinary = hasNotComplaint && given.priority === undefined && given.actionable === undefined
  for (const field of ['label', 'category', 'kind', 'sentiment', 'priority', 'actionable', 'complaint'] as const) {
    const value = given[field]
    if (value === undefined || value === null || value === '') continue
    if (!take(correction, field, value, isBinary)) throw new Error(`${field} ${JSON.stringify(value)} is not known`)
  }
  if (Object.keys(correction).every(key => key === 'text' || key === 'at')) throw new Error('no label')
  return correction
}

function take(correction: Correction, field: string, value: unknown, isBinary: boolean): boolean {
  const word = typeof value === 'string' ? value.trim().toLowerCase() : value
  if (field === 'actionable' || field === 'complaint') {
    const yes = word === true || word === 'yes' || word === 1 || word === field
    const no = word === false || word === 'no' || word === 0 || word === `not-${field}`
    if (!yes && !no) return false
    correction[field] = yes
    return true
  }
  if (typeof word !== 'string') return false
  const known = (list: readonly string[]) => list.includes(word)
  if (field === 'priority') return known(priorities) && !!(correction.priority = word as Priority)
  if (field === 'sentiment') return known(sentimentHeads) && !!(correction.sentiment = word as Correction['sentiment'])
  if (word === 'not-complaint' || (word === 'complaint' && isBinary && field !== 'category')) {
    correction.complaint = word === 'complaint'
    return true
  }
  if (field === 'label' && known(sentimentHeads)) return !!(correction.sentiment = word as Correction['sentiment'])
  if (field !== 'category' && known(kinds)) return !!(correction.kind = word as Kind)
  if (known(categories)) return !!(correction.category = word as Category)
  // A file may call a kind a category.
  return known(kinds) && !!(correction.kind = word as Kind)
}
