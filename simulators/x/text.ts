// How X reads a post's text: its weighted length, who is mentioned, where the links are.

const urlPattern = /https?:\/\/[^\s]+|\b(?:[a-z0-9-]+\.)+(?:com|org|net|io|co|de|uk|es|fr|dev|app|info)\b(?:\/[^\s]*)?/giu
const handlePattern = /(?<![A-Za-z0-9_@])@([A-Za-z0-9_]{1,15})(?![A-Za-z0-9_@])/g
const leadingHandles = /^(?:@[A-Za-z0-9_]{1,15}\s+)+/

export interface Span {
  start: number
  end: number
}

/** https://docs.x.com/fundamentals/counting-characters: 280 at most, checked 2026-11. */
export function weightedLength(text: string): number {
  let weight = 0
  const rest = text.normalize('NFC').replace(urlPattern, () => {
    weight += 23
    return ''
  })
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(rest)) {
    if (/\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u.test(segment) && !/^[\u0000-\u00ff]$/u.test(segment)) weight += 2
    else for (const char of segment) weight += isLight(char.codePointAt(0) ?? 0) ? 1 : 2
  }
  return weight
}

function isLight(code: number): boolean {
  return code <= 4351 || (code >= 8192 && code <= 8205) || (code >= 8208 && code <= 8223) || (code >= 8242 && code <= 8247)
}

/** Handles in order, in lower case, each once. */
export function mentionedHandles(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(handlePattern), (match) => (match[1] ?? '').toLowerCase()))]
}

/** Where handles stand, counted in code points as X counts. */
export function mentionSpans(text: string): (Span & { username: string })[] {
  return Array.from(text.matchAll(handlePattern), (match) => ({ ...codePointSpan(text, match), username: match[1] ?? '' }))
}

export function urlSpans(text: string): (Span & { url: string })[] {
  return Array.from(text.matchAll(urlPattern), (match) => ({ ...codePointSpan(text, match), url: match[0] }))
}

function codePointSpan(text: string, match: RegExpExecArray): Span {
  const start = [...text.slice(0, match.index)].length
  return { start, end: start + [...match[0]].length }
}

/** The @handles with which a reply begins. */
export function splitLeadingHandles(text: string): { leading: string; body: string } {
  const leading = leadingHandles.exec(text)?.[0] ?? ''
  return { leading, body: text.slice(leading.length) }
}
