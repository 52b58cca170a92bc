// Sends our answer in private: into a chat that is open, or as the one private message to a comment.
import type { Answerable, Line, OutgoingPost, Sent } from '../connector.ts'
import { PlatformError } from '../connector.ts'
import { GraphError } from './graph-error.ts'
import { pageGraph, step } from './page-graph.ts'
import { HUMAN_AGENT_MS, RESPONSE_MS } from './permission.ts'
import type { Product } from './product.ts'
import { maybeId } from './shape.ts'

/** `owner`: whose messages these are, the page itself or `me`. `message`: the text, and what this product takes beside it. */
export async function sendMessage(
  post: OutgoingPost,
  line: Line,
  product: Product,
  owner: string,
  message: Record<string, string>,
): Promise<Sent> {
  const { body } = await pageGraph(line, product).post(`${step(owner)}/messages`, {
    recipient: recipientOf(post),
    ...messagingType(post, line),
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

/** HUMAN_AGENT is for people's answers from the second to the seventh day, and only for apps that were granted it. */
function messagingType({ inReplyTo, isPrivateReply }: OutgoingPost, line: Line): Record<string, string> {
  const ageMs = line.now().getTime() - (inReplyTo?.postedAt.getTime() ?? 0)
  const isLate = inReplyTo?.visibility === 'private' && !isPrivateReply && ageMs > RESPONSE_MS && ageMs <= HUMAN_AGENT_MS
  return isLate && line.account.capabilities.humanAgent === true
    ? { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' }
    : { messaging_type: 'RESPONSE' }
}

/** Graph has no idempotency key: whoever gets `unsure` must look (find-words.ts) before sending again. */
export function written(id: unknown, product: Product): string {
  const known = maybeId(id)
  if (known === null) throw new GraphError('unsure', `${product.name} took the answer but did not say where it is.`, null, null)
  return known
}
