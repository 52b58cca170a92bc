// What exists on the simulated Facebook, and how each thing that happens changes it.
import type { ShownUpload } from '../uploads.ts'
import { applyToInstagram, emptyInstagram, type InstagramEntry, type InstagramState } from './instagram/state.ts'

/** Somebody with a profile; pages know him by a number of their own (PSID). */
export interface Person {
  id: string
  name: string
}
export interface GraphPage {
  id: string
  name: string
  username: string
  about: string
  followers: number
  /** As for an app without advanced access: authors are not told. */
  hidesAuthors: boolean
}
export interface GraphApp {
  id: string
  name: string
  secret: string
  redirectUris: string[]
}
/** A post on a page, or one elsewhere that names pages. */
export interface GraphPost {
  /** Pictures below it. */
  uploads?: readonly ShownUpload[]
  id: string
  /** Page or person on whose wall it stands. */
  ownerId: string
  authorId: string
  message: string
  at: number
  /** Moves with each comment below, as on Facebook. */
  updatedAt: number
  editedAt: number | null
  tags: string[]
  isHidden: boolean
  /** Journals from before likes on posts do not say. */
  isLiked?: boolean
}
export interface GraphComment {
  /** Pictures below it. */
  uploads?: readonly ShownUpload[]
  id: string
  postId: string
  /** The post, or the top comment: threads have two levels. */
  parentId: string
  authorId: string
  message: string
  at: number
  editedAt: number | null
  tags: string[]
  isHidden: boolean
  isLiked: boolean
}
export interface GraphMessage {
  uploads?: readonly ShownUpload[]
  id: string
  pageId: string
  personId: string
  fromPage: boolean
  text: string
  at: number
  edits: number
  /** The comment it privately answers. */
  answersComment: string | null
}
export interface GraphToken {
  token: string
  kind: 'user' | 'page'
  appId: string
  userId: string
  /** The page it speaks for. */
  pageId: string | null
  /** The pages its owner chose. */
  pageIds: string[]
  scopes: string[]
  issuedAt: number
  /** Null: never. */
  expiresAt: number | null
  dataAccessExpiresAt: number
  /** Error subcode since it died: 458 app removed, 460 password changed, 467 invalid. */
  deadBy: number | null
}
export interface AppSubscription {
  appId: string
  /** Each kind has an address of its own. */
  object: 'page' | 'instagram'
  callbackUrl: string
  verifyToken: string
  fields: string[]
  active: boolean
}

export type GraphEntry =
  | { type: 'page'; page: GraphPage }
  | { type: 'app'; app: GraphApp }
  | { type: 'person'; person: Person }
  | { type: 'psid'; pageId: string; personId: string; psid: string }
  | { type: 'token'; token: GraphToken }
  | { type: 'post'; post: GraphPost }
  | { type: 'comment'; comment: GraphComment }
  | { type: 'removed'; id: string }
  | { type: 'message'; message: GraphMessage }
  | { type: 'app subscription'; subscription: AppSubscription }
  | { type: 'page subscription'; appId: string; pageId: string; fields: string[] | null }
  | { type: 'push'; id: string; lane: string; content: unknown }
  | { type: 'pushed'; ids: string[] }
  | { type: 'clock'; offsetMs: number }
  | { type: 'note'; key: string; value: string }
  | InstagramEntry

export interface GraphState {
  pages: Map<string, GraphPage>
  apps: Map<string, GraphApp>
  people: Map<string, Person>
  peopleByName: Map<string, Person>
  /** `page person` → PSID */
  psids: Map<string, string>
  /** PSID → person */
  personOfPsid: Map<string, string>
  tokens: Map<string, GraphToken>
  posts: Map<string, GraphPost>
  comments: Map<string, GraphComment>
  /** post → its comments at all levels, in the order they came */
  commentsOf: Map<string, string[]>
  /** post or top comment → what stands directly under it, in the order it came */
  directlyUnder: Map<string, string[]>
  messages: Map<string, GraphMessage>
  /** PSID → ids, in the order they came */
  conversations: Map<string, string[]>
  /** `app object` → subscription */
  appSubscriptions: Map<string, AppSubscription>
  /** `app page` → fields */
  pageSubscriptions: Map<string, string[]>
  pushes: Map<string, { lane: string; content: unknown }>
  notes: Map<string, string>
  clockOffsetMs: number
  instagram: InstagramState
}

