// All numbers of the dashboard over one period, each with what it was counted from.
import {
  countByHour,
  type Exclusion,
  listFailedSends,
  listLag,
  listTicketsStarted,
  listTurns,
  listUnresolved,
  listWaitingNow,
  type Turn,
} from '../db/dashboard-page.ts'
import type { Db } from '../db/schema.ts'
import { categories, isNoise, tierOf } from '../triage/categories.ts'
import type { Period } from './calendar.ts'
import { type Bucket, histogram, type Spread, spread } from './percentile.ts'
import { firstResponses, firstResponsesWithin, minutesOf } from './response-times.ts'
import { share, slaShare } from './sla.ts'

/** Every mention of these becomes a ticket that is owed an answer. */
export const tierOne = categories.filter(category => tierOf(category) === 1)
export const noise = categories.filter(isNoise)

/** Minutes; the last bar is everything above. */
export const histogramTops = [5, 15, 30, 60, 120, 240, 1440]
export const FIRST_RESPONSE_LIMIT = 60

export type Excluded = Partial<Record<Exclusion, number>>
export interface Rate {
  part: number
  n: number
  share: number | null
  excluded: Excluded
}
export interface Dashboard {
  waiting: { n: number; longest: { number: number; since: Date } | null; past60: number; dueIn15: number; unassigned: number }
  first: Spread & { excluded: Excluded; values: number[]; buckets: Bucket[]; stillWaiting: number; within: Rate }
  sla: Rate
  answered: Rate
  backlog: { n: number; overdue: number; incident: number }
  volume: { byHour: number[]; n: number; excluded: number }
  failed: number
  lag: Awaited<ReturnType<typeof listLag>>
}

/** `measure`: minutes of a turn, calendar by default; business minutes are what the team controlled. */
export async function readDashboard(db: Db, period: Period, now: Date, measure?: (turn: Turn) => number): Promise<Dashboard> {
  const [turns, waiting, unresolved, started, volume, failed, lag] = await Promise.all([
    listTurns(db, period),
    listWaitingNow(db),
    listUnresolved(db, period.asOf),
    listTicketsStarted(db, period, tierOne),
    countByHour(db, period, noise),
    listFailedSends(db),
    listLag(db),
  ])
  const first = firstResponses(turns, period)
  const values = measure ? first.counted.map(measure) : minutesOf(first.counted)
  const within = firstResponsesWithin(turns, period, FIRST_RESPONSE_LIMIT)
  const sla = slaShare(turns, period)
  const tickets = answeredShare(started)
  const overdue = overdueAt(turns, period.asOf)
  const byHour = Array.from({ length: 24 }, (_, hour) => volume.hours.find(row => row.hour === hour)?.count ?? 0)
  return {
    waiting: waitingNow(waiting, now),
    first: {
      ...spread(values),
      values,
      excluded: first.excluded,
      buckets: histogram(values, histogramTops),
      stillWaiting: waitingForFirst(turns, period.asOf).length,
      within: rate(within.within.length, within.counted.length, within.excluded),
    },
    sla: rate(sla.met.length, sla.counted.length, sla.excluded),
    answered: rate(tickets.answered.length, tickets.counted.length, tickets.excluded),
    backlog: {
      n: unresolved.filter(ticket => !ticket.isLinked).length,
      overdue: unresolved.filter(ticket => !ticket.isLinked && overdue.has(ticket.ticketId)).length,
      incident: unresolved.filter(ticket => ticket.isLinked).length,
    },
    volume: { byHour, n: byHour.reduce((sum, count) => sum + count, 0), excluded: volume.excluded },
    failed: failed.length,
    lag,
  }
}

const rate = (part: number, n: number, excluded: Excluded): Rate => ({ part, n, share: share(part, n), excluded })

export function waitingNow(waiting: Awaited<ReturnType<typeof listWaitingNow>>, now: Date): Dashboard['waiting'] {
  const longest = waiting[0]
  return {
    n: waiting.length,
    longest: longest ? { number: longest.number, since: longest.waitingSince } : null,
    past60: waiting.filter(isPast(now, FIRST_RESPONSE_LIMIT)).length,
    dueIn15: waiting.filter(isDueWithin(now, 15)).length,
    unassigned: waiting.filter(ticket => !ticket.isAssigned).length,
  }
}
export const isPast = (now: Date, minutes: number) => (ticket: { waitingSince: Date }) =>
  now.getTime() - ticket.waitingSince.getTime() > minutes * 60_000
export const isDueWithin = (now: Date, minutes: number) => (ticket: { dueAt: Date | null }) =>
  ticket.dueAt !== null && ticket.dueAt >= now && ticket.dueAt.getTime() - now.getTime() <= minutes * 60_000

export function answeredShare(started: Awaited<ReturnType<typeof listTicketsStarted>>) {
  const counted = started.filter(ticket => !ticket.excluded)
  const excluded: Excluded = {}
  for (const { excluded: why } of started) if (why) excluded[why] = (excluded[why] ?? 0) + 1
  return { counted, excluded, answered: counted.filter(t => t.answeredAt), unanswered: counted.filter(t => !t.answeredAt) }
}

const runsAt = (turn: Turn, at: Date) =>
  turn.startedAt !== null && turn.startedAt < at && (turn.answeredAt ?? at) >= at && (turn.droppedAt ?? at) >= at

/** Shown beside every average: the slow ones nobody has answered yet are not in it. */
export const waitingForFirst = (turns: readonly Turn[], at: Date) =>
  turns.filter(turn => turn.isFirst && !turn.excluded && runsAt(turn, at))

/** Tickets past a running target at that instant. */
export const overdueAt = (turns: readonly Turn[], at: Date) =>
  new Set(turns.filter(turn => !turn.excluded && runsAt(turn, at) && turn.dueAt !== null && turn.dueAt < at).map(turn => turn.ticketId))
