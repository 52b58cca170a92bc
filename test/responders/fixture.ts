// A ticket to answer: Cleo wrote in public to an account of a platform without a wire format.
import { v7 as newId } from 'uuid'
import type { MentionRow } from '../../db/mentions.ts'
import { findReply, type ReplyRow } from '../../db/replies.ts'
import { getTicket, type TicketRow } from '../../db/tickets.ts'
import type { Category, Id } from '../../domain.ts'
import { type Approval, type ApproveRequest, approveReply } from '../../responders/approve.ts'
import { type PlainConnector, plainConnector } from '../plain-connector.ts'
import { cleo, testWorld, type World } from '../world.ts'

export interface Bench extends World {
  connector: PlainConnector
  accountId: Id
  ticketId: Id
  firstMentionId: Id
  /** Cleo says something more on the ticket, as filing stores it. */
  says: (
    text: string,
    given?: { visibility?: 'public' | 'private'; isFiled?: boolean; postedAt?: Date; isNoise?: boolean },
  ) => Promise<MentionRow>
  ticket: () => Promise<TicketRow>
  reply: (id: Id) => Promise<ReplyRow>
  approve: (given?: Partial<ApproveRequest>) => Promise<Approval>
  /** Approves, and fails the test if it was stopped. */
  approved: (given?: Partial<ApproveRequest>) => Promise<ReplyRow>
  events: () => Promise<string[]>
}

export async function bench(connector = plainConnector()): Promise<Bench> {
  const world = await testWorld({ connectors: [connector] })
  const { db } = world.desk
  const account = await world.account({ platform: 'plain' })
  const customerId = newId()
  const ticketId = newId()
  await db
    .insertInto('customers')
    .values({ id: customerId, accountId: account.id, ...cleo })
    .execute()
  const waitingSince = new Date(world.desk.now().getTime() - 5 * 60_000)
  await db
    .insertInto('tickets')
    .values({
      id: ticketId,
      accountId: account.id,
      platform: 'plain',
      customerId,
      priority: 'high',
      category: 'complaint',
      originVisibility: 'public',
      startedAt: waitingSince,
      waitingSince,
      responseDueAt: new Date(waitingSince.getTime() + 60 * 60_000),
      lastInboundAt: waitingSince,
      openedAt: waitingSince,
    })
    .execute()

  const says: Bench['says'] = async (text, given = {}) => {
    const now = world.desk.now()
    const isFiled = given.isFiled ?? true
    const mention = await db
      .insertInto('mentions')
      .values({
        id: newId(),
        accountId: account.id,
        platform: 'plain',
        visibility: given.visibility ?? 'public',
        direction: 'inbound',
        externalId: newId(),
        threadKey: 'thread',
        customerId,
        text,
        textKey: '',
        facts: '{}',
        addressesUs: true,
        postedAt: given.postedAt ?? now,
        receivedAt: now,
        state: isFiled ? 'triaged' : 'waiting',
        triagedAt: isFiled ? now : null,
        ticketId: isFiled ? ticketId : null,
        verdict: given.isNoise ? JSON.stringify({ tier: 'noise' } as never) : null,
        category: (given.isNoise ? 'thanks_only' : 'complaint') as Category,
      } as never)
      .returningAll()
      .executeTakeFirstOrThrow()
    if (isFiled) {
      await db
        .updateTable('tickets')
        .set(eb => ({ revision: eb('revision', '+', 1), waitingSince: eb.fn.coalesce('waitingSince', eb.val(mention.postedAt)) }))
        .where('id', '=', ticketId)
        .execute()
      await db
        .insertInto('ticketEvents')
        .values({ ticketId, kind: 'mention_joined', at: now, actor: 'triage', mentionId: mention.id, before: null, after: null })
        .execute()
    }
    return mention
  }
  const first = await says('Third time my parcel is late', { postedAt: waitingSince })
  world.pass(60_000)

  const ticket = () => getTicket(db, ticketId)
  const approve: Bench['approve'] = async given =>
    approveReply(world.desk, {
      ticketId,
      teammateId: world.ana.id,
      text: 'So sorry, we look into it',
      visibility: 'public',
      role: 'answer',
      revision: (await ticket()).revision,
      idempotencyKey: newId(),
      afterSending: 'open',
      ...given,
    })
  return {
    ...world,
    connector,
    accountId: account.id,
    ticketId,
    firstMentionId: first.id,
    says,
    ticket,
    approve,
    reply: async id => (await findReply(db, id))!,
    approved: async given => {
      const approval = await approve(given)
      if (!approval.ok) throw new Error(`stopped: ${JSON.stringify(approval)}`)
      return approval.replies[0]!
    },
    events: async () =>
      (await db.selectFrom('ticketEvents').select('kind').where('ticketId', '=', ticketId).orderBy('id').execute()).map(e => e.kind),
  }
}

export const UNDO_MS = 10_000