export function emptyGraphState(): GraphState {
  return {
    pages: new Map(),
    apps: new Map(),
    people: new Map(),
    peopleByName: new Map(),
    psids: new Map(),
    personOfPsid: new Map(),
    tokens: new Map(),
    posts: new Map(),
    comments: new Map(),
    commentsOf: new Map(),
    directlyUnder: new Map(),
    messages: new Map(),
    conversations: new Map(),
    appSubscriptions: new Map(),
    pageSubscriptions: new Map(),
    pushes: new Map(),
    notes: new Map(),
    clockOffsetMs: 0,
    instagram: emptyInstagram(),
  }
}

export function applyToGraph(state: GraphState, entry: GraphEntry): void {
  switch (entry.type) {
    case 'page':
      state.pages.set(entry.page.id, entry.page)
      break
    case 'app':
      state.apps.set(entry.app.id, entry.app)
      break
    case 'person':
      state.people.set(entry.person.id, entry.person)
      state.peopleByName.set(entry.person.name.toLowerCase(), entry.person)
      break
    case 'psid':
      state.psids.set(`${entry.pageId} ${entry.personId}`, entry.psid)
      state.personOfPsid.set(entry.psid, entry.personId)
      break
    case 'token':
      state.tokens.set(entry.token.token, entry.token)
      break
    case 'post':
      state.posts.set(entry.post.id, entry.post)
      break
    case 'comment':
      if (!state.comments.has(entry.comment.id)) {
        listIn(state.commentsOf, entry.comment.postId).push(entry.comment.id)
        listIn(state.directlyUnder, entry.comment.parentId).push(entry.comment.id)
        const post = state.posts.get(entry.comment.postId)
        if (post) state.posts.set(post.id, { ...post, updatedAt: Math.max(post.updatedAt, entry.comment.at) })
      }
      state.comments.set(entry.comment.id, entry.comment)
      break
    case 'removed':
      removeItem(state, entry.id)
      break
    case 'message': {
      const { message } = entry
      const psid = psidOf(state, message.pageId, message.personId)
      if (!state.messages.has(message.id)) listIn(state.conversations, psid).push(message.id)
      state.messages.set(message.id, message)
      break
    }
    case 'app subscription':
      state.appSubscriptions.set(`${entry.subscription.appId} ${entry.subscription.object ?? 'page'}`, {
        ...entry.subscription,
        // Journals from before Instagram do not say.
        object: entry.subscription.object ?? 'page',
      })
      break
    case 'page subscription':
      if (entry.fields) state.pageSubscriptions.set(`${entry.appId} ${entry.pageId}`, entry.fields)
      else state.pageSubscriptions.delete(`${entry.appId} ${entry.pageId}`)
      break
    case 'push':
      state.pushes.set(entry.id, { lane: entry.lane, content: entry.content })
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
    default:
      applyToInstagram(state.instagram, entry)
  }
}

/** With a post go its comments, with a comment its answers. */
function removeItem(state: GraphState, id: string): void {
  const below = state.comments.has(id) ? (state.directlyUnder.get(id) ?? []) : (state.commentsOf.get(id) ?? [])
  for (const gone of [id, ...below]) {
    const comment = state.comments.get(gone)
    if (!comment) continue
    drop(state.commentsOf.get(comment.postId), gone)
    drop(state.directlyUnder.get(comment.parentId), gone)
    state.comments.delete(gone)
  }
  state.posts.delete(id)
}

export function psidOf(state: GraphState, pageId: string, personId: string): string {
  return state.psids.get(`${pageId} ${personId}`) ?? personId
}

/** The page an object belongs to, if it is on a page. */
export function pageOf(state: GraphState, item: GraphPost | GraphComment): GraphPage | undefined {
  const post = 'postId' in item ? state.posts.get(item.postId) : item
  return post ? state.pages.get(post.ownerId) : undefined
}

function drop(list: string[] | undefined, id: string): void {
  const at = list?.indexOf(id) ?? -1
  if (at >= 0) list?.splice(at, 1)
}

function listIn(map: Map<string, string[]>, key: string): string[] {
  let list = map.get(key)
  if (!list) {
    list = []
    map.set(key, list)
  }
  return list
}
