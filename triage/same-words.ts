// Tells whether two people said the same: the words without names, links, case and marks, as a short key.
import { createHash } from 'node:crypto'

/** Null when what is left is too short to mean anything: many people say "thank you". */
export function sameWordsKey(text: string): string | null {
  const words = text
    .toLowerCase()
    .replace(/https?:\/\/\S+|@[\w.]+/gu, ' ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
  return words.length < SHORTEST ? null : createHash('sha1').update(words).digest('base64url').slice(0, 16)
}

const SHORTEST = 16
