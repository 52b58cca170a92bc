// Asks the page for what a lost push would have told: posts, tags, comments and messages since the last time.
import type { Cursor, Line, Polling, PollPage } from '../connector.ts'
import { isGone } from '../meta/find-words.ts'
import { pageGraph, step } from '../meta/page-graph.ts'
import { pollMessages } from '../meta/poll-messages.ts'
import { cursorOf, OVERLAP_MS, pollPage, type Scan, scanOf } from '../meta/scan.ts'
import { isObject, type JsonObject, maybeId, maybeTime } from '../meta/shape.ts'
import { walk } from '../meta/walk.ts'
import { COMMENT_MEDIA, POST_MEDIA } from './media.ts'
import { product } from './product.ts'
import type { Above } from './read-poll.ts'

export const polling: Polling = {
  everyMs: 2 * 60_000,
  // Meta names no end to how far back these reach; a list of comments comes with its posts.
  lists: () => [
    { name: 'feed', label: 'comments and visitor posts', pushed: 'all' },
    { name: 'tagged', label: 'posts that tag the page', pushed: 'all' },
    { name: 'messages', label: 'private messages', pushed: 'all' },
  ],
  poll,
}

/** New comments below posts older than this come by push alone. */
const POST_AGE_MS = 30 * 86_400_000

const POST_FIELDS = `id,message,from,created_time,updated_time,permalink_url,status_type,is_published,${POST_MEDIA}`
const COMMENT_FIELDS = `id,message,from,created_time,parent,permalink_url,${COMMENT_MEDIA}`

async function* poll(line: Line, cursor: Cursor): AsyncGenerator<PollPage, Cursor> {
  const graph = pageGraph(line, product)
  const feed = scanOf(line, graph, cursor, 'feed')
  yield* pollPosts(feed, 'feed')
  const tagged = scanOf(line, graph, cursor, 'tagged')
  yield* pollPosts(tagged, 'tagged')
  const messages = scanOf(line, graph, cursor, 'messages')
  yield* pollMessages(messages, product, messages.us)
  return { feed: cursorOf(feed), tagged: cursorOf(tagged), messages: cursorOf(messages) }
}

async function* pollPosts(scan: Scan, list: 'feed' | 'tagged'): AsyncGenerator<PollPage, void> {
  const from = scan.since - OVERLAP_MS
  for await (const { items, answeredAt } of walk(scan.graph, `${step(scan.us)}/${list}`, {
    fields: POST_FIELDS,
    limit: 100,
  })) {
    // A post's updated_time moves with each comment below it.
    const changed = items.filter(item => item.is_published !== false && changedAt(item) >= from)
    for (const item of changed) scan.newest = Math.max(scan.newest, changedAt(item))
    if (changed.length > 0) yield pollPage(list, scan, answeredAt, changed)
    if (list === 'feed') for (const item of changed) yield* pollComments(scan, item, from)
    if (items.some(item => (maybeTime(item.created_time) ?? 0) < from - POST_AGE_MS)) return
  }
}

async function* pollComments(scan: Scan, above: JsonObject, from: number): AsyncGenerator<PollPage, void> {
  const id = maybeId(above.id)
  if (id === null) return
  const author = isObject(above.from) ? maybeId(above.from.id) : null
  const post: Above = { id, isVisitorPost: above.status_type === 'wall_post' || (author !== null && author !== scan.us) }
  const params = { filter: 'stream', order: 'reverse_chronological', fields: COMMENT_FIELDS, limit: 100 }
  try {
    for await (const { items, answeredAt } of walk(scan.graph, `${step(id)}/comments`, params)) {
      const recent = items.filter(item => (maybeTime(item.created_time) ?? 0) >= from)
      if (recent.length > 0) yield pollPage('comments', scan, answeredAt, recent, { post })
      if (recent.length < items.length) return
    }
  } catch (error) {
    // Removed since it was listed: there is nothing left to read below it.
    if (!isGone(error)) throw error
  }
}

function changedAt(item: JsonObject): number {
  return maybeTime(item.updated_time) ?? maybeTime(item.created_time) ?? Number.POSITIVE_INFINITY
}
