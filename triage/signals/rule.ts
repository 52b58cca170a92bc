// A hard rule that spoke: points it adds to one category, and why, in words for a rep.
import type { Category } from '../../domain.ts'
import { type CueName, cueMeaning } from '../lexicon/cues.ts'
import type { Cue, Reading } from './reading.ts'

export interface Rule {
  signal: string
  category: Category
  points: number
  because: string
  span?: [number, number]
  /** Must not wait, whatever the other signals say. */
  isUrgent?: boolean
}

export function quote(reading: Reading, cue: { start: number; end: number }): string {
  return `“${reading.text.slice(cue.start, cue.end).replace(/\s+/g, ' ')}”`
}

export function cueWords(reading: Reading, cue: Cue): string {
  return `${quote(reading, cue)}: ${cueMeaning[cue.name as CueName]}`
}
