// What one send, like or hide tells of its account: whether it may speak, what is left of its limits, and what it cost.
import type { OutgoingPost, PlatformError } from '../connectors/connector.ts'
import { markSending, markSendingTrouble } from '../db/accounts.ts'
import type { Desk } from '../desk.ts'
import type { OpenLine } from '../line.ts'
import { recordSendingCost } from '../triage/spend.ts'

export async function noteSending(desk: Desk, line: OpenLine, post: OutgoingPost, failed: PlatformError | null) {
  const { id, platform } = line.account
  const usd = failed ? null : desk.connectorFor(platform).prices?.(line.account)?.send(post)
  if (usd) await recordSendingCost(desk.db, id, desk.now(), usd)
  await noteSpeaking(desk, line, failed)
}

/** A refusal is about that one reply, not about the account. */
export async function noteSpeaking(desk: Desk, line: OpenLine, failed: PlatformError | null) {
  const { id } = line.account
  if (!failed) await markSending(desk.db, id, desk.now())
  else if (failed.kind !== 'refused')
    await markSendingTrouble(desk.db, id, desk.now(), failed.trouble === 'outage' ? 'platform_down' : failed.trouble)
  await line.saveBudgets()
}
