// Presence: who has a ticket open, and who is typing.
import type { Generated } from 'kysely'
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

export function listPresent(db: Db, ticketIds: readonly Id[], since: Date) {
  return db
    .selectFrom('presence')
    .innerJoin('teammates', 'teammates.id', 'presence.teammateId')
    .select(['presence.ticketId', 'presence.teammateId', 'presence.isTyping', 'teammates.name', 'teammates.initials'])
    .where('presence.ticketId', 'in', [...ticketIds])
    .where('presence.seenAt', '>', since)
    .execute()
}
