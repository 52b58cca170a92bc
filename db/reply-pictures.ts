// Pictures of replies: a draft's go with it when it is sent. Their bytes are read one picture at a time, or for the send; never by a list.
import { sql } from 'kysely'
import type { PictureType } from '../connectors/connector.ts'
import type { Id } from '../domain.ts'
import type { Db } from './schema.ts'

export interface ReplyPicturesTable {
  id: Id
  replyId: Id
  position: number
  type: PictureType
  width: number
  height: number
  /** Of the bytes as they were stored, also when those are let go. */
  size: number
  alt: string
  /** In a move to DM: it goes out with the public pointer, not with the private message. */
  forPointer: boolean
  addedById: Id | null
  addedAt: Date
  /** Null: let go, the reply is out for long. */
  bytes: Uint8Array | null
}
/** A picture without its bytes, as pages list it. */
export type ReplyPicture = Omit<ReplyPicturesTable, 'bytes' | 'addedById' | 'addedAt'> & { isKept: boolean }

export async function insertReplyPicture(tx: Db, picture: Omit<ReplyPicturesTable, 'position'>): Promise<void> {
  await tx
    .insertInto('replyPictures')
    .values({
      ...picture,
      position: sql<number>`(select coalesce(max(position), 0) + 1 from reply_pictures where reply_id = ${picture.replyId})`,
    })
    .execute()
}

export async function listReplyPictures(db: Db, replyIds: readonly Id[]): Promise<ReplyPicture[]> {
  if (!replyIds.length) return []
  return db
    .selectFrom('replyPictures')
    .select(['id', 'replyId', 'position', 'type', 'width', 'height', 'size', 'alt', 'forPointer'])
    .select(eb => eb('bytes', 'is not', null).as('isKept'))
    .where('replyId', 'in', replyIds)
    .orderBy('position')
    .execute() as Promise<ReplyPicture[]>
}

/** Those of a ticket's replies, drafts left out: one query for a whole thread. */
export async function listThreadPictures(db: Db, ticketId: Id): Promise<ReplyPicture[]> {
  const result = await sql<ReplyPicture>`
    select p.id, p.reply_id, p.position, p.type, p.width, p.height, p.size, p.alt, p.for_pointer, p.bytes is not null as is_kept
    from reply_pictures p join replies r on r.id = p.reply_id
    where r.ticket_id = ${ticketId} and r.status not in ('draft', 'discarded') order by p.position`.execute(db)
  return result.rows
}

/** One picture's bytes. A draft's is its writer's alone. */
export async function findPictureBytes(db: Db, id: Id, teammateId: Id): Promise<{ type: PictureType; bytes: Uint8Array } | undefined> {
  const result = await sql<{ type: PictureType; bytes: Uint8Array }>`
    select p.type, p.bytes from reply_pictures p join replies r on r.id = p.reply_id
    where p.id = ${id} and p.bytes is not null and (r.status <> 'draft' or r.written_by_id = ${teammateId})`.execute(db)
  return result.rows[0]
}

/** With their bytes, for the send. */
export function loadReplyPictures(db: Db, replyId: Id) {
  return db
    .selectFrom('replyPictures')
    .select(['bytes', 'type', 'alt', 'width', 'height'])
    .where('replyId', '=', replyId)
    .orderBy('position')
    .execute()
}

export async function describeReplyPicture(
  tx: Db,
  replyId: Id,
  id: Id,
  { alt, forPointer }: { alt: string; forPointer: boolean },
): Promise<void> {
  await tx.updateTable('replyPictures').set({ alt, forPointer }).where('id', '=', id).where('replyId', '=', replyId).execute()
}

export async function removeReplyPicture(tx: Db, replyId: Id, id: Id): Promise<void> {
  await tx.deleteFrom('replyPictures').where('id', '=', id).where('replyId', '=', replyId).execute()
}

/** To another reply, behind what it has, in the order they are named. */
export async function moveReplyPictures(tx: Db, ids: readonly Id[], toReplyId: Id): Promise<void> {
  for (const id of ids)
    await sql`
      update reply_pictures set reply_id = ${toReplyId},
        position = (select coalesce(max(position), 0) + 1 from reply_pictures where reply_id = ${toReplyId})
      where id = ${id} and reply_id <> ${toReplyId}`.execute(tx)
}

export async function hasPictures(db: Db, replyId: Id): Promise<boolean> {
  const row = await db.selectFrom('replyPictures').select('id').where('replyId', '=', replyId).limit(1).executeTakeFirst()
  return row !== undefined
}

/**
 * Nobody undoes what was discarded a day ago; what is out stands on its platform; a draft left alone for long says that they must be added again.
 * Descriptions stay, so that a thread still says what was shown.
 */
export async function letPicturesGo(db: Db, before: { discarded: Date; draft: Date; out: Date }): Promise<void> {
  await sql`
    update reply_pictures p set bytes = null from replies r
    where r.id = p.reply_id and p.bytes is not null and p.added_at < ${before.discarded} and (
      (r.status = 'discarded' and r.updated_at < ${before.discarded})
      or (r.status = 'draft' and r.updated_at < ${before.draft})
      or (r.status in ('sent', 'refused') and r.updated_at < ${before.out}))`.execute(db)
}
