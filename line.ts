// Opens the line to one account: its secrets, where its platform answers, and a renewal that runs alone.
import type { Line, Secrets } from './connectors/connector.ts'
import { type AccountRow, getAccount, getPlatformApp, replaceSecrets } from './db/accounts.ts'
import { holdLease, releaseLease } from './db/leases.ts'
import type { Desk } from './desk.ts'
import type { Account, Id } from './domain.ts'
import type { Vault } from './vault.ts'

export async function openLine(desk: Desk, accountId: Id): Promise<Line> {
  const account = await getAccount(desk.db, accountId)
  const app = await getPlatformApp(desk.db, account.appId)
  const appSecrets = openSecrets(desk.vault, app.secrets)
  return {
    account: asAccount(account),
    secrets: { ...appSecrets, ...openSecrets(desk.vault, account.secrets) },
    apiBase: app.apiBase,
    now: desk.now,
    renewSecrets: (isStale, refresh) => renewAlone(desk, accountId, appSecrets, isStale, refresh),
  }
}

/** One renewal per account at a time, over all processes: X's refresh tokens are good for one use. Stored before anyone uses them. */
async function renewAlone(
  desk: Desk,
  accountId: Id,
  appSecrets: Secrets,
  isStale: (s: Secrets) => boolean,
  refresh: (s: Secrets) => Promise<Secrets>,
): Promise<Secrets> {
  const lease = `renew ${accountId}`
  const holder = `${process.pid} ${Math.random()}`
  for (let waitedMs = 0; !(await holdLease(desk.db, lease, holder, RENEWAL_MS)); waitedMs += 200) {
    if (waitedMs > RENEWAL_MS) throw new Error('the sign-in is being renewed by another process and does not end')
    await new Promise(resolve => setTimeout(resolve, 200))
  }
  try {
    const row = await getAccount(desk.db, accountId)
    const stored = openSecrets(desk.vault, row.secrets)
    const secrets = { ...appSecrets, ...stored }
    // Whoever held the lease before us may have done it.
    if (!isStale(secrets)) return secrets
    const renewed = await refresh(secrets)
    if (!(await replaceSecrets(desk.db, accountId, sealSecrets(desk.vault, { ...stored, ...renewed }), row.secretsVersion)))
      throw new Error('the sign-in was changed by hand while it was renewed')
    return { ...secrets, ...renewed }
  } finally {
    await releaseLease(desk.db, lease, holder)
  }
}

export const sealSecrets = (vault: Vault, secrets: Secrets) => vault.seal(JSON.stringify(secrets))
export const openSecrets = (vault: Vault, sealed: Uint8Array): Secrets => JSON.parse(vault.open(sealed).toString('utf8'))

export function asAccount(row: AccountRow): Account {
  const { id, appId, platform, externalId, handle, name, status, statusReason, capabilities, isDemo, connectedAt } = row
  return { id, appId, platform, externalId, handle, name, status, statusReason, capabilities, isDemo, connectedAt }
}

/** Where a link leads for this app: to the platform, or to the simulator that stands for it. */
export function linkFor(app: { apiBase: string | null }, url: string | null): string | null {
  if (!url || !app.apiBase) return url
  const { pathname, search, hash } = new URL(url)
  return new URL(`${pathname}${search}${hash}`, app.apiBase).href
}

const RENEWAL_MS = 30_000
