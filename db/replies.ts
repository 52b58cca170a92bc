// Replies: the outbox. A row is sent at most once, and says what became of it.
import type { Generated, Selectable } from 'kysely'
import { sql } from 'kysely'
import type { Id, ReplyRole, ReplyStatus, TicketStatus, Visibility } from '../domain.ts'
import type { Db } from './schema.ts'

export interface RepliesTable {
  id: Id
  /** Made with the form: a double click or a retry is the same reply. */
  idempotencyKey: string
  accountId: Id
  ticketId: Id | null
  statusUpdateId: Id | null
  answersId: Id | null
  /** The other half of a move to DM. */
  pairedWithId: Id | null
  text: string
  visibility: Visibility
  /** A private answer to a public comment, where that is a call of its own (Facebook: one per comment, within 7 days). */
  isPrivateReply: Generated<boolean>
  role: ReplyRole
  status: ReplyStatus
  writtenById: Id | null
  responder: string | null
  /** The ticket's revision it was written against. */
  ticketRevision: number | null
  /** The ticket's status once it is sent. */
  afterSending: TicketStatus | null
  sendAt: Date | null
  sendingAt: Date | null
  sentAt: Date | null
  attempts: Generated<number>
  readBacks: Generated<number>
  nextReadBackAt: Date | null
  externalId: string | null
  url: string | null
  problem: string | null
  createdAt: Generated<Date>
  updatedAt: Generated<Date>
}
export type ReplyRow = Selectable<RepliesTable>

export const findReply = (db: Db, id: Id) => db.selectFrom('replies').selectAll().where('id', '=', id).executeTakeFirst()

/**
 * The whole of our locking: `update … where status = from`. No row: another has it, or it has moved on.
 * `when` narrows further (only if due, only by its writer).
 */
export async function moveReply(
  db: Db, id: Id, from: ReplyStatus | readonly ReplyStatus[], to: ReplyStatus,
  change: Partial<Omit<ReplyRow, 'id' | 'status'>> = {}, when: { dueBy?: Date; notDueBy?: Date } = {},
): Promise<ReplyRow | undefined> {
  return db
    .updateTable('replies')
    .set({ ...change, status: to, updatedAt: new Date() })
    .where('id', '=', id)
    .where('status', 'in', typeof from === 'string' ? [from] : [...from])
    .$if(!!when.dueBy, q => q.where('sendAt', '<=', when.dueBy!))
    .$if(!!when.notDueBy, q => q.where('sendAt', '>', when.notDueBy!))
    .returningAll()
    .executeTakeFirst()
}

/** Approved and due but not taken (a lost ring), for the sweep. */
export function listDueReplies(db: Db, now: Date, limit: number) {
  return db.selectFrom('replies').select(['id', 'sendAt']).where('status', '=', 'approved').where('sendAt', '<=', now).orderBy('sendAt').limit(limit).execute()
}

/** Died while sending, or unknown and due to be looked up. */
export function listUnsettledReplies(db: Db, sendingBefore: Date, now: Date, limit: number) {
  return db
    .selectFrom('replies')
    .select(['id', 'status'])
    .where(eb => eb.or([
      eb.and([eb('status', '=', 'sending'), eb('sendingAt', '<', sendingBefore)]),
      eb.and([eb('status', '=', 'unsure'), eb('nextReadBackAt', '<=', now)]),
    ]))
    .limit(limit)
    .execute()
}

/** Our own words coming back: the replies they may be the echo of, by id, by our key, or by the same words not yet settled. */
export async function findEchoed(tx: Db, accountId: Id, echo: { externalId: string; echoOf: string | null; text: string }): Promise<ReplyRow | undefined> {
  const result = await sql<ReplyRow>`
    select * from replies where account_id = ${accountId} and (
      external_id = ${echo.externalId}
      or (status in ('sending', 'unsure') and (id::text = ${echo.echoOf ?? ''} or (external_id is null and text = ${echo.text}))))
    order by (external_id = ${echo.externalId}) desc nulls last, (id::text = ${echo.echoOf ?? ''}) desc, created_at limit 1 for update`.execute(tx)
  return result.rows[0]
}
