// Posts our answer: below a comment on our media, where we were mentioned, or as a direct message. Once, and never again by itself.
import type { Answerable, Line, OutgoingPost, Sent } from '../connector.ts'
import { PlatformError } from '../connector.ts'
import { pageGraph, step } from '../meta/page-graph.ts'
import { sendMessage, written } from '../meta/send-message.ts'
import { uploadAttachment } from '../meta/upload.ts'
import { refusePictures } from '../uploads.ts'
import { limits } from './limits.ts'
import { product } from './product.ts'

export async function send(post: OutgoingPost, line: Line): Promise<Sent> {
  if (post.visibility !== 'private' && !post.inReplyTo)
    throw new PlatformError('refused', 'Instagram has no posts without a picture: post this one by hand.')
  const rule = post.visibility === 'private' ? limits.private : limits.public
  if (rule.count(post.text) > rule.limit)
    throw new PlatformError('refused', `The text is longer than ${rule.limit.toLocaleString('en')} ${rule.unit}.`)
  const [picture] = post.visibility === 'private' ? (post.pictures ?? []) : []
  if (post.text.trim() === '' && !picture) throw new PlatformError('refused', 'There is no text to send.')
  refusePictures(post, limits, 'Instagram')
  if (post.visibility === 'private') {
    const message = picture ? { attachment: await uploadAttachment(picture, line, product, 'instagram') } : { text: post.text }
    // The page's token says whose messages these are.
    return sendMessage(post, line, product, 'me', message)
  }
  return sendPublic(post, post.inReplyTo!, line)
}

async function sendPublic(post: OutgoingPost, answered: Answerable, line: Line): Promise<Sent> {
  if (answered.visibility === 'private') throw new PlatformError('refused', 'A direct message cannot be answered in public.')
  const graph = pageGraph(line, product)
  // The next part of a thread answers the same comment: answers to answers land there anyway, one below the other.
  const { body } =
    answered.facts.elsewhere === true
      ? await graph.post(`${step(line.account.externalId)}/mentions`, { ...placeOf(answered), message: post.text })
      : await graph.post(`${step(answered.externalId)}/replies`, { message: post.text })
  const id = written(body.id, product)
  return { externalId: id, url: urlOf(id, answered) }
}

function placeOf({ externalId, facts }: Answerable): Record<string, string> {
  const mediaId = String(facts.mediaId)
  return facts.kind === 'caption' ? { media_id: mediaId } : { media_id: mediaId, comment_id: externalId }
}

/** An answer to an answer lands below the top comment, so its address is made of that one's. */
export function urlOf(id: string, { facts }: Answerable): string | null {
  if (typeof facts.permalink !== 'string' || facts.elsewhere === true) return null
  return `${facts.permalink.replace(/r\/\d+\/$/, '')}r/${id}/`
}
