// Asks the page for what a lost push would have told: posts, tags, comments and messages since the last time.
import type { Cursor, Line, Polling, PollPage } from '../connector.ts'
import { GraphError } from './graph-error.ts'
import { type PageGraph, pageGraph, step } from './page-graph.ts'
import type { PollBody } from './read-poll.ts'
import { isObject, type JsonObject, listOf, maybeId, maybeText, maybeTime } from './shape.ts'
import { pause, walk } from './walk.ts'

export const polling: Polling = { everyMs: 2 * 60_000, poll }

/** Asked for again each time: Meta shows things late, and in no strict order. The ledger drops what it has. */
const OVERLAP_MS = 10 * 60_000
/** New comments below posts older than this come by push alone. */
const POST_AGE_MS = 30 * 86_400_000
/** The first poll looks back this far before the page was connected. */
const FIRST_LOOK_BACK_MS = 86_400_000
/** Conversations allow two calls a second for each page. */
const CONVERSATION_PAUSE_MS = 500

const POST_FIELDS = 'id,message,from,created_time,updated_time,permalink_url,status_type,is_published'
const COMMENT_FIELDS = 'id,message,from,created_time,parent,permalink_url'
const MESSAGE_FIELDS = 'id,message,from,to,created_time'

async function* poll(line: Line, cursor: Cursor): AsyncGenerator<PollPage, Cursor> {
  const graph = pageGraph(line)
  const page = line.account.externalId
  const first = line.account.connectedAt.getTime() - FIRST_LOOK_BACK_MS
  const since = (list: string) => maybeTime(cursor[list]) ?? first
  const scan = (list: string): Scan => ({ graph, page, now: line.now, since: since(list), newest: since(list) })

  const feed = scan('feed')
  yield* pollPosts(feed, 'feed')
  const tagged = scan('tagged')
  yield* pollPosts(tagged, 'tagged')
  const messages = scan('messages')
  yield* pollMessages(messages)
  return { feed: cursorOf(feed), tagged: cursorOf(tagged), messages: cursorOf(messages) }
}

interface Scan {
  graph: PageGraph
  page: string
  now: () => Date
  /** Milliseconds on Meta's clock: everything up to here was read the last time. */
  since: number
  /** The newest time seen, on Meta's clock too, so that a difference between its clock and ours loses nothing. */
  newest: number
}

/** Never ahead of our own clock, or one wrong time of theirs would hide all that comes before it. */
function cursorOf({ newest, since, now }: Scan): string {
  return String(Math.max(since, Math.min(newest, now().getTime())))
}

async function* pollPosts(scan: Scan, list: 'feed' | 'tagged'): AsyncGenerator<PollPage, void> {
  const from = scan.since - OVERLAP_MS
  for await (const { items, answeredAt } of walk(scan.graph, `${step(scan.page)}/${list}`, {
    fields: POST_FIELDS,
    limit: 100,
  })) {
    // A post's updated_time moves with each comment below it.
    const changed = items.filter(item => item.is_published !== false && changedAt(item) >= from)
    for (const item of changed) scan.newest = Math.max(scan.newest, changedAt(item))
    if (changed.length > 0) yield pollPage(list, scan, answeredAt, { data: changed })
    if (list === 'feed') for (const item of changed) yield* pollComments(scan, item, from)
    if (items.some(item => (maybeTime(item.created_time) ?? 0) < from - POST_AGE_MS)) return
  }
}

async function* pollComments(scan: Scan, post: JsonObject, from: number): AsyncGenerator<PollPage, void> {
  const id = maybeId(post.id)
  if (id === null) return
  const author = isObject(post.from) ? maybeId(post.from.id) : null
  const isVisitorPost = post.status_type === 'wall_post' || (author !== null && author !== scan.page)
  const params = { filter: 'stream', order: 'reverse_chronological', fields: COMMENT_FIELDS, limit: 100 }
  try {
    for await (const { items, answeredAt } of walk(scan.graph, `${step(id)}/comments`, params)) {
      const recent = items.filter(item => (maybeTime(item.created_time) ?? 0) >= from)
      if (recent.length > 0) yield pollPage('comments', scan, answeredAt, { data: recent, post: { id, isVisitorPost } })
      if (recent.length < items.length) return
    }
  } catch (error) {
    // Removed since it was listed: there is nothing left to read below it.
    if (!(error instanceof GraphError && error.code === 100 && error.subcode === 33)) throw error
  }
}

/** No asking by time here: newest first, and the first conversation without change ends it. */
async function* pollMessages(scan: Scan): AsyncGenerator<PollPage, void> {
  const from = scan.since - OVERLAP_MS
  const params = { platform: 'messenger', fields: 'id,updated_time,participants', limit: 50 }
  for await (const { items } of walk(scan.graph, `${step(scan.page)}/conversations`, params)) {
    for (const conversation of items) {
      if (changedAt(conversation) < from) return
      scan.newest = Math.max(scan.newest, changedAt(conversation))
      await pause(CONVERSATION_PAUSE_MS)
      yield* pollConversation(scan, conversation, from)
    }
  }
}

async function* pollConversation(scan: Scan, conversation: JsonObject, from: number): AsyncGenerator<PollPage, void> {
  const id = maybeId(conversation.id)
  const customer = customerOf(conversation, scan.page)
  // A conversation whose other end left Facebook: nobody to answer.
  if (id === null || customer === null) return
  for await (const { items, answeredAt } of walk(scan.graph, `${step(id)}/messages`, {
    fields: MESSAGE_FIELDS,
    limit: 20,
  })) {
    const recent = items.filter(item => (maybeTime(item.created_time) ?? 0) >= from)
    if (recent.length > 0) yield pollPage('messages', scan, answeredAt, { data: recent, customer })
    if (recent.length < items.length) return
  }
}

export function customerOf(conversation: JsonObject, page: string): PollBody['customer'] | null {
  const participants = isObject(conversation.participants)
    ? listOf(conversation.participants.data, 'participants.data').filter(isObject)
    : []
  const other = participants.find(participant => maybeId(participant.id) !== null && maybeId(participant.id) !== page)
  return other ? { id: maybeId(other.id)!, name: maybeText(other.name) } : null
}

function changedAt(item: JsonObject): number {
  return maybeTime(item.updated_time) ?? maybeTime(item.created_time) ?? Number.POSITIVE_INFINITY
}

function pollPage(list: string, scan: Scan, answeredAt: Date | null, rest: Pick<PollBody, 'data' | 'post' | 'customer'>): PollPage {
  const body: PollBody = { page: scan.page, fetchedAt: (answeredAt ?? scan.now()).getTime(), ...rest }
  return { list, body: JSON.stringify(body) }
}
