// Turns a reading into the numbers the heads weigh: hashed words, word pairs, letters and cue pairs, and a few plain measures.
import type { CueName } from '../lexicon/cues.ts'
import { cues } from '../lexicon/cues.ts'
import { spokenLanguages } from './language.ts'
import type { Reading } from './reading.ts'

export interface Features {
  /** 32-bit hashes; a head takes the low bits it has room for. */
  slots: Int32Array
  values: Float32Array
  /** Which word of the reading it came from; −1: from the text as a whole. */
  owners: Int32Array
  size: number
  /** By number of `measureNames`. */
  measures: Float64Array
}

const cueNames = Object.keys(cues) as CueName[]
const languages = [...spokenLanguages]
export const measureNames: readonly string[] = [
  ...cueNames.map(name => `cue:${name}`),
  'pleasant',
  'unpleasant',
  'balance',
  'mixed',
  'lastRating',
  'questionMark',
  'exclamations',
  'shouting',
  'handles',
  'noHandle',
  'links',
  'hashtags',
  'emoji',
  'number',
  'veryShort',
  'short',
  'long',
  'firstPerson',
  'secondPerson',
  'startsWithQuestion',
  'praiseThenTrouble',
  ...languages.map(language => `language:${language}`),
  'feeling',
]
const place = new Map(measureNames.map((name, i) => [name, i]))
/** Filled in after the sentiment heads have spoken. */
export const feelingMeasure = place.get('feeling')!

const room = 8192
const slots = new Int32Array(room)
const values = new Float32Array(room)
const owners = new Int32Array(room)

const firstPerson = new Set(
  'i im ive id ill my me we our us were weve mine mein meine meinen meiner ich wir uns mi mis me yo nosotros je jai mon ma mes nous notre eu meu minha meus nos io mio mia ho abbiamo mijn ik wij we ons ben benim bana bize bizim'.split(
    ' ',
  ),
)
const secondPerson = new Set(
  'you your youre youve yours u ur guys yall usted ustedes vosotros su tu ihr euch euer eure sie ihre vous votre vos voces voce voi vi vostro jullie u uw je siz sizin size'.split(
    ' ',
  ),
)
const openers = new Set(
  'how what whats when where wheres which who why can could do does did is are will would should has have any anyone como cuando donde cuanto que wie wann wo warum wieso was gibt kann habt comment quand pourquoi ou combien est peut quando onde quanto posso come dove perche hoe wanneer waar waarom kan wat heeft nasil neden ne hangi'.split(
    ' ',
  ),
)

/** The arrays are used again by the next call: read them before. */
export function featuresOf(reading: Reading): Features {
  const { words, negated } = reading
  let size = 0
  let grams = 0
  let before = 0
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    if (size + 64 > room) break
    let form = word.form
    if (word.kind === 'number') form = '0'
    else if (word.kind === 'emoji') form = [...form][0]!
    else if (word.kind === 'mark') form = form[0]!
    const hash = mix(hashOf(form, negated[i] ? 77 : 11))
    slots[size] = hash
    owners[size++] = i
    grams++
    if (i > 0) {
      slots[size] = mix(Math.imul(before, 31) ^ hash)
      owners[size++] = i
      grams++
    }
    before = hash
  }
  const share = grams > 0 ? 1 / Math.sqrt(grams) : 0
  values.fill(share, 0, size)

  const lettersFrom = size
  for (let i = 0; i < words.length && size < room - 300; i++) {
    const word = words[i]!
    if (word.kind !== 'word' && word.kind !== 'hashtag') continue
    const form = word.form
    const length = Math.min(form.length, 24)
    // Letters −1 and `length` are the word's edges.
    for (let from = -1; from + 2 <= length; from++) {
      let hash = 0x3779b9
      for (let k = from; k <= length && k < from + 5; k++) {
        hash = Math.imul(hash ^ (k < 0 || k >= length ? 95 : form.charCodeAt(k)), 0x01000193)
        if (k - from >= 2) {
          slots[size] = mix(hash ^ (k - from))
          owners[size++] = i
        }
      }
    }
  }
  const letterGrams = size - lettersFrom
  if (letterGrams > 0) values.fill(0.8 / Math.sqrt(letterGrams), lettersFrom, size)

  const present = [...reading.counts.keys()].filter(name => name !== 'negation')
  const pairsFrom = size
  for (let a = 0; a < present.length; a++) {
    for (let b = a + 1; b < present.length && size < room - 4; b++) {
      const first = place.get(`cue:${present[a]}`)!
      const second = place.get(`cue:${present[b]}`)!
      slots[size] = mix(Math.imul(Math.min(first, second) + 1, 7919) ^ Math.imul(Math.max(first, second) + 1, 104729))
      owners[size++] = -1
    }
  }
  if (size > pairsFrom) values.fill(0.5 / Math.sqrt(size - pairsFrom), pairsFrom, size)
  return { slots, values, owners, size, measures: measuresOf(reading) }
}

