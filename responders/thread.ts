// A long answer on its way as a thread: who waits for whom, what comes back together, and how the rest is sent on.
import { v7 as newId } from 'uuid'
import type { LengthRule } from '../connectors/connector.ts'
import { findReply, insertReply, moveReply, type ReplyRow } from '../db/replies.ts'
import { countPartsOut, findLastPartOut, isFollowed, lockReplyThread } from '../db/reply-threads.ts'
import type { Db } from '../db/schema.ts'
import type { Id, TicketStatus } from '../domain.ts'
import { sign, unsign } from './signature.ts'
import { joinPieces, type Piece, type Split, splitText } from './split.ts'

/** As it would be cut for this teammate and this way, going on where parts are out already. */
export function splitAnswer(text: string, rule: Pick<LengthRule, 'limit' | 'count'>, initials: string, out = 0): Split {
  return splitText(text, { limit: rule.limit, count: rule.count, sign: words => sign(words, initials), out })
}

/** How a text may be cut: as the rep chose it, and going on where parts are out already. */
export interface Cutting {
  posts?: number | undefined
  out?: number
}

/** Only as many posts as the rep saw and chose, never by itself. Null: it can go out as it is cut. */
export function whyTooLong(rule: LengthRule, length: number, cut: Split, cutting: Cutting | null): string | null {
  if (cut.ok && cut.pieces.length === 1) return null
  const over = `It is ${length} ${rule.unit} long with its signature, ${length - rule.limit} too many. Shorten it, take a shorter template, or write privately.`
  if (!cutting || (!cutting.posts && !cut.ok)) return over
  if (!cut.ok) return cut.because
  const parts = cut.pieces.length
  if (!cutting.posts)
    return length > rule.limit
      ? `${over} Or send it as ${parts} posts.`
      : `With its number it takes ${parts} posts: choose that, or shorten it.`
  return cutting.posts === parts ? null : `It is cut into ${parts} posts by now, not ${cutting.posts}: look at the parts, then send.`
}

export interface BeginningOut {
  after: ReplyRow
  /** How many parts are out. */
  out: number
  /** Somebody has sent it on already. */
  isFollowed: boolean
}

/** Words that are what is left of a thread on this ticket: the part they go on after. */
export async function findBeginningOut(db: Db, ticketId: Id, continuesId: Id | null | undefined): Promise<BeginningOut | null> {
  const after = await findLastPartOut(db, continuesId ?? null)
  if (after?.ticketId !== ticketId) return null
  return { after, out: await countPartsOut(db, after.id), isFollowed: await isFollowed(db, after.id) }
}

/** The parts behind the first, which is in the outbox already: each waits for the one before it. The last changes the ticket's status. */
export async function insertFollowing(
  tx: Db,
  first: ReplyRow,
  pieces: readonly Piece[],
  afterSending: TicketStatus | null,
): Promise<ReplyRow[]> {
  const following: ReplyRow[] = []
  for (const [nth, { text, joint }] of pieces.entries()) {
    const { accountId, ticketId, statusUpdateId, answersId, visibility, role, writtenById, ticketRevision, sendAt, createdAt } = first
    const same = { accountId, ticketId, statusUpdateId, answersId, visibility, role, writtenById, ticketRevision, sendAt, createdAt }
    const continuesId = following.at(-1)?.id ?? first.id
    const idempotencyKey = `${first.idempotencyKey} part ${nth + 2}`
    const own = { id: newId(), idempotencyKey, continuesId, text, joint, afterSending: nth === pieces.length - 1 ? afterSending : null }
    following.push(await insertReply(tx, { ...same, ...own, status: 'approved' }))
  }
  return following
}

export type Turn = { may: true } | { may: false; wait: string } | { may: false; never: string }

/** A part goes out only after the one before it is. */
export async function isItsTurn(db: Db, reply: ReplyRow): Promise<Turn> {
  const before = reply.continuesId ? await findReply(db, reply.continuesId) : undefined
  switch (before?.status) {
    case undefined:
    case 'sent':
      return { may: true }
    case 'refused':
    case 'discarded':
    case 'draft':
      return { may: false, never: 'The part before it did not go out, so this part was not sent either.' }
    case 'unsure':
      return { may: false, wait: 'Waits: nobody knows yet whether the part before it went out.' }
    default:
      return { may: false, wait: 'Waits for the part before it.' }
  }
}

/** What is not out yet of the thread this reply belongs to. `why`: a part of it is on its way, so nothing of it may be touched. */
export async function lockRest(tx: Db, replyId: Id): Promise<{ rest: ReplyRow[]; isThread: boolean; why: 'sending' | 'unsure' | null }> {
  const parts = await lockReplyThread(tx, replyId)
  const under = parts.find(part => part.status === 'sending' || part.status === 'unsure')
  return {
    rest: parts.filter(part => part.status === 'approved' || part.status === 'refused'),
    isThread: parts.length > 1 || parts.some(part => part.continuesId !== null),
    why: under ? (under.status as 'sending' | 'unsure') : null,
  }
}

/** One text again. Where this reply is none of a thread, its own words. */
export function wordsOf(rest: readonly Pick<ReplyRow, 'text' | 'joint' | 'continuesId'>[]): string {
  return rest.length > 1 || rest[0]?.continuesId ? joinPieces(rest) : unsign(rest[0]?.text ?? '')
}

/** Every thread among these rows as the text it was cut from; they come in the order they were made. */
export function textsOf(rows: readonly Pick<ReplyRow, 'id' | 'text' | 'joint' | 'continuesId'>[]): string[] {
  const threads: (typeof rows)[number][][] = []
  for (const row of rows) {
    const begun = threads.find(thread => thread.at(-1)!.id === row.continuesId)
    if (begun) begun.push(row)
    else threads.push([row])
  }
  return threads.map(wordsOf)
}

/** `refused → approved` for the first part that is not out and all behind it, in the caller's transaction. */
export async function reviveRest(tx: Db, replyId: Id, now: Date): Promise<{ ok: true; rows: ReplyRow[] } | { ok: false; because: string }> {
  const { rest, why } = await lockRest(tx, replyId)
  if (why) return { ok: false, because: ON_ITS_WAY[why] }
  if (!rest.some(part => part.status === 'refused')) return { ok: false, because: 'Only what was refused can be sent on.' }
  const rows: ReplyRow[] = []
  for (const part of rest) {
    const continuesId = rows.at(-1)?.id ?? (await findLastPartOut(tx, part.continuesId))?.id ?? null
    rows.push(
      (await moveReply(tx, part.id, ['refused', 'approved'], 'approved', { continuesId, sendAt: now, attempts: 0, problem: null }))!,
    )
  }
  return { ok: true, rows }
}

export const ON_ITS_WAY = {
  sending: 'A part of it is being sent at this moment: too late to take it back.',
  unsure: 'A part of it may be out already. Look on the platform, then say here what you found.',
} as const
export const ONLY_ONE = 'Only one private message may be sent to a comment: shorten it, or send the rest once they answered.'
