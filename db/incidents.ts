// Incidents and the status updates written for them.
import type { Generated, Selectable } from 'kysely'
import { sql } from 'kysely'
import type { Id, IncidentStatus, Severity, TicketStatus } from '../domain.ts'
import type { Db } from './schema.ts'

export interface IncidentsTable {
  id: Id
  number: Generated<number>
  title: string
  /** What customers cannot do, in plain words: fills "We know some of you can't …". */
  impact: string
  severity: Severity
  status: Generated<IncidentStatus>
  components: Generated<string[]>
  declaredById: Id
  declaredAt: Date
  monitoringSince: Date | null
  resolvedAt: Date | null
  nextUpdateDueAt: Date | null
  isDemo: Generated<boolean>
}
export interface StatusUpdatesTable {
  id: Id
  incidentId: Id
  kind: 'holding' | 'update' | 'allclear'
  incidentStatus: IncidentStatus
  text: string
  nextUpdateAt: Date | null
  writtenById: Id
  createdAt: Generated<Date>
}
export type IncidentRow = Selectable<IncidentsTable>
export type StatusUpdateRow = Selectable<StatusUpdatesTable>

/** Shown in the banner on every page. */
export const listActiveIncidents = (db: Db) =>
  db.selectFrom('incidents').selectAll().where('resolvedAt', 'is', null).orderBy('declaredAt').execute()

export const findIncidentByNumber = (db: Db, number: number) =>
  db.selectFrom('incidents').selectAll().where('number', '=', number).executeTakeFirst()
export const findIncident = (db: Db, id: Id) => db.selectFrom('incidents').selectAll().where('id', '=', id).executeTakeFirst()
/** Locks one incident for the transaction: updates to it are published one after another. */
export const lockIncident = (tx: Db, id: Id) => tx.selectFrom('incidents').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

export function insertIncident(tx: Db, incident: Omit<IncidentRow, 'number' | 'status' | 'monitoringSince' | 'resolvedAt'>) {
  return tx.insertInto('incidents').values(incident).returningAll().executeTakeFirstOrThrow()
}
export async function updateIncident(tx: Db, id: Id, change: Partial<Omit<IncidentRow, 'id' | 'number'>>) {
  await tx.updateTable('incidents').set(change).where('id', '=', id).execute()
}

/** `id` is made with the form: false when this very update was published before. */
export async function insertStatusUpdate(tx: Db, update: StatusUpdateRow): Promise<boolean> {
  const stored = await tx
    .insertInto('statusUpdates')
    .values(update)
    .onConflict(c => c.column('id').doNothing())
    .returning('id')
    .executeTakeFirst()
  return stored !== undefined
}
export const findStatusUpdate = (db: Db, id: Id) => db.selectFrom('statusUpdates').selectAll().where('id', '=', id).executeTakeFirst()
export const findLastStatusUpdate = (db: Db, incidentId: Id) =>
  db.selectFrom('statusUpdates').selectAll().where('incidentId', '=', incidentId).orderBy('createdAt', 'desc').limit(1).executeTakeFirst()

/** The outbox rows of one update; an account that has one already gets no second. Answers with the new ones. */
export async function insertBroadcasts(
  tx: Db,
  posts: readonly { id: Id; idempotencyKey: string; accountId: Id; statusUpdateId: Id; text: string; writtenById: Id; sendAt: Date }[],
): Promise<Id[]> {
  if (!posts.length) return []
  const rows = await tx
    .insertInto('replies')
    .values(posts.map(post => ({ ...post, visibility: 'public' as const, role: 'broadcast' as const, status: 'approved' as const })))
    .onConflict(c => c.doNothing())
    .returning('id')
    .execute()
  return rows.map(row => row.id)
}

/** A ticket as it was when an incident took it over. */
export interface TakenOver {
  id: Id
  status: TicketStatus
  waitingSince: Date | null
  responseDueAt: Date | null
}

/** Holds unsolved, unlinked tickets back from the queue; their clocks stop being due. Answers with how each was before. */
export async function holdTickets(tx: Db, ids: readonly Id[], incidentId: Id): Promise<TakenOver[]> {
  const result = await sql<TakenOver>`
    with taken as (
      select id, status, waiting_since, response_due_at from tickets
      where id = any(${ids}::uuid[]) and incident_id is null and status not in ('solved', 'closed') and not is_spam order by id for update
    )
    update tickets t set incident_id = ${incidentId}, is_held = true, response_due_at = null,
      status = case when t.status = 'new' then 'open' else t.status end
    from taken where t.id = taken.id
    returning taken.id, taken.status, taken.waiting_since, taken.response_due_at`.execute(tx)
  return result.rows
}

