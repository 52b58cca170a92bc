// What a person decides where Heed cannot: an unsure reply, a refused one.
import { findReply, hasTroubledReply, lockReply, moveReply, type ReplyRow } from '../db/replies.ts'
import { listBehind } from '../db/reply-threads.ts'
import type { Db } from '../db/schema.ts'
import { appendTicketEvents } from '../db/ticket-events.ts'
import { lockTicket, updateTicket } from '../db/tickets.ts'
import type { Desk } from '../desk.ts'
import type { Id } from '../domain.ts'
import { recordSent } from '../triage/answered.ts'
import { ringFor } from './approve.ts'
import { lookForSent, recordThere, ringOtherHalf } from './send.ts'
import { reviveRest } from './thread.ts'

export type Resolution = { ok: true; status: ReplyRow['status'] } | { ok: false; because: string }

/**
 * A person looked on the platform. `send_again` looks once more first, and finds it sent rather than sending twice; where the look itself
 * fails nothing is sent.
 */
export async function resolveUnsure(
  desk: Desk,
  replyId: Id,
  decision: 'it_is_there' | 'send_again' | 'discard',
  teammateId: Id,
): Promise<Resolution> {
  const reply = await findReply(desk.db, replyId)
  if (reply?.status !== 'unsure')
    return { ok: false, because: reply ? `It is ${reply.status} by now: nothing left to decide.` : 'There is no such reply.' }
  const resolution =
    decision === 'it_is_there'
      ? await confirmByHand(desk, reply)
      : decision === 'discard'
        ? await putAside(desk, reply, 'unsure', teammateId)
        : await sendAgain(desk, reply, teammateId)
  if (resolution.ok && resolution.status !== 'approved') await ringOtherHalf(desk, reply)
  tellOf(desk, reply)
  return resolution
}

/** A refused reply is put away, and with a part of a thread those behind it: the words stay in their rows, the ticket leaves Failed. */
export async function discardReply(desk: Desk, replyId: Id, teammateId: Id): Promise<Resolution> {
  const reply = await findReply(desk.db, replyId)
  if (reply?.status !== 'refused') return { ok: false, because: 'Only a failed reply can be put away.' }
  const resolution = await putAside(desk, reply, 'refused', teammateId)
  for (const id of resolution.ok ? await listBehind(desk.db, replyId) : []) {
    const part = await findReply(desk.db, id)
    if (part?.status === 'refused') await putAside(desk, part, 'refused', teammateId)
  }
  tellOf(desk, reply)
  return resolution
}

/** What stopped a part of a thread is mended over there: it and those behind it go out as they are, below what is out. */
export async function sendOn(desk: Desk, replyId: Id, teammateId: Id): Promise<Resolution> {
  const now = desk.now()
  const done = await desk.db.transaction().execute(async tx => {
    const revived = await reviveRest(tx, replyId, now)
    if (revived.ok) await settleTicket(tx, desk, { ...revived.rows[0]!, status: 'refused' }, teammateId, 'approved')
    return revived
  })
  if (!done.ok) return done
  await ringFor(desk, done.rows[0]!.id, now)
  tellOf(desk, done.rows[0]!)
  return { ok: true, status: 'approved' }
}

async function confirmByHand(desk: Desk, reply: ReplyRow): Promise<Resolution> {
  const at = reply.sendingAt ?? desk.now()
  const isOurs = await desk.db.transaction().execute(tx => recordSent(tx, reply.id, { externalId: null, url: null, at }))
  return isOurs ? { ok: true, status: 'sent' } : MOVED_ON
}

async function sendAgain(desk: Desk, reply: ReplyRow, teammateId: Id): Promise<Resolution> {
  const look = await lookForSent(desk, reply)
  if (look.kind === 'not_now') return { ok: false, because: `${look.because} Heed does not send again before it has looked.` }
  if (look.kind === 'found') {
    await recordThere(desk, reply, look.sent, reply.sendingAt ?? desk.now())
    return { ok: true, status: 'sent' }
  }
  const now = desk.now()
  const again = await desk.db.transaction().execute(async tx => {
    const moved = await moveReply(tx, reply.id, 'unsure', 'approved', { sendAt: now, sendingAt: null, nextReadBackAt: null, problem: null })
    if (moved) await settleTicket(tx, desk, reply, teammateId, 'approved')
    return moved
  })
  if (!again) return MOVED_ON
  await ringFor(desk, reply.id, now)
  return { ok: true, status: 'approved' }
}

async function putAside(desk: Desk, reply: ReplyRow, from: 'unsure' | 'refused', teammateId: Id): Promise<Resolution> {
  return desk.db.transaction().execute(async (tx): Promise<Resolution> => {
    await lockReply(tx, reply.id)
    if (!(await moveReply(tx, reply.id, from, 'discarded', { nextReadBackAt: null }))) return MOVED_ON
    await settleTicket(tx, desk, reply, teammateId, 'discarded')
    return { ok: true, status: 'discarded' }
  })
}

async function settleTicket(tx: Db, desk: Desk, reply: ReplyRow, teammateId: Id, to: ReplyRow['status']): Promise<void> {
  if (!reply.ticketId) return
  await lockTicket(tx, reply.ticketId)
  await updateTicket(tx, reply.ticketId, { hasFailedReply: await hasTroubledReply(tx, reply.ticketId) }, { newRevision: false })
  await appendTicketEvents(tx, [
    {
      ticketId: reply.ticketId,
      kind: 'reply_undone',
      at: desk.now(),
      teammateId,
      actor: 'teammate',
      replyId: reply.id,
      before: { status: reply.status },
      after: { status: to },
    },
  ])
}

function tellOf(desk: Desk, reply: ReplyRow): void {
  desk.live.tell(reply.ticketId ? { topic: 'ticket', id: reply.ticketId } : { topic: 'incident' })
}

const MOVED_ON = { ok: false, because: 'It has an end by now: nothing left to decide.' } as const
