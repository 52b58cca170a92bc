// Loads what the frame around every page shows; what everybody sees alike is asked for about once a second, not once per page.
import type { MiddlewareHandler } from 'hono'
import { type FrameRow, findFrame } from '../db/page-frame.ts'
import { listAllPresent, PRESENT_MS, type PresentRow } from '../db/presence.ts'
import { type Counts, countMine, countViews } from '../db/queue-page.ts'
import type { Suggestion } from '../incidents/detect.ts'
import type { ChannelWarning } from '../metrics/channel-watch.ts'
import type { WebDesk, WebEnv } from './env.ts'

export const framed: MiddlewareHandler<WebEnv> = async (c, next) => {
  const desk = c.get('desk')
  const [{ incidents, hasDemo, suggestion, channelWarnings, counts, present }, mine] = await Promise.all([
    askShared(desk),
    countMine(desk.db, c.get('teammate').id),
  ])
  c.set('frame', {
    incidents,
    hasDemo,
    suggestion: suggestion as Suggestion | null,
    channelWarnings: (channelWarnings ?? []) as ChannelWarning[],
    counts: { ...counts, mine },
    present,
    now: desk.now(),
    path: c.req.path,
  })
  await next()
  // Whoever did something sees it done on the very next page.
  if (c.req.method !== 'GET') kept.delete(desk)
}

type Shared = FrameRow & { counts: Omit<Counts, 'mine'>; present: PresentRow[] }

interface Kept {
  asked: Promise<Shared>
  at: number
  /** Undefined while it is being asked for: whoever comes then waits for the same answer. */
  tookMs?: number
  isOutdated: boolean
}

/** By desk: a process has one, tests have many. */
const kept = new WeakMap<WebDesk, Kept>()
const hearing = new WeakSet<WebDesk>()

function askShared(desk: WebDesk): Promise<Shared> {
  const before = kept.get(desk)
  if (before && isGood(before, performance.now())) return before.asked
  if (!hearing.has(desk)) {
    hearing.add(desk)
    desk.live.hear(() => {
      const one = kept.get(desk)
      if (one) one.isOutdated = true
    })
  }
  const current: Kept = { asked: loadShared(desk), at: performance.now(), isOutdated: false }
  kept.set(desk, current)
  current.asked.then(
    () => {
      current.tookMs = performance.now() - current.at
    },
    () => {
      if (kept.get(desk) === current) kept.delete(desk)
    },
  )
  return current.asked
}

/**
 * A change told in between makes it outdated, so that the page which that change wakes shows it. Under a flood of changes this
 * would count for every page again: then it is good for ten times as long as counting took, so counting never takes more than a tenth of the time.
 */
function isGood(one: Kept, now: number): boolean {
  if (one.tookMs === undefined) return true
  return now - one.at < (one.isOutdated ? Math.min(KEPT_MS, 10 * one.tookMs) : KEPT_MS)
}

async function loadShared({ db, now }: WebDesk): Promise<Shared> {
  const at = now()
  const [frame, counts, present] = await Promise.all([
    findFrame(db, at),
    countViews(db, at),
    listAllPresent(db, new Date(at.getTime() - PRESENT_MS)),
  ])
  return { ...frame, counts, present }
}

const KEPT_MS = 1_000
