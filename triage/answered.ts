// What an answer changes on its ticket: the turn it ends, who still waits, which status follows. For our sends, their echoes, and the native app.
import { createHash } from 'node:crypto'
import type { MentionRow } from '../db/mentions.ts'
import { findReply, hasTroubledReply, moveReply, type ReplyRow, updateReply } from '../db/replies.ts'
import type { Db } from '../db/schema.ts'
import { listSaid, type Said } from '../db/thread.ts'
import { appendTicketEvents, type NewTicketEvent } from '../db/ticket-events.ts'
import { lockTicket, type TicketRow, updateTicket } from '../db/tickets.ts'
import type { Id, TicketStatus } from '../domain.ts'
import { nextStatus, type StatusCause } from './status.ts'
import { readTargets, responseDueAt } from './targets.ts'

/** What the platform says of words of ours that are there. */
export interface Accepted {
  externalId: string | null
  url: string | null
  /** When the platform accepted it, as near as we know. */
  at: Date
}

/**
 * `sending | unsure → sent`, with all that follows for the ticket, in the caller's transaction. Locks the reply, then the ticket.
 * @returns false when somebody else had settled it before: nothing was changed.
 */
export async function recordSent(tx: Db, replyId: Id, accepted: Accepted): Promise<boolean> {
  const reply = await moveReply(tx, replyId, ['sending', 'unsure'], 'sent', {
    externalId: accepted.externalId,
    url: accepted.url,
    sentAt: accepted.at,
    problem: null,
    nextReadBackAt: null,
  })
  if (!reply) return false
  if (!reply.ticketId) return true
  const ticket = await lockTicket(tx, reply.ticketId)
  const heard = await findHeard(tx, reply)
  await endTurn(tx, ticket, {
    at: accepted.at,
    answers: said => (heard ? said.id in heard : said.postedAt <= (reply.sendingAt ?? accepted.at)),
    isAnswer:
      (reply.role === 'answer' || reply.role === 'handoff') &&
      !reply.picturesOfId &&
      !reply.continuesId &&
      !(await isOtherHalfSent(tx, reply)),
    afterSending: reply.afterSending,
    by: { teammateId: reply.writtenById, actor: reply.writtenById ? 'teammate' : (reply.responder ?? 'outbox') },
    replyId: reply.id,
    mentionId: reply.answersId,
  })
  return true
}

/**
 * Our own words came back, pushed or polled: proof that they went out. `reply` is the row the caller found and locked.
 * @returns true when this settled it, or taught us its id.
 */
export async function confirmEcho(
  tx: Db,
  reply: ReplyRow,
  echo: { externalId: string; url: string | null; postedAt: Date },
): Promise<boolean> {
  if (reply.status === 'sent' && reply.externalId === null)
    return (await updateReply(tx, reply.id, { externalId: echo.externalId, url: echo.url, sentAt: echo.postedAt })) !== undefined
  return recordSent(tx, reply.id, { externalId: echo.externalId, url: echo.url, at: echo.postedAt })
}

/** An answer somebody wrote in the platform's own app: it ends the turn like one of ours. The caller holds the ticket's lock; give each mention once. */
export async function recordNativeAnswer(tx: Db, ticket: TicketRow, mention: Pick<MentionRow, 'id' | 'postedAt'>): Promise<TicketRow> {
  return endTurn(tx, ticket, {
    at: mention.postedAt,
    answers: said => said.postedAt <= mention.postedAt,
    isAnswer: true,
    afterSending: null,
    by: { teammateId: null, actor: 'native app' },
    replyId: null,
    mentionId: mention.id,
  })
}

/**
 * What the customer had said when somebody pressed Send: mention id → a fingerprint of its words and pictures. Kept in the event `reply_approved`,
 * compared before the send (a new mention, an edit or a removal holds it) and after it (what came later still waits for us).
 */
export type Heard = Record<Id, string>

export function heardOf(said: readonly Said[]): Heard {
  return Object.fromEntries(said.map(one => [one.id, fingerprint(one)]))
}

export function fingerprint({ removedAt, text, attachments }: Said): string {
  if (removedAt) return 'removed'
  const words = createHash('sha256').update(text).digest('hex').slice(0, 8)
  return attachments > 0 ? `${words}+${attachments}` : words
}

