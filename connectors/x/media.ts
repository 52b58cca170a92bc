// Pictures, GIFs and videos of posts and private messages on X: where they are kept, and what their authors say they show.
import type { Attachment } from '../../domain.ts'
import type { PictureHosts } from '../connector.ts'
import { freshAccessToken } from './call.ts'
import { asObject, type JsonObject } from './shape.ts'

/** What a call must ask for beside the fields of posts. https://docs.x.com/x-api/fundamentals/data-dictionary#media, checked 2026-11-22. */
export const MEDIA_FIELDS = 'alt_text,height,media_key,preview_image_url,type,url,width'

/**
 * Of a post or a listed private message; `includes`: what the payload brings along. A push names the keys alone: then it is known that there
 * is something, and the next poll tells where. An edit may have taken them away.
 */
export function attachmentsOf(said: JsonObject, includes: unknown, isEdit = false): Attachment[] | undefined {
  const keys = (said.attachments as JsonObject | undefined)?.media_keys
  if (!Array.isArray(keys) || keys.length === 0) return isEdit ? [] : undefined
  const media = ((includes as JsonObject | undefined)?.media ?? []) as unknown[]
  return keys.map(key => {
    const one = media.map(entry => asObject(entry, 'includes.media')).find(entry => entry.media_key === key)
    // Of a video and a GIF, its still.
    return one
      ? attachment(one.type, one.url ?? one.preview_image_url, one.alt_text, one.width, one.height)
      : attachment(TYPES.get(String(key).split('_')[0]!), null, null, null, null)
  })
}

/** Of a pushed private message, which still has API v1.1's shape. */
export function olderAttachmentOf(data: JsonObject): Attachment[] | undefined {
  const { type, media } = (data.attachment ?? {}) as { type?: unknown; media?: JsonObject }
  if (type !== 'media' || typeof media !== 'object' || media === null) return undefined
  const large = (media.sizes as { large?: { w?: unknown; h?: unknown } } | undefined)?.large
  return [attachment(media.type, media.media_url_https, media.ext_alt_text, large?.w, large?.h)]
}

/** The short links that stand for media at the end of the words. */
export function linksToMedia(words: JsonObject): string[] {
  const entities = words.entities as { urls?: JsonObject[]; media?: JsonObject[] } | undefined
  const older = (words.attachment as { media?: JsonObject } | undefined)?.media
  const urls = (entities?.urls ?? []).filter(url => url.media_key !== undefined || PRIVATE_MEDIA.test(String(url.expanded_url)))
  return [...urls, ...(entities?.media ?? []), ...(older ? [older] : [])].flatMap(one => (typeof one.url === 'string' ? [one.url] : []))
}

/**
 * Pictures of private messages stand on a host that asks who wants them: our own sign-in, and it goes to that host alone.
 * https://docs.x.com/x-api/direct-messages/manage/introduction, checked 2026-11-22.
 */
export const pictureHosts: PictureHosts = {
  hosts: ['pbs.twimg.com', 'ton.twitter.com'],
  signedIn: { hosts: ['ton.twitter.com'], authorization: async line => `Bearer ${await freshAccessToken(line)}` },
}

function attachment(type: unknown, url: unknown, alt: unknown, width: unknown, height: unknown): Attachment {
  return {
    kind: KINDS.get(type) ?? 'file',
    url: typeof url === 'string' ? url : null,
    alt: typeof alt === 'string' && alt.trim() ? alt.trim() : null,
    width: pixels(width),
    height: pixels(height),
  }
}

const pixels = (value: unknown) => (typeof value === 'number' && value > 0 ? value : null)
const KINDS = new Map<unknown, Attachment['kind']>([
  ['photo', 'picture'],
  ['animated_gif', 'gif'],
  ['video', 'video'],
])
/** How a key begins. */
const TYPES = new Map([
  ['3', 'photo'],
  ['7', 'video'],
  ['13', 'video'],
  ['16', 'animated_gif'],
])
const PRIVATE_MEDIA = /^https:\/\/(?:twitter|x)\.com\/messages\/media\//
