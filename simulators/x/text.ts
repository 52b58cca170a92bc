// How X reads a post's text: its weighted length, who is mentioned, where the links are.
import { createHash } from 'node:crypto'

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
    if (/\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u.test(segment) && (segment.length > 1 || segment > '\u00ff')) weight += 2
    else for (const char of segment) weight += isLight(char.codePointAt(0) ?? 0) ? 1 : 2
  }
  return weight
}

function isLight(code: number): boolean {
  return code <= 4351 || (code >= 8192 && code <= 8205) || (code >= 8208 && code <= 8223) || (code >= 8242 && code <= 8247)
}

/** Handles in order, in lower case, each once. */
export function mentionedHandles(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(handlePattern), match => (match[1] ?? '').toLowerCase()))]
}

/** Where handles stand, counted in code points as X counts. */
export function mentionSpans(text: string): (Span & { username: string })[] {
  return Array.from(text.matchAll(handlePattern), match => ({
    ...codePointSpan(text, match),
    username: match[1] ?? '',
  }))
}

/** Where the short links of a text will stand, and what they stand for. */
export function urlSpans(text: string): (Span & { url: string; expanded_url: string; display_url: string })[] {
  let shown = ''
  let from = 0
  return Array.from(text.matchAll(urlPattern), match => {
    shown += text.slice(from, match.index)
    from = match.index + match[0].length
    const url = isAddress(match[0]) ? shortLink(match[0]) : match[0]
    const start = [...shown].length
    shown += url
    const expanded = /^https?:/i.test(match[0]) ? match[0] : `http://${match[0]}`
    return {
      start,
      end: start + [...url].length,
      url,
      expanded_url: expanded,
      display_url: match[0].replace(/^https?:\/\//i, ''),
    }
  })
}

function codePointSpan(text: string, match: RegExpExecArray): Span {
  const start = [...text.slice(0, match.index)].length
  return { start, end: start + [...match[0]].length }
}

/** X shows every link as a t.co address of its own. */
export function withShortLinks(text: string): string {
  return text.replace(urlPattern, url => (isAddress(url) ? shortLink(url) : url))
}
export function shortLink(url: string): string {
  return `https://t.co/${createHash('sha256').update(url).digest('base64url').replace(/[-_]/g, '').slice(0, 10)}`
}
function isAddress(url: string): boolean {
  return !url.startsWith('https://t.co/')
}

/** & < > leave X escaped, in posts and direct messages. */
export function escapeAsX(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** The @handles with which a reply begins. */
export function splitLeadingHandles(text: string): { leading: string; body: string } {
  const leading = leadingHandles.exec(text)?.[0] ?? ''
  return { leading, body: text.slice(leading.length) }
}
