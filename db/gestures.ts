// Gestures: likes and hides of mentions, a row for each that was ever wished; the last wish is the one that counts.
import type { Generated, Selectable } from 'kysely'
import { sql } from 'kysely'
import type { Gesture, GestureStatus, Id } from '../domain.ts'
import type { Db } from './schema.ts'

export interface GesturesTable {
  mentionId: Id
  gesture: Gesture
  isWished: boolean
  /** What the platform took last. */
  isSet: Generated<boolean>
  status: Generated<GestureStatus>
  /** Grows with each wish: the end of an older one changes nothing. */
  wish: Generated<number>
  /** Who wished it last. */
  teammateId: Id
  wishedAt: Date
  problem: string | null
  attempts: Generated<number>
  nextTryAt: Date
  /** Until then one worker alone speaks to the platform about it: two wishes must not overtake each other there. */
  takenUntil: Date | null
}
export type GestureRow = Selectable<GesturesTable>

/** The new wish takes the place of any before it. */
export async function wishGesture(
  tx: Db,
  wish: { mentionId: Id; gesture: Gesture; isWished: boolean; teammateId: Id; at: Date },
): Promise<void> {
  const { at, ...row } = wish
  await tx
    .insertInto('gestures')
    .values({ ...row, wishedAt: at, nextTryAt: at, problem: null, takenUntil: null })
    .onConflict(c =>
      c.columns(['mentionId', 'gesture']).doUpdateSet(eb => ({
        isWished: row.isWished,
        teammateId: row.teammateId,
        wishedAt: at,
        nextTryAt: at,
        status: 'waiting' as const,
        problem: null,
        attempts: 0,
        wish: eb('gestures.wish', '+', 1),
      })),
    )
    .execute()
}

export async function findGesture(db: Db, mentionId: Id, gesture: Gesture): Promise<GestureRow | undefined> {
  return db.selectFrom('gestures').selectAll().where('mentionId', '=', mentionId).where('gesture', '=', gesture).executeTakeFirst()
}

/** Undefined: nothing waits, it is not due, or another worker has it. */
export async function takeGesture(db: Db, mentionId: Id, gesture: Gesture, now: Date, until: Date): Promise<GestureRow | undefined> {
  return db
    .updateTable('gestures')
    .set({ takenUntil: until })
    .where('mentionId', '=', mentionId)
    .where('gesture', '=', gesture)
    .where('status', '=', 'waiting')
    .where('nextTryAt', '<=', now)
    .where(eb => eb.or([eb('takenUntil', 'is', null), eb('takenUntil', '<=', now)]))
    .returningAll()
    .executeTakeFirst()
}

export type GestureEnd = Partial<Pick<GestureRow, 'status' | 'isSet' | 'problem' | 'attempts' | 'nextTryAt'>>

/**
 * Gives it back with how it ended. False: it was wished anew meanwhile, so only what the platform took is kept. The new wish waits, even if
 * somebody told the platform of it already: the older one may have arrived after it.
 */
export async function giveBackGesture(tx: Db, taken: GestureRow, end: GestureEnd): Promise<boolean> {
  const ended = await tx
    .updateTable('gestures')
    .set({ ...end, takenUntil: null })
    .where('mentionId', '=', taken.mentionId)
    .where('gesture', '=', taken.gesture)
    .where('wish', '=', taken.wish)
    .returning('wish')
    .executeTakeFirst()
  if (ended) return true
  await tx
    .updateTable('gestures')
    .set({ takenUntil: null, status: 'waiting', ...(end.isSet !== undefined && { isSet: end.isSet }) })
    .where('mentionId', '=', taken.mentionId)
    .where('gesture', '=', taken.gesture)
    .execute()
  return false
}

/** Says why it waits; nothing where it says so already. */
export async function noteWaiting(db: Db, row: Pick<GestureRow, 'mentionId' | 'gesture' | 'wish'>, problem: string): Promise<boolean> {
  const noted = await db
    .updateTable('gestures')
    .set({ problem })
    .where('mentionId', '=', row.mentionId)
    .where('gesture', '=', row.gesture)
    .where('wish', '=', row.wish)
    .where('status', '=', 'waiting')
    .where(eb => eb.or([eb('problem', 'is', null), eb('problem', '<>', problem)]))
    .returning('wish')
    .executeTakeFirst()
  return noted !== undefined
}

/** Left behind, or to be tried again now. Those of accounts that are not connected wait for that. */
export async function listDueGestures(db: Db, now: Date, limit: number): Promise<Pick<GestureRow, 'mentionId' | 'gesture'>[]> {
  return db
    .selectFrom('gestures as g')
    .innerJoin('mentions as m', 'm.id', 'g.mentionId')
    .innerJoin('accounts as a', 'a.id', 'm.accountId')
    .select(['g.mentionId', 'g.gesture'])
    .where('g.status', '=', 'waiting')
    .where('g.nextTryAt', '<=', now)
    .where(eb => eb.or([eb('g.takenUntil', 'is', null), eb('g.takenUntil', '<=', now)]))
    .where('a.status', '=', 'connected')
    .orderBy('g.nextTryAt')
    .limit(limit)
    .execute()
}

/** Of all mentions on a ticket. */
export async function listTicketGestures(db: Db, ticketId: Id): Promise<GestureRow[]> {
  const result = await sql<GestureRow>`
    select g.* from gestures g join mentions m on m.id = g.mention_id where m.ticket_id = ${ticketId} order by g.mention_id, g.gesture`.execute(
    db,
  )
  return result.rows
}
