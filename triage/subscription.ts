// Asks every quarter of an hour whether the platform still pushes to us, and subscribes again where it does not.
import type { Line } from '../connectors/connector.ts'
import {
  type AccountRow,
  hurryPolls,
  listOnSubscription,
  markSubscription,
  markSubscriptionChecked,
  markSubscriptionGood,
} from '../db/accounts.ts'
import type { Desk } from '../desk.ts'
import { openLine } from '../line.ts'
import { isAsleep } from './awake.ts'
import { recordNotPushing, recordPushing } from './coverage.ts'

/** Trouble in asking changes nothing: the next check asks again, and the ledger shows how long nobody knew. */
export async function keepSubscribed(desk: Desk, account: AccountRow, line: Line) {
  const now = desk.now()
  if (!desk.connectorFor(account.platform).intake.webhook?.isSubscribed) return
  if (account.subscriptionCheckedAt && now.getTime() - account.subscriptionCheckedAt.getTime() < EVERY_MS) return
  await markSubscriptionChecked(desk.db, account.id, now)
  try {
    if ((await checkSubscription(desk, account, line)) === 'no') await subscribeAgain(desk, account, line)
  } catch (error) {
    desk.log.warn({ err: error, accountId: account.id }, 'could not see whether the platform pushes')
  }
}

/**
 * Asks, and writes the answer into the ledger: of this account, and where the subscription it shares is gone, of all that hang on it. Each
 * misses what was pushed since the platform last said that it pushes.
 */
export async function checkSubscription(desk: Desk, account: AccountRow, line: Line): Promise<'yes' | 'no' | 'never'> {
  const { isSubscribed, shared } = desk.connectorFor(account.platform).intake.webhook ?? {}
  const state = isSubscribed ? await isSubscribed(line, webhookUrl(desk, account)) : 'never'
  if (state === 'never') return state
  if (state === 'yes') {
    // What the platform pushes to nobody is not heard: the clock keeps the ledger meanwhile.
    if (!(await isAsleep(desk))) await recordPushing(desk.db, account, desk.now())
    await markSubscriptionGood(desk.db, account.id, desk.now())
    if (shared && account.subscription === null) await markSubscription(desk.db, account.id, (await shared(line)).name)
    return state
  }
  desk.log.warn({ accountId: account.id }, 'the platform no longer pushes')
  await recordDropped(desk, account)
  for (const other of await listFallen(desk, account, line)) await recordDropped(desk, other)
  return state
}

/** This account, and all that fell with it, whose polls are due at once for what was not pushed. */
export async function subscribeAgain(desk: Desk, account: AccountRow, line: Line): Promise<void> {
  const fallen = await listFallen(desk, account, line)
  await hurryPolls(
    desk.db,
    [account, ...fallen].map(one => one.id),
    desk.now(),
  )
  await subscribe(desk, account, line)
  for (const other of fallen) await subscribeToo(desk, other)
}

/** The gap ends where the platform says so. */
async function subscribe(desk: Desk, account: AccountRow, line: Line) {
  const { intake, onConnected } = desk.connectorFor(account.platform)
  const url = webhookUrl(desk, account)
  await onConnected?.(line, url)
  if ((await intake.webhook?.isSubscribed?.(line, url)) === 'yes') await markSubscriptionGood(desk.db, account.id, desk.now())
}

/** One of the others may be in trouble of its own: its own check tries again. */
async function subscribeToo(desk: Desk, other: AccountRow) {
  try {
    await subscribe(desk, other, await openLine(desk, other.id))
  } catch (error) {
    desk.log.warn({ err: error, accountId: other.id }, 'an account that lost its subscription with another could not be subscribed again')
  }
}

/** The other accounts on the subscription that is gone; none while it stands, and only this account's own part of it is missing. */
async function listFallen(desk: Desk, account: AccountRow, line: Line): Promise<AccountRow[]> {
  const shared = await desk.connectorFor(account.platform).intake.webhook?.shared?.(line)
  if (!shared) return []
  if (shared.name !== account.subscription) await markSubscription(desk.db, account.id, shared.name)
  return shared.isThere ? [] : (await listOnSubscription(desk.db, shared.name)).filter(other => other.id !== account.id)
}

function recordDropped(desk: Desk, account: AccountRow) {
  const from = account.subscriptionGoodAt ?? account.lastDeliveryAt ?? account.connectedAt
  return recordNotPushing(desk.db, account, { from, until: desk.now(), cause: 'webhook_off' })
}

const webhookUrl = (desk: Desk, account: AccountRow) => `${desk.publicUrl}/webhooks/${account.appId}`
const EVERY_MS = 15 * 60_000
