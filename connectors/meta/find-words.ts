// Looks for our own words in Meta's lists: Graph has no idempotency key, so words and time must do.
import type { OutgoingPost, Sent } from '../connector.ts'
import { GraphError } from './graph-error.ts'
import { type PageGraph, step } from './page-graph.ts'
import { counterpartOf } from './poll-messages.ts'
import type { Product } from './product.ts'
import { customerIdOf } from './send-message.ts'
import { isObject, type JsonObject, maybeId, maybeText, maybeTime } from './shape.ts'
import { walk } from './walk.ts'

/** Their clock may be behind ours. */
const CLOCK_MS = 60_000

export interface Search {
  graph: PageGraph
  /** The page, or the professional account. */
  us: string
  text: string
  /** Nothing of ours older than this is it. */
  from: number
  /** The names this list gives to its words, its time and its link. */
  words: string
  time: string
  urlOf: (item: JsonObject, id: string) => string | null
}

export function searchFor(post: OutgoingPost, since: Date): Pick<Search, 'text' | 'from'> {
  return { text: sameWords(post.text), from: since.getTime() - CLOCK_MS }
}

/** Newest first: the first that is too old ends it. */
export async function findIn(search: Search, path: string, params: Record<string, unknown>): Promise<Sent | null> {
  for await (const { items } of walk(search.graph, path, params)) {
    const found = items.find(item => isOurs(item, search))
    if (found) return foundAs(found, search)
    if (items.some(item => (maybeTime(item[search.time]) ?? 0) < search.from)) return null
  }
  return null
}

export function isOurs(item: JsonObject, { us, text, from, words, time }: Search): boolean {
  const author = isObject(item.from) ? maybeId(item.from.id) : null
  return (
    author === us &&
    sameWords(maybeText(item[words]) ?? '') === text &&
    // A picture goes without words; what else has none (a sticker's reaction, something taken back) is not it.
    (text !== '' || isObject(item.attachments)) &&
    (maybeTime(item[time]) ?? 0) >= from &&
    maybeId(item.id) !== null
  )
}

export function foundAs(item: JsonObject, { urlOf }: Search): Sent {
  const id = maybeId(item.id)!
  return { externalId: id, url: urlOf(item, id) }
}

/** A private reply's chat is found by whom it is with. */
export async function findMessage(search: Search, post: OutgoingPost, product: Product, owner: string): Promise<Sent | null> {
  const customerId = post.inReplyTo ? customerIdOf(post.inReplyTo) : null
  const params = { platform: product.conversations, fields: 'id,updated_time,participants', limit: 50 }
  for await (const { items } of walk(search.graph, `${step(owner)}/conversations`, params)) {
    for (const conversation of items) {
      if ((maybeTime(conversation.updated_time) ?? Number.POSITIVE_INFINITY) < search.from) return null
      // A comment's author may be known by another id than the chat's, so a private reply is looked for in every chat.
      if (!post.isPrivateReply && counterpartOf(conversation, search.us)?.id !== customerId) continue
      const sent = await findIn(search, `${step(maybeId(conversation.id) ?? '')}/messages`, {
        fields: post.text === '' ? 'id,message,from,created_time,attachments' : 'id,message,from,created_time',
        limit: 20,
      })
      if (sent) return sent
    }
  }
  return null
}

/** Whether Graph still shows this object; what it says when it is gone is no error here. */
export async function isThere(graph: PageGraph, id: string): Promise<boolean> {
  try {
    await graph.get(step(id), { fields: 'id' })
    return true
  } catch (error) {
    if (isGone(error)) return false
    throw error
  }
}

export function isGone(error: unknown): boolean {
  return error instanceof GraphError && ((error.code === 100 && error.subcode === 33) || error.code === 803)
}

/** Meta trims, and writes line ends its own way. */
function sameWords(text: string): string {
  return text.replaceAll('\r\n', '\n').trim()
}
