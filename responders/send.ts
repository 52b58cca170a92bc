// sendReply, settleReply: what was approved goes out at most once, and the row says what became of it.
import { type Connector, type OutgoingPost, PlatformError, type Sent } from '../connectors/connector.ts'
import { getAccount, markReconnect } from '../db/accounts.ts'
import { markEchoOf } from '../db/mentions.ts'
import {
  findReply,
  hasTroubledReply,
  isExternalIdTaken,
  listPictureReplies,
  lockReply,
  moveReply,
  type ReplyRow,
  updateReply,
} from '../db/replies.ts'
import { findPlacedPart, listFollowing } from '../db/reply-threads.ts'
import type { Db } from '../db/schema.ts'
import { findAnswerable, findLastPrivateInboundAt, listSaid } from '../db/thread.ts'
import { appendTicketEvents } from '../db/ticket-events.ts'
import { lockTicket, updateTicket } from '../db/tickets.ts'
import type { Desk } from '../desk.ts'
import type { Id, TicketEventKind } from '../domain.ts'
import { linkFor, openLine } from '../line.ts'
import { findHeard, fingerprint, recordSent } from '../triage/answered.ts'
import { ringFor } from './approve.ts'
import { asAnswerable } from './permission.ts'
import { outgoingPictures } from './picture-replies.ts'
import { noteSending } from './sending-health.ts'
import { isItsTurn } from './thread.ts'
import { backToDraft } from './undo.ts'

/** May run twice, and beside itself: only who moves the row from approved to sending calls the platform. */
export async function sendReply(desk: Desk, replyId: Id): Promise<void> {
  const reply = await findReply(desk.db, replyId)
  if (reply?.status !== 'approved' || !reply.sendAt) return
  if (reply.sendAt > desk.now()) return ringFor(desk, reply.id, reply.sendAt)
  if (!(await isOtherHalfOut(desk, reply)) || !(await isAccountReady(desk, reply))) return

  const call = await prepare(desk, reply)
  if (!call || !(await take(desk, reply.id))) return tellOf(desk, reply)
  const outcome = await callPlatform(call, desk)
  await record(desk, reply, outcome)
  await noteSending(desk, call.line, call.post, 'failed' in outcome ? outcome.failed : null)
  tellOf(desk, reply)
}

/**
 * For replies whose end nobody saw: asks the platform whether our words are there, after 15 s, 1 min and 5 min. Found: sent. Looked and
 * not found: a person decides. Never sends.
 */
export async function settleReply(desk: Desk, replyId: Id): Promise<void> {
  let reply = await findReply(desk.db, replyId)
  if (reply?.status === 'sending' && reply.sendingAt && reply.sendingAt.getTime() <= desk.now().getTime() - DIED_AFTER_MS) {
    await markUnsure(desk, reply, 'Heed stopped while it was being sent.', desk.now())
    reply = await findReply(desk.db, replyId)
  }
  if (reply?.status !== 'unsure' || !reply.nextReadBackAt || reply.nextReadBackAt > desk.now()) return
  const look = await lookForSent(desk, reply)
  if (look.kind === 'found') {
    // The platform took it at some moment after we began; the beginning is the one we know.
    await recordThere(desk, reply, look.sent, reply.sendingAt ?? desk.now())
    await ringOtherHalf(desk, reply)
  } else if (look.kind === 'absent' || look.isRefused) await lookAgainLater(desk, reply)
  else
    await updateReply(desk.db, reply.id, {
      nextReadBackAt: new Date(desk.now().getTime() + look.againInMs),
      problem: `${unsureWords(reply)} ${look.because}`,
    })
  tellOf(desk, reply)
}

/** `isRefused`: the platform lets nobody look there (what it answers is gone): asking for ever would keep it from a person. */
export type Look =
  | { kind: 'found'; sent: Sent }
  | { kind: 'absent' }
  | { kind: 'not_now'; because: string; againInMs: number; isRefused?: boolean }

