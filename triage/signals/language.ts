// Tells a text's language from its script, its letters and its small words; null when there is too little to tell.

import { smallWords, tellingLetters } from '../lexicon/languages.ts'
import { fold } from './words.ts'

/** Languages the cue lists speak. Any other goes to a person. */
export const spokenLanguages: ReadonlySet<string> = new Set(['en', 'es', 'de', 'fr', 'pt', 'it', 'nl', 'tr'])
const shortest = 20

const scripts: [string, RegExp][] = [
  ['ja', /[\p{Script=Hiragana}\p{Script=Katakana}]/u],
  ['ko', /\p{Script=Hangul}/u],
  ['zh', /\p{Script=Han}/u],
  ['ar', /\p{Script=Arabic}/u],
  ['he', /\p{Script=Hebrew}/u],
  ['el', /\p{Script=Greek}/u],
  ['ru', /\p{Script=Cyrillic}/u],
  ['th', /\p{Script=Thai}/u],
  ['hi', /\p{Script=Devanagari}/u],
]
const foreignLetter = /[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/u

const votes = new Map<string, { language: string; weight: number }[]>()
for (const [language, words] of Object.entries(smallWords)) {
  for (const written of new Set(words.split(' ').map(fold))) {
    const list = votes.get(written)
    if (list) list.push({ language, weight: 1 })
    else votes.set(written, [{ language, weight: 1 }])
  }
}
for (const list of votes.values()) for (const vote of list) vote.weight = 1 / list.length
const letterVotes = new Map(Object.entries(tellingLetters))

export interface LanguageGuess {
  /** BCP-47, or null: fewer than 20 characters, or nothing to tell by. */
  language: string | null
  /** Written in a script none of our languages uses, however short. */
  isForeignScript: boolean
}

/** `forms` are the folded words of the text, without handles and links. */
export function readLanguage(text: string, forms: readonly string[]): LanguageGuess {
  const isForeignScript = foreignLetter.test(text)
  if (isForeignScript) {
    for (const [language, script] of scripts) {
      const found = text.match(new RegExp(script.source, 'gu'))
      if (found && found.length >= 2)
        return { language: text.length < shortest && found.length < 6 ? null : language, isForeignScript: true }
    }
  }
  let letters = 0
  for (const form of forms) letters += form.length + 1
  if (letters < shortest) return { language: null, isForeignScript: false }

  const score = new Map<string, number>()
  for (const form of forms) {
    for (const vote of votes.get(form) ?? []) score.set(vote.language, (score.get(vote.language) ?? 0) + vote.weight)
  }
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) < 128) continue
    for (const language of letterVotes.get(text[i]!.toLowerCase()) ?? []) score.set(language, (score.get(language) ?? 0) + 0.4)
  }
  let best: string | null = null
  for (const [language, points] of score) if (best === null || points > score.get(best)!) best = language
  const enough = best !== null && score.get(best)! >= (spokenLanguages.has(best) ? 0.5 : 1.5)
  return { language: enough ? best : null, isForeignScript: false }
}
