// The one rule that orders the queue, for page, API and "get next".
import type { Ticket } from '../domain.ts'

export type Queued = Pick<Ticket, 'id' | 'priority' | 'responseDueAt' | 'waitingSince'>

/** Effective priority, then response time left (overdue first, no clock last), then who waits longest, then id. Followers never count. */
export function compareQueued(a: Queued, b: Queued, now: Date): number {
  return (
    effectiveRank(a, now) - effectiveRank(b, now) ||
    order(a.responseDueAt?.getTime() ?? Infinity, b.responseDueAt?.getTime() ?? Infinity) ||
    order(a.waitingSince?.getTime() ?? Infinity, b.waitingSince?.getTime() ?? Infinity) ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  )
}

/** 0 urgent, 1 high, 2 normal; an overdue ticket moves up one, never into urgent. */
export function effectiveRank(ticket: Pick<Queued, 'priority' | 'responseDueAt'>, now: Date): 0 | 1 | 2 {
  if (ticket.priority === 'urgent') return 0
  return ticket.priority === 'high' || isOverdue(ticket, now) ? 1 : 2
}

/** The "promoted: overdue" chip. */
export const isPromoted = (ticket: Pick<Queued, 'priority' | 'responseDueAt'>, now: Date) =>
  ticket.priority === 'normal' && isOverdue(ticket, now)

const isOverdue = (ticket: Pick<Queued, 'responseDueAt'>, now: Date) => ticket.responseDueAt !== null && ticket.responseDueAt < now
// Infinity − Infinity is NaN: compare, do not subtract.
const order = (a: number, b: number) => (a < b ? -1 : a > b ? 1 : 0)