/** One read-back; where the platform offers no way to look, it is as absent. What another reply of ours is known to be over there is not taken for this one. */
export async function lookForSent(desk: Desk, reply: ReplyRow): Promise<Look> {
  const account = await getAccount(desk.db, reply.accountId)
  const connector = desk.connectorFor(account.platform)
  if (!connector.findSent) return { kind: 'absent' }
  if (account.status !== 'connected')
    return { kind: 'not_now', because: `Heed can look once ${account.name} is connected again.`, againInMs: MINUTE_MS }
  try {
    const line = await openLine(desk, account.id)
    const sent = await connector.findSent(await postOf(desk.db, reply), reply.sendingAt ?? reply.createdAt, line)
    if (!sent || (await isExternalIdTaken(desk.db, account.id, sent.externalId, reply.id))) return { kind: 'absent' }
    return { kind: 'found', sent: { ...sent, url: linkFor(line, sent.url) } }
  } catch (error) {
    desk.log.warn({ err: error, replyId: reply.id }, 'could not look for a reply')
    if (!(error instanceof PlatformError))
      return { kind: 'not_now', because: 'Looking for it failed; Heed tries again.', againInMs: 5 * MINUTE_MS }
    if (error.kind === 'account') await markReconnect(desk.db, account.id, desk.now(), error.message)
    const againInMs = Math.max(error.retryAfterMs ?? 0, MINUTE_MS)
    return { kind: 'not_now', because: error.message, againInMs, isRefused: error.kind === 'refused' }
  }
}

/** The public pointer of a move to DM says "I just wrote to you": it waits until that is true, and goes down with it. */
async function isOtherHalfOut(desk: Desk, reply: ReplyRow): Promise<boolean> {
  if (reply.picturesOfId) return areItsWordsOut(desk, reply)
  if (reply.continuesId) return isPartBeforeOut(desk, reply)
  if (!reply.pairedWithId || reply.visibility === 'private') return true
  const other = await findReply(desk.db, reply.pairedWithId)
  if (!other || other.status === 'sent') return true
  if (other.status === 'refused' || other.status === 'discarded' || other.status === 'draft') {
    await refuse(desk, reply, 'approved', 'The private message did not go out, so this pointer to it was not posted either.')
    return false
  }
  // Still on its way; its own end rings for this one.
  const problem = other.status === 'unsure' ? WAITS_UNSURE : WAITS
  if (reply.problem !== problem) await updateReply(desk.db, reply.id, { problem })
  return false
}

/** A picture that follows words as a message of its own waits for them, and goes down with them. */
async function areItsWordsOut(desk: Desk, reply: ReplyRow): Promise<boolean> {
  const words = await findReply(desk.db, reply.picturesOfId!)
  if (words?.status === 'sent') return true
  if (!words || words.status === 'refused' || words.status === 'discarded' || words.status === 'draft') {
    await refuse(desk, reply, 'approved', 'The words it belongs to did not go out, so this picture was not sent either.')
    return false
  }
  if (reply.problem !== WAITS_FOR_WORDS) await updateReply(desk.db, reply.id, { problem: WAITS_FOR_WORDS })
  return false
}

async function isPartBeforeOut(desk: Desk, reply: ReplyRow): Promise<boolean> {
  const turn = await isItsTurn(desk.db, reply)
  if (turn.may) return true
  if ('never' in turn) await refuse(desk, reply, 'approved', turn.never)
  else if (reply.problem !== turn.wait) await updateReply(desk.db, reply.id, { problem: turn.wait })
  return false
}

async function isAccountReady(desk: Desk, reply: ReplyRow): Promise<boolean> {
  const account = await getAccount(desk.db, reply.accountId)
  if (account.status === 'connected') return true
  const problem = `Waits: ${account.name} ${account.status === 'off' ? 'is switched off' : 'must be connected again'} (Accounts page). It is sent then.`
  if (reply.problem !== problem) await updateReply(desk.db, reply.id, { problem })
  tellOf(desk, reply)
  return false
}

