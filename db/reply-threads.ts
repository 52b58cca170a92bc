// Replies that make one thread: each part a row that continues the one before it.
import { sql } from 'kysely'
import type { Id } from '../domain.ts'
import type { ReplyRow } from './replies.ts'
import type { Db } from './schema.ts'

/**
 * All parts of the thread this reply belongs to, in their order, locked; a reply by itself is a thread of one. What was taken back or put
 * away is left out, and so is a draft: its words are about to become parts anew.
 */
export async function lockReplyThread(tx: Db, replyId: Id): Promise<ReplyRow[]> {
  const ids = await listThreadIds(tx, replyId)
  if (!ids.length) return []
  const rows = await tx.selectFrom('replies').selectAll().where('id', 'in', ids).orderBy('id').forUpdate().execute()
  const byId = new Map(rows.map(row => [row.id, row]))
  return ids.map(id => byId.get(id)!).filter(row => row.status !== 'discarded' && row.status !== 'draft')
}

/** How many parts are out up to this one, itself included: the next is one more. */
export async function countPartsOut(db: Db, replyId: Id): Promise<number> {
  const result = await sql<{ n: number }>`
    with recursive above as (
      select id, continues_id, status from replies where id = ${replyId}
      union all select r.id, r.continues_id, r.status from replies r join above on r.id = above.continues_id)
    select count(*)::int as n from above where status = 'sent'`.execute(db)
  return result.rows[0]!.n
}

/** The nearest part at or above this one that is out; undefined: none is. */
export async function findLastPartOut(db: Db, replyId: Id | null): Promise<ReplyRow | undefined> {
  return nearestAbove(db, replyId, sql`status = 'sent'`)
}

/** The nearest part at or above this one whose place over there is known. */
export async function findPlacedPart(db: Db, replyId: Id | null): Promise<ReplyRow | undefined> {
  return nearestAbove(db, replyId, sql`status = 'sent' and external_id is not null`)
}

/** It has its next part, on its way or out. */
export async function isFollowed(db: Db, replyId: Id): Promise<boolean> {
  const next = db.selectFrom('replies').select('id').where('continuesId', '=', replyId)
  return (await next.where('status', 'not in', ['draft', 'discarded']).limit(1).executeTakeFirst()) !== undefined
}

/** What waits for this reply as its next part. */
export async function listFollowing(db: Db, replyId: Id): Promise<Id[]> {
  const rows = await db.selectFrom('replies').select('id').where('continuesId', '=', replyId).where('status', '=', 'approved').execute()
  return rows.map(row => row.id)
}

/** All parts behind this one, whatever became of them. */
export async function listBehind(db: Db, replyId: Id): Promise<Id[]> {
  const result = await sql<{ id: Id }>`
    with recursive parts as (
      select id, 0 as place from replies where continues_id = ${replyId}
      union all select r.id, parts.place + 1 from replies r join parts on r.continues_id = parts.id)
    select id from parts order by place`.execute(db)
  return result.rows.map(row => row.id)
}

async function listThreadIds(db: Db, replyId: Id): Promise<Id[]> {
  const result = await sql<{ id: Id }>`
    with recursive above as (
      select id, continues_id, 0 as height from replies where id = ${replyId}
      union all select r.id, r.continues_id, above.height + 1 from replies r join above on r.id = above.continues_id
    ), parts as (
      select id, 0 as place from (select id from above order by height desc limit 1) first
      union all select r.id, parts.place + 1 from replies r join parts on r.continues_id = parts.id)
    select id from parts order by place, id`.execute(db)
  return result.rows.map(row => row.id)
}

async function nearestAbove(db: Db, replyId: Id | null, wanted: ReturnType<typeof sql>): Promise<ReplyRow | undefined> {
  if (!replyId) return undefined
  const result = await sql<ReplyRow>`
    with recursive above as (
      select replies.*, 0 as height from replies where id = ${replyId}
      union all select r.*, above.height + 1 from replies r join above on r.id = above.continues_id)
    select * from above where ${wanted} order by height limit 1`.execute(db)
  return result.rows[0]
}
