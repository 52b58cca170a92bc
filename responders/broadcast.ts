// A status update's renditions enter the outbox: one for each account, once.
import { v7 as newId } from 'uuid'
import { insertBroadcast, type ReplyRow } from '../db/replies.ts'
import type { Db } from '../db/schema.ts'
import type { Id } from '../domain.ts'
import { signForTeam } from './signature.ts'

export interface Broadcast {
  statusUpdateId: Id
  writtenById: Id
  /** When they may go out. */
  sendAt: Date
  /** Unsigned: the team's signature is added here. */
  renditions: readonly { accountId: Id; text: string }[]
}

/**
 * In the caller's transaction; ring `sendReply` for each row after it. Published twice is published once: an account that has its rendition
 * of this update keeps it.
 * @returns only what is new
 */
export async function approveBroadcast(tx: Db, broadcast: Broadcast, now: Date): Promise<ReplyRow[]> {
  const rows: ReplyRow[] = []
  for (const { accountId, text } of broadcast.renditions) {
    const row = await insertBroadcast(tx, {
      id: newId(),
      idempotencyKey: `status ${broadcast.statusUpdateId} ${accountId}`,
      accountId,
      statusUpdateId: broadcast.statusUpdateId,
      text: signForTeam(text),
      visibility: 'public',
      role: 'broadcast',
      status: 'approved',
      writtenById: broadcast.writtenById,
      sendAt: broadcast.sendAt,
      createdAt: now,
    })
    if (row) rows.push(row)
  }
  return rows
}
