// What an answer must know of its ticket's conversation: what the customer said, what others said since, who may be answered.
import { sql } from 'kysely'
import type { Answerable } from '../connectors/connector.ts'
import type { Id, ReplyStatus, Visibility } from '../domain.ts'
import type { Db } from './schema.ts'

/** One thing the customer said, or is about to have said: a mention that waits for its verdict is part of the conversation already. */
export interface Said {
  id: Id
  text: string
  /** How many pictures and other files came with it. Their addresses change while they stay the same. */
  attachments: number
  visibility: Visibility
  postedAt: Date
  removedAt: Date | null
  isFiled: boolean
  /** Thanks and the like: they start no clock. */
  isNoise: boolean
}

export async function listSaid(db: Db, ticket: { id: Id; accountId: Id; customerId: Id }): Promise<Said[]> {
  const result = await sql<Said>`
    select id, text, coalesce(jsonb_array_length(attachments), 0) as attachments, visibility, posted_at, removed_at, ticket_id is not null as is_filed, coalesce(verdict ->> 'tier' = 'noise', false) as is_noise
    from mentions
    where direction = 'inbound' and (ticket_id = ${ticket.id}
      or (customer_id = ${ticket.customerId} and ticket_id is null and state = 'waiting' and account_id = ${ticket.accountId} and removed_at is null))
    order by posted_at, id`.execute(db)
  return result.rows
}

/** What somebody else did on a ticket: shown beside the words that were stopped by it. */
export interface Happening {
  kind: 'mention' | 'reply' | 'native_answer' | 'change'
  id: string
  /** Who, in words: the customer's handle, a teammate's name, `native app`. */
  by: string
  /** The words said; for a change, what was changed. */
  text: string
  visibility: Visibility | null
  at: Date
  /** Of a colleague's reply. */
  status: ReplyStatus | null
}

/** Everything on this ticket since then that is not this teammate's own doing, oldest first. */
export async function listOthersSince(db: Db, ticketId: Id, teammateId: Id, since: Date): Promise<Happening[]> {
  const result = await sql<Happening>`
    select 'mention' as kind, m.id::text as id, coalesce('@' || nullif(c.handle, ''), c.name, 'the customer') as by, m.text, m.visibility,
      coalesce(m.triaged_at, m.received_at) as at, null as status
    from mentions m left join customers c on c.id = m.customer_id
    where m.ticket_id = ${ticketId} and m.direction = 'inbound' and greatest(coalesce(m.triaged_at, m.received_at), m.edited_at) >= ${since}
    union all
    select 'native_answer', m.id::text, 'native app', m.text, m.visibility, m.received_at, null
    from mentions m
    where m.ticket_id = ${ticketId} and m.direction = 'outbound' and m.reply_id is null and m.received_at >= ${since}
    union all
    select 'reply', r.id::text, coalesce(t.name, r.responder, 'Heed'), r.text, r.visibility, r.sent_at, r.status
    from replies r left join teammates t on t.id = r.written_by_id
    where r.ticket_id = ${ticketId} and r.status = 'sent' and r.sent_at >= ${since} and r.written_by_id is distinct from ${teammateId}
    union all
    select 'change', e.id::text, t.name, e.kind || coalesce(': ' || (e.after ->> 'status'), ''), null, e.at, null
    from ticket_events e join teammates t on t.id = e.teammate_id
    where e.ticket_id = ${ticketId} and e.at >= ${since} and e.kind in ('status_changed', 'solved', 'reopened', 'marked_spam') and e.teammate_id <> ${teammateId}
    order by at`.execute(db)
  return result.rows
}

