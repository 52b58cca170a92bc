// Opens the line to one account: its secrets, where its platform answers, and a renewal that runs alone.
import type { Line, Secrets } from './connectors/connector.ts'
import { type AccountRow, getAccount, getPlatformApp, replaceSecrets } from './db/accounts.ts'
import { saveBudgets } from './db/budgets.ts'
import { holdLease, releaseLease } from './db/leases.ts'
import type { Desk } from './desk.ts'
import type { Account, Id } from './domain.ts'
import type { Vault } from './vault.ts'

/** A line that remembers what its calls were told of the platform's limits. */
export interface OpenLine extends Line {
  budgets: () => readonly MetBudget[]
  /** Keeps them for the next call; `holdsUpPolls`: at nothing left, the account's next poll waits. */
  saveBudgets: (holdsUpPolls?: (endpoint: string) => boolean) => Promise<void>
}
export interface MetBudget {
  endpoint: string
  scope: 'account' | 'app'
  remaining: number
  /** How many there are in a whole window, where the platform says. */
  limit: number | null
  resetAt: Date
  /** How much of it this line used, as far as its own calls show. */
  used: number
}

export async function openLine(desk: Desk, accountId: Id): Promise<OpenLine> {
  const account = await getAccount(desk.db, accountId)
  const app = await getPlatformApp(desk.db, account.appId)
  const appSecrets = openSecrets(desk.vault, app.secrets)
  const met = new Map<string, MetBudget & { first: number; calls: number }>()
  return {
    account: asAccount(account),
    onBudget: (endpoint, remaining, resetAt, of = {}) => {
      const before = met.get(endpoint)
      const { first, calls } = { first: before?.first ?? remaining, calls: (before?.calls ?? 0) + 1 }
      // The first answer came after the first call: what that one used is taken to be what the others used.
      const used = calls > 1 ? Math.max(1, ((first - remaining) * calls) / (calls - 1)) : 1
      met.set(endpoint, { endpoint, remaining, resetAt, used, first, calls, scope: of.scope ?? 'account', limit: of.limit ?? null })
    },
    budgets: () => [...met.values()],
    saveBudgets: (holdsUpPolls = () => false) => {
      const owner = { account: accountId, app: app.id }
      const rows = [...met.values()].map(({ endpoint, scope, remaining, limit, resetAt }) => ({
        ownerId: owner[scope],
        endpoint,
        scope,
        remaining,
        limit,
        resetAt,
        seenAt: desk.now(),
        holdsUpPolls: holdsUpPolls(endpoint),
      }))
      return saveBudgets(desk.db, rows)
    },
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
