// Asks X what happened since last time: mentions and private messages; the backstop for what was not pushed.
import type { Cursor, Line, Polling, PollPage } from '../connector.ts'
import { PlatformError } from '../connector.ts'
import { callX } from './call.ts'
import { REACH } from './limits.ts'
import { MEDIA_FIELDS } from './media.ts'
import { problemOfErrors, type XProblem } from './problem.ts'

/**
 * `mentions` and `dms`: the newest ids stored. `dmsNext` and `dmsGoal`: a walk through private messages not finished yet, where it goes
 * on and which id it makes the newest. `dmsAfter`: X asked us to wait until then.
 */
interface XCursor {
  mentions?: string
  dms?: string
  dmsNext?: string
  dmsGoal?: string
  dmsAfter?: string
}

/**
 * Private messages may be listed 15 times in 15 minutes, mentions 300 times (https://docs.x.com/x-api/fundamentals/rate-limits, checked
 * 2026-11-21): every 90 s takes 10 of the 15 and leaves 5 for further pages.
 */
export const polling: Polling = {
  everyMs: 90_000,
  lists: account => [
    { name: 'mentions', label: 'mentions', reach: REACH.mentions, pushed: { but: 'answers deeper in a thread, and edits' } },
    ...(account.capabilities.dms === false ? [] : [{ name: 'dms', label: 'private messages', reach: REACH.dms, pushed: 'all' as const }]),
  ],
  unfinished: cursor => ('dmsNext' in cursor || 'dmsAfter' in cursor ? ['dms'] : []),
  // Private messages have the tightest limit of all; it must not hold up the mentions.
  isHeldUpBy: endpoint => endpoint.includes('/mentions'),
  async *poll(line, cursor) {
    const since = cursor as XCursor
    const mentions = yield* pollMentions(line, since.mentions)
    const dms = line.account.capabilities.dms === false ? {} : yield* pollPrivate(line, since)
    return { ...(mentions && { mentions }), ...dms } as Cursor
  },
}

/** All pages since then, newest first; the timeline reaches back 800 posts, which is 8 pages. */
async function* pollMentions(line: Line, since: string | undefined): AsyncGenerator<PollPage, string | undefined> {
  let newest = since
  let next: string | undefined
  do {
    const page = await list(
      line,
      'users/:id/mentions',
      { id: line.account.externalId },
      {
        ...MENTION_FIELDS,
        max_results: 100,
        ...(since && { since_id: since }),
        ...(next && { pagination_token: next }),
      },
    )
    if (page.data?.length) yield { list: 'mentions', body: JSON.stringify(page) }
    newest = newestOf(newest, page)
    next = page.meta?.next_token
  } while (next)
  return newest
}

/**
 * There is no since_id for private messages: the walk goes back from the newest until it meets what is known, a few pages at a time, and
 * goes on from there in the next poll. A limit on this list must not hold up the mentions already fetched, so it ends the walk, not the poll.
 */
async function* pollPrivate(line: Line, since: XCursor): AsyncGenerator<PollPage, Omit<XCursor, 'mentions'>> {
  const { mentions: _, dmsAfter, ...state } = since
  if (dmsAfter && Date.parse(dmsAfter) > line.now().getTime()) return { ...state, dmsAfter }
  const walk = { ...state }
  for (let page = 0; page < PRIVATE_PAGES; page++) {
    let listed: Listed
    try {
      listed = await list(
        line,
        'dm_events',
        {},
        { ...PRIVATE_FIELDS, max_results: 100, ...(walk.dmsNext && { pagination_token: walk.dmsNext }) },
      )
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error
      if (error.kind === 'retry' && error.retryAfterMs)
        return { ...walk, dmsAfter: new Date(line.now().getTime() + error.retryAfterMs).toISOString() }
      // A place to go on, kept since the last poll, that X no longer knows: begin again from the newest next time.
      if (error.kind === 'refused' && page === 0 && walk.dmsNext) return walk.dms ? { dms: walk.dms } : {}
      throw error
    }
    const fresh = (listed.data ?? []).filter(event => isNewer(event.id, walk.dms))
    if (fresh.length) yield { list: 'dms', body: JSON.stringify({ ...listed, data: fresh }) }
    walk.dmsGoal = newestOf(walk.dmsGoal, listed)
    const isMet = fresh.length < (listed.data?.length ?? 0)
    if (isMet || !listed.meta?.next_token) return done(walk)
    walk.dmsNext = listed.meta.next_token
  }
  return walk
}

const done = ({ dms, dmsGoal }: XCursor): XCursor => {
  const newest = isNewer(dmsGoal, dms) ? dmsGoal : dms
  return newest ? { dms: newest } : {}
}

interface Listed {
  data?: { id: string }[]
  includes?: unknown
  errors?: XProblem[]
  meta?: { next_token?: string; newest_id?: string; result_count?: number }
}

/**
 * One page. twitter-api-v2's own paging stops without a word when the limit is used up, and the rest would never be asked for again;
 * so each page is asked for here, and a limit throws.
 */
export async function list(
  line: Line,
  path: string,
  params: Record<string, string>,
  query: Record<string, string | number>,
): Promise<Listed> {
  const page = await callX(line, 'read', client => client.v2.get<Listed | undefined>(path, query, { params }))
  if (page?.data === undefined && page?.errors?.length) throw problemOfErrors(page.errors, line.now())
  if (typeof page !== 'object' || (page.data === undefined && page.meta === undefined))
    throw new PlatformError('retry', `X answered ${path} with something that is not a list.`, 60_000)
  return page
}

/** Ids grow with time, but neither as text nor as JavaScript numbers. */
function isNewer(id: string | undefined, than: string | undefined): boolean {
  return id !== undefined && (than === undefined || BigInt(id) > BigInt(than))
}

export function newestOf(known: string | undefined, page: Listed): string | undefined {
  return [page.meta?.newest_id, ...(page.data ?? []).map(one => one.id)].reduce((newest, id) => (isNewer(id, newest) ? id : newest), known)
}

const PRIVATE_PAGES = 4

/** The page must carry its authors, and what the posts answer and quote: nothing is fetched again when it is read. */
export const MENTION_FIELDS = {
  'tweet.fields':
    'attachments,author_id,conversation_id,created_at,edit_history_tweet_ids,entities,in_reply_to_user_id,lang,note_tweet,public_metrics,referenced_tweets,reply_settings',
  expansions: 'author_id,attachments.media_keys,referenced_tweets.id,referenced_tweets.id.author_id',
  'media.fields': MEDIA_FIELDS,
  'user.fields': 'name,public_metrics,username',
}
const PRIVATE_FIELDS = {
  'dm_event.fields': 'attachments,created_at,dm_conversation_id,entities,event_type,id,sender_id,text',
  event_types: 'MessageCreate',
  expansions: 'attachments.media_keys,sender_id,participant_ids',
  'media.fields': MEDIA_FIELDS,
  'user.fields': 'name,public_metrics,username',
}
