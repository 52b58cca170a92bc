// What one ticket's page shows: the ticket, its thread, the customer's earlier tickets; one query each.
import { sql } from 'kysely'
import type { Attachment, Category, Direction, Id, Platform, ReplyRole, ReplyStatus, TicketStatus, Verdict, Visibility } from '../domain.ts'
import { repostsOf } from './reposts.ts'
import type { Db } from './schema.ts'
import type { TicketEventRow } from './ticket-events.ts'
import type { TicketRow } from './tickets.ts'

export type TicketHead = TicketRow & {
  assignee: string | null
  assigneeInitials: string | null
  handle: string
  name: string
  followers: number | null
  isVip: boolean
  doNotEngageUntil: Date | null
  accountHandle: string
  accountName: string
  accountStatus: string
  incidentNumber: number | null
  incidentTitle: string | null
  incidentResolvedAt: Date | null
}
export interface ThreadMention {
  id: Id
  visibility: Visibility
  direction: Direction
  by: string
  text: string
  attachments: Attachment[] | null
  language: string | null
  url: string | null
  postedAt: Date
  receivedAt: Date
  editedAt: Date | null
  removedAt: Date | null
  unreadableBecause: string | null
  verdict: Verdict | null
  category: Category | null
  replyId: Id | null
  /** How often it was passed on unchanged. */
  reposts: number
}
export interface ThreadReply {
  id: Id
  visibility: Visibility
  text: string
  role: ReplyRole
  status: ReplyStatus
  writtenById: Id | null
  by: string
  sendAt: Date | null
  sentAt: Date | null
  createdAt: Date
  updatedAt: Date
  url: string | null
  problem: string | null
  /** A part of a thread: the one before it. */
  continuesId: Id | null
  /** The part before it is not out: what is done to that one is done to this one. */
  isBehind: boolean
}
export interface ThreadNote {
  id: Id
  by: string
  text: string
  createdAt: Date
}
export type ThreadEvent = Pick<TicketEventRow, 'id' | 'kind' | 'at' | 'actor' | 'before' | 'after'> & { by: string | null }
export interface EarlierTicket {
  number: number
  status: TicketStatus
  category: Category
  platform: Platform
  startedAt: Date
  solvedAt: Date | null
  handledBy: string | null
  text: string
}

export async function findTicketHead(db: Db, number: number): Promise<TicketHead | undefined> {
  const result = await sql<TicketHead>`
    select t.*, a.name as assignee, a.initials as assignee_initials, c.handle, c.name, c.followers, c.is_vip, c.do_not_engage_until, ac.handle as account_handle,
      ac.name as account_name, ac.status as account_status, i.number as incident_number, i.title as incident_title, i.resolved_at as incident_resolved_at
    from tickets t join customers c on c.id = t.customer_id join accounts ac on ac.id = t.account_id
      left join teammates a on a.id = t.assignee_id left join incidents i on i.id = t.incident_id
    where t.number = ${number}`.execute(db)
  return result.rows[0]
}

/** What was said, on both sides and over there. Our own words coming back stand with the reply they echo. */
export async function listThreadMentions(db: Db, ticketId: Id): Promise<ThreadMention[]> {
  const result = await sql<ThreadMention>`
    select m.id, m.visibility, m.direction, coalesce('@' || nullif(c.handle, ''), nullif(c.name, ''), case m.direction when 'outbound' then 'Written in the platform’s own app' else 'Unknown author' end) as by,
      m.text, m.attachments, m.language, m.url, m.posted_at, m.received_at, m.edited_at, m.removed_at, m.unreadable_because, m.verdict, m.category, m.reply_id, ${repostsOf} as reposts
    from mentions m left join customers c on c.id = m.customer_id
    where m.ticket_id = ${ticketId} order by m.posted_at, m.id limit 500`.execute(db)
  return result.rows
}

/** Drafts stay in their writer's composer. */
export async function listThreadReplies(db: Db, ticketId: Id): Promise<ThreadReply[]> {
  const result = await sql<ThreadReply>`
    select r.id, r.visibility, r.text, r.role, r.status, r.written_by_id, coalesce(t.name, r.responder, 'Heed') as by, r.send_at, r.sent_at, r.created_at, r.updated_at, r.url, r.problem, r.continues_id,
      coalesce(b.status in ('approved', 'sending', 'unsure', 'refused'), false) as is_behind
    from replies r left join teammates t on t.id = r.written_by_id left join replies b on b.id = r.continues_id
    where r.ticket_id = ${ticketId} and r.status not in ('draft', 'discarded') order by coalesce(r.sent_at, r.created_at), r.id`.execute(db)
  return result.rows
}

export async function listThreadNotes(db: Db, ticketId: Id): Promise<ThreadNote[]> {
  const result = await sql<ThreadNote>`
    select n.id, t.name as by, n.text, n.created_at from notes n join teammates t on t.id = n.teammate_id where n.ticket_id = ${ticketId} order by n.created_at`.execute(
    db,
  )
  return result.rows
}

/** `assigned` events name people by id; here with their names. */
export async function listThreadEvents(db: Db, ticketId: Id): Promise<ThreadEvent[]> {
  const result = await sql<ThreadEvent>`
    select e.id, e.kind, e.at, e.actor, e.before, e.after || coalesce(jsonb_build_object('assignee', a.name), '{}') as after, t.name as by
    from ticket_events e left join teammates t on t.id = e.teammate_id left join teammates a on a.id::text = e.after ->> 'assigneeId'
    where e.ticket_id = ${ticketId} and e.kind not in ('mention_joined', 'mention_edited', 'mention_removed', 'noted', 'reply_sent', 'answered', 'reply_approved', 'reply_refused', 'reply_unsure')
    order by e.id limit 500`.execute(db)
  return result.rows
}

/** Open ones first, then the newest; with how each began and who handled it. */
export async function listEarlierTickets(db: Db, customerId: Id, ticketId: Id): Promise<EarlierTicket[]> {
  const result = await sql<EarlierTicket>`
    select t.number, t.status, t.category, t.platform, t.started_at, t.solved_at, a.name as handled_by,
      coalesce((select left(m.text, 120) from mentions m where m.ticket_id = t.id and m.direction = 'inbound' order by m.posted_at, m.id limit 1), '') as text
    from tickets t left join teammates a on a.id = t.assignee_id
    where t.customer_id = ${customerId} and t.id <> ${ticketId}
    order by t.status in ('solved', 'closed'), t.started_at desc limit 20`.execute(db)
  return result.rows
}
