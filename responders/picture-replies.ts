// Pictures on their way: in the outbox with their words, or, where a message holds words or one picture, as replies that follow them.
import { v7 as newId } from 'uuid'
import type { NoPictures, OutgoingPicture, PictureRule } from '../connectors/connector.ts'
import { insertReply, listPictureReplies, moveReply, type ReplyRow } from '../db/replies.ts'
import { describeReplyPicture, listReplyPictures, loadReplyPictures, moveReplyPictures, type ReplyPicture } from '../db/reply-pictures.ts'
import type { Db } from '../db/schema.ts'
import type { Id } from '../domain.ts'

/** From the draft to the reply that was made of it, in the transaction in which it was approved. */
export async function putPicturesInOutbox(
  tx: Db,
  words: ReplyRow,
  pictures: readonly ReplyPicture[],
  rule: PictureRule | NoPictures,
): Promise<void> {
  const isApart = 'isApart' in rule
  for (const [nth, picture] of pictures.entries()) {
    await describeReplyPicture(tx, picture.replyId, picture.id, picture)
    const own = isApart ? await insertReply(tx, pictureReply(words, nth)) : words
    await moveReplyPictures(tx, [picture.id], own.id)
  }
}

/** Without words: those went before it. It changes no status and ends no turn. */
function pictureReply(words: ReplyRow, nth: number) {
  const { accountId, ticketId, answersId, visibility, role, writtenById, ticketRevision, sendAt, createdAt } = words
  const same = { accountId, ticketId, answersId, visibility, role, writtenById, ticketRevision, sendAt, createdAt }
  const idempotencyKey = `${words.idempotencyKey} picture ${nth + 1}`
  return { ...same, id: newId(), idempotencyKey, picturesOfId: words.id, text: '', status: 'approved' as const }
}

/** The words were taken back, or turned down: what follows them comes back into the same draft. */
export async function takeBackPictureReplies(tx: Db, words: Pick<ReplyRow, 'id'>, intoDraftId: Id): Promise<void> {
  for (const reply of await listPictureReplies(tx, words.id))
    if (await moveReply(tx, reply.id, ['approved', 'refused'], 'discarded')) await moveAllPictures(tx, reply.id, intoDraftId)
}

export async function moveAllPictures(tx: Db, fromReplyId: Id, toReplyId: Id): Promise<void> {
  const pictures = await listReplyPictures(tx, [fromReplyId])
  await moveReplyPictures(
    tx,
    pictures.map(one => one.id),
    toReplyId,
  )
}

/** For the send. Null: one of them is no longer kept. */
export async function outgoingPictures(db: Db, replyId: Id): Promise<OutgoingPicture[] | null> {
  const pictures = await loadReplyPictures(db, replyId)
  return pictures.every(hasBytes) ? pictures : null
}

type Loaded = Awaited<ReturnType<typeof loadReplyPictures>>[number]
const hasBytes = (one: Loaded): one is Loaded & OutgoingPicture => one.bytes !== null
