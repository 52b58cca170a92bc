// Tickets as filing works on them: a batch of customers locked, their tickets changed in memory, written back in two statements.
import { sql } from 'kysely'
import type { Category, Id, Platform, Ticket, TicketStatus, Visibility } from '../domain.ts'
import type { MentionRow } from './mentions.ts'
import type { Db } from './schema.ts'

export interface FiledTicket {
  isNew: boolean
  id: Id
  accountId: Id
  platform: Platform
  customerId: Id
  status: TicketStatus
  priority: Ticket['priority']
  category: Category
  originVisibility: Visibility
  startedAt: Date
  waitingSince: Date | null
  responseDueAt: Date | null
  firstRespondedAt: Date | null
  lastInboundAt: Date
  latestMentionId: Id | null
  priorityMentionId: Id | null
  isBackfilled: boolean
  isDemo: boolean
  needsReview: boolean
  snoozedUntil: Date | null
  solvedAt: Date | null
  reopenedCount: number
  isHeld: boolean
  incidentId: Id | null
  tags: string[]
  openedAt: Date
  /** Conversations over there that this ticket spans. */
  threadKeys: Set<string>
  /** We asked them to go on in private: what they write there belongs here, however late. */
  hasHandoff: boolean
}

/**
 * Locks the customers in id order, then answers with every ticket of theirs that is not closed, newest first; `threadKeys` are those of
 * the given conversations that the ticket spans: a ticket may span thousands.
 * `for no key update`: whoever stores a further mention or event of theirs meanwhile need not wait for us.
 */
export async function lockCustomersTickets(
  tx: Db,
  customerIds: readonly Id[],
  conversations: readonly Conversation[],
): Promise<FiledTicket[]> {
  if (!customerIds.length) return []
  await sql`select id from customers where id = any(${customerIds}::uuid[]) order by id for no key update`.execute(tx)
  const { rows } = await sql<Omit<FiledTicket, 'isNew' | 'threadKeys'>>`
    select t.*, exists (select 1 from replies r where r.ticket_id = t.id and r.role = 'handoff' and r.status = 'sent') as has_handoff
    from (select id, account_id, platform, customer_id, status, priority, category, origin_visibility, started_at, waiting_since, response_due_at, first_responded_at,
      last_inbound_at, latest_mention_id, priority_mention_id, is_backfilled, is_demo, needs_review, snoozed_until, solved_at, reopened_count, is_held, incident_id, tags, opened_at
      from tickets where customer_id = any(${customerIds}::uuid[]) and status <> 'closed' order by id for no key update) t
    order by t.started_at desc`.execute(tx)
  const threads = await findThreads(tx, conversations)
  return rows.map(row => ({ ...row, isNew: false, threadKeys: threads.get(row.id) ?? new Set() }))
}

/** Of these tickets, those whose priority a person set, or that hold a mention with one of these signals. */
export async function findFirmPriorities(tx: Db, ticketIds: readonly Id[], signals: readonly string[]): Promise<Set<Id>> {
  if (!ticketIds.length) return new Set()
  const { rows } = await sql<{ id: Id }>`
    select t.id from unnest(${ticketIds}::uuid[]) as t(id)
    where exists (select from ticket_events e where e.ticket_id = t.id and e.kind = 'priority_changed' and e.teammate_id is not null)
      or exists (select from mentions m, jsonb_array_elements(m.verdict -> 'reasons') as r where m.ticket_id = t.id and r ->> 'signal' = any(${signals}::text[]))`.execute(
    tx,
  )
  return new Set(rows.map(row => row.id))
}

export type Conversation = Pick<MentionRow, 'accountId' | 'threadKey'>

async function findThreads(tx: Db, conversations: readonly Conversation[]): Promise<Map<Id, Set<string>>> {
  const keys = JSON.stringify(conversations.map(c => ({ account_id: c.accountId, thread_key: c.threadKey })))
  const { rows } = await sql<{ ticketId: Id; threadKey: string }>`
    select distinct m.ticket_id, m.thread_key
    from (select distinct account_id, thread_key from jsonb_to_recordset(${keys}::jsonb) as t(account_id uuid, thread_key text)) c join mentions m using (account_id, thread_key)
    where m.ticket_id is not null`.execute(tx)
  return new Map(
    [...Map.groupBy(rows, row => row.ticketId)].map(([ticketId, found]) => [ticketId, new Set(found.map(row => row.threadKey))]),
  )
}

export async function insertTickets(tx: Db, tickets: readonly FiledTicket[]) {
  if (!tickets.length) return
  await sql`
    insert into tickets (id, account_id, platform, customer_id, status, priority, category, origin_visibility, started_at, waiting_since, response_due_at,
      last_inbound_at, latest_mention_id, priority_mention_id, is_backfilled, is_demo, needs_review, tags, opened_at)
    select id, account_id, platform, customer_id, status, priority, category, origin_visibility, started_at, waiting_since, response_due_at,
      last_inbound_at, latest_mention_id, priority_mention_id, is_backfilled, is_demo, needs_review, tags, opened_at
    from jsonb_to_recordset(${JSON.stringify(tickets.map(toRow))}::jsonb) as t(id uuid, account_id uuid, platform text, customer_id uuid, status text, priority text,
      category text, origin_visibility text, started_at timestamptz, waiting_since timestamptz, response_due_at timestamptz, last_inbound_at timestamptz,
      latest_mention_id uuid, priority_mention_id uuid, is_backfilled boolean, is_demo boolean, needs_review boolean, tags text[], opened_at timestamptz)
    order by started_at, id`.execute(tx)
}

/** Each is a new revision: a reply written before this mention is stopped. */
export async function saveFiledTickets(tx: Db, tickets: readonly FiledTicket[]) {
  if (!tickets.length) return
  await sql`
    update tickets t set status = f.status, priority = f.priority, waiting_since = f.waiting_since, response_due_at = f.response_due_at,
      last_inbound_at = f.last_inbound_at, latest_mention_id = f.latest_mention_id, priority_mention_id = f.priority_mention_id, snoozed_until = f.snoozed_until, solved_at = f.solved_at,
      reopened_count = f.reopened_count, incident_id = f.incident_id, is_held = f.is_held, revision = t.revision + 1
    from jsonb_to_recordset(${JSON.stringify(tickets.map(toRow))}::jsonb) as f(id uuid, status text, priority text, waiting_since timestamptz,
      response_due_at timestamptz, last_inbound_at timestamptz, latest_mention_id uuid, priority_mention_id uuid, snoozed_until timestamptz, solved_at timestamptz, reopened_count smallint,
      incident_id uuid, is_held boolean)
    where t.id = f.id`.execute(tx)
}

function toRow(t: FiledTicket) {
  return {
    id: t.id,
    account_id: t.accountId,
    platform: t.platform,
    customer_id: t.customerId,
    status: t.status,
    priority: t.priority,
    category: t.category,
    origin_visibility: t.originVisibility,
    started_at: t.startedAt,
    waiting_since: t.waitingSince,
    response_due_at: t.responseDueAt,
    last_inbound_at: t.lastInboundAt,
    latest_mention_id: t.latestMentionId,
    priority_mention_id: t.priorityMentionId,
    is_backfilled: t.isBackfilled,
    is_demo: t.isDemo,
    needs_review: t.needsReview,
    snoozed_until: t.snoozedUntil,
    solved_at: t.solvedAt,
    reopened_count: t.reopenedCount,
    tags: t.tags,
    opened_at: t.openedAt,
    incident_id: t.incidentId,
    is_held: t.isHeld,
  }
}
