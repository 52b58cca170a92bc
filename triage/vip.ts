// Marks a customer as a VIP, or no longer: triage and rules look at it from the next mention on.
import { insertAuditEntry } from '../db/audit-entries.ts'
import { markVip } from '../db/customers.ts'
import { lockTicket } from '../db/tickets.ts'
import type { Desk } from '../desk.ts'
import type { Done, OnTicket } from './tickets.ts'

/** The customer of this ticket. */
export const makeVip = (desk: Desk, on: OnTicket) => change(desk, on, true)
export const makeOrdinary = (desk: Desk, on: OnTicket) => change(desk, on, false)

async function change(desk: Desk, { ticketId, teammateId }: OnTicket, isVip: boolean): Promise<Done> {
  await desk.db.transaction().execute(async tx => {
    const { customerId } = await lockTicket(tx, ticketId)
    if (!(await markVip(tx, customerId, isVip))) return
    const action = isVip ? 'marked as VIP' : 'no longer VIP'
    await insertAuditEntry(tx, { at: desk.now(), teammateId, action, subject: customerId, before: { isVip: !isVip }, after: { isVip } })
  })
  desk.live.tell({ topic: 'ticket', id: ticketId })
  return { ok: true }
}
