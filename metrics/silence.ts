// Is a channel silent for longer than is usual for it? Pure, over how many mentions it heard in each hour of the week.
import { duration } from './coverage-time.ts'

/** What an account usually hears, from eight weeks at most. */
export interface Usual {
  /** Mentions in each hour of the week, Monday 00:00 UTC first: the mean over the weeks. */
  byHour: readonly number[]
  weeks: number
  /** Two weeks and twenty mentions: less is not enough to know what is usual. */
  isKnown: boolean
}
export interface Silence {
  isAlarming: boolean
  sinceMs: number
  /** How many mentions would usually have come in that time; null: not known yet. */
  expected: number | null
  /** With its numbers, for whoever must judge it. */
  words: string
}

export function usualOf(hours: readonly { hour: Date; pushed: number; polled: number }[], now: Date): Usual {
  const known = hours.filter(one => one.hour < now && one.hour.getTime() >= now.getTime() - MOST_WEEKS * WEEK_MS)
  const first = known.reduce((earliest, one) => Math.min(earliest, one.hour.getTime()), now.getTime())
  const weeks = Math.min(MOST_WEEKS, (now.getTime() - first) / WEEK_MS)
  const byHour = Array.from({ length: 168 }, () => 0)
  let mentions = 0
  for (const { hour, pushed, polled } of known) {
    byHour[hourOfWeek(hour)]! += (pushed + polled) / Math.max(1, weeks)
    mentions += pushed + polled
  }
  return { byHour, weeks, isKnown: weeks >= FEWEST_WEEKS && mentions >= FEWEST_MENTIONS }
}

/** How many mentions usually come between the two. */
export function expectedBetween({ byHour }: Usual, from: Date, until: Date): number {
  let sum = 0
  for (let at = from.getTime(); at < until.getTime(); ) {
    const end = Math.min(until.getTime(), (Math.floor(at / HOUR_MS) + 1) * HOUR_MS)
    sum += (byHour[hourOfWeek(new Date(at))]! * (end - at)) / HOUR_MS
    at = end
    // Beyond eight weeks of silence the sum says nothing more.
    if (at - from.getTime() > MOST_WEEKS * WEEK_MS) break
  }
  return sum
}

/** `heardAt`: when the newest mention was posted, or when the account was connected if there is none. */
export function silenceOf(usual: Usual, heardAt: Date, now: Date): Silence {
  const sinceMs = Math.max(0, now.getTime() - heardAt.getTime())
  const silent = duration(sinceMs)
  if (!usual.isKnown)
    return {
      isAlarming: sinceMs > DEFAULT_MS,
      sinceMs,
      expected: null,
      words: `Nothing for ${silent}. What is usual is not known yet (it takes two weeks and twenty mentions), so the alarm is at ${duration(DEFAULT_MS)}.`,
    }
  const expected = expectedBetween(usual, heardAt, now)
  const isAlarming = expected >= ALARMING && sinceMs >= SHORTEST_MS
  const weeks = Math.floor(usual.weeks)
  return {
    isAlarming,
    sinceMs,
    expected,
    words: `Nothing for ${silent}; in these hours of the week ${counted(expected)} usually come (mean of ${weeks} weeks). The alarm is at ${ALARMING}.`,
  }
}

const counted = (mentions: number) => {
  const rounded = mentions < 10 ? Math.round(mentions * 10) / 10 : Math.round(mentions)
  return `${rounded} ${rounded === 1 ? 'mention' : 'mentions'}`
}
/** Monday 00:00 UTC is 0. */
const hourOfWeek = (at: Date) => ((at.getUTCDay() + 6) % 7) * 24 + at.getUTCHours()

const HOUR_MS = 3_600_000
const WEEK_MS = 7 * 24 * HOUR_MS
const MOST_WEEKS = 8
const FEWEST_WEEKS = 2
const FEWEST_MENTIONS = 20
const DEFAULT_MS = 24 * HOUR_MS
/** By chance alone none comes where ten are usual less than once in twenty thousand times; people write in bursts, so less would cry wolf. */
const ALARMING = 10
const SHORTEST_MS = 15 * 60_000