/** Solves what this incident still holds of the given tickets; who had no assignee gets the solver. */
export async function solveHeld(
  tx: Db,
  ids: readonly Id[],
  incidentId: Id,
  solverId: Id,
  at: Date,
): Promise<(TakenOver & { assigneeId: Id | null })[]> {
  const result = await sql<TakenOver & { assigneeId: Id | null }>`
    with held as (
      select id, status, waiting_since, response_due_at, assignee_id from tickets
      where id = any(${ids}::uuid[]) and incident_id = ${incidentId} and status not in ('solved', 'closed') order by id for update
    )
    update tickets t set status = 'solved', solved_at = ${at}, assignee_id = coalesce(t.assignee_id, ${solverId}), is_held = false,
      waiting_since = null, response_due_at = null, snoozed_until = null, has_failed_reply = false, revision = t.revision + 1
    from held where t.id = held.id
    returning held.id, held.status, held.waiting_since, held.response_due_at, held.assignee_id`.execute(tx)
  return result.rows
}

/** Of the given tickets, those linked to this incident. */
export async function keepLinked(db: Db, ids: readonly Id[], incidentId: Id): Promise<Id[]> {
  if (!ids.length) return []
  const rows = await db
    .selectFrom('tickets')
    .select('id')
    .where('id', 'in', [...ids])
    .where('incidentId', '=', incidentId)
    .execute()
  return rows.map(row => row.id)
}

/** How the ticket stood when it was last linked: what an unlink gives back. */
export async function findTakenOver(tx: Db, ticketId: Id): Promise<{ waitingSince: Date | null; responseDueAt: Date | null } | undefined> {
  const result = await sql<{ waitingSince: Date | null; responseDueAt: Date | null }>`
    select (before->>'waitingSince')::timestamptz as waiting_since, (before->>'responseDueAt')::timestamptz as response_due_at
    from ticket_events where ticket_id = ${ticketId} and kind = 'linked' order by id desc limit 1`.execute(tx)
  return result.rows[0]
}

/** Open reports of an outage that no incident has yet: tickets since `since`, newest first. */
export async function listMatchingIds(db: Db, since: Date, limit: number): Promise<Id[]> {
  const rows = await db
    .selectFrom('tickets')
    .select('id')
    .where('status', 'in', ['new', 'open', 'pending', 'on_hold'])
    .where('incidentId', 'is', null)
    .where('isSpam', '=', false)
    .where('category', '=', 'outage_report')
    .where('startedAt', '>=', since)
    .orderBy('startedAt', 'desc')
    .limit(limit)
    .execute()
  return rows.map(row => row.id)
}

/** Different people who reported an outage in [from, to) and whom no incident has yet. */
export async function countReporters(db: Db, from: Date, to: Date): Promise<number> {
  const result = await sql<{ n: number }>`
    select count(distinct m.customer_id)::int as n from mentions m left join tickets t on t.id = m.ticket_id
    where m.posted_at >= ${from} and m.posted_at < ${to} and m.category = 'outage_report' and m.direction = 'inbound'
      and not m.is_backfilled and t.incident_id is null and not coalesce(t.is_spam, false)`.execute(db)
  return result.rows[0]!.n
}

/** Reports in the same weekday and hour of the last `weeks` weeks, and how long we have been listening at all. */
export async function findReportHistory(db: Db, now: Date, weeks: number): Promise<{ reports: number; since: Date | null }> {
  const result = await sql<{ reports: number; since: Date | null }>`
    select
      (select count(*)::int from generate_series(1, ${weeks}::int) w
        join mentions m on m.posted_at >= date_trunc('hour', ${now}::timestamptz) - w * interval '168 hours'
          and m.posted_at < date_trunc('hour', ${now}::timestamptz) - w * interval '168 hours' + interval '1 hour'
        where m.category = 'outage_report' and m.direction = 'inbound' and not m.is_backfilled) as reports,
      (select min(posted_at) from mentions where not is_backfilled) as since`.execute(db)
  return result.rows[0]!
}
