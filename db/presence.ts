// Presence: who has a ticket open, and who is typing.
import { type Generated, sql } from 'kysely'
import type { Id } from '../domain.ts'
import type { Db } from './schema.ts'

export interface PresenceTable {
  ticketId: Id
  teammateId: Id
  isTyping: Generated<boolean>
  seenAt: Date
}

export async function markPresent(db: Db, row: { ticketId: Id; teammateId: Id; isTyping: boolean; seenAt: Date }) {
  await db
    .insertInto('presence')
    .values(row)
    .onConflict(c => c.columns(['ticketId', 'teammateId']).doUpdateSet({ isTyping: row.isTyping, seenAt: row.seenAt }))
    .execute()
}

/** A tab that was left open counts as present for this long after its last sign. */
export const PRESENT_MS = 45_000

export type PresentRow = Awaited<ReturnType<typeof listPresent>>[number]

export function listPresent(db: Db, ticketIds: readonly Id[], since: Date) {
  return db
    .selectFrom('presence')
    .innerJoin('teammates', 'teammates.id', 'presence.teammateId')
    .select(['presence.ticketId', 'presence.teammateId', 'presence.isTyping', 'teammates.name', 'teammates.initials'])
    .where('presence.ticketId', '=', sql<Id>`any(${ticketIds}::uuid[])`)
    .where('presence.seenAt', '>', since)
    .execute()
}

/** Everybody who has a ticket open: at most so many rows as there are teammates at work. */
export function listAllPresent(db: Db, since: Date): Promise<PresentRow[]> {
  return db
    .selectFrom('presence')
    .innerJoin('teammates', 'teammates.id', 'presence.teammateId')
    .select(['presence.ticketId', 'presence.teammateId', 'presence.isTyping', 'teammates.name', 'teammates.initials'])
    .where('presence.seenAt', '>', since)
    .execute()
}