export async function findHeard(db: Db, reply: Pick<ReplyRow, 'id' | 'ticketId'>): Promise<Heard | null> {
  if (!reply.ticketId) return null
  const event = await db
    .selectFrom('ticketEvents')
    .select('after')
    .where('ticketId', '=', reply.ticketId)
    .where('replyId', '=', reply.id)
    .where('kind', '=', 'reply_approved')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return (event?.after as { heard?: Heard } | null | undefined)?.heard ?? null
}

interface Answer {
  at: Date
  /** Had the answer's writer this before them? */
  answers: (said: Said) => boolean
  /** Stops the clock (SPEC §4: answer and handoff do, ack, closing and follow-up do not). */
  isAnswer: boolean
  afterSending: TicketStatus | null
  by: { teammateId: Id | null; actor: string }
  replyId: Id | null
  mentionId: Id | null
}

async function endTurn(tx: Db, ticket: TicketRow, answer: Answer): Promise<TicketRow> {
  const said = await listSaid(tx, ticket)
  // Words that came while ours were on their way are not answered by them: their turn goes on.
  const [stillWaits] = said.filter(one => one.isFiled && !one.isNoise && !one.removedAt && !answer.answers(one))
  const endsTurn = answer.isAnswer && ticket.waitingSince !== null && !(stillWaits && stillWaits.postedAt <= ticket.waitingSince)
  // The platforms' clocks and ours differ by seconds: an answer is never earlier than what it answers.
  const at = endsTurn && answer.at < ticket.waitingSince! ? ticket.waitingSince! : answer.at
  const isFirstResponse = endsTurn && ticket.firstRespondedAt === null && !ticket.isProactive
  const next = statusAfter(ticket.status, stillWaits ? null : answer.afterSending)
  const waitingSince = endsTurn ? (stillWaits?.postedAt ?? null) : ticket.waitingSince
  const dueAt = !endsTurn
    ? ticket.responseDueAt
    : waitingSince && !ticket.isHeld
      ? responseDueAt(await readTargets(tx), ticket.priority, false, waitingSince)
      : null
  const solver = next === 'solved' && !ticket.assigneeId ? answer.by.teammateId : null

  const changed = await updateTicket(
    tx,
    ticket.id,
    {
      waitingSince,
      responseDueAt: dueAt,
      ...(endsTurn ? { firstRespondedAt: ticket.firstRespondedAt ?? at } : {}),
      ...(next ? { status: next } : {}),
      ...(next === 'solved' ? { solvedAt: at, waitingSince: null, responseDueAt: null, snoozedUntil: null } : {}),
      ...(solver ? { assigneeId: solver } : {}),
      ...(answer.replyId ? { hasFailedReply: await hasTroubledReply(tx, ticket.id) } : {}),
    },
    { newRevision: true },
  )

  const event = { ticketId: ticket.id, at, ...answer.by }
  const events: NewTicketEvent[] = [
    {
      ...event,
      kind: answer.isAnswer ? 'answered' : 'reply_sent',
      replyId: answer.replyId,
      mentionId: answer.mentionId,
      turnStartedAt: endsTurn ? ticket.waitingSince : null,
      turnDueAt: endsTurn ? ticket.responseDueAt : null,
      isFirstResponse,
    },
  ]
  if (solver) events.push({ ...event, kind: 'assigned', before: { assigneeId: null }, after: { assigneeId: solver } })
  if (next === 'solved')
    events.push({
      ...event,
      kind: 'solved',
      before: { status: ticket.status, waitingSince, responseDueAt: dueAt },
      after: { status: next, reason: null },
    })
  else if (next) events.push({ ...event, kind: 'status_changed', before: { status: ticket.status }, after: { status: next } })
  await appendTicketEvents(tx, events)
  return changed
}

function statusAfter(from: TicketStatus, wanted: TicketStatus | null): TicketStatus | null {
  const cause: StatusCause = wanted === 'pending' ? 'asked_customer' : wanted === 'solved' ? 'solved' : 'acted'
  return nextStatus(from, cause)
}

/** A move to DM is one answer in two halves, and a thread is one in parts: the first of them to go out counts. */
async function isOtherHalfSent(tx: Db, reply: ReplyRow): Promise<boolean> {
  return reply.pairedWithId !== null && (await findReply(tx, reply.pairedWithId))?.status === 'sent'
}
