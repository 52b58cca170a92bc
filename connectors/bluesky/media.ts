// Pictures and videos in a post's record on Bluesky: where its content network shows them, and what their authors say they show.
import type { Attachment } from '../../domain.ts'
import type { PictureHosts } from '../connector.ts'
import type { JsonObject } from './shape.ts'

/**
 * Read from the record, which a notification, a search and a list of posts all bring alike, while only some bring ready addresses. The addresses
 * are those of Bluesky's own AppView (https://docs.bsky.app/docs/advanced-guides/posts#images-embeds, checked 2026-11-22).
 */
export function attachmentsOf(record: JsonObject, did: string): Attachment[] | undefined {
  const media = mediaIn(record.embed as JsonObject | undefined)
  const pictures = Array.isArray(media?.images) ? media.images.map(one => picture(one as JsonObject, did)) : []
  const all = media?.$type === 'app.bsky.embed.video' ? [video(media, did)] : pictures
  return all.length ? all : undefined
}

export const pictureHosts: PictureHosts = { hosts: ['cdn.bsky.app', 'video.bsky.app'] }

/** Beside a quoted post they stand one step deeper. */
function mediaIn(embed: JsonObject | undefined): JsonObject | undefined {
  return embed?.$type === 'app.bsky.embed.recordWithMedia' ? (embed.media as JsonObject | undefined) : embed
}

function picture(one: JsonObject, did: string): Attachment {
  const cid = cidOf(one.image)
  return { kind: 'picture', url: cid && `https://cdn.bsky.app/img/feed_fullsize/plain/${did}/${cid}@jpeg`, ...described(one) }
}

/** Its still. */
function video(one: JsonObject, did: string): Attachment {
  const cid = cidOf(one.video)
  return {
    kind: 'video',
    url: cid && `https://video.bsky.app/watch/${encodeURIComponent(did)}/${cid}/thumbnail.jpg`,
    ...described(one),
  }
}

function described({ alt, aspectRatio }: JsonObject): Pick<Attachment, 'alt' | 'width' | 'height'> {
  const { width, height } = (aspectRatio ?? {}) as { width?: unknown; height?: unknown }
  return { alt: typeof alt === 'string' && alt.trim() ? alt.trim() : null, width: positive(width), height: positive(height) }
}

/** A record may hold anything; only what looks like a content id goes into an address. */
function cidOf(blob: unknown): string | null {
  const cid = (blob as { ref?: { $link?: unknown } } | undefined)?.ref?.$link
  return typeof cid === 'string' && /^[a-z2-7]{20,120}$/i.test(cid) ? cid : null
}

const positive = (value: unknown) => (typeof value === 'number' && value > 0 ? value : null)
