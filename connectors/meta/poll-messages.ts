// Asks the chats of a page, or of the account behind it, for what was written since the last time.
import type { PollPage } from '../connector.ts'
import { LISTED_FIELDS } from './media.ts'
import { step } from './page-graph.ts'
import type { Product } from './product.ts'
import { OVERLAP_MS, pollPage, type Scan } from './scan.ts'
import { isObject, type JsonObject, listOf, maybeId, maybeText, maybeTime } from './shape.ts'
import { pause, walk } from './walk.ts'

/** Conversations allow two calls a second for each page. */
const CONVERSATION_PAUSE_MS = 500
const MESSAGE_FIELDS = `id,message,from,to,created_time,${LISTED_FIELDS}`

/** Whom we talk to in one conversation. */
export interface Counterpart {
  id: string
  name: string | null
  username: string | null
}

/** No asking by time here: newest first, and the first conversation without change ends it. */
export async function* pollMessages(scan: Scan, product: Product, owner: string): AsyncGenerator<PollPage, void> {
  const from = scan.since - OVERLAP_MS
  const params = { platform: product.conversations, fields: 'id,updated_time,participants', limit: 50 }
  for await (const { items } of walk(scan.graph, `${step(owner)}/conversations`, params)) {
    for (const conversation of items) {
      const changedAt = maybeTime(conversation.updated_time) ?? Number.POSITIVE_INFINITY
      if (changedAt < from) return
      scan.newest = Math.max(scan.newest, changedAt)
      await pause(CONVERSATION_PAUSE_MS)
      yield* pollConversation(scan, conversation, from)
    }
  }
}

async function* pollConversation(scan: Scan, conversation: JsonObject, from: number): AsyncGenerator<PollPage, void> {
  const id = maybeId(conversation.id)
  const customer = counterpartOf(conversation, scan.us)
  // A conversation whose other end left: nobody to answer.
  if (id === null || customer === null) return
  for await (const { items, answeredAt } of walk(scan.graph, `${step(id)}/messages`, { fields: MESSAGE_FIELDS, limit: 20 })) {
    const recent = items.filter(item => (maybeTime(item.created_time) ?? 0) >= from)
    if (recent.length > 0) yield pollPage('messages', scan, answeredAt, recent, { customer })
    if (recent.length < items.length) return
  }
}

export function counterpartOf(conversation: JsonObject, us: string): Counterpart | null {
  const participants = isObject(conversation.participants)
    ? listOf(conversation.participants.data, 'participants.data').filter(isObject)
    : []
  const other = participants.find(participant => maybeId(participant.id) !== null && maybeId(participant.id) !== us)
  return other ? { id: maybeId(other.id)!, name: maybeText(other.name), username: maybeText(other.username) } : null
}
