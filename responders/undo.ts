// Takes an approved reply back before it is sent; the words return to the composer, whatever else is in it.
import { findDraft, findReply, hasTroubledReply, lockReply, moveReply, type ReplyRow, updateReply } from '../db/replies.ts'
import { findLastPartOut } from '../db/reply-threads.ts'
import type { Db } from '../db/schema.ts'
import { getTeammate } from '../db/teammates.ts'
import { appendTicketEvents } from '../db/ticket-events.ts'
import { lockTicket, updateTicket } from '../db/tickets.ts'
import type { Desk } from '../desk.ts'
import type { Id } from '../domain.ts'
import { moveAllPictures, takeBackPictureReplies } from './picture-replies.ts'
import { lockRest, ON_ITS_WAY, wordsOf } from './thread.ts'

export type Undone = { ok: true; draft: ReplyRow | null } | { ok: false; because: string }

/** Its writer's, or a lead's, to take back. Also for a refused reply, to change it and send it again. Both halves of a move to DM come back together while both still can. */
export async function undoReply(desk: Desk, replyId: Id, teammateId: Id): Promise<Undone> {
  const undone = await desk.db.transaction().execute(async (tx): Promise<Undone & { ticketId?: Id }> => {
    // The parts of a thread come back together, so they are locked together.
    const { why } = await lockRest(tx, replyId)
    const reply = await lockReply(tx, replyId)
    if (!reply?.ticketId) return { ok: false, because: 'There is no such reply.' }
    const teammate = await getTeammate(tx, teammateId)
    if (reply.writtenById !== teammateId && teammate.role !== 'lead' && teammate.role !== 'admin')
      return { ok: false, because: 'Only its writer or a lead can take it back.' }
    if (reply.status !== 'approved' && reply.status !== 'refused') return { ok: false, because: WHY_NOT[reply.status] }
    if (why) return { ok: false, because: ON_ITS_WAY[why] }
    await lockTicket(tx, reply.ticketId)
    const draft = await backToDraft(tx, reply, null)
    await appendTicketEvents(tx, [
      {
        ticketId: reply.ticketId,
        kind: 'reply_undone',
        at: desk.now(),
        teammateId,
        actor: 'teammate',
        replyId,
        before: { status: reply.status },
        after: { status: 'draft' },
      },
    ])
    await updateTicket(tx, reply.ticketId, { hasFailedReply: await hasTroubledReply(tx, reply.ticketId) }, { newRevision: false })
    return { ok: true, draft, ticketId: reply.ticketId }
  })
  if (undone.ok) desk.live.tell({ topic: 'ticket', id: undone.ticketId! })
  return undone
}

/**
 * `approved | refused → draft`, in the caller's transaction that holds the ticket's lock. Where its writer has begun another draft, the words
 * join it and this row is discarded; the pointer of a move to DM is discarded with its private half, its words kept in its row.
 */
export async function backToDraft(tx: Db, reply: ReplyRow, problem: string | null): Promise<ReplyRow | null> {
  // A picture comes back with the words it follows, while these still can.
  const words = reply.picturesOfId ? await findReply(tx, reply.picturesOfId) : undefined
  if (words?.status === 'approved') return backToDraft(tx, words, problem)
  const first = (await lockRest(tx, reply.id)).rest[0] ?? reply
  const other = first.pairedWithId ? await findReply(tx, first.pairedWithId) : undefined
  const isPair = other?.status === 'approved'
  // The private half's words are the ones a person goes on with.
  const [back, dropped] = isPair && first.visibility === 'public' ? [other, first] : [first, isPair ? other : undefined]
  const { rest } = await lockRest(tx, back.id)
  if (dropped) await moveReply(tx, dropped.id, ['approved', 'refused'], 'discarded', { problem })
  const text = wordsOf(rest)
  const begun = back.writtenById ? await findDraft(tx, back.ticketId!, back.writtenById) : undefined
  const draftId = begun?.id ?? back.id
  for (const part of rest) {
    await moveAllPictures(tx, part.id, draftId)
    await takeBackPictureReplies(tx, part, draftId)
    if (part !== rest[0]) await moveReply(tx, part.id, ['approved', 'refused'], 'discarded', { problem })
  }
  // Sent again, it goes on below what is out.
  const continuesId = (await findLastPartOut(tx, back.continuesId))?.id ?? null
  if (dropped) await moveAllPictures(tx, dropped.id, draftId)
  if (!begun)
    return (
      (await moveReply(tx, back.id, ['approved', 'refused'], 'draft', { text, problem, continuesId, sendAt: null, sendingAt: null })) ??
      null
    )
  await moveReply(tx, back.id, ['approved', 'refused'], 'discarded', { problem })
  const together = begun.text.includes(text) ? begun.text : `${text}\n\n${begun.text}`
  return (await updateReply(tx, begun.id, { text: together, problem, ...(continuesId && { continuesId }) })) ?? null
}

const WHY_NOT: Record<Exclude<ReplyRow['status'], 'approved' | 'refused'>, string> = {
  draft: 'It was taken back already.',
  discarded: 'It was taken back already.',
  sending: 'It is being sent at this moment: too late to take it back.',
  sent: 'It is out already: too late to take it back.',
  unsure: 'It may be out already. Look on the platform, then say here what you found.',
}
