// Asks X's recent search for a watch term: what was said in the last seven days, from where we stopped.
import type { Cursor, Line, PollPage, Search, Watched } from '../connector.ts'
import { REACH } from './limits.ts'
import { list, MENTION_FIELDS, newestOf } from './poll.ts'
import { problemsOf, queryOf } from './query.ts'

/**
 * `known`: the newest id stored. While a walk is not finished: `next`, where it goes on, `goal`, the id it makes the newest, and `from`,
 * the moment it began at if there was no id yet.
 */
interface SearchCursor {
  known?: string
  next?: string
  goal?: string
  from?: string
}

/** 300 searches in 15 minutes for each account (https://docs.x.com/x-api/fundamentals/rate-limits, checked 2026-11-22): ten terms take 75. */
export const search: Search = {
  everyMs: 120_000,
  reach: REACH.search,
  isUnfinished: cursor => cursor.next !== undefined,
  asks: queryOf,
  problemsOf,
  async *search(line, term, cursor, since) {
    const kept = cursor as SearchCursor
    const begin = beginOf(kept, since, line.now())
    let { goal = kept.known, next } = kept
    for (let pages = 0; pages < PAGES; pages++) {
      const page = await onePage(line, term, begin, next)
      if (page.data?.length) yield { list: `search:${term.id}`, body: JSON.stringify(page) } satisfies PollPage
      goal = newestOf(goal, page)
      next = page.meta?.next_token
      if (!next) return { ...(goal && { known: goal }) } as Cursor
    }
    return { ...(kept.known && { known: kept.known }), ...(begin.start_time && { from: begin.start_time }), goal, next } as Cursor
  },
}

const onePage = (line: Line, term: Watched, begin: Begin, next: string | undefined) =>
  list(
    line,
    'tweets/search/recent',
    {},
    { ...MENTION_FIELDS, query: queryOf(term, line.account), max_results: 100, ...begin, ...(next && { next_token: next }) },
  )

type Begin = { since_id?: string; start_time?: string }

/** X refuses an id or a moment from before the seven days: a term that slept longer begins there. */
function beginOf({ known, from }: SearchCursor, since: Date, now: Date): Begin {
  const oldest = now.getTime() - REACH_MS
  if (known && madeAt(known) > oldest) return { since_id: known }
  return { start_time: from && Date.parse(from) > oldest ? from : new Date(Math.max(oldest, since.getTime())).toISOString() }
}

/** An id holds the moment it was made. */
const madeAt = (id: string) => Number((BigInt(id) >> 22n) + 1_288_834_974_657n)

/** Seven days, less the time a walk may take. */
const REACH_MS = 7 * 24 * 3_600_000 - 300_000
const PAGES = 5
