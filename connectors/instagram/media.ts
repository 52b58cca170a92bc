// The picture of a post on Instagram that mentions or tags us: the customer's own, where Instagram hands it out.
import type { Attachment } from '../../domain.ts'
import { picture } from '../meta/media.ts'
import { type JsonObject, maybeText, textOf } from '../meta/shape.ts'

/** developers.facebook.com/docs/instagram-platform/reference/instagram-media, checked 2026-11-22; a mention gives fewer fields. */
export const MENTIONED_MEDIA = 'media_type,media_url'
export const TAGGED_MEDIA = `alt_text,${MENTIONED_MEDIA},thumbnail_url`

/** `media_url` is left out where somebody else holds the rights. Of an album only the first is told. */
export function mediaOf(item: JsonObject): Attachment[] | undefined {
  const type = textOf(item.media_type)
  if (type === '') return undefined
  const isVideo = type === 'VIDEO'
  const alt = maybeText(item.alt_text)
  return [{ ...picture(isVideo ? 'video' : 'picture', isVideo ? item.thumbnail_url : item.media_url, null, null), alt }]
}
