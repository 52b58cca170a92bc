// Posts our answer: a comment below theirs, a Messenger message, or a status on the page. Once, and never again by itself.
import type { Line, OutgoingPost, Sent } from '../connector.ts'
import { PlatformError } from '../connector.ts'
import { pageGraph, step } from '../meta/page-graph.ts'
import { sendMessage, written } from '../meta/send-message.ts'
import { uploadAttachment, uploadPhotos } from '../meta/upload.ts'
import { refusePictures } from '../uploads.ts'
import { limits } from './limits.ts'
import { product } from './product.ts'

export async function send(post: OutgoingPost, line: Line): Promise<Sent> {
  const rule = post.visibility === 'private' ? limits.private : post.inReplyTo ? limits.public : limits.status
  if (rule.count(post.text) > rule.limit)
    throw new PlatformError('refused', `The text is longer than ${rule.limit.toLocaleString('en')} characters.`)
  const [picture] = post.visibility === 'private' ? (post.pictures ?? []) : []
  if (post.text.trim() === '' && !picture) throw new PlatformError('refused', 'There is no text to send.')
  refusePictures(post, limits, 'Facebook')
  if (post.visibility === 'public') return sendPublic(post, line)
  const message = picture ? { attachment: await uploadAttachment(picture, line, product) } : { text: post.text }
  // The key comes back on the echo as `metadata`.
  return sendMessage(post, line, product, line.account.externalId, { ...message, metadata: post.key })
}

async function sendPublic(post: OutgoingPost, line: Line): Promise<Sent> {
  const answered = post.inReplyTo
  if (answered?.visibility === 'private') throw new PlatformError('refused', 'A Messenger message cannot be answered in public.')
  const path = answered || post.continues ? `${step(answeredId(post))}/comments` : `${step(line.account.externalId)}/feed`
  const photos = await uploadPhotos(post, line, product)
  const { body } = await pageGraph(line, product).post(path, {
    message: post.text,
    ...shown(photos, answered !== null || !!post.continues),
  })
  const id = written(body.id, product)
  return { externalId: id, url: urlOf(id, post, line) }
}

/** A comment has one place for a picture, a post of the page several. */
function shown(photos: readonly string[], isComment: boolean): Record<string, unknown> {
  if (!photos.length) return {}
  return isComment ? { attachment_id: photos[0] } : { attached_media: photos.map(media_fbid => ({ media_fbid })) }
}

/** Built as facebook.com builds it: to ask for `permalink_url` here could turn a written answer into an error. */
export function urlOf(id: string, { inReplyTo }: OutgoingPost, { apiBase }: Line): string {
  const above = inReplyTo?.facts.permalink
  if (typeof above !== 'string') return `${apiBase ?? 'https://www.facebook.com'}/${id}`
  const url = new URL(above)
  url.searchParams.set(url.searchParams.has('comment_id') ? 'reply_comment_id' : 'comment_id', id.slice(id.lastIndexOf('_') + 1))
  return url.href
}

export function answeredId(post: OutgoingPost): string {
  const answered = post.inReplyTo
  if (post.continues) return post.continues
  if (!answered) throw new TypeError('A status answers nothing')
  return answered.replyToExternalId ?? answered.externalId
}