interface Call {
  connector: Connector
  post: OutgoingPost
  line: Awaited<ReturnType<typeof openLine>>
}

/** Everything that may fail or be refused before the platform is asked to write. */
async function prepare(desk: Desk, reply: ReplyRow): Promise<Call | null> {
  const line = await openLine(desk, reply.accountId)
  const connector = desk.connectorFor(line.account.platform)
  const mention = reply.answersId ? await findAnswerable(desk.db, reply.answersId) : undefined
  // Once its beginning is out, the rest goes below that, whatever became of what it answers.
  const isBegun = reply.continuesId !== null && mention !== undefined
  if (reply.answersId && (!mention || mention.isRemoved) && !isBegun) {
    await refuse(desk, reply, 'approved', GONE)
    return null
  }
  if (mention && connector.stillThere && !isBegun) {
    try {
      if (!(await connector.stillThere(asAnswerable(mention), line))) {
        await refuse(desk, reply, 'approved', GONE)
        return null
      }
    } catch (error) {
      if (error instanceof PlatformError && error.kind === 'account') {
        await waitForAccount(desk, reply, 'approved', error.message)
        return null
      }
      // A courtesy: the send itself will say if there is nothing to answer.
      desk.log.info({ err: error, replyId: reply.id }, 'could not see whether the mention is still there')
    }
  }
  const pictures = await outgoingPictures(desk.db, reply.id)
  if (!pictures) {
    await refuse(desk, reply, 'approved', 'A picture of it is no longer kept here: take it back, and choose the picture again.')
    return null
  }
  return { connector, line, post: { ...(await postOf(desk.db, reply)), ...(pictures.length > 0 && { pictures }) } }
}

async function postOf(db: Db, reply: ReplyRow): Promise<OutgoingPost> {
  const mention = reply.answersId ? await findAnswerable(db, reply.answersId) : undefined
  const before = await findPlacedPart(db, reply.continuesId)
  return {
    key: reply.id,
    text: reply.text,
    visibility: reply.visibility,
    inReplyTo: mention ? asAnswerable(mention) : null,
    isPrivateReply: reply.isPrivateReply,
    continues: before?.externalId ?? null,
    isByHuman: reply.writtenById !== null && reply.responder === null && reply.role !== 'broadcast',
    lastPrivateInboundAt: mention && reply.visibility === 'private' ? await findLastPrivateInboundAt(db, mention.customerId) : null,
  }
}

/** `approved → sending`, unless the customer said something since Send was pressed. No row: another worker has it, or it was taken back. */
async function take(desk: Desk, replyId: Id): Promise<ReplyRow | null> {
  return desk.db.transaction().execute(async tx => {
    const reply = await lockReply(tx, replyId)
    if (reply?.status !== 'approved') return null
    if (reply.ticketId) {
      const ticket = await lockTicket(tx, reply.ticketId)
      const because = await whyHeld(tx, reply, ticket)
      if (because) {
        await backToDraft(tx, reply, because)
        await appendTicketEvents(tx, [{ ...eventOf(reply, 'reply_held', desk.now()), after: { because } }])
        return null
      }
    }
    const now = desk.now()
    return (
      (await moveReply(
        tx,
        replyId,
        'approved',
        'sending',
        { sendingAt: now, attempts: reply.attempts + 1, problem: null },
        { dueBy: now },
      )) ?? null
    )
  })
}

/**
 * A mention of the customer that was not there when Send was pressed, or that was edited or removed since. Our own events and colleagues'
 * do not hold a send: those were weighed at approval. A pointer whose private half is out goes out too, and so does the rest of a thread.
 */
