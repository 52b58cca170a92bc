// The words of a status as a person reads them: paragraphs, whole links, full handles, no HTML.
import type { JsonObject } from './shape.ts'

/** A content warning stands in front of what it warns of. */
export function shownText(status: JsonObject, host: string): string {
  const warning = typeof status.spoilerText === 'string' ? status.spoilerText.trim() : ''
  const words = plainText(typeof status.content === 'string' ? status.content : '', handlesOf(status, host))
  return [warning && `[CW: ${warning}]`, words].filter(Boolean).join('\n')
}

/** `handles`: address of a profile → its full handle, for the mentions Mastodon shows without their instance. */
export function plainText(html: string, handles: ReadonlyMap<string, string> = new Map()): string {
  const marked = html
    .replaceAll(/[\r\n\t]+/g, ' ')
    .replaceAll(/<a\b([^>]*)>(.*?)<\/a>/gis, (_whole, attributes: string, inner: string) => linkText(attributes, inner, handles))
    .replaceAll(/<br\s*\/?>/gi, '\n')
    .replaceAll(/<li\b[^>]*>/gi, '\n- ')
    .replaceAll(/<\/(?:p|blockquote|pre|ul|ol|h\d)>/gi, '\n\n')
  return unescaped(withoutTags(marked))
    .replaceAll(/ *\n */g, '\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
}

/** Full handle of each person the status names, by the address of the profile. */
export function handlesOf(status: JsonObject, host: string): Map<string, string> {
  const mentions = (Array.isArray(status.mentions) ? status.mentions : []) as JsonObject[]
  return new Map(mentions.map(one => [String(one.url), fullHandle(String(one.acct), host)]))
}

/** `acct` has no instance when it is our own. */
export const fullHandle = (acct: string, host: string) => (acct.includes('@') || !host ? acct : `${acct}@${host}`)

function linkText(attributes: string, inner: string, handles: ReadonlyMap<string, string>): string {
  const href = unescaped(/\bhref="([^"]*)"/i.exec(attributes)?.[1] ?? '')
  const text = withoutTags(inner)
  const isTag = text.startsWith('#')
  if (/\bclass="[^"]*\bmention\b/i.test(attributes) && !isTag) return escaped(mentionText(href, unescaped(text), handles))
  if (isTag || !/^https?:/i.test(href)) return text
  // Mastodon's own link holds its whole address, in parts one cannot see; other software lets people name their links.
  const shown = unescaped(text).trim()
  return escaped(!shown || href.replace(/\/$/, '').endsWith(shown.replace(/…$|\/$/, '')) ? href : `${shown} (${href})`)
}

function mentionText(href: string, text: string, handles: ReadonlyMap<string, string>): string {
  const known = handles.get(href)
  if (known) return `@${known}`
  const isBare = /^@[\w.-]+$/.test(text) && URL.canParse(href)
  return isBare ? `${text}@${new URL(href).hostname}` : text
}

const withoutTags = (html: string) => html.replaceAll(/<[^>]*>/g, '')
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

function unescaped(text: string): string {
  return text.replaceAll(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]+));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name) return NAMED.get(name.toLowerCase()) ?? whole
    const point = decimal ? Number(decimal) : Number.parseInt(hex ?? '', 16)
    return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole
  })
}

const NAMED = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', ' '],
  ['hellip', '…'],
])
