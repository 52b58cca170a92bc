// The tickets behind a number: the same rows it was counted from, slowest or oldest first.
import { listFailedSends, listTicketsStarted, listTurns, listUnresolved, listWaitingNow, type Turn } from '../db/dashboard-page.ts'
import type { Db } from '../db/schema.ts'
import type { Id } from '../domain.ts'
import type { Period } from './calendar.ts'
import { answeredShare, FIRST_RESPONSE_LIMIT, isDueWithin, isPast, overdueAt, tierOne, waitingForFirst } from './dashboard.ts'
import { firstResponses, firstResponsesWithin } from './response-times.ts'
import { isMet, slaShare } from './sla.ts'
import { minutesWaited } from './turns.ts'

export const metricNames = {
  waiting: 'Waiting for us now',
  'waiting-past-60': 'Waiting for more than 60 minutes',
  'due-in-15': 'Due in the next 15 minutes',
  unassigned: 'Waiting and unassigned',
  'first-response': 'First responses',
  'first-within-60': 'First response within 60 minutes',
  'first-late': 'No first response within 60 minutes',
  'first-waiting': 'Still waiting for a first response',
  sla: 'Response targets decided',
  'sla-met': 'Response targets met',
  'sla-breached': 'Response targets breached',
  backlog: 'Backlog',
  'backlog-overdue': 'Overdue backlog',
  'backlog-incident': 'Backlog linked to an incident',
  'tier-one': 'Tier 1 tickets',
  answered: 'Tier 1 tickets answered',
  unanswered: 'Tier 1 tickets without an answer',
  failed: 'Failed and unsure sends',
} as const
export type MetricName = keyof typeof metricNames
export const isMetricName = (name: string | undefined): name is MetricName => name !== undefined && Object.hasOwn(metricNames, name)

export interface Behind {
  ticketId: Id
  /** Since when the customer waited, or wrote first. */
  since: Date | null
  answeredAt: Date | null
  dueAt: Date | null
  /** Of the turn, where the number is made of turns. */
  minutes: number | null
  outcome: 'met' | 'breached' | null
}

/** `bucket`: only first responses above `above` and up to `upTo` minutes. */
export async function ticketsBehind(
  db: Db,
  metric: MetricName,
  period: Period,
  now: Date,
  bucket?: { above: number; upTo: number },
  measure: (turn: Turn) => number = minutesWaited,
): Promise<Behind[]> {
  const waiting = async () => (await listWaitingNow(db)).map(t => ({ ...t, since: t.waitingSince }))
  const turns = () => listTurns(db, period)
  const started = async () => answeredShare(await listTicketsStarted(db, period, tierOne))
  const unresolved = () => listUnresolved(db, period.asOf)
  switch (metric) {
    case 'waiting':
      return (await waiting()).map(plain)
    case 'waiting-past-60':
      return (await waiting()).filter(isPast(now, FIRST_RESPONSE_LIMIT)).map(plain)
    case 'due-in-15':
      return (await waiting()).filter(isDueWithin(now, 15)).map(plain)
    case 'unassigned':
      return (await waiting()).filter(t => !t.isAssigned).map(plain)
    case 'first-response':
      return slowestFirst(firstResponses(await turns(), period).counted, measure).filter(
        row => !bucket || (row.minutes! > bucket.above && row.minutes! <= bucket.upTo),
      )
    case 'first-within-60':
      return slowestFirst(firstResponsesWithin(await turns(), period, FIRST_RESPONSE_LIMIT).within, minutesWaited)
    case 'first-late':
      return slowestFirst(firstResponsesWithin(await turns(), period, FIRST_RESPONSE_LIMIT).late, minutesWaited)
    case 'first-waiting':
      return slowestFirst(waitingForFirst(await turns(), period.asOf), minutesWaited)
    case 'sla':
      return slowestFirst(slaShare(await turns(), period).counted, minutesWaited)
    case 'sla-met':
      return slowestFirst(slaShare(await turns(), period).met, minutesWaited)
    case 'sla-breached':
      return slowestFirst(slaShare(await turns(), period).breached, minutesWaited)
    case 'backlog':
      return (await unresolved()).filter(t => !t.isLinked).map(plain)
    case 'backlog-incident':
      return (await unresolved()).filter(t => t.isLinked).map(plain)
    case 'backlog-overdue': {
      const overdue = overdueAt(await turns(), period.asOf)
      return (await unresolved()).filter(t => !t.isLinked && overdue.has(t.ticketId)).map(plain)
    }
    case 'tier-one':
      return (await started()).counted.map(plain)
    case 'answered':
      return (await started()).answered.map(plain)
    case 'unanswered':
      return (await started()).unanswered.map(plain)
    case 'failed':
      return (await listFailedSends(db)).map(plain)
  }
}

function plain(ticket: { ticketId: Id; since?: Date; startedAt?: Date; answeredAt?: Date | null; dueAt?: Date | null }): Behind {
  return {
    ticketId: ticket.ticketId,
    since: ticket.since ?? ticket.startedAt ?? null,
    answeredAt: ticket.answeredAt ?? null,
    dueAt: ticket.dueAt ?? null,
    minutes: null,
    outcome: null,
  }
}

/** Unanswered above all, the longest waiting first; then the slowest answers. */
function slowestFirst(turns: readonly Turn[], measure: (turn: Turn) => number): Behind[] {
  return turns
    .map(turn => ({
      ticketId: turn.ticketId,
      since: turn.startedAt,
      answeredAt: turn.answeredAt,
      dueAt: turn.dueAt,
      minutes: turn.answeredAt && turn.startedAt ? measure(turn) : null,
      outcome: turn.dueAt ? (isMet(turn) ? ('met' as const) : ('breached' as const)) : null,
    }))
    .sort((a, b) => (b.minutes ?? Infinity) - (a.minutes ?? Infinity) || (a.since?.getTime() ?? 0) - (b.since?.getTime() ?? 0))
}
