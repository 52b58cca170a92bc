// Declares incidents, moves them along, and ties tickets to them.
import { validate as isId, v7 as newId } from 'uuid'
import { listAccounts } from '../db/accounts.ts'
import { insertAuditEntry } from '../db/audit-entries.ts'
import {
  findIncident,
  findTakenOver,
  holdTickets,
  type IncidentRow,
  insertIncident,
  listActiveIncidents,
  listMatchingIds,
  lockIncident,
  updateIncident,
} from '../db/incidents.ts'
import type { Db, Tx } from '../db/schema.ts'
import { appendTicketEvents } from '../db/ticket-events.ts'
import { lockTicket, type TicketRow, updateTicket } from '../db/tickets.ts'
import type { Desk } from '../desk.ts'
import type { Id, IncidentStatus, Severity } from '../domain.ts'
import { readTargets, responseDueAt } from '../triage/targets.ts'
import { nextUpdateDueAt } from './cadence.ts'
import { isShortForm } from './wording.ts'

export type Done = { ok: true } | { ok: false; because: string }
type By = { teammateId: Id }

export const severities: Record<Severity, string> = {
  SEV1: 'most users, or safety or data at risk',
  SEV2: 'many users',
  SEV3: 'a few users',
}
/** The steps of a running incident; it may step back. The all-clear resolves it. */
export const runningSteps = ['investigating', 'identified', 'monitoring'] as const satisfies IncidentStatus[]
export const stepWords: Record<IncidentStatus, string> = {
  investigating: 'Investigating',
  identified: 'Identified',
  monitoring: 'Monitoring',
  resolved: 'Resolved',
  postmortem: 'Postmortem published',
}

export async function declareIncident(
  desk: Desk,
  given: By & { title: string; impact: string; severity: Severity; components: readonly string[] },
): Promise<{ ok: true; incident: IncidentRow } | { ok: false; because: string }> {
  const title = given.title.trim()
  const impact = given.impact.trim().replace(/[.!]+$/, '')
  if (!title) return { ok: false, because: 'Give it a title, as you would say it to a colleague: “Login errors”.' }
  if (!impact) return { ok: false, because: 'Say what customers cannot do, in plain words: “log in to the app”.' }
  const accounts = await listAccounts(desk.db)
  const incident = await desk.db.transaction().execute(async tx => {
    const row = await insertIncident(tx, {
      id: newId(),
      title,
      impact,
      severity: given.severity,
      components: [...new Set(given.components)],
      declaredById: given.teammateId,
      declaredAt: desk.now(),
      nextUpdateDueAt: nextUpdateDueAt(given.severity, hasShortForm(desk, accounts), desk.now()),
      isDemo: accounts.length > 0 && accounts.every(account => account.isDemo),
    })
    await log(tx, desk, row.id, given, 'incident.declared', undefined, {
      title,
      impact,
      severity: given.severity,
      components: given.components,
    })
    return row
  })
  desk.live.tell({ topic: 'incident', id: incident.id })
  return { ok: true, incident }
}

/** A change of state starts the cadence anew. */
export async function moveIncident(desk: Desk, given: By & { incidentId: Id; to: IncidentStatus; severity?: Severity }): Promise<Done> {
  const accounts = await listAccounts(desk.db)
  const done = await desk.db.transaction().execute(async (tx): Promise<Done> => {
    const incident = await lockIncident(tx, given.incidentId)
    if (!incident) return { ok: false, because: 'That incident is not here.' }
    const severity = given.severity ?? incident.severity
    if (incident.status === given.to && incident.severity === severity) return { ok: true }
    if (!mayMove(incident.status, given.to))
      return {
        ok: false,
        because: `From ${incident.status} it cannot go to ${given.to}.${given.to === 'resolved' ? ' Give the all-clear.' : ''}`,
      }
    await updateIncident(tx, incident.id, {
      severity,
      ...steppedTo(incident, given.to, desk.now()),
      nextUpdateDueAt: incident.resolvedAt ? null : nextUpdateDueAt(severity, hasShortForm(desk, accounts), desk.now()),
    })
    await log(
      tx,
      desk,
      incident.id,
      given,
      'incident.moved',
      { status: incident.status, severity: incident.severity },
      { status: given.to, severity },
    )
    return { ok: true }
  })
  if (done.ok) desk.live.tell({ topic: 'incident', id: given.incidentId })
  return done
}

