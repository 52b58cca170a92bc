// Cuts a text into words, handles, links, hashtags, emoji and marks, each with its place in the original text.

export type WordKind = 'word' | 'number' | 'handle' | 'link' | 'hashtag' | 'emoji' | 'mark'

export interface Word {
  kind: WordKind
  /** Folded: lower case, no accents, no apostrophes, at most two equal letters in a row. A handle is `@`. */
  form: string
  start: number
  end: number
  /** Written in capitals, two letters or more. */
  shouted: boolean
  /** "soooo". */
  stretched: boolean
  /** Number of the sentence it stands in; a cue never spans two. */
  sentence: number
}

const pattern = new RegExp(
  [
    '(?<link>(?:https?:\\/\\/|www\\.)[^\\s]+)',
    '(?<handle>@[\\p{L}\\p{N}_][\\p{L}\\p{N}_.\\-]*)',
    '(?<hashtag>#[\\p{L}\\p{N}_]+)',
    "(?<emoji>[\\p{Extended_Pictographic}\\p{Regional_Indicator}][\\p{Emoji_Modifier}\\uFE0F\\u200D\\p{Extended_Pictographic}]*|[:;=][-'^]?[()DPp/\\\\|3oO*](?![\\p{L}\\p{N}])|<\\/?3)",
    "(?<word>\\p{L}[\\p{L}\\p{M}]*(?:['’`´][\\p{L}]+)*)",
    '(?<number>\\p{N}+(?:[.,:/]\\p{N}+)*)',
    '(?<mark>[!?¿¡؟？！]+|\\.{2,}|…|[.;\\n%$€£]|/s(?![\\p{L}]))',
  ].join('|'),
  'gu',
)

export function readWords(text: string): Word[] {
  const words: Word[] = []
  let sentence = 0
  pattern.lastIndex = 0
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const raw = match[0]
    const start = match.index
    const kind = kindOf(raw, match.groups as Record<string, string | undefined>)
    const letters = kind === 'word' || kind === 'hashtag'
    const lower = letters ? fold(raw) : raw
    const form = kind === 'handle' ? '@' : kind === 'link' ? 'http' : kind === 'hashtag' ? lower.slice(1) : lower
    const squeezed = letters ? squeeze(form) : form
    words.push({
      kind,
      form: squeezed,
      start,
      end: start + raw.length,
      shouted: letters && raw.length > 1 && raw !== raw.toLowerCase() && raw === raw.toUpperCase(),
      stretched: squeezed.length !== form.length,
      sentence,
    })
    if (kind === 'mark' && /[.!?\n…？！؟]/.test(raw)) sentence++
  }
  return words
}

function kindOf(raw: string, groups: Record<string, string | undefined>): WordKind {
  const first = raw.charCodeAt(0)
  if ((first > 96 && first < 123 && groups.word !== undefined) || groups.word !== undefined) return 'word'
  if (groups.mark !== undefined) return 'mark'
  if (groups.handle !== undefined) return 'handle'
  if (groups.number !== undefined) return 'number'
  if (groups.emoji !== undefined) return 'emoji'
  if (groups.hashtag !== undefined) return 'hashtag'
  return 'link'
}

/** Lower case without accents and apostrophes: "Çalışmıyor" and "calismiyor" are one word, so are "can’t" and "cant". */
export function fold(raw: string): string {
  let form = raw.toLowerCase()
  for (let i = 0; i < form.length; i++) {
    const code = form.charCodeAt(i)
    if (code < 97 || code > 122) {
      form = form
        .replace(/ß/g, 'ss')
        .replace(/ı/g, 'i')
        .normalize('NFD')
        .replace(/[\p{M}'’`´]/gu, '')
      break
    }
  }
  return form
}

function squeeze(form: string): string {
  for (let i = 2; i < form.length; i++) {
    if (form[i] === form[i - 1] && form[i] === form[i - 2] && !(form[i]! >= '0' && form[i]! <= '9')) {
      return form.replace(/(\p{L})\1{2,}/gu, '$1$1')
    }
  }
  return form
}
