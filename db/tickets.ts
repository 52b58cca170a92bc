// Tickets: one conversation someone here must care for.
import type { Generated, GeneratedAlways, Selectable } from 'kysely'
import { sql } from 'kysely'
import type { Category, Id, Platform, Ticket, TicketStatus, Visibility } from '../domain.ts'
import type { Db } from './schema.ts'

export interface TicketsTable {
  id: Id
  /** The #1042 people say. */
  number: GeneratedAlways<number>
  accountId: Id
  platform: Platform
  customerId: Id
  status: Generated<TicketStatus>
  priority: Ticket['priority']
  /** 0 urgent, 1 high, 2 normal: the database keeps it in step. */
  priorityRank: GeneratedAlways<number>
  category: Category
  originVisibility: Visibility
  assigneeId: Id | null
  startedAt: Date
  waitingSince: Date | null
  responseDueAt: Date | null
  firstRespondedAt: Date | null
  solvedAt: Date | null
  closedAt: Date | null
  reopenedCount: Generated<number>
  lastInboundAt: Date
  latestMentionId: Id | null
  /** The mention by which triage came to its priority; null: a person set it. */
  priorityMentionId: Id | null
  incidentId: Id | null
  /** Linked to an incident and held back from the queue: one public update answers it. */
  isHeld: Generated<boolean>
  snoozedUntil: Date | null
  holdReason: string | null
  isSpam: Generated<boolean>
  isBackfilled: Generated<boolean>
  isProactive: Generated<boolean>
  isDemo: Generated<boolean>
  hasFailedReply: Generated<boolean>
  needsReview: Generated<boolean>
  tags: Generated<string[]>
  revision: Generated<number>
  openedAt: Generated<Date>
}
export type TicketRow = Selectable<TicketsTable>

export const findTicketByNumber = (db: Db, number: number) =>
  db.selectFrom('tickets').selectAll().where('number', '=', number).executeTakeFirst()
export const getTicket = (db: Db, id: Id) => db.selectFrom('tickets').selectAll().where('id', '=', id).executeTakeFirstOrThrow()

/** Locks one ticket for the transaction: every verb on a ticket begins so. */
export const lockTicket = (tx: Db, id: Id) =>
  tx.selectFrom('tickets').selectAll().where('id', '=', id).forUpdate().executeTakeFirstOrThrow()

/** Changes a locked ticket; each change is a new revision, so a reply written before it is stopped. */
export async function updateTicket(
  tx: Db,
  id: Id,
  change: Partial<Omit<TicketRow, 'id' | 'number' | 'priorityRank' | 'revision'>>,
  options: { newRevision: boolean },
) {
  return tx
    .updateTable('tickets')
    .set(eb => ({ ...change, ...(options.newRevision ? { revision: eb('revision', '+', 1) } : {}) }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** Whether the customer ever got an answer here. */
export async function hasSentReply(db: Db, id: Id): Promise<boolean> {
  const result = await sql`
    select 1 from replies where ticket_id = ${id} and status = 'sent'
    union all select 1 from mentions where ticket_id = ${id} and direction = 'outbound' limit 1`.execute(db)
  return result.rows.length > 0
}

/** Something changed on these: replies written before it are stopped. Sorted, so that two workers wait instead of locking crosswise. */
export async function raiseRevisions(tx: Db, ids: readonly Id[]) {
  if (!ids.length) return
  await sql`
    update tickets set revision = revision + 1
    where id in (select id from tickets where id = any(${ids}::uuid[]) order by id for update)`.execute(tx)
}

/** Wakes what was snoozed until now; answers with their ids. */
export async function wakeSnoozed(db: Db, now: Date): Promise<Id[]> {
  const result = await sql<{ id: Id }>`update tickets set snoozed_until = null where snoozed_until <= ${now} returning id`.execute(db)
  return result.rows.map(row => row.id)
}

/** Pending and silent since then, by the last thing either side said. */
export async function solveTicketsPendingSince(db: Db, since: Date, now: Date): Promise<Id[]> {
  const result = await sql<{ id: Id }>`
    update tickets t set status = 'solved', solved_at = ${now}, waiting_since = null, response_due_at = null
    where status = 'pending' and last_inbound_at < ${since}
      and not exists (select 1 from ticket_events e where e.ticket_id = t.id and e.at >= ${since})
    returning id`.execute(db)
  return result.rows.map(row => row.id)
}

export async function closeTicketsSolvedBefore(db: Db, before: Date, now: Date): Promise<Id[]> {
  const result = await sql<{ id: Id }>`
    update tickets set status = 'closed', closed_at = ${now} where id in (
      select id from tickets where status = 'solved' and solved_at < ${before} order by id limit 1000 for update skip locked) returning id`.execute(
    db,
  )
  return result.rows.map(row => row.id)
}
