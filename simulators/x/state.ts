// What exists on the simulated X, and how each thing that happens changes it.
import { randomBytes } from 'node:crypto'
import { compareIds, timeOfSnowflake } from '../snowflake.ts'
import type { ShownUpload } from '../uploads.ts'
import { mentionedHandles } from './text.ts'

export interface XUser {
  id: string
  username: string
  name: string
  bio: string
  followers: number
  isBrand: boolean
  createdAt: number
}
/** One version of a post: an edit is a post of its own, tied by `history` (oldest first). */
export interface XPost {
  id: string
  authorId: string
  text: string
  at: number
  conversationId: string
  inReplyTo: string | null
  inReplyToUserId: string | null
  quotes: string | null
  /** The post this passes on unchanged. */
  reposts?: string
  lang: string
  /** Handles before the words, put there by X and not by the author: not an explicit mention, and free in length. */
  autoPrefix: string
  editOf: string | null
  /** The app that wrote it; null: X's own app. */
  appId: string | null
  /** Pictures below it. */
  uploads?: readonly ShownUpload[]
}
export interface XMessage {
  id: string
  from: string
  to: string
  text: string
  at: number
  appId: string | null
  uploads?: readonly ShownUpload[]
}
export interface XApp {
  id: string
  name: string
  clientId: string
  clientSecret: string
  /** Signs webhooks and answers the CRC. */
  consumerSecret: string
  /** App-only. */
  bearerToken: string
  redirectUris: string[]
  /** `self-serve`: answers only who summoned; `enterprise`: anybody. */
  tier: 'self-serve' | 'enterprise'
}
export interface XGrant {
  accessToken: string
  refreshToken: string
  appId: string
  userId: string
  scopes: string[]
  expiresAt: number
}
export interface XWebhook {
  id: string
  appId: string
  url: string
  valid: boolean
  createdAt: number
}
export interface XSubscription {
  id: string
  appId: string
  eventType: string
  userId: string
  tag: string | null
  webhookId: string | null
  createdAt: number
}

/** What an app's filtered stream looks for. */
export interface XRule {
  id: string
  appId: string
  value: string
  tag: string | null
}

export type XEntry =
  | { type: 'user'; user: XUser }
  | { type: 'app'; app: XApp }
  | { type: 'grant'; grant: XGrant; replaces: string | null }
  | { type: 'revoked'; appId: string | null; userId: string }
  | { type: 'expired'; accessToken: string }
  | { type: 'post'; post: XPost }
  | { type: 'deleted'; id: string }
  | { type: 'hidden'; id: string; hidden: boolean }
  | { type: 'like'; id: string; userId: string; isOn: boolean }
  | { type: 'message'; message: XMessage }
  | { type: 'webhook'; webhook: XWebhook }
  | { type: 'webhook gone'; id: string }
  | { type: 'subscription'; subscription: XSubscription }
  | { type: 'subscription gone'; id: string }
  | { type: 'rule'; rule: XRule }
  | { type: 'rule gone'; id: string }
  /** `again`: it was pushed before, or tried. */
  | { type: 'push'; id: string; lane: string; content: unknown; again?: true }
  | { type: 'pushed'; ids: string[] }
  | { type: 'clock'; offsetMs: number }
  | { type: 'note'; key: string; value: string }

export interface XState {
  users: Map<string, XUser>
  byHandle: Map<string, XUser>
  apps: Map<string, XApp>
  grants: Map<string, XGrant>
  /** refresh token → access token */
  refreshes: Map<string, string>
  posts: Map<string, XPost>
  /** Ids in the order of time, newest versions only. */
  timeline: string[]
  mentions: Map<string, string[]>
  byAuthor: Map<string, string[]>
  /** first version → all versions, oldest first */
  history: Map<string, string[]>
  children: Map<string, string[]>
  /** Who passed a post on: its id → ids of the reposts. */
  reposts: Map<string, string[]>
  deleted: Set<string>
  hidden: Set<string>
  /** Post → who likes it. */
  likes: Map<string, Set<string>>
  messages: XMessage[]
  webhooks: Map<string, XWebhook>
  subscriptions: Map<string, XSubscription>
  rules: Map<string, XRule>
  pushes: Map<string, { lane: string; content: unknown }>
  /** What was pushed, or tried, in the last day; ids carry their time. */
  pushedLately: { id: string; lane: string; content: unknown }[]
  notes: Map<string, string>
  clockOffsetMs: number
}

export function emptyXState(): XState {
  return {
    users: new Map(),
    byHandle: new Map(),
    apps: new Map(),
    grants: new Map(),
    refreshes: new Map(),
    posts: new Map(),
    timeline: [],
    mentions: new Map(),
    byAuthor: new Map(),
    history: new Map(),
    children: new Map(),
    reposts: new Map(),
    deleted: new Set(),
    hidden: new Set(),
    likes: new Map(),
    messages: [],
    webhooks: new Map(),
    subscriptions: new Map(),
    rules: new Map(),
    pushes: new Map(),
    pushedLately: [],
    notes: new Map(),
    clockOffsetMs: 0,
  }
}