async function whyHeld(tx: Db, reply: ReplyRow, ticket: { id: Id; accountId: Id; customerId: Id }): Promise<string | null> {
  if ((reply.pairedWithId && reply.visibility === 'public') || reply.picturesOfId || reply.continuesId) return null
  const heard = await findHeard(tx, reply)
  if (!heard) return null
  const said = await listSaid(tx, ticket)
  const news = said.filter(one => heard[one.id] !== fingerprint(one))
  if (news.some(one => !(one.id in heard) && !one.removedAt))
    return 'Held: the customer wrote again before it was sent. Read it, then send again.'
  if (news.some(one => one.id in heard && one.removedAt))
    return 'Held: the customer deleted something before it was sent. Look again, then send.'
  return news.some(one => one.id in heard)
    ? 'Held: the customer edited what they wrote before it was sent. Read it again, then send.'
    : null
}

type Outcome = { sent: Sent } | { failed: PlatformError }

/** Outside any transaction. What is thrown after the call began and is not understood may have happened. */
async function callPlatform({ connector, post, line }: Call, desk: Desk): Promise<Outcome> {
  try {
    const sent = await connector.send(post, line)
    return { sent: { ...sent, url: linkFor(line, sent.url) } }
  } catch (error) {
    if (error instanceof PlatformError) return { failed: error }
    desk.log.error({ err: error, replyId: post.key }, 'a send ended in a way its connector does not know')
    return { failed: new PlatformError('unsure', 'Something broke while it was being sent.', undefined, { cause: error }) }
  }
}

async function record(desk: Desk, reply: ReplyRow, outcome: Outcome): Promise<void> {
  const now = desk.now()
  if ('sent' in outcome) {
    await recordThere(desk, reply, outcome.sent, now)
    return ringOtherHalf(desk, reply)
  }
  const { kind, message, retryAfterMs } = outcome.failed
  if (kind === 'unsure') return markUnsure(desk, reply, message, now)
  if (kind === 'refused') return refuse(desk, reply, 'sending', message)
  if (kind === 'account') return waitForAccount(desk, reply, 'sending', message)
  const attempts = reply.attempts + 1
  if (attempts >= MOST_ATTEMPTS)
    return refuse(desk, reply, 'sending', `${message} Tried ${attempts} times, now given up: nothing was sent.`)
  const sendAt = new Date(now.getTime() + Math.max(retryAfterMs ?? 0, BACKOFF_MS * 2 ** (attempts - 1)))
  await moveReply(desk.db, reply.id, 'sending', 'approved', {
    sendAt,
    sendingAt: null,
    problem: `${message} Nothing was sent; Heed tries again.`,
  })
  await ringFor(desk, reply.id, sendAt)
}

/** Its echo may have come before, and been taken for nobody's. */
export async function recordThere(desk: Desk, reply: ReplyRow, sent: Sent, at: Date): Promise<void> {
  const isOurs = await desk.db.transaction().execute(tx => recordSent(tx, reply.id, { ...sent, at }))
  // By itself: whoever stores mentions locks them before replies.
  if (isOurs) await markEchoOf(desk.db, reply, sent.externalId)
}

/** `from` is the status in which the caller had it: what another worker took meanwhile is his to end, or it could be sent twice. */
async function waitForAccount(desk: Desk, reply: ReplyRow, from: 'approved' | 'sending', because: string): Promise<void> {
  await moveReply(desk.db, reply.id, from, 'approved', { sendingAt: null, problem: `Waits for its account: ${because}` })
  await markReconnect(desk.db, reply.accountId, desk.now(), because)
  desk.live.tell({ topic: 'account', id: reply.accountId })
}

/** Final: shown on the ticket and under Failed. */
async function refuse(desk: Desk, reply: ReplyRow, from: 'approved' | 'sending', problem: string): Promise<void> {
  await desk.db.transaction().execute(async tx => {
    if (!(await moveReply(tx, reply.id, from, 'refused', { problem, sendingAt: null }))) return
    if (!reply.ticketId) return
    await lockTicket(tx, reply.ticketId)
    await updateTicket(tx, reply.ticketId, { hasFailedReply: true }, { newRevision: false })
    await appendTicketEvents(tx, [{ ...eventOf(reply, 'reply_refused', desk.now()), after: { because: problem } }])
  })
  await ringOtherHalf(desk, reply)
}

