// What the heads are taught with: our own mentions, one JSON object a line.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Category, Priority } from '../../domain.ts'

export interface Example {
  text: string
  category?: Category
  priority?: Priority
  actionable?: boolean
  sentiment?: 'negative' | 'neutral' | 'positive'
  /** Something was expected and not given. */
  breach?: boolean
  /** The sentiment and the care heads may trust it differently; 0: not at all. */
  feelingWeight: number
  careWeight: number
  /** Categories it is surely not, when it has none. */
  notThese?: readonly string[]
  /** BCP-47, where it is known. */
  language?: string
  /** Written for Heed: what it is measured on while training. */
  isOwn?: boolean
}

/** One line of the corpus. */
export interface CorpusRow {
  text: string
  category: Category
  priority: Priority
  actionable: boolean
  sentiment: 'negative' | 'neutral' | 'positive'
  /** BCP-47 */
  language: string
  trade: string
  register: string
  /** UTF-16 offsets of the words that decide the category, in order. */
  cues: [number, number][]
}

/** Praise and chatter may sound bitter; nothing was promised to them. */
const cannotBreach: ReadonlySet<Category> = new Set(['irrelevant', 'spam', 'peer_answered', 'thanks_only', 'positive_feedback', 'own_or_staff'])

export function readCorpus(folder = import.meta.dirname): { file: string; line: number; row: CorpusRow }[] {
  return readdirSync(folder)
    .filter(name => name.endsWith('.jsonl'))
    .sort()
    .flatMap(file =>
      readFileSync(join(folder, file), 'utf8')
        .split('\n')
        .flatMap((written, i) => (written === '' ? [] : [{ file, line: i + 1, row: JSON.parse(written) as CorpusRow }])),
    )
}

export function ownExamples(folder = import.meta.dirname): Example[] {
  return readCorpus(folder).map(({ row }) => ({
    text: row.text,
    ...(row.category === 'own_or_staff' ? {} : { category: row.category }),
    priority: row.priority,
    actionable: row.actionable,
    sentiment: row.sentiment,
    language: row.language,
    breach: row.sentiment === 'negative' && !cannotBreach.has(row.category),
    // English has the outside sets too; the others have only these.
    feelingWeight: row.language === 'en' ? 1.6 : 2.8,
    careWeight: 2,
    isOwn: true,
  }))
}