export function applyToX(state: XState, entry: XEntry): void {
  switch (entry.type) {
    case 'user':
      state.users.set(entry.user.id, entry.user)
      state.byHandle.set(entry.user.username.toLowerCase(), entry.user)
      break
    case 'app':
      state.apps.set(entry.app.id, entry.app)
      break
    case 'grant': {
      const { grant, replaces } = entry
      const old = replaces ? state.grants.get(replaces) : undefined
      if (old) {
        state.grants.delete(old.accessToken)
        state.refreshes.delete(old.refreshToken)
      }
      state.grants.set(grant.accessToken, grant)
      state.refreshes.set(grant.refreshToken, grant.accessToken)
      break
    }
    case 'expired': {
      const grant = state.grants.get(entry.accessToken)
      if (grant) grant.expiresAt = 0
      break
    }
    case 'revoked':
      for (const grant of state.grants.values()) {
        if (grant.userId !== entry.userId || (entry.appId && grant.appId !== entry.appId)) continue
        state.grants.delete(grant.accessToken)
        state.refreshes.delete(grant.refreshToken)
      }
      break
    case 'post':
      addPost(state, entry.post)
      break
    case 'deleted':
      for (const version of historyOf(state, entry.id)) {
        state.deleted.add(version)
        const post = state.posts.get(version)
        if (!post) continue
        remove(state.timeline, version)
        remove(state.byAuthor.get(post.authorId), version)
        for (const list of mentionLists(state, post)) remove(list, version)
        remove(state.children.get(post.inReplyTo ?? ''), version)
        remove(state.reposts.get(post.reposts ?? ''), version)
      }
      break
    case 'hidden':
      if (entry.hidden) state.hidden.add(entry.id)
      else state.hidden.delete(entry.id)
      break
    case 'like': {
      const by = state.likes.get(entry.id) ?? new Set()
      if (entry.isOn) by.add(entry.userId)
      else by.delete(entry.userId)
      state.likes.set(entry.id, by)
      break
    }
    case 'message':
      insertInOrder(state.messages, entry.message, message => message.id)
      break
    case 'webhook':
      state.webhooks.set(entry.webhook.id, entry.webhook)
      break
    case 'webhook gone':
      state.webhooks.delete(entry.id)
      for (const [id, push] of state.pushes) if (push.lane === entry.id) state.pushes.delete(id)
      break
    case 'subscription':
      state.subscriptions.set(entry.subscription.id, entry.subscription)
      break
    case 'subscription gone':
      state.subscriptions.delete(entry.id)
      break
    case 'rule':
      state.rules.set(entry.rule.id, entry.rule)
      break
    case 'rule gone':
      state.rules.delete(entry.id)
      break
    case 'push':
      state.pushes.set(entry.id, { lane: entry.lane, content: entry.content })
      if (!entry.again) remember(state, entry)
      break
    case 'pushed':
      for (const id of entry.ids) state.pushes.delete(id)
      break
    case 'clock':
      state.clockOffsetMs = entry.offsetMs
      break
    case 'note':
      state.notes.set(entry.key, entry.value)
      break
  }
}

function addPost(state: XState, post: XPost): void {
  const first = post.editOf ? firstVersion(state, post.editOf) : post.id
  const replaced = post.editOf ? state.history.get(first)?.at(-1) : undefined
  state.posts.set(post.id, post)
  state.history.set(first, [...(state.history.get(first) ?? []), post.id])
  if (replaced) {
    const old = state.posts.get(replaced)
    remove(state.timeline, replaced)
    if (old) {
      remove(state.byAuthor.get(old.authorId), replaced)
      for (const list of mentionLists(state, old)) remove(list, replaced)
      remove(state.children.get(old.inReplyTo ?? ''), replaced)
    }
  }
  const itself = (id: string) => id
  insertInOrder(state.timeline, post.id, itself)
  insertInOrder(listIn(state.byAuthor, post.authorId), post.id, itself)
  for (const list of mentionLists(state, post)) insertInOrder(list, post.id, itself)
  if (post.inReplyTo) insertInOrder(listIn(state.children, post.inReplyTo), post.id, itself)
  if (post.reposts) insertInOrder(listIn(state.reposts, post.reposts), post.id, itself)
}

function mentionLists(state: XState, post: XPost): string[][] {
  return mentionedUsers(state, post.text)
    .filter(user => user.isBrand && user.id !== post.authorId)
    .map(user => listIn(state.mentions, user.id))
}

export function mentionedUsers(state: XState, text: string): XUser[] {
  return mentionedHandles(text).flatMap(handle => state.byHandle.get(handle) ?? [])
}

export function firstVersion(state: XState, id: string): string {
  let post = state.posts.get(id)
  while (post?.editOf) post = state.posts.get(post.editOf)
  return post?.id ?? id
}

export function historyOf(state: XState, id: string): string[] {
  return state.history.get(firstVersion(state, id)) ?? [id]
}

/** What stands there now: the newest version, or nothing when it was deleted or never was. */
export function visiblePost(state: XState, id: string): XPost | undefined {
  return state.deleted.has(id) ? undefined : state.posts.get(id)
}

/** The answers below any version of a post. */
export function childrenOf(state: XState, id: string): XPost[] {
  return historyOf(state, id)
    .flatMap(version => state.children.get(version) ?? [])
    .flatMap(child => visiblePost(state, child) ?? [])
}

export function secret(bytes = 24): string {
  return randomBytes(bytes).toString('base64url')
}

function listIn(map: Map<string, string[]>, key: string): string[] {
  let list = map.get(key)
  if (!list) {
    list = []
    map.set(key, list)
  }
  return list
}

function remove(list: string[] | undefined, id: string): void {
  const at = list?.indexOf(id) ?? -1
  if (at >= 0) list?.splice(at, 1)
}

function insertInOrder<T>(list: T[], item: T, idOf: (item: T) => string): void {
  let at = list.length
  while (at > 0 && compareIds(idOf(list[at - 1] as T), idOf(item)) > 0) at--
  list.splice(at, 0, item)
}

/** X pushes again what is no older than a day. */
function remember({ pushedLately }: XState, { id, lane, content }: { id: string; lane: string; content: unknown }): void {
  pushedLately.push({ id, lane, content })
  const dayBefore = timeOfSnowflake(id) - 24 * 3_600_000
  while (timeOfSnowflake(pushedLately[0]!.id) < dayBefore) pushedLately.shift()
}
