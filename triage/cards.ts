// Finds payment card numbers in people's words, and covers all but their last four digits.

export type Span = [start: number, end: number]

/**
 * Card numbers as UTF-16 spans: 12 to 19 digits that pass Luhn, written together or in groups. Never within a link (ids live there),
 * and never a number that starts with + (a telephone).
 */
export function findCards(text: string): Span[] {
  const links = [...text.matchAll(LINK)].map((link): Span => [link.index, link.index + link[0].length])
  const spans: Span[] = []
  for (const chain of digitChains(text)) {
    if (links.some(([start, end]) => chain[0]!.start >= start && chain[0]!.start < end)) continue
    for (let from = 0; from < chain.length; ) {
      const to = isPhone(text, chain, from) ? -1 : lastGroupOfCard(chain, from)
      if (to >= 0) spans.push([chain[from]!.start, chain[to]!.end])
      from = to >= 0 ? to + 1 : from + 1
    }
  }
  return spans
}

export function maskCards(text: string): string {
  return maskAt(text, findCards(text))
}

/**
 * The same within the string values of these keys, at any depth of a raw JSON body; every other byte stays as it came, so ids and numbers do.
 * Reads \\u escapes; a body that is not whole JSON is covered as far as it can be followed.
 * @returns null when there was nothing to cover
 */
export function maskCardsInJson(body: string, keys: readonly string[]): string | null {
  const wanted = new Set(keys)
  let masked = ''
  let copied = 0
  for (const value of stringValues(body, wanted)) {
    for (const index of coveredDigits(value.text, findCards(value.text))) {
      masked += body.slice(copied, value.rawAt[index]!) + COVER
      copied = value.rawAt[index + 1]!
    }
  }
  return copied === 0 ? null : masked + body.slice(copied)
}

interface Group {
  start: number
  end: number
  digits: string
}

/** Runs of digits that stand in one row, with one or two separators between them. */
function digitChains(text: string): Group[][] {
  const chains: Group[][] = []
  let previous: Group | undefined
  for (const run of text.matchAll(DIGITS)) {
    const group = { start: run.index, end: run.index + run[0].length, digits: run[0] }
    if (previous && SEPARATOR.test(text.slice(previous.end, group.start))) chains.at(-1)!.push(group)
    else chains.push([group])
    previous = group
  }
  return chains.filter(chain => !/[\p{L}_]/u.test(text[chain[0]!.start - 1] ?? '') || chain.length > 1)
}

/** The index of the last group of the longest card that starts at this group, or −1. */
function lastGroupOfCard(chain: readonly Group[], from: number): number {
  let digits = ''
  let found = -1
  for (let to = from; to < chain.length; to++) {
    digits += chain[to]!.digits
    if (digits.length > 19) break
    if (digits.length >= 12 && isGroupedLikeACard(chain.slice(from, to + 1)) && !/^(\d)\1*$/.test(digits) && passesLuhn(digits)) found = to
  }
  return found
}

/** Dates and clock times come in twos and fours; cards in threes or more, or digit by digit. */
function isGroupedLikeACard(groups: readonly Group[]): boolean {
  return groups.length === 1 || groups.every(group => group.digits.length >= 3) || groups.every(group => group.digits.length <= 2)
}

/** A number after + is a telephone: at most 15 digits, whatever its groups (E.164). */
function isPhone(text: string, chain: readonly Group[], from: number): boolean {
  if (!/\+[\s(]*$/.test(text.slice(Math.max(0, chain[0]!.start - 3), chain[0]!.start))) return false
  return from === 0 || chain.reduce((sum, group) => sum + group.digits.length, 0) <= 15
}

export function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48
    sum += i % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2
  }
  return sum % 10 === 0
}

function maskAt(text: string, cards: readonly Span[]): string {
  if (!cards.length) return text
  const letters = text.split('')
  for (const index of coveredDigits(text, cards)) letters[index] = COVER
  return letters.join('')
}

/** Every digit of the cards but the last four of each. */
function coveredDigits(text: string, cards: readonly Span[]): number[] {
  return cards.flatMap(([start, end]) => {
    const digits: number[] = []
    for (let i = start; i < end; i++) if (/\d/.test(text[i]!)) digits.push(i)
    return digits.slice(0, -4)
  })
}

/** The decoded string values under the wanted keys, and where each of their UTF-16 units stands in the raw body. */
function* stringValues(body: string, wanted: ReadonlySet<string>): Generator<{ text: string; rawAt: number[] }> {
  const keyOfDepth: (string | undefined)[] = []
  const isObject: boolean[] = []
  for (let at = 0; at < body.length; at++) {
    const letter = body.charCodeAt(at)
    if (letter === BRACE || letter === BRACKET) {
      // Strings of a list belong to the list's key.
      keyOfDepth.push(letter === BRACKET ? keyOfDepth.at(-1) : undefined)
      isObject.push(letter === BRACE)
    } else if (letter === BRACE + 2 || letter === BRACKET + 2) {
      keyOfDepth.pop()
      isObject.pop()
    } else if (letter === QUOTE) {
      const start = at
      at = endOfString(body, start)
      if (at < 0) return
      // Most strings of a body are neither keys nor people's words: those are stepped over unread.
      if (isObject.at(-1) && isKey(body, at + 1)) keyOfDepth[keyOfDepth.length - 1] = readKey(body, start, at)
      else if (wanted.has(keyOfDepth.at(-1) ?? '')) yield readString(body, start, at)
    }
  }
}

/** Where the closing quote stands, or −1. */
function endOfString(body: string, quote: number): number {
  for (let end = body.indexOf('"', quote + 1); end >= 0; end = body.indexOf('"', end + 1)) {
    let backslashes = 0
    while (body[end - 1 - backslashes] === '\\') backslashes++
    if (backslashes % 2 === 0) return end
  }
  return -1
}

/** A colon follows, after at most a little space. */
function isKey(body: string, after: number): boolean {
  let at = after
  while (SPACE.has(body.charCodeAt(at))) at++
  return body.charCodeAt(at) === 0x3a
}

function readKey(body: string, quote: number, end: number): string {
  const raw = body.slice(quote + 1, end)
  return raw.includes('\\') ? readString(body, quote, end).text : raw
}

function readString(body: string, quote: number, end: number): { text: string; rawAt: number[] } {
  let text = ''
  const rawAt: number[] = []
  let at = quote + 1
  while (at < end) {
    rawAt.push(at)
    if (body[at] !== '\\') text += body[at++]
    else if (body[at + 1] === 'u') {
      text += String.fromCharCode(Number.parseInt(body.slice(at + 2, at + 6), 16) || 0)
      at += 6
    } else {
      text += ESCAPES[body[at + 1] ?? ''] ?? body[at + 1] ?? ''
      at += 2
    }
  }
  return { text, rawAt: [...rawAt, at] }
}

const COVER = '•'
const DIGITS = /\d+/g
const SEPARATOR = /^[ \u00a0\u2007\u2009\u202f.\-\u2010\u2011\u2013\n]{1,2}$/
const LINK = /\bhttps?:\/\/\S+|\bwww\.\S+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}\/\S+/gi
const SPACE = new Set([0x20, 0x0a, 0x0d, 0x09])
const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }
const [QUOTE, BRACE, BRACKET] = [0x22, 0x7b, 0x5b] as const
