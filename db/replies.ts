// Replies: the outbox. A row is sent at most once, and says what became of it.
import type { Generated, Insertable, Selectable } from 'kysely'
import { sql } from 'kysely'
import type { Id, ReplyRole, ReplyStatus, TicketStatus, Visibility } from '../domain.ts'
import type { NewMention } from './mentions.ts'
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
  /** It is a picture that follows these words, where a message holds one or the other. */
  picturesOfId: Id | null
  /** A part of a thread follows this one, and waits for it. */
  continuesId: Id | null
  /** Of a part that follows another: the white space that stood between their words. */
  joint: string | null
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

export const insertReply = (tx: Db, reply: Insertable<RepliesTable>) =>
  tx.insertInto('replies').values(reply).returningAll().executeTakeFirstOrThrow()

export const lockReply = (tx: Db, id: Id) => tx.selectFrom('replies').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
export const findDraft = (db: Db, ticketId: Id, teammateId: Id) =>
  db
    .selectFrom('replies')
    .selectAll()
    .where('ticketId', '=', ticketId)
    .where('writtenById', '=', teammateId)
    .where('status', '=', 'draft')
    .executeTakeFirst()

/** What a form has already sent: its reply, and the other half of a move to DM. */
export async function listRepliesOfKey(db: Db, idempotencyKey: string): Promise<ReplyRow[]> {
  return db
    .selectFrom('replies')
    .selectAll()
    .where('idempotencyKey', 'in', [idempotencyKey, pointerKey(idempotencyKey)])
    .orderBy('id')
    .execute()
}
export const pointerKey = (idempotencyKey: string) => `${idempotencyKey} pointer`

/** Changes a reply that stays in its status. */
export async function updateReply(tx: Db, id: Id, change: Partial<Omit<ReplyRow, 'id' | 'status'>>) {
  return tx
    .updateTable('replies')
    .set({ ...change, updatedAt: new Date() })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()
}

/** The teammate's own answers on a ticket that are out or on their way since then: an autosave that comes late must not bring them back as a draft. */
export async function listOwnApproved(db: Db, ticketId: Id, teammateId: Id, since: Date) {
  return db
    .selectFrom('replies')
    .select(['id', 'text', 'continuesId', 'joint'])
    .where('ticketId', '=', ticketId)
    .where('writtenById', '=', teammateId)
    .where('status', 'in', ['approved', 'sending', 'sent', 'unsure'])
    .where('createdAt', '>=', since)
    .orderBy('id')
    .execute()
}

/** A draft that was never approved leaves nothing behind; one that was keeps its row. */
export async function removeDraft(tx: Db, ticketId: Id, teammateId: Id) {
  const drafts = tx
    .selectFrom('replies')
    .select('id')
    .where('ticketId', '=', ticketId)
    .where('writtenById', '=', teammateId)
    .where('status', '=', 'draft')
  await tx
    .updateTable('replies')
    .set({ status: 'discarded', updatedAt: new Date() })
    .where('id', 'in', drafts)
    .where('ticketRevision', 'is not', null)
    .execute()
  await tx.deleteFrom('replies').where('id', 'in', drafts).where('ticketRevision', 'is', null).execute()
}

/** Words that need a person before the ticket is in order: refused with nothing sent since, or unsure with nobody looking any more. */
export async function hasTroubledReply(tx: Db, ticketId: Id): Promise<boolean> {
  const result = await sql`
    select 1 from replies r where ticket_id = ${ticketId} and ((status = 'unsure' and next_read_back_at is null) or (status = 'refused'
      and not exists (select 1 from replies later where later.ticket_id = r.ticket_id and later.status = 'sent' and later.created_at > r.created_at))) limit 1`.execute(
    tx,
  )
  return result.rows.length > 0
}

/** The pictures that follow these words as messages of their own, in their order. */
export function listPictureReplies(db: Db, wordsId: Id): Promise<ReplyRow[]> {
  return db.selectFrom('replies').selectAll().where('picturesOfId', '=', wordsId).orderBy('createdAt').orderBy('id').execute()
}

