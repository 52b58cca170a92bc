// Asks every quarter of an hour whether the platform still pushes to us, and subscribes again where it does not.
import type { Line } from '../connectors/connector.ts'
import { type AccountRow, markSubscriptionChecked } from '../db/accounts.ts'
import type { Desk } from '../desk.ts'
import { recordPushes } from './coverage.ts'

/** Trouble in asking changes nothing: the next check asks again, and the ledger shows how long nobody knew. */
export async function keepSubscribed(desk: Desk, account: AccountRow, line: Line) {
  const { intake, onConnected } = desk.connectorFor(account.platform)
  const isSubscribed = intake.webhook?.isSubscribed
  const now = desk.now()
  if (!isSubscribed || (account.subscriptionCheckedAt && now.getTime() - account.subscriptionCheckedAt.getTime() < EVERY_MS)) return
  const url = `${desk.publicUrl}/webhooks/${account.appId}`
  await markSubscriptionChecked(desk.db, account.id, now)
  try {
    const state = await isSubscribed(line, url)
    if (state === 'never') return
    await recordPushes(desk.db, account, now, state === 'yes')
    if (state === 'no') {
      desk.log.warn({ accountId: account.id }, 'the platform no longer pushes; subscribing again')
      await onConnected?.(line, url)
    }
  } catch (error) {
    desk.log.warn({ err: error, accountId: account.id }, 'could not see whether the platform pushes')
  }
}

const EVERY_MS = 15 * 60_000
