// Everything there is on the simulated Bluesky, built from what happened.
import type { Clock } from '../clock.ts'
import type { FaultBoard } from '../faults.ts'
import type { UploadShelf } from '../uploads.ts'
import type { BlueskyLimits } from './limits.ts'

export interface BlueskyUser {
  did: string
  handle: string
  name: string
  bio: string
  followers: number
  isBrand: boolean
  takesMessagesFrom: 'all' | 'following' | 'none'
}
export interface BlueskyPost {
  uri: string
  cid: string
  did: string
  rkey: string
  record: PostRecord
  indexedAt: number
}
export interface PostRecord {
  $type: 'app.bsky.feed.post'
  text: string
  createdAt: string
  langs?: string[]
  reply?: { root: Ref; parent: Ref }
  facets?: unknown[]
  embed?: unknown
}
/** Anything in a repository that is no post. */
export interface BlueskyRecord {
  uri: string
  cid: string
  did: string
  record: { $type: string; subject?: Ref; post?: string; hiddenReplies?: string[] }
}
export interface Ref {
  uri: string
  cid: string
}
export interface BlueskyMessage {
  id: string
  convoId: string
  from: string
  to: string
  text: string
  at: number
  isDeleted?: boolean
}
export interface BlueskyToken {
  token: string
  did: string
  kind: 'access' | 'refresh'
  scope: string
  expiresAt: number
}

export interface BlueskyState {
  users: Map<string, BlueskyUser>
  byHandle: Map<string, BlueskyUser>
  /** App password → whose, and whether direct messages are open to it. */
  passwords: Map<string, { did: string; isPrivileged: boolean }>
  tokens: Map<string, BlueskyToken>
  takenDown: Set<string>
  /** Likes and thread gates, by their address. */
  records: Map<string, BlueskyRecord>
  /** Newest last, in the order in which they were seen. */
  posts: Map<string, BlueskyPost>
  /** Post → DIDs of those who passed it on. */
  reposts: Map<string, Set<string>>
  messages: BlueskyMessage[]
  clockOffsetMs: number
}

export type BlueskyEntry =
  | { type: 'user'; user: BlueskyUser }
  | { type: 'password'; password: string; did: string; isPrivileged: boolean }
  | { type: 'password-revoked'; did: string }
  | { type: 'token'; token: BlueskyToken }
  | { type: 'token-dead'; token: string }
  | { type: 'takedown'; did: string }
  | { type: 'post'; post: BlueskyPost }
  | { type: 'record'; record: BlueskyRecord }
  | { type: 'removed'; uri: string }
  | { type: 'reposted'; uri: string; did: string }
  | { type: 'message'; message: BlueskyMessage }
  | { type: 'message-deleted'; id: string }
  | { type: 'clock'; offsetMs: number }

export interface BlueskyWorld {
  state: BlueskyState
  clock: Clock
  ids: { next: (atMs: number) => string; seen: (tid: string) => void }
  faults: FaultBoard
  limits: BlueskyLimits
  /** Blobs by their content id. */
  uploads: UploadShelf
  chatDid: string
  /** Applies what happened, keeps it, and tells the pages that watch. */
  record: (entry: BlueskyEntry) => void
  watch: (listener: () => void) => () => void
}

export function emptyBlueskyState(): BlueskyState {
  return {
    users: new Map(),
    byHandle: new Map(),
    passwords: new Map(),
    tokens: new Map(),
    takenDown: new Set(),
    records: new Map(),
    posts: new Map(),
    reposts: new Map(),
    messages: [],
    clockOffsetMs: 0,
  }
}

export function applyToBluesky(state: BlueskyState, entry: BlueskyEntry): void {
  switch (entry.type) {
    case 'user':
      state.users.set(entry.user.did, entry.user)
      state.byHandle.set(entry.user.handle, entry.user)
      return
    case 'password':
      state.passwords.set(entry.password, { did: entry.did, isPrivileged: entry.isPrivileged })
      return
    case 'password-revoked':
      for (const [password, { did }] of state.passwords) if (did === entry.did) state.passwords.delete(password)
      for (const [token, { did, kind }] of state.tokens) if (did === entry.did && kind === 'refresh') state.tokens.delete(token)
      return
    case 'token':
      state.tokens.set(entry.token.token, entry.token)
      return
    case 'token-dead':
      state.tokens.delete(entry.token)
      return
    case 'takedown':
      state.takenDown.add(entry.did)
      return
    case 'post':
      state.posts.set(entry.post.uri, entry.post)
      return
    case 'record':
      state.records.set(entry.record.uri, entry.record)
      return
    case 'removed':
      state.posts.delete(entry.uri)
      state.records.delete(entry.uri)
      return
    case 'reposted':
      state.reposts.set(entry.uri, (state.reposts.get(entry.uri) ?? new Set()).add(entry.did))
      return
    case 'message':
      state.messages.push(entry.message)
      return
    case 'message-deleted':
      for (const message of state.messages) if (message.id === entry.id) message.isDeleted = true
      return
    case 'clock':
      state.clockOffsetMs = entry.offsetMs
      return
  }
}

export function likesOf(state: BlueskyState, uri: string): BlueskyRecord[] {
  return [...state.records.values()].filter(one => one.record.$type === 'app.bsky.feed.like' && one.record.subject?.uri === uri)
}

/** Hidden by whoever began the thread: only their gate counts. */
export function isHidden(state: BlueskyState, { uri, record }: BlueskyPost): boolean {
  const gate = state.records.get((record.reply?.root.uri ?? '').replace('/app.bsky.feed.post/', '/app.bsky.feed.threadgate/'))
  return gate?.record.hiddenReplies?.includes(uri) === true
}

export interface ShownImage {
  image: { ref: { $link: string } | { toString: () => string } }
  alt: string
  aspectRatio?: { width: number; height: number }
}
/** The pictures a post shows. */
export function imagesOf({ embed }: PostRecord): ShownImage[] {
  const { $type, images } = (embed ?? {}) as { $type?: string; images?: ShownImage[] }
  return $type === 'app.bsky.embed.images' ? (images ?? []) : []
}
export const linkOf = ({ ref }: ShownImage['image']) => ('$link' in ref ? ref.$link : ref.toString())

/** As Bluesky sorts: when the post says it was written, but never later than it was seen. */
export function sortedAt(post: BlueskyPost): number {
  const created = Date.parse(post.record.createdAt)
  return Number.isNaN(created) ? post.indexedAt : Math.min(created, post.indexedAt)
}

export function newestFirst(posts: Iterable<BlueskyPost>): BlueskyPost[] {
  return [...posts].sort((a, b) => sortedAt(b) - sortedAt(a) || (a.cid < b.cid ? 1 : -1))
}

/** Why this person is told of this post; null: not at all. The first reason that fits, as on Bluesky. */
export function reasonFor(did: string, { did: author, record }: BlueskyPost): 'mention' | 'quote' | 'reply' | null {
  if (author === did) return null
  const features = (record.facets ?? []).flatMap(facet => (facet as { features?: { did?: string }[] }).features ?? [])
  if (features.some(feature => feature.did === did)) return 'mention'
  const { record: embedded } = (record.embed ?? {}) as { record?: { uri?: string; record?: { uri?: string } } }
  const isTheirs = (uri: string | undefined) => uri?.startsWith(`at://${did}/`) === true
  if (isTheirs(embedded?.uri) || isTheirs(embedded?.record?.uri)) return 'quote'
  return isTheirs(record.reply?.parent.uri) || isTheirs(record.reply?.root.uri) ? 'reply' : null
}
