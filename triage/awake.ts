// Is somebody of ours there to take what is pushed? The web process says so every 20 seconds; where it did not, pushes are missing.
import { type AccountRow, listAccounts } from '../db/accounts.ts'
import { findSetting, saveSetting } from '../db/settings.ts'
import type { Desk } from '../desk.ts'
import { recordNotPushing } from './coverage.ts'

type Means = Pick<Desk, 'db' | 'now' | 'connectorFor'>

/** Said by every web process. The first that is back after a silence writes down how long nobody was there. */
export async function sayAwake(desk: Means) {
  await noteSleep(desk)
  await saveSetting(desk.db, AWAKE, { until: desk.now().toISOString() }, desk.now())
}

/** Also by the clock, so that the gap is seen while it lasts. */
export async function noteSleep(desk: Means) {
  const [from, until] = [await awakeUntil(desk), desk.now()]
  if (!isTooLong(from, until)) return
  for (const account of await listAccounts(desk.db))
    if (isPushedTo(desk, account)) await recordNotPushing(desk.db, account, { from, until, cause: 'web_down' })
}

export async function isAsleep(desk: Means): Promise<boolean> {
  return isTooLong(await awakeUntil(desk), desk.now())
}

/** Somebody asked its platform to push, and it did, or said that it does. */
export const isPushedTo = (desk: Pick<Desk, 'connectorFor'>, account: AccountRow) =>
  account.status === 'connected' &&
  desk.connectorFor(account.platform).intake.webhook !== undefined &&
  (account.lastDeliveryAt !== null || account.subscriptionGoodAt !== null)

/** Null: no web process has ever said so. */
async function awakeUntil(desk: Means): Promise<Date | null> {
  const stored = (await findSetting(desk.db, AWAKE)) as { until?: string } | undefined
  return stored?.until ? new Date(stored.until) : null
}

/** A restart takes seconds, and platforms try again for longer than that. */
const isTooLong = (from: Date | null, until: Date): from is Date => from !== null && until.getTime() - from.getTime() > PATIENCE_MS

export const SAY_EVERY_MS = 20_000
const PATIENCE_MS = 90_000
export const AWAKE = 'webAwake'