export function mayMove(from: IncidentStatus, to: IncidentStatus): boolean {
  if (from === to) return true
  const isRunning = (status: IncidentStatus) => (runningSteps as readonly IncidentStatus[]).includes(status)
  return (isRunning(from) && isRunning(to)) || (from === 'resolved' && to === 'postmortem') || (from === 'postmortem' && to === 'resolved')
}

/** Monitoring counts from when it was reached; stepping back forgets it. */
export function steppedTo(incident: IncidentRow, to: IncidentStatus, now: Date): Pick<IncidentRow, 'status' | 'monitoringSince'> {
  if (to === 'monitoring') return { status: to, monitoringSince: incident.monitoringSince ?? now }
  return { status: to, monitoringSince: to === 'resolved' || to === 'postmortem' ? incident.monitoringSince : null }
}

export const hasShortForm = (desk: Pick<Desk, 'connectorFor'>, accounts: readonly { platform: string; status: string }[]) =>
  accounts.some(account => account.status !== 'off' && isShortForm(desk.connectorFor(account.platform)))

export const activeIncidents = (desk: Pick<Desk, 'db'>) => listActiveIncidents(desk.db)

/** Reports from this long before an incident was declared are taken for reports of it. */
export const MATCH_BEFORE_MS = 2 * 3_600_000

/**
 * The incident a ticket belongs to: the one it is linked to, else a running one it looks like a report of.
 * What the composer asks before it opens: "Hold & link".
 */
export async function incidentFor(
  desk: Pick<Desk, 'db'>,
  ticket: Pick<TicketRow, 'incidentId' | 'category' | 'startedAt' | 'tags'>,
): Promise<{ incident: IncidentRow; isLinked: boolean } | null> {
  if (ticket.incidentId) {
    const incident = await findIncident(desk.db, ticket.incidentId)
    return incident && !incident.resolvedAt ? { incident, isLinked: true } : null
  }
  if (ticket.category !== 'outage_report' && !ticket.tags.includes('outage_report')) return null
  const running = await activeIncidents(desk)
  const incident = running.findLast(i => ticket.startedAt.getTime() >= i.declaredAt.getTime() - MATCH_BEFORE_MS)
  return incident ? { incident, isLinked: false } : null
}

/** Open outage reports nobody linked yet: what "link the matching ones" shows before it does. */
export const findMatching = (desk: Pick<Desk, 'db'>, incident: IncidentRow): Promise<Id[]> =>
  incident.resolvedAt
    ? Promise.resolve([])
    : listMatchingIds(desk.db, new Date(incident.declaredAt.getTime() - MATCH_BEFORE_MS), MOST_MATCHES)
const MOST_MATCHES = 500

/** Holds tickets back from the queue: one public update answers them all. Solved, spam and already linked ones are left as they are. */
export async function linkTickets(
  desk: Desk,
  given: By & { ticketIds: readonly Id[]; incidentId: Id },
): Promise<{ ok: true; linked: number } | { ok: false; because: string }> {
  // A form without a choice sends no id at all.
  if (!isId(given.incidentId)) return { ok: false, because: 'Choose the incident it belongs to.' }
  const done = await desk.db.transaction().execute(async tx => {
    const incident = await lockIncident(tx, given.incidentId)
    if (!incident || incident.resolvedAt) return { ok: false as const, because: 'That incident is over: nothing can be linked to it.' }
    const taken = await holdTickets(tx, given.ticketIds, incident.id)
    await appendTicketEvents(
      tx,
      taken.flatMap(before => [
        {
          ...stamp(desk, given, before.id),
          kind: 'linked' as const,
          // The due time is kept here: an unlink gives it back.
          before: { incidentId: null, waitingSince: before.waitingSince, responseDueAt: before.responseDueAt },
          after: { incidentId: incident.id, incidentNumber: incident.number },
        },
        ...(before.status === 'new'
          ? [{ ...stamp(desk, given, before.id), kind: 'status_changed' as const, before: { status: 'new' }, after: { status: 'open' } }]
          : []),
      ]),
    )
    return { ok: true as const, linked: taken.length, ids: taken.map(t => t.id) }
  })
  if (!done.ok) return done
  for (const id of done.ids) desk.live.tell({ topic: 'ticket', id })
  tell(desk, given.incidentId)
  return { ok: true, linked: done.linked }
}