/** Another reply of this account already is that post over there. */
export async function isExternalIdTaken(db: Db, accountId: Id, externalId: string, byOtherThan: Id): Promise<boolean> {
  const row = await db
    .selectFrom('replies')
    .select('id')
    .where('accountId', '=', accountId)
    .where('externalId', '=', externalId)
    .where('id', '!=', byOtherThan)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/**
 * The whole of our locking: `update … where status = from`. No row: another has it, or it has moved on.
 * `when` narrows further (only if due, only by its writer).
 */
export async function moveReply(
  db: Db,
  id: Id,
  from: ReplyStatus | readonly ReplyStatus[],
  to: ReplyStatus,
  change: Partial<Omit<ReplyRow, 'id' | 'status'>> = {},
  when: { dueBy?: Date; notDueBy?: Date } = {},
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
  return db
    .selectFrom('replies')
    .select(['id', 'sendAt'])
    .where('status', '=', 'approved')
    .where('sendAt', '<=', now)
    .orderBy('sendAt')
    .limit(limit)
    .execute()
}

/** Died while sending, or unknown and due to be looked up. */
export function listUnsettledReplies(db: Db, sendingBefore: Date, now: Date, limit: number) {
  return db
    .selectFrom('replies')
    .select(['id', 'status'])
    .where(eb =>
      eb.or([
        eb.and([eb('status', '=', 'sending'), eb('sendingAt', '<', sendingBefore)]),
        eb.and([eb('status', '=', 'unsure'), eb('nextReadBackAt', '<=', now)]),
      ]),
    )
    .limit(limit)
    .execute()
}

/**
 * Our own words coming back: the reply they are the echo of, by its id over there or by our key, else by the same words in the place it was sent
 * to. None where they may as well be another customer's: the send's own answer or a look then says whose they are, else a person does.
 */
export async function findEchoed(tx: Db, accountId: Id, echo: Echo): Promise<ReplyRow | undefined> {
  const named = await sql<ReplyRow>`
    select * from replies where account_id = ${accountId} and (
      external_id = ${echo.externalId} or (status in ('sending', 'unsure') and id::text = ${echo.echoOf ?? ''}))
    order by (external_id = ${echo.externalId}) desc nulls last limit 1 for update`.execute(tx)
  return named.rows[0] ?? findSaidThere(tx, accountId, echo)
}

type Echo = { echoOf: string | null } & Pick<
  NewMention,
  'externalId' | 'text' | 'attachments' | 'visibility' | 'threadKey' | 'parentExternalId' | 'postedAt'
>

/**
 * `is_exact`: below the very mention it answers. Meta hangs an answer to an answer beside that, below the top comment, as it does all others there;
 * and what is told without what it stands below is known by its thread alone.
 */
async function findSaidThere(tx: Db, accountId: Id, echo: Echo): Promise<ReplyRow | undefined> {
  const { threadKey, parentExternalId, postedAt } = echo
  // A picture that went out by itself comes back with whatever words its reader put there.
  const hasPictures = (echo.attachments?.length ?? 0) > 0
  // A chat is known by the customer's words in it, or is named after the customer.
  const isTheirChat = sql<boolean>`${threadKey} in (m.thread_key, 'dm:' || c.external_id) or exists (
    select from mentions o where o.customer_id = m.customer_id and o.visibility = 'private' and o.direction = 'inbound' and o.thread_key = ${threadKey})`
  const result = await sql<ReplyRow>`
    with unsettled as (
      select r.id, m.customer_id, coalesce(${parentExternalId} in (m.external_id, m.reply_to_external_id, above.external_id), false) as is_exact,
        case when m.id is null and r.continues_id is null then ${parentExternalId}::text is null
          when r.visibility = 'private' then ${isTheirChat}
          else m.thread_key = ${threadKey} and coalesce(m.parent_external_id = ${parentExternalId}, ${parentExternalId}::text is null) end as is_there,
        extract(epoch from ${postedAt}::timestamptz - coalesce(r.sending_at, r.created_at)) as seconds
      from replies r left join mentions m on m.id = r.answers_id left join customers c on c.id = m.customer_id
        left join replies above on above.id = r.continues_id
      where r.account_id = ${accountId} and r.status in ('sending', 'unsure') and r.external_id is null and r.visibility = ${echo.visibility}
        and (r.text = ${echo.text} or (r.text = '' and ${hasPictures}::boolean))),
    there as (select * from unsettled where (is_exact or is_there) and seconds > -${CLOCK_MARGIN_S}::int),
    best as (select * from there where is_exact = (select bool_or(is_exact) from there))
    select * from replies where (external_id = ${echo.externalId} or (status in ('sending', 'unsure') and external_id is null)) and id = (
      select id from best where (select count(distinct customer_id) from best) < 2 order by abs(seconds), id limit 1) for update`.execute(
    tx,
  )
  return result.rows[0]
}

/** Nothing of ours is older than the moment we began to send it, but the platforms' clocks are not ours. */
const CLOCK_MARGIN_S = 120

/** Stops what was about to answer these mentions; their words are kept in the row. What follows words that are out goes on below those. */
export async function refuseRepliesTo(tx: Db, mentionIds: readonly Id[], problem: string, now: Date): Promise<{ id: Id; ticketId: Id }[]> {
  const result = await sql<{ id: Id; ticketId: Id }>`
    update replies set status = 'refused', problem = ${problem}, updated_at = ${now}
    where status = 'approved' and ticket_id is not null and continues_id is null and answers_id = any(${mentionIds}::uuid[]) returning id, ticket_id`.execute(
    tx,
  )
  return result.rows
}
