// What one list of a poll reads from, where it began, and how far it came, on Meta's own clock.
import type { Cursor, Line, PollPage } from '../connector.ts'
import type { PageGraph } from './page-graph.ts'
import { type JsonObject, maybeTime } from './shape.ts'

export interface Scan {
  graph: PageGraph
  /** The page, or the professional account. */
  us: string
  now: () => Date
  /** Milliseconds on Meta's clock: everything up to here was read the last time. */
  since: number
  /** The newest time seen, on Meta's clock too, so that a difference between its clock and ours loses nothing. */
  newest: number
}

/** Asked for again each time: Meta shows things late, and in no strict order. The ledger drops what it has. */
export const OVERLAP_MS = 10 * 60_000
/** The first poll looks back this far before the account was connected. */
const FIRST_LOOK_BACK_MS = 86_400_000

export function scanOf(line: Line, graph: PageGraph, cursor: Cursor, list: string): Scan {
  const since = maybeTime(cursor[list]) ?? line.account.connectedAt.getTime() - FIRST_LOOK_BACK_MS
  return { graph, us: line.account.externalId, now: line.now, since, newest: since }
}

/** Never ahead of our own clock, or one wrong time of theirs would hide all that comes before it. */
export function cursorOf({ newest, since, now }: Scan): string {
  return String(Math.max(since, Math.min(newest, now().getTime())))
}

/** What every delivery of a poll says beside its `data`. */
export interface PollBody {
  page: string
  /** Milliseconds, Meta's clock. Any text may have been edited since it was written, and the API does not say so: this orders it. */
  fetchedAt: number
  data: unknown[]
}

export function pollPage(
  list: string,
  scan: Pick<Scan, 'us' | 'now'>,
  answeredAt: Date | null,
  data: unknown[],
  more: JsonObject = {},
): PollPage {
  const body: PollBody = { page: scan.us, fetchedAt: (answeredAt ?? scan.now()).getTime(), data, ...more }
  return { list, body: JSON.stringify(body) }
}