function measuresOf(reading: Reading): Float64Array {
  const measures = new Float64Array(measureNames.length)
  const set = (name: string, value: number) => {
    measures[place.get(name)!] = value
  }
  for (const [name, count] of reading.counts) set(`cue:${name}`, Math.min(1.5, 0.5 + 0.5 * count))
  const length = Math.sqrt(Math.max(4, reading.wordCount))
  set('pleasant', Math.min(2, reading.pleasant / length))
  set('unpleasant', Math.min(2, reading.unpleasant / length))
  set('balance', Math.max(-2, Math.min(2, (reading.pleasant - reading.unpleasant) / length)))
  set('mixed', reading.pleasant > 1 && reading.unpleasant > 1 ? 1 : 0)
  set('lastRating', lastRating(reading) / 3)
  set('questionMark', reading.hasQuestionMark ? 1 : 0)
  set('exclamations', Math.min(1, reading.exclamations / 2))
  set('shouting', Math.min(1, reading.shoutedWords / 3))
  set('handles', Math.min(1.5, reading.handles / 2))
  set('noHandle', reading.handles === 0 ? 1 : 0)
  set('links', Math.min(1, reading.links))
  set('emoji', Math.min(1, reading.emoji / 2))
  let hashtags = 0
  let mine = 0
  let yours = 0
  let asks = 0
  let sentence = -1
  for (const word of reading.words) {
    if (word.kind === 'hashtag') hashtags++
    if (word.kind === 'number') set('number', 1)
    if (word.kind !== 'word') continue
    if (firstPerson.has(word.form)) mine++
    if (secondPerson.has(word.form)) yours++
    if (word.sentence !== sentence && openers.has(word.form)) asks++
    sentence = word.sentence
  }
  set('hashtags', Math.min(1.5, hashtags / 2))
  set('firstPerson', Math.min(1, mine / 2))
  set('secondPerson', Math.min(1, yours / 2))
  set('startsWithQuestion', Math.min(1, asks))
  set('veryShort', reading.wordCount <= 3 ? 1 : 0)
  set('short', reading.wordCount > 3 && reading.wordCount <= 8 ? 1 : 0)
  set('long', reading.wordCount > 22 ? 1 : 0)
  const praise = reading.cues.find(cue => cue.name === 'praise' || cue.name === 'gratitude')
  const trouble = reading.cues.find(
    cue => cue.name === 'delay' || cue.name === 'fault' || cue.name === 'outage' || cue.name === 'product' || cue.name === 'anger',
  )
  set('praiseThenTrouble', praise && trouble && praise.at < trouble.at ? 1 : 0)
  if (reading.language && place.has(`language:${reading.language}`)) set(`language:${reading.language}`, 1)
  return measures
}

function lastRating(reading: Reading): number {
  for (let i = reading.ratings.length - 1; i >= 0; i--) if (reading.ratings[i] !== 0) return reading.ratings[i]!
  return 0
}

function hashOf(form: string, seed: number): number {
  let hash = 0x811c9dc5 ^ seed
  for (let i = 0; i < form.length; i++) hash = Math.imul(hash ^ form.charCodeAt(i), 0x01000193)
  return hash
}

function mix(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return hash ^ (hash >>> 13)
}
