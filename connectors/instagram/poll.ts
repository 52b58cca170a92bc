// Asks the account for what pushes cannot tell or lost: the words of mentions, tags, comments and direct messages since the last time.
import type { Cursor, Line, Polling, PollPage } from '../connector.ts'
import { PlatformError } from '../connector.ts'
import { isGone } from '../meta/find-words.ts'
import { type PageGraph, pageGraph, step } from '../meta/page-graph.ts'
import { pollMessages } from '../meta/poll-messages.ts'
import { cursorOf, OVERLAP_MS, pollPage, type Scan, scanOf } from '../meta/scan.ts'
import { isObject, type JsonObject, maybeId, maybeText, maybeTime } from '../meta/shape.ts'
import { walk } from '../meta/walk.ts'
import { TAGGED_MEDIA } from './media.ts'
import { captionAt, commentAt } from './mentioned.ts'
import { type Place, placesIn } from './pointer.ts'
import { product } from './product.ts'
import type { Above } from './read-poll.ts'

export const polling: Polling = {
  everyMs: 2 * 60_000,
  // Meta names no end to how far back these reach.
  lists: () => [
    { name: 'comments', label: 'comments', pushed: 'all' },
    { name: 'tagged', label: 'posts that tag us' },
    { name: 'messages', label: 'private messages', pushed: 'all' },
  ],
  poll,
}

async function* poll(line: Line, cursor: Cursor): AsyncGenerator<PollPage, Cursor> {
  const graph = pageGraph(line, product)
  const fetched: Record<string, string> = {}
  for (const { key, place } of placesIn(cursor)) {
    const page = await fetchMention(line, graph, place)
    if (page) yield page
    fetched[key] = ''
  }
  const comments = scanOf(line, graph, cursor, 'comments')
  const counts = yield* pollComments(comments, countsIn(cursor))
  const tagged = scanOf(line, graph, cursor, 'tagged')
  yield* pollTags(tagged)
  const messages = scanOf(line, graph, cursor, 'messages')
  yield* pollMessages(messages, product, 'me')
  return {
    ...fetched,
    comments: cursorOf(comments),
    counts: JSON.stringify(counts),
    tagged: cursorOf(tagged),
    messages: cursorOf(messages),
  }
}

/** Null: it was removed since. What Instagram shows nobody (comments switched off) is handed on with its reason, and waits with its delivery. */
async function fetchMention(line: Line, graph: PageGraph, { mediaId, commentId }: Place): Promise<PollPage | null> {
  const us = line.account.externalId
  const place = { media_id: mediaId, ...(commentId !== null && { comment_id: commentId }) }
  try {
    const { answeredAt, ...item } = commentId === null ? await captionAt(graph, us, mediaId) : await commentAt(graph, us, commentId)
    return pollPage('mentions', { us, now: line.now }, answeredAt as Date | null, [{ ...item, ...place }])
  } catch (error) {
    if (isGone(error)) return null
    if (!(error instanceof PlatformError && error.kind === 'refused')) throw error
    return pollPage('mentions', { us, now: line.now }, null, [{ ...place, problem: error.message }])
  }
}

/** A medium says how many comments it has and not when the last came: those whose number changed are read, and young ones always. */
async function* pollComments(scan: Scan, before: Counts): AsyncGenerator<PollPage, Counts> {
  const from = scan.since - OVERLAP_MS
  const counts: Counts = {}
  const params = { fields: 'id,comments_count,permalink,timestamp', limit: 50 }
  for await (const { items } of walk(scan.graph, `${step(scan.us)}/media`, params)) {
    for (const medium of items) {
      const id = maybeId(medium.id)
      const postedAt = maybeTime(medium.timestamp) ?? 0
      // New comments below media older than this come by push alone.
      if (id === null || postedAt < from - MEDIA_AGE_MS) return counts
      const count = Number(medium.comments_count) || 0
      counts[id] = count
      if (count === (before[id] ?? 0) && postedAt < scan.now().getTime() - FRESH_MS) continue
      const grownBy = before[id] === undefined ? 0 : count - before[id]
      yield* pollMedium(scan, { id, permalink: maybeText(medium.permalink) }, from, grownBy)
    }
  }
  return counts
}

/** Newest top comments first, but an answer may be new below an old one: it goes on until as many new ones were seen as the number grew. */
async function* pollMedium(scan: Scan, media: Above, from: number, grownBy: number): AsyncGenerator<PollPage, void> {
  let seen = 0
  let pages = 0
  const params = { fields: `${COMMENT_FIELDS},replies.limit(50){${COMMENT_FIELDS}}`, limit: 50 }
  try {
    for await (const { items, answeredAt } of walk(scan.graph, `${step(media.id)}/comments`, params)) {
      const all = (await Promise.all(items.map(item => withAnswers(scan, item)))).flat()
      const recent = all.filter(item => timeOf(item) >= from)
      for (const item of recent) scan.newest = Math.max(scan.newest, timeOf(item))
      if (recent.length > 0) yield pollPage('comments', scan, answeredAt, recent, { media })
      seen += all.filter(item => timeOf(item) > scan.since).length
      const isPast = items.some(item => timeOf(item) < from)
      if ((isPast && seen >= grownBy) || ++pages >= MAX_PAGES) return
    }
  } catch (error) {
    // Removed since it was listed: there is nothing left to read below it.
    if (!isGone(error)) throw error
  }
}

/** A comment and all that stands below it, each with its parent named. */
async function withAnswers(scan: Scan, { replies, ...comment }: JsonObject): Promise<JsonObject[]> {
  if (!isObject(replies) || !Array.isArray(replies.data)) return [comment]
  const answers = replies.data.filter(isObject)
  const hasMore = isObject(replies.paging) && typeof replies.paging.next === 'string'
  if (hasMore) {
    answers.length = 0
    for await (const { items } of walk(scan.graph, `${step(maybeId(comment.id) ?? '')}/replies`, { fields: COMMENT_FIELDS, limit: 50 }))
      answers.push(...items)
  }
  return [comment, ...answers.map(answer => ({ ...answer, parent_id: answer.parent_id ?? comment.id }))]
}

/** Media that tag us in the picture; the caption may say why. Asked for by no time: listed newest first. */
async function* pollTags(scan: Scan): AsyncGenerator<PollPage, void> {
  const from = scan.since - OVERLAP_MS
  const params = { fields: `id,caption,permalink,timestamp,username,${TAGGED_MEDIA}`, limit: 50 }
  for await (const { items, answeredAt } of walk(scan.graph, `${step(scan.us)}/tags`, params)) {
    const recent = items.filter(item => timeOf(item) >= from)
    for (const item of recent) scan.newest = Math.max(scan.newest, timeOf(item))
    if (recent.length > 0) yield pollPage('tagged', scan, answeredAt, recent)
    if (recent.length < items.length) return
  }
}

/** How many comments each medium had at the last poll. */
type Counts = Record<string, number>

/** Our own JSON, so it can be read. */
function countsIn(cursor: Cursor): Counts {
  return cursor.counts === undefined ? {} : (JSON.parse(cursor.counts) as Counts)
}

const timeOf = (item: JsonObject) => maybeTime(item.timestamp) ?? 0

const COMMENT_FIELDS = 'id,text,timestamp,from,username,parent_id'
const DAY_MS = 86_400_000
const MEDIA_AGE_MS = 30 * DAY_MS
const FRESH_MS = 2 * DAY_MS
/** 500 top comments. */
const MAX_PAGES = 10