/** What is on its way at this moment: colleagues' answers not yet out, and the customer's words not yet judged. */
export async function listOnTheWay(db: Db, ticket: { id: Id; accountId: Id; customerId: Id }, teammateId: Id): Promise<Happening[]> {
  const result = await sql<Happening>`
    select 'reply' as kind, r.id::text as id, coalesce(t.name, r.responder, 'Heed') as by, r.text, r.visibility,
      coalesce(r.sending_at, r.send_at, r.created_at) as at, r.status
    from replies r left join teammates t on t.id = r.written_by_id
    where r.ticket_id = ${ticket.id} and r.status in ('approved', 'sending', 'unsure') and r.written_by_id is distinct from ${teammateId}
    union all
    select 'mention', m.id::text, coalesce('@' || nullif(c.handle, ''), c.name, 'the customer'), m.text, m.visibility, m.received_at, null
    from mentions m join customers c on c.id = m.customer_id
    where m.customer_id = ${ticket.customerId} and m.ticket_id is null and m.state = 'waiting' and m.direction = 'inbound'
      and m.account_id = ${ticket.accountId} and m.removed_at is null
    order by at`.execute(db)
  return result.rows
}

/**
 * When the newest `changes` revisions of a ticket began to be somebody else's; null: all of them are this teammate's own answers.
 * Every revision comes with at least one of these events, and an answer of ours with exactly one, so that many events back are enough.
 */
export async function findOthersChange(db: Db, ticketId: Id, teammateId: Id, changes: number): Promise<Date | null> {
  const result = await sql<{ at: Date | null }>`
    select min(coalesce(m.received_at, e.at)) as at from (
      select * from ticket_events where ticket_id = ${ticketId}
        and kind in ('opened', 'mention_joined', 'mention_edited', 'mention_removed', 'reply_sent', 'answered')
      order by id desc limit ${Math.max(1, changes)}) e
    left join mentions m on m.id = e.mention_id and e.actor = 'native app'
    where e.teammate_id is distinct from ${teammateId}`.execute(db)
  return result.rows[0]?.at ?? null
}

export type AnswerableMention = Answerable & { id: Id; customerId: Id; text: string }

/** The customer's mentions of a ticket that are still there, newest first. */
export async function listAnswerable(db: Db, ticketId: Id, limit = 20): Promise<AnswerableMention[]> {
  const rows = await answerables(db)
    .where('m.ticketId', '=', ticketId)
    .where('m.removedAt', 'is', null)
    .orderBy('m.postedAt', 'desc')
    .orderBy('m.id', 'desc')
    .limit(limit)
    .execute()
  return rows.map(toAnswerable)
}

export async function findAnswerable(db: Db, mentionId: Id): Promise<(AnswerableMention & { isRemoved: boolean }) | undefined> {
  const row = await answerables(db).where('m.id', '=', mentionId).executeTakeFirst()
  return row && { ...toAnswerable(row), isRemoved: row.removedAt !== null }
}

function answerables(db: Db) {
  return db
    .selectFrom('mentions as m')
    .innerJoin('customers as c', 'c.id', 'm.customerId')
    .select([
      'm.id',
      'm.externalId',
      'm.replyToExternalId',
      'm.visibility',
      'm.threadKey',
      'm.addressesUs',
      'm.postedAt',
      'm.facts',
      'm.text',
      'm.removedAt',
      'm.customerId',
    ])
    .select(['c.externalId as authorId', 'c.handle', 'c.name', 'c.followers'])
    .where('m.direction', '=', 'inbound')
}

function toAnswerable(row: Awaited<ReturnType<ReturnType<typeof answerables>['execute']>>[number]): AnswerableMention {
  const { authorId, handle, name, followers, removedAt: _, ...mention } = row
  return { ...mention, customerId: row.customerId!, author: { externalId: authorId, handle, name, followers } }
}

/** Opens Meta's window: when this customer last wrote to this account privately. */
export async function findLastPrivateInboundAt(db: Db, customerId: Id): Promise<Date | null> {
  const row = await db
    .selectFrom('mentions')
    .select(eb => eb.fn.max('postedAt').as('at'))
    .where('customerId', '=', customerId)
    .where('visibility', '=', 'private')
    .where('direction', '=', 'inbound')
    .executeTakeFirst()
  return row?.at ?? null
}

/** A private answer to this very comment is out, on its way, or may be: Meta takes one. */
export async function isPrivatelyAnswered(db: Db, mentionId: Id): Promise<boolean> {
  const row = await db
    .selectFrom('replies')
    .select('id')
    .where('answersId', '=', mentionId)
    .where('isPrivateReply', '=', true)
    .where('status', 'in', ['approved', 'sending', 'sent', 'unsure'])
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
