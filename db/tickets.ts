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

export const findTicketByNumber = (db: Db, number: number) => db.selectFrom('tickets').selectAll().where('number', '=', number).executeTakeFirst()
export const getTicket = (db: Db, id: Id) => db.selectFrom('tickets').selectAll().where('id', '=', id).executeTakeFirstOrThrow()

/** Locks one ticket for the transaction: every verb on a ticket begins so. */
export const lockTicket = (tx: Db, id: Id) => tx.selectFrom('tickets').selectAll().where('id', '=', id).forUpdate().executeTakeFirstOrThrow()

/** Changes a locked ticket; each change is a new revision, so a reply written before it is stopped. */
export async function updateTicket(tx: Db, id: Id, change: Partial<Omit<TicketRow, 'id' | 'number' | 'priorityRank' | 'revision'>>, options: { newRevision: boolean }) {
  return tx
    .updateTable('tickets')
    .set(eb => ({ ...change, ...(options.newRevision ? { revision: eb('revision', '+', 1) } : {}) }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** Wakes what was snoozed until now; answers with their ids. */
export async function wakeSnoozed(db: Db, now: Date): Promise<Id[]> {
  const result = await sql<{ id: Id }>`update tickets set snoozed_until = null where snoozed_until <= ${now} returning id`.execute(db)
  return result.rows.map(row => row.id)
}
