// Asks Bluesky what happened since last time: what others said to us, what we said ourselves, and private talks.
import { stringifyLex } from '@atproto/api'
import { type Cursor, type Line, PlatformError, type Polling, type PollPage } from '../connector.ts'
import { callBluesky } from './call.ts'
import { sortedAt } from './moment.ts'
import { pollPrivate } from './poll-private.ts'

/**
 * `since` and `ownSince`: the newest moment stored of each list. `seen` and `ownSeen`: what was stored of the hour before it, so that the
 * hour can be looked through again each time. `dms` and `dmsAfter`: see poll-private.ts.
 */
interface BlueskyCursor {
  since?: string
  seen?: string
  ownSince?: string
  ownSeen?: string
  dms?: string
  dmsAfter?: string
}

/**
 * Four calls every 30 s are 40 of the 3,000 that one address may make in five minutes
 * (https://docs.bsky.app/docs/advanced-guides/rate-limits, checked 2026-11-21).
 */
export const polling: Polling = {
  everyMs: 30_000,
  // Bluesky names no end to how far back its lists reach.
  lists: account => [
    { name: 'notifications', label: 'mentions, replies and quotes' },
    ...(account.capabilities.dms === true ? [{ name: 'dms', label: 'private messages' }] : []),
  ],
  unfinished: cursor => ('dmsAfter' in cursor ? ['dms'] : []),
  async *poll(line, cursor) {
    const { since, seen, ownSince, ownSeen, dms, dmsAfter } = cursor as BlueskyCursor
    const told = yield* walk(line, 'notifications', { since, seen }, notificationsPage)
    const own = yield* walk(line, 'own', { since: ownSince, seen: ownSeen }, ownPage)
    const talks = line.account.capabilities.dms === true ? yield* pollPrivate(line, { dms, dmsAfter }) : {}
    return { ...told, ownSince: own.since, ownSeen: own.seen, ...talks } satisfies BlueskyCursor as Cursor
  },
}

interface Mark {
  since?: string | undefined
  seen?: string | undefined
}
interface Item {
  uri: string
  at: number
  raw: unknown
}
interface Page {
  items: Item[]
  cursor: string | undefined
  body: (fresh: unknown[]) => string
}

/**
 * All pages since then, newest first. Bluesky sorts by when a post says it was written, if that is before it was seen: one that arrives late
 * stands further down, so an hour is always looked through again. The mark moves only once the last page was taken.
 */
async function* walk(
  line: Line,
  list: string,
  known: Mark,
  page: (line: Line, cursor: string | undefined) => Promise<Page>,
): AsyncGenerator<PollPage, { since: string; seen: string }> {
  const from = known.since ? Date.parse(known.since) - OVERLAP_MS : line.now().getTime() - FIRST_REACH_MS
  const stored = new Set(known.seen?.split(' '))
  const walked = new Map<string, number>()
  let newest = known.since ? Date.parse(known.since) : from
  let cursor: string | undefined
  let isMet = false
  do {
    const { items, cursor: next, body } = await page(line, cursor)
    // Also what has slid onto this page because somebody wrote while we turned it.
    const fresh = items.filter(({ uri, at }) => at >= from && !stored.has(uri) && !walked.has(uri))
    for (const { uri, at } of items) {
      if (at < from) isMet = true
      else walked.set(uri, at)
      newest = Math.max(newest, at)
    }
    if (fresh.length) yield { list, body: body(fresh.map(item => item.raw)) }
    if (next !== undefined && next === cursor) throw new PlatformError('retry', `Bluesky’s list of ${list} goes round in circles.`, 60_000)
    cursor = next
  } while (cursor && !isMet)
  const seen = [...walked].flatMap(([uri, at]) => (at >= newest - OVERLAP_MS ? [uri] : []))
  return { since: new Date(newest).toISOString(), seen: seen.join(' ') }
}

async function notificationsPage(line: Line, cursor: string | undefined): Promise<Page> {
  const { data } = await callBluesky(line, 'read', agent =>
    agent.app.bsky.notification.listNotifications({ reasons: ['mention', 'reply', 'quote'], limit: 100, ...(cursor && { cursor }) }),
  )
  return {
    // A server that does not know `reasons` lists likes and followers as well.
    items: data.notifications.map(raw => ({ uri: raw.uri, at: sortedAt(raw.record, raw.indexedAt), raw })),
    cursor: data.cursor,
    body: notifications => stringifyLex({ notifications }),
  }
}

/** Our own posts, also those written in Bluesky's app: an answer given there must close the turn here. */
async function ownPage(line: Line, cursor: string | undefined): Promise<Page> {
  const { data } = await callBluesky(line, 'read', agent =>
    agent.app.bsky.feed.getAuthorFeed({
      actor: line.account.externalId,
      filter: 'posts_with_replies',
      limit: 100,
      ...(cursor && { cursor }),
    }),
  )
  // A repost stands where it was reposted, with the date of somebody else's post.
  const posts = data.feed.flatMap(({ post, reason }) => (reason ? [] : [post]))
  return {
    items: posts.map(raw => ({ uri: raw.uri, at: sortedAt(raw.record, raw.indexedAt), raw })),
    cursor: data.cursor,
    body: posts => stringifyLex({ posts }),
  }
}

const OVERLAP_MS = 3_600_000
/** How far back the very first poll looks. */
const FIRST_REACH_MS = 7 * 24 * 3_600_000
