// Drafts: a teammate's unsent words on a ticket, one per person, kept as they type.
import { v7 as newId } from 'uuid'
import { findDraft, insertReply, listOwnApproved, type ReplyRow, removeDraft, updateReply } from '../db/replies.ts'
import { describeReplyPicture, hasPictures } from '../db/reply-pictures.ts'
import type { Db } from '../db/schema.ts'
import { lockTicket } from '../db/tickets.ts'
import type { Desk } from '../desk.ts'
import type { Id, ReplyRole, Visibility } from '../domain.ts'
import { unsign } from './signature.ts'
import { findBeginningOut, textsOf } from './thread.ts'

/** What a form says of a picture that the draft has. */
export interface PictureWords {
  id: Id
  alt: string
  forPointer: boolean
}

export interface DraftRequest {
  ticketId: Id
  teammateId: Id
  text: string
  visibility: Visibility
  role: ReplyRole
  /** What was said of the pictures it has. */
  pictures?: readonly PictureWords[] | undefined
  /** The rest of a thread: the part it goes on after. Left out: as it was. */
  continuesId?: Id | null | undefined
}

/** @returns the draft; null when there is nothing to keep (empty, or an autosave that comes after its own send). */
export async function saveDraft(desk: Desk, request: DraftRequest): Promise<ReplyRow | null> {
  return desk.db.transaction().execute(async tx => {
    await lockTicket(tx, request.ticketId)
    const justSent = await listOwnApproved(tx, request.ticketId, request.teammateId, new Date(desk.now().getTime() - LATE_MS))
    if (textsOf(justSent).some(text => text === unsign(request.text))) return null
    return keepDraft(tx, request, desk.now())
  })
}

export async function discardDraft(desk: Desk, ticketId: Id, teammateId: Id): Promise<void> {
  await desk.db.transaction().execute(async tx => {
    await lockTicket(tx, ticketId)
    await removeDraft(tx, ticketId, teammateId)
  })
}

/** The same inside a caller's transaction that holds the ticket's lock. */
export async function keepDraft(
  tx: Db,
  { ticketId, teammateId, text, visibility, role, pictures = [], continuesId }: DraftRequest,
  now: Date,
  { evenEmpty = false } = {},
): Promise<ReplyRow | null> {
  const draft = await findDraft(tx, ticketId, teammateId)
  if (text.trim() === '' && !evenEmpty && !(draft && (await hasPictures(tx, draft.id)))) {
    await removeDraft(tx, ticketId, teammateId)
    return null
  }
  if (draft) for (const { id, alt, forPointer } of pictures) await describeReplyPicture(tx, draft.id, id, { alt: alt.trim(), forPointer })
  const after = continuesId === undefined ? {} : { continuesId: (await findBeginningOut(tx, ticketId, continuesId))?.after.id ?? null }
  if (draft) return (await updateReply(tx, draft.id, { text, visibility, role, ...after })) ?? null
  const { accountId } = await tx.selectFrom('tickets').select('accountId').where('id', '=', ticketId).executeTakeFirstOrThrow()
  const id = newId()
  return insertReply(tx, {
    id,
    idempotencyKey: `draft ${id}`,
    accountId,
    ticketId,
    text,
    visibility,
    role,
    status: 'draft',
    writtenById: teammateId,
    ...after,
    createdAt: now,
  })
}

/** A browser's last autosave may arrive after its Send. */
const LATE_MS = 2 * 60_000
