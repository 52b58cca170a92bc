// Finds the phrases of a cue list in a text's words, wherever they stand.
import type { Word } from './words.ts'

/** Phrases by name of the cue. `crash*` is a beginning, `(a|b)` a choice, `(a|)` optional, `~` up to three words between. */
export type PhraseBook = Record<string, readonly string[]>

export interface Hit {
  cue: string
  /** Index of its first and last word in the list that was searched. */
  first: number
  last: number
}

interface Phrase {
  cue: string
  parts: Part[]
  /** The word that must stand second, when only one may. */
  second: string | null
}
type Part = { word: string; isPrefix: boolean } | null

export interface PhraseFinder {
  byWord: Map<string, Phrase[]>
  byPrefix: Map<string, Phrase[]>
  /** What may begin at a word, kept for words met before. */
  met: Map<string, readonly Phrase[]>
}

const prefixKey = 3
const longestGap = 3

export function phraseFinder(book: PhraseBook): PhraseFinder {
  const finder: PhraseFinder = { byWord: new Map(), byPrefix: new Map(), met: new Map() }
  for (const [cue, phrases] of Object.entries(book)) {
    for (const written of phrases) {
      for (const plain of choices(written)) {
        const parts = plain.split(/\s+/).filter(Boolean).map(partOf)
        const first = parts[0]
        if (!first) throw new Error(`cue ${cue}: the phrase "${written}" starts with nothing`)
        if (first.isPrefix && first.word.length < prefixKey) throw new Error(`cue ${cue}: "${first.word}*" is too short`)
        const map = first.isPrefix ? finder.byPrefix : finder.byWord
        const key = first.isPrefix ? first.word.slice(0, prefixKey) : first.word
        const phrase = { cue, parts, second: parts[1] && !parts[1].isPrefix ? parts[1].word : null }
        const list = map.get(key)
        if (list) list.push(phrase)
        else map.set(key, [phrase])
      }
    }
  }
  return finder
}

/** `words` without marks and links. At most one hit for a cue at a place: the longest. */
export function findPhrases(finder: PhraseFinder, words: readonly Word[]): Hit[] {
  const hits: Hit[] = []
  for (let i = 0; i < words.length; i++) {
    const phrases = phrasesAt(finder, words[i]!.form)
    if (phrases.length > 0) tryPhrases(phrases, words, i, hits)
  }
  return hits
}

const mostMet = 30_000
const nothing: readonly Phrase[] = []

function phrasesAt(finder: PhraseFinder, form: string): readonly Phrase[] {
  const known = finder.met.get(form)
  if (known) return known
  const starts =
    form.length >= prefixKey
      ? (finder.byPrefix.get(form.slice(0, prefixKey)) ?? nothing).filter(phrase => form.startsWith(phrase.parts[0]!.word))
      : nothing
  const exact = finder.byWord.get(form) ?? nothing
  const phrases = starts.length + exact.length > 0 ? [...exact, ...starts] : nothing
  if (form.length <= 40) {
    if (finder.met.size >= mostMet) finder.met.clear()
    finder.met.set(form, phrases)
  }
  return phrases
}

function tryPhrases(phrases: readonly Phrase[], words: readonly Word[], at: number, hits: Hit[]): void {
  const next = words[at + 1]?.form
  for (const phrase of phrases) {
    if (phrase.second !== null && phrase.second !== next) continue
    const last = endOf(phrase.parts, 0, words, at, words[at]!.sentence)
    if (last < 0) continue
    const earlier = hits.findLast(hit => hit.cue === phrase.cue && hit.last >= at)
    if (!earlier) hits.push({ cue: phrase.cue, first: at, last })
    else if (earlier.first === at && last > earlier.last) earlier.last = last
    else if (last > earlier.last) hits.push({ cue: phrase.cue, first: at, last })
  }
}

function endOf(parts: Part[], part: number, words: readonly Word[], at: number, sentence: number): number {
  for (let p = part; p < parts.length; p++) {
    const wanted = parts[p]
    if (wanted === null) {
      for (let skip = 0; skip <= longestGap && at + skip < words.length; skip++) {
        const end = endOf(parts, p + 1, words, at + skip, sentence)
        if (end >= 0) return end
      }
      return -1
    }
    const word = words[at]
    if (!word || word.sentence !== sentence) return -1
    if (wanted!.isPrefix ? !word.form.startsWith(wanted!.word) : word.form !== wanted!.word) return -1
    at++
  }
  return at - 1
}

function partOf(written: string): Part {
  if (written === '~') return null
  return written.endsWith('*') ? { word: written.slice(0, -1), isPrefix: true } : { word: written, isPrefix: false }
}

function choices(written: string): string[] {
  const open = written.indexOf('(')
  if (open < 0) return [written]
  const close = written.indexOf(')', open)
  const before = written.slice(0, open)
  const after = written.slice(close + 1)
  return written
    .slice(open + 1, close)
    .split('|')
    .flatMap(choice => choices(before + choice + after))
}
