// openTicket(): a ticket as filing leaves it, its mention and its first event, at times of the test's choosing.
import { v7 as newId } from 'uuid'
import type { AccountRow } from '../db/accounts.ts'
import type { Db } from '../db/schema.ts'
import { appendTicketEvents, type NewTicketEvent } from '../db/ticket-events.ts'
import type { TicketRow } from '../db/tickets.ts'
import type { Category } from '../domain.ts'

let n = 0

/** `startedAt` also starts the running turn; `dueMinutes` is its target; `text` and `author` are the mention's. */
export async function openTicket(
  db: Db,
  account: AccountRow,
  given: Partial<TicketRow> & { startedAt: Date; dueMinutes?: number; text?: string; author?: string; mentionCategory?: Category },
): Promise<TicketRow> {
  const { dueMinutes = 60, text = 'the app is down for me', author = `person_${++n}`, mentionCategory, ...ticket } = given
  const [ticketId, mentionId, customerId] = [newId(), newId(), newId()]
  const category = ticket.category ?? 'outage_report'
  await db
    .insertInto('customers')
    .values({
      id: customerId,
      accountId: account.id,
      externalId: `9${++n}`,
      handle: author,
      name: author,
      followers: 10,
      doNotEngageUntil: null,
    })
    .execute()
  const row = await db
    .insertInto('tickets')
    .values({
      id: ticketId,
      accountId: account.id,
      platform: account.platform,
      customerId,
      status: 'new',
      priority: 'high',
      category,
      originVisibility: 'public',
      waitingSince: ticket.startedAt,
      responseDueAt: new Date(ticket.startedAt.getTime() + dueMinutes * 60_000),
      lastInboundAt: ticket.startedAt,
      latestMentionId: mentionId,
      openedAt: ticket.startedAt,
      ...ticket,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  await db
    .insertInto('mentions')
    .values({
      id: mentionId,
      accountId: account.id,
      platform: account.platform,
      visibility: 'public',
      direction: 'inbound',
      externalId: `5${++n}`,
      replyToExternalId: null,
      threadKey: `thread ${n}`,
      parentExternalId: null,
      customerId,
      text,
      language: 'en',
      url: null,
      facts: '{}',
      postedAt: ticket.startedAt,
      receivedAt: ticket.startedAt,
      editedAt: null,
      removedAt: null,
      unreadableBecause: null,
      problem: null,
      triagedAt: ticket.startedAt,
      state: 'triaged',
      category: mentionCategory ?? category,
      verdict: null,
      ticketId,
      replyId: null,
    })
    .execute()
  await happen(db, row, { kind: 'opened', at: ticket.startedAt, after: { startedAt: ticket.startedAt } })
  return row
}

export const happen = (db: Db, ticket: Pick<TicketRow, 'id'>, event: Omit<NewTicketEvent, 'ticketId' | 'actor'>) =>
  appendTicketEvents(db, [{ actor: 'test', ...event, ticketId: ticket.id }])

/** Our answer was accepted at `at`: the event and the row, as a sent reply leaves them. */
export async function answer(db: Db, ticket: TicketRow, at: Date, turn: Partial<NewTicketEvent> = {}) {
  await happen(db, ticket, {
    kind: 'answered',
    at,
    turnStartedAt: ticket.waitingSince,
    turnDueAt: ticket.responseDueAt,
    isFirstResponse: ticket.firstRespondedAt === null,
    ...turn,
  })
  await db
    .updateTable('tickets')
    .set({ waitingSince: null, responseDueAt: null, firstRespondedAt: ticket.firstRespondedAt ?? at })
    .where('id', '=', ticket.id)
    .execute()
}
