// One pass over a mention's text: its words, cues, language and pleasantness. Every signal reads this, none reads the text again.
import { type CueName, cues, emojiCues } from '../lexicon/cues.ts'
import { readLanguage } from './language.ts'
import { findPhrases, phraseFinder } from './phrases.ts'
import { ratingOf } from './ratings.ts'
import { readWords, type Word } from './words.ts'

export interface Cue {
  name: CueName
  start: number
  end: number
  /** Index of its first word in `words`. */
  at: number
}

export interface Reading {
  text: string
  words: Word[]
  /** Words a person wrote: no handles, links, marks or emoji. */
  wordCount: number
  /** Per word of `words`: stands after a negation, up to four words on. */
  negated: Uint8Array
  cues: Cue[]
  counts: Map<CueName, number>
  /** Sum of the pleasant and the unpleasant words' ratings, negation turned round. */
  pleasant: number
  unpleasant: number
  /** Per word of `words`: its rating, 0 when it has none. */
  ratings: Float64Array
  language: string | null
  isForeignScript: boolean
  hasQuestionMark: boolean
  exclamations: number
  shoutedWords: number
  handles: number
  links: number
  emoji: number
}

const finder = phraseFinder(cues)
const negations = new Set<string>(cues.negation)
const boosters = new Set([
  'very',
  'so',
  'really',
  'absolutely',
  'totally',
  'completely',
  'extremely',
  'incredibly',
  'such',
  'too',
  'utterly',
  'beyond',
  'super',
  'truly',
])

export function readMention(text: string): Reading {
  const words = readWords(text)
  const spoken: Word[] = []
  const places: number[] = []
  const forms: string[] = []
  const rated: number[] = []
  const reading: Reading = {
    text,
    words,
    wordCount: 0,
    negated: new Uint8Array(words.length),
    cues: [],
    counts: new Map(),
    pleasant: 0,
    unpleasant: 0,
    ratings: new Float64Array(words.length),
    language: null,
    isForeignScript: false,
    hasQuestionMark: false,
    exclamations: 0,
    shoutedWords: 0,
    handles: 0,
    links: 0,
    emoji: 0,
  }
  let reach = 0
  let sentence = -1
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    if (word.sentence !== sentence) {
      sentence = word.sentence
      reach = 0
    }
    switch (word.kind) {
      case 'mark':
        if (/[?؟？]/.test(word.form)) reading.hasQuestionMark = true
        if (word.form.includes('!')) reading.exclamations++
        break
      case 'link':
        reading.links++
        break
      case 'emoji':
        reading.emoji++
        break
      case 'handle':
        reading.handles++
        break
      case 'number':
        break
      default:
        reading.wordCount++
        forms.push(word.form)
        if (word.shouted && word.form.length > 2) reading.shoutedWords++
        if (reach > 0) reading.negated[i] = 1
        rated.push(i)
        reach = negations.has(word.form) ? 4 : reach - 1
    }
    if (word.kind === 'word' || word.kind === 'hashtag' || word.kind === 'handle' || word.kind === 'number') {
      spoken.push(word)
      places.push(i)
    }
  }
  const guess = readLanguage(text, forms)
  reading.language = guess.language
  reading.isForeignScript = guess.isForeignScript
  for (const i of rated) rate(reading, i)
  for (const hit of findPhrases(finder, spoken)) {
    note(reading, { name: hit.cue as CueName, start: spoken[hit.first]!.start, end: spoken[hit.last]!.end, at: places[hit.first]! })
  }
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    if (word.kind !== 'emoji') continue
    const name = emojiCues[word.form.toLowerCase()] ?? emojiCues[[...word.form][0]!]
    if (name) note(reading, { name, start: word.start, end: word.end, at: i })
  }
  return reading
}

export function has(reading: Reading, ...names: CueName[]): boolean {
  return names.some(name => reading.counts.has(name))
}

export function firstCue(reading: Reading, ...names: CueName[]): Cue | undefined {
  return reading.cues.find(cue => names.includes(cue.name))
}

function note(reading: Reading, cue: Cue): void {
  reading.cues.push(cue)
  reading.counts.set(cue.name, (reading.counts.get(cue.name) ?? 0) + 1)
}

function rate(reading: Reading, i: number): void {
  const word = reading.words[i]!
  let rating = ratingOf(word.form, reading.language)
  if (rating === 0) return
  const before = reading.words[i - 1]
  if (before && boosters.has(before.form)) rating *= 1.25
  if (word.shouted || word.stretched) rating *= 1.2
  if (reading.negated[i]) rating *= -0.7
  reading.ratings[i] = rating
  if (rating > 0) reading.pleasant += rating
  else reading.unpleasant -= rating
}
