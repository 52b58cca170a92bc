// What exists on the simulated instance, and how each thing that happens changes it.
import { randomBytes } from 'node:crypto'
import { compareIds } from '../snowflake.ts'
import type { ShownUpload } from '../uploads.ts'

export interface MastodonAccount {
  id: string
  username: string
  /** The instance it lives on; null: this one. */
  domain: string | null
  name: string
  bio: string
  followers: number
  isBrand: boolean
  createdAt: number
}
export type MastodonVisibility = 'public' | 'unlisted' | 'private' | 'direct'
export interface MastodonStatus {
  id: string
  accountId: string
  text: string
  warning: string
  visibility: MastodonVisibility
  inReplyTo: string | null
  at: number
  editedAt: number | null
  lang: string | null
  /** Accounts named in the text. */
  mentions: string[]
  /** The app that wrote it; null: the instance's own page. */
  appId: string | null
  /** Pictures below it. */
  uploads?: readonly ShownUpload[]
}
export interface MastodonApp {
  id: string
  name: string
  clientId: string
  clientSecret: string
  redirectUris: string[]
}
export interface MastodonGrant {
  accessToken: string
  appId: string
  accountId: string
  scopes: string[]
  createdAt: number
}
export interface MastodonNotification {
  id: string
  /** Who is told. */
  accountId: string
  statusId: string
  at: number
}

export type MastodonEntry =
  | { type: 'account'; account: MastodonAccount }
  | { type: 'app'; app: MastodonApp }
  | { type: 'grant'; grant: MastodonGrant }
  | { type: 'revoked'; accountId: string }
  | { type: 'status'; status: MastodonStatus; key: string | null }
  | { type: 'edited'; id: string; text: string; warning: string; mentions: string[]; at: number }
  | { type: 'deleted'; id: string }
  | { type: 'boosted'; id: string; accountId: string }
  | { type: 'favourite'; id: string; accountId: string; isOn: boolean }
  | { type: 'notification'; notification: MastodonNotification }
  | { type: 'clock'; offsetMs: number }
  | { type: 'note'; key: string; value: string }

export interface MastodonState {
  accounts: Map<string, MastodonAccount>
  /** By `name` or `name@instance`, in small letters. */
  byAcct: Map<string, MastodonAccount>
  apps: Map<string, MastodonApp>
  grants: Map<string, MastodonGrant>
  statuses: Map<string, MastodonStatus>
  /** Ids in the order of time. */
  timeline: string[]
  notifications: MastodonNotification[]
  /** Status → accounts that boosted it. */
  boosts: Map<string, Set<string>>
  /** Status → accounts that favour it. */
  favourites: Map<string, Set<string>>
  /** Account and Idempotency-Key → the status it made, and when. */
  keys: Map<string, { id: string; at: number }>
  notes: Map<string, string>
  clockOffsetMs: number
}

export function emptyMastodonState(): MastodonState {
  return {
    accounts: new Map(),
    byAcct: new Map(),
    apps: new Map(),
    grants: new Map(),
    statuses: new Map(),
    timeline: [],
    notifications: [],
    boosts: new Map(),
    favourites: new Map(),
    keys: new Map(),
    notes: new Map(),
    clockOffsetMs: 0,
  }
}

export function applyToMastodon(state: MastodonState, entry: MastodonEntry): void {
  switch (entry.type) {
    case 'account':
      state.accounts.set(entry.account.id, entry.account)
      state.byAcct.set(acctOf(entry.account).toLowerCase(), entry.account)
      break
    case 'app':
      state.apps.set(entry.app.id, entry.app)
      break
    case 'grant':
      state.grants.set(entry.grant.accessToken, entry.grant)
      break
    case 'revoked':
      for (const grant of state.grants.values()) if (grant.accountId === entry.accountId) state.grants.delete(grant.accessToken)
      break
    case 'status':
      state.statuses.set(entry.status.id, entry.status)
      insertInOrder(state.timeline, entry.status.id, id => id)
      if (entry.key !== null) state.keys.set(`${entry.status.accountId} ${entry.key}`, { id: entry.status.id, at: entry.status.at })
      break
    case 'edited': {
      const status = state.statuses.get(entry.id)
      if (status)
        state.statuses.set(entry.id, { ...status, text: entry.text, warning: entry.warning, mentions: entry.mentions, editedAt: entry.at })
      break
    }
    case 'deleted':
      state.statuses.delete(entry.id)
      state.timeline = state.timeline.filter(id => id !== entry.id)
      state.notifications = state.notifications.filter(one => one.statusId !== entry.id)
      break
    case 'boosted':
      state.boosts.set(entry.id, (state.boosts.get(entry.id) ?? new Set()).add(entry.accountId))
      break
    case 'favourite': {
      const by = state.favourites.get(entry.id) ?? new Set()
      if (entry.isOn) by.add(entry.accountId)
      else by.delete(entry.accountId)
      state.favourites.set(entry.id, by)
      break
    }
    case 'notification':
      insertInOrder(state.notifications, entry.notification, one => one.id)
      break
    case 'clock':
      state.clockOffsetMs = entry.offsetMs
      break
    case 'note':
      state.notes.set(entry.key, entry.value)
      break
  }
}

/** As this instance shows it: a name alone lives here. */
export const acctOf = ({ username, domain }: MastodonAccount) => (domain ? `${username}@${domain}` : username)

/** Direct and followers-only statuses are shown to their author and to whom they name. */
export function maySee(status: MastodonStatus, accountId: string): boolean {
  return status.visibility === 'public' || status.visibility === 'unlisted' || isParty(status, accountId)
}
const isParty = (status: MastodonStatus, accountId: string) => status.accountId === accountId || status.mentions.includes(accountId)

/** Public statuses, the oldest first: what hashtags and the search show. */
export const inPublic = (state: MastodonState): MastodonStatus[] =>
  state.timeline.flatMap(id => state.statuses.get(id) ?? []).filter(one => one.visibility === 'public')

/** What a status answers, the oldest first. */
export function ancestorsOf(state: MastodonState, status: MastodonStatus): MastodonStatus[] {
  const found: MastodonStatus[] = []
  for (let parent = state.statuses.get(status.inReplyTo ?? ''); parent; parent = state.statuses.get(parent.inReplyTo ?? ''))
    found.unshift(parent)
  return found
}

export const childrenOf = (state: MastodonState, id: string): MastodonStatus[] =>
  state.timeline.flatMap(one => state.statuses.get(one) ?? []).filter(one => one.inReplyTo === id)

export const secret = (bytes = 32) => randomBytes(bytes).toString('base64url')

function insertInOrder<T>(list: T[], item: T, idOf: (item: T) => string): void {
  let at = list.length
  while (at > 0 && compareIds(idOf(list[at - 1] as T), idOf(item)) > 0) at--
  list.splice(at, 0, item)
}
