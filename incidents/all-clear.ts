// The end of an incident: when it may be declared over, and solving what it held.
import { v7 as newId } from 'uuid'
import { findIncident, type IncidentRow, keepLinked, solveHeld } from '../db/incidents.ts'
import { insertNotes } from '../db/notes.ts'
import { appendTicketEvents, type NewTicketEvent } from '../db/ticket-events.ts'
import type { Desk } from '../desk.ts'
import type { Id } from '../domain.ts'
import { log, unlinkTicket } from './incident.ts'

export const MONITORING_MINUTES = 15
/** Tickets solved in one transaction. */
const BATCH = 200

/** Null: the all-clear may be given. Else why not yet; a lead may go on with a reason. */
export function whyNotClear(incident: Pick<IncidentRow, 'status' | 'monitoringSince'>, now: Date): string | null {
  if (incident.status !== 'monitoring' || !incident.monitoringSince)
    return `It is still “${incident.status}”. Monitor it for ${MONITORING_MINUTES} minutes first.`
  const minutes = Math.floor((now.getTime() - incident.monitoringSince.getTime()) / 60_000)
  return minutes >= MONITORING_MINUTES ? null : `Monitored for ${minutes} of ${MONITORING_MINUTES} minutes.`
}

/**
 * Solves linked tickets with one internal note each, in batches; nobody is written to. The exceptions go back to the queue with the due time
 * they had. May run twice: what is solved already is not touched.
 */
export async function solveLinked(
  desk: Desk,
  given: { incidentId: Id; solve: readonly Id[]; exceptions: readonly Id[]; teammateId: Id },
): Promise<{ ok: true; solved: number; released: number } | { ok: false; because: string }> {
  const incident = await findIncident(desk.db, given.incidentId)
  if (!incident?.resolvedAt) return { ok: false, because: 'It is still running. Give the all-clear first.' }
  let released = 0
  for (const ticketId of await keepLinked(desk.db, given.exceptions, incident.id))
    if ((await unlinkTicket(desk, { ticketId, teammateId: given.teammateId, because: 'needs an answer of its own' })).ok) released++
  let solved = 0
  for (let from = 0; from < given.solve.length; from += BATCH)
    solved += await solveBatch(desk, incident, given.solve.slice(from, from + BATCH), given.teammateId)
  await log(desk.db, desk, incident.id, given, 'incident.solved', undefined, { solved, released })
  desk.live.tell({ topic: 'incident', id: incident.id })
  desk.live.tell({ topic: 'queue' })
  return { ok: true, solved, released }
}

async function solveBatch(desk: Desk, incident: IncidentRow, ids: readonly Id[], teammateId: Id): Promise<number> {
  const at = desk.now()
  const reason = `INC-${incident.number} ${incident.title} is resolved: the public update answered this.`
  return desk.db.transaction().execute(async tx => {
    const before = await solveHeld(tx, ids, incident.id, teammateId, at)
    await insertNotes(
      tx,
      before.map(ticket => ({ id: newId(), ticketId: ticket.id, teammateId, text: reason, createdAt: at })),
    )
    await appendTicketEvents(
      tx,
      before.flatMap((ticket): NewTicketEvent[] => {
        const stamp = { ticketId: ticket.id, at, teammateId, actor: 'all-clear' }
        return [
          ...(ticket.assigneeId
            ? []
            : [{ ...stamp, kind: 'assigned' as const, before: { assigneeId: null }, after: { assigneeId: teammateId } }]),
          { ...stamp, kind: 'noted' },
          {
            ...stamp,
            kind: 'solved',
            before: { status: ticket.status, waitingSince: ticket.waitingSince, responseDueAt: ticket.responseDueAt },
            after: { status: 'solved', reason, incidentId: incident.id },
          },
        ]
      }),
    )
    return before.length
  })
}
