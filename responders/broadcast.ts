// A status update's renditions enter the outbox: one for each account, once.
import { v7 as newId } from 'uuid'
import type { Connector } from '../connectors/connector.ts'
import { insertBroadcast, type ReplyRow } from '../db/replies.ts'
import type { Db } from '../db/schema.ts'
import type { Id } from '../domain.ts'
import type { Problem } from './approve.ts'
import { guard } from './guard.ts'
import { findPlaceholders } from './placeholders.ts'
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

/** What must be mended before a rendition may be published on this platform. */
export function checkRendition(connector: Pick<Connector, 'limits'>, text: string, allowed: readonly string[] = []): Problem[] {
  const rule = connector.limits.status
  const signed = signForTeam(text)
  const length = rule.count(signed)
  const problem = (kind: Problem['kind'], because: string, span: Problem['span'] = null): Problem => ({
    kind,
    field: 'text',
    because,
    span,
  })
  return [
    ...(signed === '' ? [problem('empty', 'There is nothing to publish yet.')] : []),
    ...(length > rule.limit
      ? [problem('length', `It is ${length} ${rule.unit} long with its signature, ${length - rule.limit} too many.`)]
      : []),
    ...findPlaceholders(text).map(open =>
      problem('placeholder', `${text.slice(...open.span)} is still open: put in what is meant.`, open.span),
    ),
    ...guard({ text, visibility: 'public', allowed }).blocks.map(found =>
      problem('guard', `${found.because} It must not be said in public.`, found.span),
    ),
  ]
}
