// Our own words coming back: the echo of a reply closes its send; an answer from the native app closes the customer's turn.
import { listOrphanAnswers, markOwnWords, type NewMention, ticketAnsweredBy } from '../db/mentions.ts'
import { findEchoed } from '../db/replies.ts'
import type { Tx } from '../db/schema.ts'
import { lockTicket } from '../db/tickets.ts'
import type { Id } from '../domain.ts'
import { confirmEcho, recordNativeAnswer } from './answered.ts'

/** Answers with the ticket these words belong to; null: none yet, `adoptOwnWords` looks again when one is opened. */
export async function recordOwnWords(tx: Tx, mention: NewMention & { echoOf: string | null }): Promise<Id | null> {
  const reply = await findEchoed(tx, mention.accountId, mention)
  if (reply) {
    await confirmEcho(tx, reply, mention)
    await markOwnWords(tx, mention.id, { ticketId: reply.ticketId, replyId: reply.id })
    return reply.ticketId
  }
  const ticketId = await ticketAnsweredBy(tx, mention)
  if (ticketId) await adopt(tx, ticketId, mention)
  return ticketId
}

/** The answer arrived before, or together with, the mention it answers: a page of a poll holds both. */
export async function adoptOwnWords(tx: Tx, ticketIds: readonly Id[]) {
  for (const orphan of await listOrphanAnswers(tx, ticketIds)) await adopt(tx, orphan.answersTicketId, orphan)
}

async function adopt(tx: Tx, ticketId: Id, mention: { id: Id; postedAt: Date }) {
  await recordNativeAnswer(tx, await lockTicket(tx, ticketId), mention)
  await markOwnWords(tx, mention.id, { ticketId, replyId: null })
}