async function markUnsure(desk: Desk, reply: ReplyRow, because: string, now: Date): Promise<void> {
  const problem = `${because} Heed looks whether it is there before anything else.`
  await desk.db.transaction().execute(async tx => {
    const nextReadBackAt = new Date(now.getTime() + READ_BACKS_MS[0]!)
    if (!(await moveReply(tx, reply.id, 'sending', 'unsure', { problem, nextReadBackAt, readBacks: 0 }))) return
    if (reply.ticketId) await appendTicketEvents(tx, [{ ...eventOf(reply, 'reply_unsure', now), after: { because } }])
  })
  // Nothing is rung for: the sweep finds what is due to be looked up.
}

async function lookAgainLater(desk: Desk, reply: ReplyRow): Promise<void> {
  const readBacks = reply.readBacks + 1
  const wait = READ_BACKS_MS[readBacks]
  const account = await getAccount(desk.db, reply.accountId)
  const { label, findSent } = desk.connectorFor(account.platform)
  if (wait !== undefined && findSent) {
    await updateReply(desk.db, reply.id, { readBacks, nextReadBackAt: new Date(desk.now().getTime() + wait) })
    return
  }
  const problem = findSent
    ? `${label} did not confirm this, and ${readBacks} looks did not find it there. Look yourself, then choose: it is there, send it again, or discard it.`
    : `${label} did not confirm this and gives Heed no way to look. Look yourself, then choose: it is there, send it again, or discard it.`
  await desk.db.transaction().execute(async tx => {
    if (!(await moveReply(tx, reply.id, 'unsure', 'unsure', { readBacks, nextReadBackAt: null, problem })) || !reply.ticketId) return
    await lockTicket(tx, reply.ticketId)
    await updateTicket(tx, reply.ticketId, { hasFailedReply: await hasTroubledReply(tx, reply.ticketId) }, { newRevision: false })
  })
}

/** Once a reply has its end, what waits for it may go, or be stopped: the other half of a move to DM, its pictures, the next part. */
export async function ringOtherHalf(desk: Desk, reply: ReplyRow): Promise<void> {
  if (reply.pairedWithId && reply.visibility === 'private') await ringFor(desk, reply.pairedWithId, desk.now())
  for (const picture of await listPictureReplies(desk.db, reply.id)) await ringFor(desk, picture.id, desk.now())
  for (const id of await listFollowing(desk.db, reply.id)) await ringFor(desk, id, desk.now())
}

function eventOf(reply: ReplyRow, kind: TicketEventKind, at: Date) {
  return { ticketId: reply.ticketId!, kind, at, actor: 'outbox', replyId: reply.id, mentionId: reply.answersId }
}

function tellOf(desk: Desk, reply: ReplyRow): void {
  desk.live.tell(reply.ticketId ? { topic: 'ticket', id: reply.ticketId } : { topic: 'incident' })
  if (reply.ticketId) desk.live.tell({ topic: 'queue' })
}

const unsureWords = (reply: ReplyRow) => (reply.problem ?? '').split(' Heed looks ')[0]!
const WAITS_FOR_WORDS = 'Waits for the words it belongs to.'
const WAITS = 'Waits for the private message it points to.'
const WAITS_UNSURE = 'Waits: nobody knows yet whether the private message it points to went out.'
const GONE = 'The customer deleted what this answers. Nothing was sent.'
const MINUTE_MS = 60_000
/** When to look after an unknown end; platforms show what was posted with some delay. */
const READ_BACKS_MS = [15_000, MINUTE_MS, 5 * MINUTE_MS]
/** No connector waits this long for an answer: who held it is dead. */
const DIED_AFTER_MS = 2 * MINUTE_MS
const BACKOFF_MS = 5_000
const MOST_ATTEMPTS = 10
