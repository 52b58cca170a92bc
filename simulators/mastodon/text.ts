// Words in and out of a simulated status: who is named, how long it counts, and the HTML the API shows.
import type { MastodonAccount, MastodonState } from './state.ts'

const mentionPattern = /(?<![\w/=])@(\w+(?:[.-]+\w+)*)(?:@((?:[\w-]+\.)+[\w-]+))?/g
const linkPattern = /https?:\/\/[^\s<>"]+[^\s<>".,:;!?)]/g

/** Only people the instance knows: other names stay words. */
export function accountsNamed(state: MastodonState, host: string, text: string): MastodonAccount[] {
  const found = [...text.replace(linkPattern, '').matchAll(mentionPattern)].flatMap(
    ([, name, domain]) => accountFor(state, host, name, domain) ?? [],
  )
  return [...new Set(found)]
}

function accountFor(state: MastodonState, host: string, name = '', domain?: string): MastodonAccount | undefined {
  return state.byAcct.get((domain && domain.toLowerCase() !== host ? `${name}@${domain}` : name).toLowerCase())
}

export function countedLength(warning: string, text: string): number {
  const counted = text.replace(linkPattern, 'x'.repeat(23)).replace(mentionPattern, '@$1')
  return [...new Intl.Segmenter('und', { granularity: 'grapheme' }).segment(warning + counted)].length
}

/** Mastodon's own HTML: paragraphs, breaks, h-cards, links whose long middle is hidden. */
export function asHtml(state: MastodonState, host: string, text: string): string {
  const linked = (words: string) =>
    words
      .split(/(https?:\/\/[^\s<>"]+[^\s<>".,:;!?)])/)
      .map((part, nth) => (nth % 2 ? link(part) : named(part)))
      .join('')
  const named = (words: string) =>
    escaped(words)
      .replace(mentionPattern, (whole, name: string, domain?: string) => {
        const account = accountFor(state, host, name, domain)
        return account
          ? `<span class="h-card" translate="no"><a href="${profileUrl(account, host)}" class="u-url mention">@<span>${account.username}</span></a></span>`
          : whole
      })
      .replace(
        /(?<![\w&])#(\p{L}[\p{L}\p{N}_]*)/gu,
        (_whole, tag: string) =>
          `<a href="https://${host}/tags/${encodeURIComponent(tag)}" class="mention hashtag" rel="tag">#<span>${tag}</span></a>`,
      )
  return text
    .split(/\n{2,}/)
    .map(paragraph => `<p>${linked(paragraph).replaceAll('\n', '<br />')}</p>`)
    .join('')
}

/** All words and "phrases" of the question, wherever they stand. */
export function says(text: string, question: string): boolean {
  const words = new Set(text.toLowerCase().split(/[^\p{L}\p{M}\p{N}_]+/u))
  const asked = question.toLowerCase().match(/"[^"]*"|\S+/g) ?? []
  return asked.every(one => (one.startsWith('"') ? text.toLowerCase().includes(one.slice(1, -1)) : words.has(one)))
}

/** Without #, in small letters. */
export const tagsIn = (text: string) => [...text.matchAll(/(?<![\w&])#(\p{L}[\p{L}\p{N}_]*)/gu)].map(([, tag]) => tag!.toLowerCase())

function link(address: string): string {
  const [, scheme = '', rest = ''] = /^(https?:\/\/(?:www\.)?)(.*)$/.exec(address) ?? []
  const isLong = rest.length > 30
  return `<a href="${escaped(address)}" target="_blank" rel="nofollow noopener" translate="no"><span class="invisible">${scheme}</span><span class="${isLong ? 'ellipsis' : ''}">${escaped(rest.slice(0, 30))}</span><span class="invisible">${escaped(rest.slice(30))}</span></a>`
}

export const profileUrl = (account: MastodonAccount, host: string) => `https://${account.domain ?? host}/@${account.username}`

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;')
