// Ticket events: what happened, append-only; every number a manager reads is counted from these.
import type { ColumnType, Generated, GeneratedAlways, Selectable } from 'kysely'
import { sql } from 'kysely'
import type { Id, TicketEventKind } from '../domain.ts'
import type { Db } from './schema.ts'

export interface TicketEventsTable {
  id: GeneratedAlways<number>
  ticketId: Id
  kind: TicketEventKind
  at: Date
  /** Null: the machine; `actor` names which part. */
  teammateId: Id | null
  actor: string
  before: ColumnType<unknown, string | null | undefined, never>
  after: ColumnType<unknown, string | null | undefined, never>
  mentionId: Id | null
  replyId: Id | null
  /** On `answered`: the turn this answer ended, and when it was due. */
  turnStartedAt: Date | null
  turnDueAt: Date | null
  isFirstResponse: Generated<boolean>
}
export type TicketEventRow = Selectable<TicketEventsTable>
export interface NewTicketEvent {
  ticketId: Id
  kind: TicketEventKind
  at: Date
  teammateId?: Id | null
  actor: string
  before?: unknown
  after?: unknown
  mentionId?: Id | null
  replyId?: Id | null
  turnStartedAt?: Date | null
  turnDueAt?: Date | null
  isFirstResponse?: boolean
}

/** Appends any number of events in one statement, in the order given. */
export async function appendTicketEvents(tx: Db, events: readonly NewTicketEvent[]) {
  if (!events.length) return
  const rows = events.map((e, n) => ({
    n,
    ticket_id: e.ticketId,
    kind: e.kind,
    at: e.at,
    teammate_id: e.teammateId ?? null,
    actor: e.actor,
    before: e.before ?? null,
    after: e.after ?? null,
    mention_id: e.mentionId ?? null,
    reply_id: e.replyId ?? null,
    turn_started_at: e.turnStartedAt ?? null,
    turn_due_at: e.turnDueAt ?? null,
    is_first_response: e.isFirstResponse ?? false,
  }))
  await sql`
    insert into ticket_events (ticket_id, kind, at, teammate_id, actor, before, after, mention_id, reply_id, turn_started_at, turn_due_at, is_first_response)
    select ticket_id, kind, at, teammate_id, actor, before, after, mention_id, reply_id, turn_started_at, turn_due_at, is_first_response
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as t(n int, ticket_id uuid, kind text, at timestamptz, teammate_id uuid, actor text, before jsonb,
      after jsonb, mention_id uuid, reply_id uuid, turn_started_at timestamptz, turn_due_at timestamptz, is_first_response boolean)
    order by n`.execute(tx)
}