export async function linkTicket(desk: Desk, given: By & { ticketId: Id; incidentId: Id }): Promise<Done> {
  const done = await linkTickets(desk, { ...given, ticketIds: [given.ticketId] })
  if (!done.ok || done.linked) return done.ok ? { ok: true } : done
  const ticket = await desk.db
    .selectFrom('tickets')
    .select(['status', 'incidentId', 'isSpam'])
    .where('id', '=', given.ticketId)
    .executeTakeFirstOrThrow()
  if (ticket.incidentId === given.incidentId) return { ok: true }
  if (ticket.incidentId) return { ok: false, because: 'It is linked to another incident. Unlink it there first.' }
  return { ok: false, because: ticket.isSpam ? 'It is marked as spam.' : 'It is solved already. Reopen it first.' }
}

/** Back in the queue, with the due time it had; what the customer wrote meanwhile starts its own. */
export async function unlinkTicket(desk: Desk, given: By & { ticketId: Id; because?: string }): Promise<Done> {
  const incidentId = await desk.db.transaction().execute(async tx => {
    const ticket = await lockTicket(tx, given.ticketId)
    if (!ticket.incidentId) return null
    await release(tx, desk, ticket, given)
    return ticket.incidentId
  })
  if (!incidentId) return { ok: false, because: 'It is linked to no incident.' }
  desk.live.tell({ topic: 'ticket', id: given.ticketId })
  tell(desk, incidentId)
  return { ok: true }
}

async function release(tx: Tx, desk: Desk, ticket: TicketRow, given: By & { because?: string }) {
  const isRunning = ticket.waitingSince !== null && ticket.status !== 'solved' && ticket.status !== 'closed'
  const dueAt = isRunning ? await dueAgain(tx, ticket) : null
  await updateTicket(tx, ticket.id, { incidentId: null, isHeld: false, responseDueAt: dueAt }, { newRevision: false })
  await appendTicketEvents(tx, [
    {
      ...stamp(desk, given, ticket.id),
      kind: 'unlinked',
      before: { incidentId: ticket.incidentId },
      after: { incidentId: null, responseDueAt: dueAt, because: given.because ?? null },
    },
  ])
}

async function dueAgain(tx: Tx, ticket: TicketRow): Promise<Date> {
  const before = await findTakenOver(tx, ticket.id)
  if (before?.responseDueAt && before.waitingSince?.getTime() === ticket.waitingSince!.getTime()) return before.responseDueAt
  return responseDueAt(await readTargets(tx), ticket.priority, ticket.firstRespondedAt === null, ticket.waitingSince!)
}

const stamp = (desk: Desk, by: By, ticketId: Id) => ({ ticketId, at: desk.now(), teammateId: by.teammateId, actor: 'teammate' })

function tell(desk: Desk, incidentId: Id) {
  desk.live.tell({ topic: 'incident', id: incidentId })
  desk.live.tell({ topic: 'queue' })
}

/** The incident's own history: what the timeline shows beside its updates. */
export function log(db: Db, desk: Desk, incidentId: Id, by: By, action: string, before: unknown, after: unknown) {
  return insertAuditEntry(db, { at: desk.now(), teammateId: by.teammateId, action, subject: `incident ${incidentId}`, before, after })
}
