// What time alone does to tickets: snoozes end, unanswered questions are solved, solved tickets close.

import { appendTicketEvents } from '../db/ticket-events.ts'
import { closeTicketsSolvedBefore, solveTicketsPendingSince, wakeSnoozed } from '../db/tickets.ts'
import type { Desk } from '../desk.ts'
import type { Id, TicketEventKind } from '../domain.ts'

const DAY_MS = 86_400_000

export const wakeTickets = (desk: Desk) => moveAll(desk, tx => wakeSnoozed(tx, desk.now()), 'woken', null)

/** Three days pending without a word from the customer: solved, marked so, and left out of what measures our work. */
export const solveUnanswered = (desk: Desk) =>
  moveAll(desk, tx => solveTicketsPendingSince(tx, new Date(desk.now().getTime() - 3 * DAY_MS), desk.now()), 'solved', {
    status: 'solved',
    reason: 'auto_solved',
  })

/** Seven days after it was solved; what the customer writes later opens a new ticket. */
export const closeSolved = (desk: Desk) =>
  moveAll(desk, tx => closeTicketsSolvedBefore(tx, new Date(desk.now().getTime() - 7 * DAY_MS), desk.now()), 'closed', { status: 'closed' })

async function moveAll(desk: Desk, move: (tx: Desk['db']) => Promise<Id[]>, kind: TicketEventKind, after: unknown) {
  const ids = await desk.db.transaction().execute(async tx => {
    const moved = await move(tx)
    await appendTicketEvents(
      tx,
      moved.map(ticketId => ({ ticketId, kind, at: desk.now(), actor: 'clock', after })),
    )
    return moved
  })
  if (ids.length) desk.live.tell({ topic: 'queue' })
}
