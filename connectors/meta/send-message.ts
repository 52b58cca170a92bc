// Sends our answer in private: into a chat that is open, or as the one private message to a comment.
import type { Answerable, Line, OutgoingPost, Sent } from '../connector.ts'
import { PlatformError } from '../connector.ts'
import { GraphError } from './graph-error.ts'
import { pageGraph, step } from './page-graph.ts'
import { HUMAN_AGENT_MS, RESPONSE_MS } from './permission.ts'
import type { Product } from './product.ts'
import { maybeId } from './shape.ts'

/** `owner`: whose messages these are, the page itself or `me`. `message`: the text or an attachment, and what this product takes beside it. */
export async function sendMessage(
  post: OutgoingPost,
  line: Line,
  product: Product,
  owner: string,
  message: Record<string, unknown>,
): Promise<Sent> {
  const { body } = await pageGraph(line, product).post(`${step(owner)}/messages`, {
    recipient: recipientOf(post),
    ...messagingType(post, line, product),
    message,
  })
  return { externalId: written(body.message_id, product), url: null }
}

function recipientOf({ inReplyTo, isPrivateReply }: OutgoingPost): Record<string, string> {
  if (!inReplyTo) throw new PlatformError('refused', 'A private message needs somebody to answer.')
  // Once for each comment or visitor post, and only then does the customer's answer open the chat.
  if (isPrivateReply) return inReplyTo.facts.kind === 'post' ? { post_id: inReplyTo.externalId } : { comment_id: inReplyTo.externalId }
  return { id: customerIdOf(inReplyTo) }
}

export function customerIdOf({ threadKey, author }: Answerable): string {
  return threadKey.startsWith('dm:') ? threadKey.slice('dm:'.length) : author.externalId
}

/**
 * HUMAN_AGENT is for what a person wrote, from the second to the seventh day, and for apps that were granted it. Whatever may not carry it
 * never leaves: the window may have closed since somebody was allowed to type.
 */
function messagingType({ inReplyTo, isPrivateReply, isByHuman, lastPrivateInboundAt }: OutgoingPost, line: Line, { name }: Product) {
  const newest = Math.max(inReplyTo?.postedAt.getTime() ?? 0, lastPrivateInboundAt?.getTime() ?? 0)
  const ageMs = line.now().getTime() - newest
  if (isPrivateReply || ageMs <= RESPONSE_MS) return { messaging_type: 'RESPONSE' }
  const closed = (because: string) => new PlatformError('refused', `${because} The chat opens when the customer writes again.`)
  if (line.account.capabilities.humanAgent !== true) throw closed(`${name} closed the chat 24 h after the customer's last message.`)
  if (ageMs > HUMAN_AGENT_MS) throw closed(`${name} closed the chat 7 days after the customer's last message.`)
  if (!isByHuman) throw closed(`After 24 h ${name} takes only what a person wrote, and this was automatic.`)
  return { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' }
}

/** Graph has no idempotency key: whoever gets `unsure` must look (find-words.ts) before sending again. */
export function written(id: unknown, product: Product): string {
  const known = maybeId(id)
  if (known === null) throw new GraphError('unsure', `${product.name} took the answer but did not say where it is.`, null, null)
  return known
}
