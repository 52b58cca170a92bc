// Pictures and videos of comments and posts on Facebook, as Meta pushes them and as it lists them.
import type { Attachment } from '../../domain.ts'
import { picture, someOf } from '../meta/media.ts'
import { isObject, type JsonObject, maybeText, textOf } from '../meta/shape.ts'

/** Of a list: one attachment for a comment, a list of them for a post, where an album has more below (…/graph-api/reference/story-attachment). */
export const COMMENT_MEDIA = 'attachment{media,type}'
export const POST_MEDIA = 'attachments{media,type,subattachments}'

export function listedMedia({ attachment, attachments }: JsonObject): Attachment[] | undefined {
  const tops = isObject(attachment) ? [attachment] : dataOf(attachments)
  return someOf(tops.flatMap(top => (isObject(top.subattachments) ? dataOf(top.subattachments) : [top])).flatMap(storyAttachment))
}

/** A push names addresses alone: `photo` or `photos`, and for a post of one photo its `link`. */
export function pushedMedia(value: JsonObject): Attachment[] | undefined {
  if (value.item === 'video' || value.video !== undefined) return [picture('video', null, null, null)]
  const urls = Array.isArray(value.photos) ? value.photos : [value.photo ?? (value.item === 'photo' ? value.link : undefined)]
  const found = urls.flatMap(url => maybeText(url) ?? [])
  if (found.length === 0 && value.item === 'photo') return [picture('picture', null, null, null)]
  return someOf(found.map(url => picture('picture', url, null, null)))
}

/** A shared link has a picture too, but it is the link's and not the customer's. */
function storyAttachment({ type, media }: JsonObject): Attachment[] {
  const kind = kindOf(textOf(type))
  const image = isObject(media) && isObject(media.image) ? media.image : {}
  return kind ? [picture(kind, image.src, image.width, image.height)] : []
}

function kindOf(type: string): Attachment['kind'] | null {
  if (/^(?:photo|sticker|cover_photo|profile_media)$/.test(type)) return 'picture'
  if (/^animated_image/.test(type)) return 'gif'
  return /^video/.test(type) ? 'video' : null
}

const dataOf = (list: unknown): JsonObject[] => (isObject(list) && Array.isArray(list.data) ? list.data.filter(isObject) : [])
