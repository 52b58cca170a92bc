// Walks lists that give the newest first back to what is known, for searches that can only be marked by time.
import { type Cursor, PlatformError, type PollPage } from './connector.ts'

export interface Listed {
  id: string
  at: number
  raw: unknown
  /** It stands in the list, so it tells how far back we are; but it is not what was asked for. */
  isUnwanted?: boolean
}
export interface ListPage {
  items: Listed[]
  /** Where the list goes on; absent: here it ends. */
  next?: string | undefined
}
/** `since`: the newest moment stored. `seen`: what was stored of the hour before it, which is looked through again each time. */
interface Mark {
  since?: string
  seen?: string
}

/**
 * Posts that arrive late stand further down, so an hour is looked through again; each is yielded once. The mark moves only when every list
 * was walked to its end.
 */
export async function* walkNewest(
  lists: readonly ((after: string | undefined) => Promise<ListPage>)[],
  from: { cursor: Cursor; since: Date; pageOf: (raws: unknown[]) => PollPage | Promise<PollPage> },
): AsyncGenerator<PollPage, Cursor> {
  const mark = from.cursor as Mark
  const end = mark.since ? Date.parse(mark.since) - OVERLAP_MS : from.since.getTime()
  const stored = new Set(mark.seen?.split(' '))
  const walked = new Map<string, number>()
  let newest = mark.since ? Date.parse(mark.since) : end
  for (const list of lists) {
    let after: string | undefined
    let isMet = false
    do {
      const { items, next } = await list(after)
      const fresh = items.filter(one => one.at >= end && !one.isUnwanted && !stored.has(one.id) && !walked.has(one.id))
      for (const { id, at } of items) {
        if (at < end) isMet = true
        else walked.set(id, at)
        newest = Math.max(newest, at)
      }
      if (fresh.length) yield await from.pageOf(fresh.map(item => item.raw))
      if (next !== undefined && next === after) throw new PlatformError('retry', 'The search goes round in circles.', 60_000)
      after = next
    } while (after && !isMet)
  }
  const seen = [...walked].flatMap(([id, at]) => (at >= newest - OVERLAP_MS ? [id] : []))
  return { since: new Date(newest).toISOString(), seen: seen.join(' ') }
}

const OVERLAP_MS = 3_600_000
