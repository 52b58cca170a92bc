// What one send tells of its account: whether it may speak, what is left of its limits, and what it cost.
import type { OutgoingPost, PlatformError } from '../connectors/connector.ts'
import { markSending, markSendingTrouble } from '../db/accounts.ts'
import type { Desk } from '../desk.ts'
import type { OpenLine } from '../line.ts'
import { recordSendingCost } from '../triage/spend.ts'

/** A refusal is about that one reply, not about the account. */
export async function noteSending(desk: Desk, line: OpenLine, post: OutgoingPost, failed: PlatformError | null) {
  const now = desk.now()
  const { id, platform } = line.account
  if (!failed) {
    await markSending(desk.db, id, now)
    const usd = desk.connectorFor(platform).prices?.(line.account)?.send(post)
    if (usd) await recordSendingCost(desk.db, id, now, usd)
  } else if (failed.kind !== 'refused')
    await markSendingTrouble(desk.db, id, now, failed.trouble === 'outage' ? 'platform_down' : failed.trouble)
  await line.saveBudgets()
}
