// Posts our answer: a comment below theirs, a Messenger message, or a status on the page. Once, and never again by itself.
import type { Line, OutgoingPost, Sent } from '../connector.ts'
import { PlatformError } from '../connector.ts'
import { GraphError } from './graph-error.ts'
import { limits } from './limits.ts'
import { pageGraph, step } from './page-graph.ts'
import { HUMAN_AGENT_MS, RESPONSE_MS } from './permission.ts'
import { maybeId } from './shape.ts'

/** Graph has no idempotency key: whoever gets `unsure` must look (find-sent.ts) before sending again. */
export async function send(post: OutgoingPost, line: Line): Promise<Sent> {
  const rule = post.visibility === 'private' ? limits.private : post.inReplyTo ? limits.public : limits.status
  if (rule.count(post.text) > rule.limit)
    throw new PlatformError('refused', `The text is longer than ${rule.limit.toLocaleString('en')} characters.`)
  if (post.text.trim() === '') throw new PlatformError('refused', 'There is no text to send.')
  return post.visibility === 'private' ? sendMessage(post, line) : sendPublic(post, line)
}

async function sendPublic(post: OutgoingPost, line: Line): Promise<Sent> {
  const answered = post.inReplyTo
  if (answered?.visibility === 'private') throw new PlatformError('refused', 'A Messenger message cannot be answered in public.')
  const path = answered ? `${step(answeredId(post))}/comments` : `${step(line.account.externalId)}/feed`
  const { body } = await pageGraph(line).post(path, { message: post.text })
  const id = written(body.id)
  return { externalId: id, url: urlOf(id, post, line) }
}

/** Built as facebook.com builds it: to ask for `permalink_url` here could turn a written answer into an error. */
export function urlOf(id: string, { inReplyTo }: OutgoingPost, { apiBase }: Line): string {
  const above = inReplyTo?.facts.permalink
  if (typeof above !== 'string') return `${apiBase ?? 'https://www.facebook.com'}/${id}`
  const url = new URL(above)
  url.searchParams.set(url.searchParams.has('comment_id') ? 'reply_comment_id' : 'comment_id', id.slice(id.lastIndexOf('_') + 1))
  return url.href
}

async function sendMessage(post: OutgoingPost, line: Line): Promise<Sent> {
  const { body } = await pageGraph(line).post(`${step(line.account.externalId)}/messages`, {
    recipient: recipientOf(post),
    ...messagingType(post, line),
    // The key comes back on the echo as `metadata`.
    message: { text: post.text, metadata: post.key },
  })
  return { externalId: written(body.message_id), url: null }
}

function recipientOf({ inReplyTo, isPrivateReply }: OutgoingPost): Record<string, string> {
  if (!inReplyTo) throw new PlatformError('refused', 'A private message needs somebody to answer.')
  // Once for each comment or visitor post, and only then does the customer's answer open the chat.
  if (isPrivateReply) return inReplyTo.facts.kind === 'post' ? { post_id: inReplyTo.externalId } : { comment_id: inReplyTo.externalId }
  return { id: customerIdOf(inReplyTo) }
}

export function customerIdOf({ threadKey, author }: NonNullable<OutgoingPost['inReplyTo']>): string {
  return threadKey.startsWith('dm:') ? threadKey.slice('dm:'.length) : author.externalId
}

/** HUMAN_AGENT is for people's answers from the second to the seventh day, and only for apps that were granted it. */
function messagingType({ inReplyTo, isPrivateReply }: OutgoingPost, line: Line): Record<string, string> {
  const ageMs = line.now().getTime() - (inReplyTo?.postedAt.getTime() ?? 0)
  const isLate = inReplyTo?.visibility === 'private' && !isPrivateReply && ageMs > RESPONSE_MS && ageMs <= HUMAN_AGENT_MS
  return isLate && line.account.capabilities.humanAgent === true
    ? { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' }
    : { messaging_type: 'RESPONSE' }
}

export function answeredId(post: OutgoingPost): string {
  const answered = post.inReplyTo
  if (!answered) throw new TypeError('A status answers nothing')
  return answered.replyToExternalId ?? answered.externalId
}

function written(id: unknown): string {
  const known = maybeId(id)
  if (known === null) throw new GraphError('unsure', 'Facebook took the answer but did not say where it is.', null, null)
  return known
}
