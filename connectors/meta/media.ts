// Attachments of private messages, as Meta pushes them and as it lists them, into what a person may see.
import type { Attachment } from '../../domain.ts'
import type { PictureHosts } from '../connector.ts'
import { isObject, type JsonObject, maybeText, textOf } from './shape.ts'

/** Signed addresses on Meta's own networks, which end after some days (developers.facebook.com/docs/messenger-platform/webhooks, checked 2026-11-22). */
export const pictureHosts: PictureHosts = { hosts: ['*.fbcdn.net', '*.cdninstagram.com', '*.fbsbx.com'] }

/** A push: developers.facebook.com/docs/messenger-platform/reference/webhook-events/messages. Links and cards are no attachments. */
export function pushedAttachments(attachments: readonly JsonObject[]): Attachment[] | undefined {
  return someOf(
    attachments.flatMap(({ type, payload }) => {
      const kind = PUSHED.get(textOf(type))
      if (!kind) return []
      // What moves or sounds comes without a still.
      const url = kind === 'picture' && isObject(payload) ? maybeText(payload.url) : null
      return [{ kind, url, alt: null, width: null, height: null }]
    }),
  )
}

/** A conversation's list: `image_data` and `video_data` hold the addresses and sizes. */
export const LISTED_FIELDS = 'attachments{mime_type,image_data,video_data}'
export function listedAttachments(item: JsonObject): Attachment[] | undefined {
  const data = isObject(item.attachments) && Array.isArray(item.attachments.data) ? item.attachments.data.filter(isObject) : []
  return someOf(
    data.map(({ mime_type, image_data, video_data }) => {
      if (isObject(image_data)) return picture('picture', image_data.url ?? image_data.preview_url, image_data.width, image_data.height)
      if (isObject(video_data)) return picture('video', video_data.preview_url, video_data.width, video_data.height)
      return picture(textOf(mime_type).startsWith('audio/') ? 'audio' : 'file', null, null, null)
    }),
  )
}

export function picture(kind: Attachment['kind'], url: unknown, width: unknown, height: unknown): Attachment {
  return { kind, url: maybeText(url), alt: null, width: pixels(width), height: pixels(height) }
}

/** None told is not none there: Meta leaves them out of what is old. */
export const someOf = (attachments: Attachment[]): Attachment[] | undefined => (attachments.length ? attachments : undefined)

/** Sizes come as numbers or as text. */
function pixels(value: unknown): number | null {
  const number = Number(value ?? Number.NaN)
  return Number.isInteger(number) && number > 0 ? number : null
}

/** Stories that mention us and posts somebody passes on are shown as the picture they are; of a video there, the picture cannot be had. */
const PUSHED = new Map<string, Attachment['kind']>([
  ['image', 'picture'],
  ['story_mention', 'picture'],
  ['ig_story', 'picture'],
  ['share', 'picture'],
  ['ig_post', 'picture'],
  ['video', 'video'],
  ['reel', 'video'],
  ['ig_reel', 'video'],
  ['audio', 'audio'],
  ['file', 'file'],
])
