// Which status follows which: pure, and the only place that knows.
import type { TicketStatus } from '../domain.ts'

export type StatusCause =
  | 'assigned'
  | 'acted'
  | 'asked_customer'
  | 'waiting_on_others'
  | 'customer_wrote'
  | 'reopened_by_hand'
  | 'solved'
  | 'expired'

/** Null: nothing changes. Closed is immutable: later mentions make a new ticket. */
export function nextStatus(from: TicketStatus, cause: StatusCause): TicketStatus | null {
  const to = rules[cause][from]
  return to === undefined || to === from ? null : to
}

const rules: Record<StatusCause, Partial<Record<TicketStatus, TicketStatus>>> = {
  assigned: { new: 'open' },
  acted: { new: 'open' },
  asked_customer: { new: 'pending', open: 'pending', on_hold: 'pending' },
  waiting_on_others: { new: 'on_hold', open: 'on_hold', pending: 'on_hold' },
  customer_wrote: { pending: 'open', on_hold: 'open', solved: 'open' },
  reopened_by_hand: { pending: 'open', on_hold: 'open', solved: 'open' },
  solved: { new: 'solved', open: 'solved', pending: 'solved', on_hold: 'solved' },
  expired: { solved: 'closed' },
}
