// Looks on Facebook for an answer whose sending ended in the unknown, and for a mention that may be gone.
import type { Answerable, Line, OutgoingPost, Sent } from '../connector.ts'
import { GraphError } from './graph-error.ts'
import { type PageGraph, pageGraph, step } from './page-graph.ts'
import { customerOf } from './poll.ts'
import { answeredId, customerIdOf, urlOf } from './send.ts'
import { isObject, type JsonObject, maybeId, maybeText, maybeTime } from './shape.ts'
import { walk } from './walk.ts'

/** Their clock may be behind ours. */
const CLOCK_MS = 60_000

/** Null: looked at everything of ours since then, and these words are not among it. */
export async function findSent(post: OutgoingPost, since: Date, line: Line): Promise<Sent | null> {
  const search: Search = {
    graph: pageGraph(line),
    page: line.account.externalId,
    text: sameWords(post.text),
    from: since.getTime() - CLOCK_MS,
    urlOf: id => (post.visibility === 'private' ? null : urlOf(id, post, line)),
  }
  if (post.visibility === 'private') return findMessage(search, post)
  if (!post.inReplyTo) return findIn(search, `${step(search.page)}/feed`, { fields: PUBLIC_FIELDS, limit: 25 })
  const params = { filter: 'stream', order: 'reverse_chronological', fields: PUBLIC_FIELDS, limit: 100 }
  // An answer to an answer is listed below the top comment.
  const places = new Set([answeredId(post), post.inReplyTo.threadKey])
  for (const place of places) {
    const sent = await findIn(search, `${step(place)}/comments`, params)
    if (sent) return sent
  }
  return null
}

/** Facebook tells of removals, but a push may be lost. */
export async function stillThere(mention: Answerable, line: Line): Promise<boolean> {
  try {
    await pageGraph(line).get(step(mention.externalId), { fields: 'id' })
    return true
  } catch (error) {
    if (error instanceof GraphError && ((error.code === 100 && error.subcode === 33) || error.code === 803)) return false
    throw error
  }
}

const PUBLIC_FIELDS = 'id,message,from,created_time,permalink_url'

interface Search {
  graph: PageGraph
  page: string
  text: string
  /** Nothing of ours older than this is it. */
  from: number
  urlOf: (id: string) => string | null
}

async function findIn(search: Search, path: string, params: Record<string, unknown>): Promise<Sent | null> {
  for await (const { items } of walk(search.graph, path, params)) {
    const found = items.find(item => isOurs(item, search))
    if (found) return foundAs(maybeId(found.id)!, maybeText(found.permalink_url), search)
    if (items.some(item => (maybeTime(item.created_time) ?? 0) < search.from)) return null
  }
  return null
}

function foundAs(id: string, permalink: string | null, search: Search): Sent {
  return { externalId: id, url: permalink ?? search.urlOf(id) }
}

/** The echo's metadata is not in the API, so words and time must do. A private reply's chat is found by whom it is with. */
async function findMessage(search: Search, post: OutgoingPost): Promise<Sent | null> {
  const customerId = post.inReplyTo ? customerIdOf(post.inReplyTo) : null
  const params = { platform: 'messenger', fields: 'id,updated_time,participants', limit: 50 }
  for await (const { items } of walk(search.graph, `${step(search.page)}/conversations`, params)) {
    for (const conversation of items) {
      if ((maybeTime(conversation.updated_time) ?? Number.POSITIVE_INFINITY) < search.from) return null
      // A comment's author may be known by another id than the chat's, so a private reply is looked for in every chat.
      if (!post.isPrivateReply && customerOf(conversation, search.page)?.id !== customerId) continue
      const sent = await findIn(search, `${step(maybeId(conversation.id) ?? '')}/messages`, {
        fields: 'id,message,from,created_time',
        limit: 20,
      })
      if (sent) return sent
    }
  }
  return null
}

function isOurs(item: JsonObject, { page, text, from }: Search): boolean {
  const author = isObject(item.from) ? maybeId(item.from.id) : null
  return (
    author === page &&
    sameWords(maybeText(item.message) ?? '') === text &&
    (maybeTime(item.created_time) ?? 0) >= from &&
    maybeId(item.id) !== null
  )
}

/** Facebook trims, and writes line ends its own way. */
function sameWords(text: string): string {
  return text.replaceAll('\r\n', '\n').trim()
}
