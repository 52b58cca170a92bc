// Addresses of posts and private messages on X, for a person's browser.
import type { Answerable } from '../connector.ts'

/** X finds a post by its id alone; the handle only makes the address readable. */
export const postUrl = (handle: string, id: string) => `https://x.com/${handle || 'i'}/status/${id}`

/** A talk of two is named by both ids, the smaller first. */
export function privateUrl(one: string, other: string): string {
  // By length, then text: ids have no leading zeros, and an address must never fail after something was sent.
  const isSmaller = one.length === other.length ? one < other : one.length < other.length
  return `https://x.com/messages/${isSmaller ? `${one}-${other}` : `${other}-${one}`}`
}

export function openUrl(mention: Answerable): string {
  if (mention.visibility === 'public') return postUrl(mention.author.handle, mention.replyToExternalId ?? mention.externalId)
  return `https://x.com/messages/compose?recipient_id=${encodeURIComponent(mention.author.externalId)}`
}
