// How pleasant a word is, in the language of its text: VADER's list for English, our own lists for others.
import { feelingWords } from '../lexicon/feelings.ts'
import { smallWords } from '../lexicon/languages.ts'
import { valenceTenths } from '../lexicon/valence.ts'
import { fold } from './words.ts'

const shortestStem = 4
const elisions = new Set(['l', 'd', 'j', 'n', 's', 'm', 't', 'c'])
/** A word borrowed from English says less than one of the text's own language. */
const borrowed = 0.6

const english = new Map<string, number>()
for (const [tenths, words] of Object.entries(valenceTenths)) {
  for (const word of words.split(' ')) english.set(word, Number(tenths) / 10)
}
// In a mention to a brand these name a subject, not a feeling.
const subjects =
  'please like help support play share cancel pay number care free credit interest security secure save gift party alert block ok yes no well sure want hello hi'
for (const subject of subjects.split(' ')) english.delete(subject)

interface List {
  words: Map<string, number>
  stems: Map<string, number>
  /** What was looked up before. */
  met: Map<string, number>
  /** Words of this language that only look English. */
  small: ReadonlySet<string>
}

const lists = new Map<string, List>()
for (const [language, byTenths] of Object.entries(feelingWords)) {
  const list: List = {
    words: new Map(),
    stems: new Map(),
    met: new Map(),
    small: new Set((smallWords[language] ?? '').split(' ').map(fold)),
  }
  for (const [tenths, written] of Object.entries(byTenths)) {
    for (const word of written.split(' ')) {
      const form = fold(word.replace('*', ''))
      if (form.includes('_') || form === '') continue
      ;(word.endsWith('*') && form.length >= shortestStem ? list.stems : list.words).set(form, Number(tenths) / 10)
    }
  }
  lists.set(language, list)
}
const anyone = everyLanguage()
const mostMet = 20_000

/** −4 to +4; 0: the word tells nothing. `language` null: too short to tell. */
export function ratingOf(form: string, language: string | null): number {
  if (language === 'en') return english.get(form) ?? 0
  if (language === null) return english.get(form) ?? lookUp(anyone, form, false)
  const list = lists.get(language)
  if (!list) return english.get(form) ?? 0
  return lookUp(list, form, language === 'fr' || language === 'it')
}

function lookUp(list: List, form: string, elides: boolean): number {
  const known = list.met.get(form)
  if (known !== undefined) return known
  let rating = find(list, form)
  if (rating === undefined && elides && form.length > 4 && elisions.has(form[0]!)) rating = find(list, form.slice(1))
  if (rating === undefined && list !== anyone && !list.small.has(form)) rating = (english.get(form) ?? 0) * borrowed
  if (list.met.size >= mostMet) list.met.clear()
  list.met.set(form, rating ?? 0)
  return rating ?? 0
}

function find(list: List, form: string): number | undefined {
  const whole = list.words.get(form)
  if (whole !== undefined) return whole
  for (let length = form.length; length >= shortestStem; length--) {
    const stem = list.stems.get(form.slice(0, length))
    if (stem !== undefined) return stem
  }
  return undefined
}

/** What all languages agree on, for texts too short to tell theirs; English words keep their English meaning. */
function everyLanguage(): List {
  const all: List = { words: new Map(), stems: new Map(), met: new Map(), small: new Set() }
  const isEnglish = new Set((smallWords.en ?? '').split(' ').map(fold))
  for (const kind of ['words', 'stems'] as const) {
    const sums = new Map<string, number[]>()
    for (const list of lists.values()) {
      for (const [form, rating] of list[kind]) sums.set(form, [...(sums.get(form) ?? []), rating])
    }
    for (const [form, ratings] of sums) {
      const agree = ratings.every(rating => rating > 0 === ratings[0]! > 0)
      const isLong = form.length > shortestStem
      if (agree && isLong && !english.has(form) && !isEnglish.has(form)) all[kind].set(form, ratings[0]!)
    }
  }
  return all
}
