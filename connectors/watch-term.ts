// What a watch term means on any platform: which words are hashtags, and whether a text has a word that is not wanted.
import type { Watched } from './connector.ts'

export const isHashtag = (word: string) => word.startsWith('#')

/** For platforms whose own search cannot leave words out. Whole words, whatever their case. */
export function hasUnwanted(text: string, term: Pick<Watched, 'noneOf'>): boolean {
  const folded = fold(text)
  return term.noneOf.some(word => new RegExp(`(?<![\\p{L}\\p{N}_])${escaped(fold(word))}(?![\\p{L}\\p{N}_])`, 'u').test(folded))
}

/** `spoken`: what the post says of its language; one that says nothing may be any. */
export function isInLanguage(spoken: readonly string[], term: Pick<Watched, 'languages'>): boolean {
  if (!term.languages.length || !spoken.length) return true
  return spoken.some(tag => term.languages.includes(tag.toLowerCase().split('-')[0]!))
}

const fold = (text: string) => text.normalize('NFKC').toLowerCase()
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
