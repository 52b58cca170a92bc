// Addresses of posts and private talks on Bluesky, and what is written inside at-uris and our thread keys.
import type { Answerable } from '../connector.ts'

/** `at://did/app.bsky.feed.post/rkey` as a person opens it. A DID finds the profile too, where a handle is broken. */
export function postUrl(handle: string, uri: string): string {
  const { did, rkey } = partsOf(uri)
  return `https://bsky.app/profile/${handle && handle !== BROKEN_HANDLE ? handle : did}/post/${rkey}`
}

export const convoUrl = (convoId: string) => `https://bsky.app/messages/${encodeURIComponent(convoId)}`
export const convoThreadKey = (convoId: string) => `dm:${convoId}`

export function convoOf(mention: Pick<Answerable, 'threadKey'>): string | null {
  return mention.threadKey.startsWith('dm:') ? mention.threadKey.slice('dm:'.length) : null
}

export function openUrl(mention: Answerable): string {
  if (mention.visibility === 'public') return postUrl(mention.author.handle, mention.externalId)
  const convoId = convoOf(mention)
  return convoId ? convoUrl(convoId) : 'https://bsky.app/messages'
}

export function partsOf(uri: string): { did: string; collection: string; rkey: string } {
  const [, did, collection, rkey] = /^at:\/\/([^/]+)\/([^/]+)\/([^/?#]+)$/.exec(uri) ?? []
  if (!did || !collection || !rkey) throw new Error(`${uri} is not the at-uri of a record`)
  return { did, collection, rkey }
}

/** What Bluesky calls an account whose handle no longer leads back to it. */
const BROKEN_HANDLE = 'handle.invalid'
