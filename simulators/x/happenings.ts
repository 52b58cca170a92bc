// What people do on the simulated X, whoever asks for it: API, control or page. Each tells the subscribers.

import type { ShownUpload } from '../uploads.ts'
import { tellDeleted, tellMessage, tellPost } from './activity.ts'
import { historyOf, mentionedUsers, visiblePost, type XMessage, type XPost, type XUser } from './state.ts'
import { splitLeadingHandles } from './text.ts'
import type { XWorld } from './world.ts'

export interface NewPost {
  author: XUser
  text: string
  inReplyTo?: string | null
  quotes?: string | null
  at?: number
  lang?: string
  appId?: string | null
  /** Whom the author took out of the handles a reply begins with. */
  excludedUserIds?: readonly string[]
  uploads?: readonly ShownUpload[]
}

export function publish(world: XWorld, wanted: NewPost): XPost {
  const at = wanted.at ?? world.clock.now()
  const parent = wanted.inReplyTo ? visiblePost(world.state, wanted.inReplyTo) : undefined
  const id = world.ids.next(at)
  const autoPrefix = parent ? missingHandles(world, wanted, parent) : ''
  const post: XPost = {
    id,
    authorId: wanted.author.id,
    text: autoPrefix + wanted.text,
    at,
    conversationId: parent?.conversationId ?? id,
    inReplyTo: wanted.inReplyTo ?? null,
    inReplyToUserId: parent?.authorId ?? null,
    quotes: wanted.quotes ?? null,
    lang: wanted.lang ?? 'und',
    autoPrefix,
    editOf: null,
    appId: wanted.appId ?? null,
    ...(wanted.uploads?.length && { uploads: wanted.uploads }),
  }
  world.record({ type: 'post', post })
  tellPost(world, post)
  return post
}

/** Passes a post on unchanged; those whom the original names find it among their mentions, and X pushes nothing of it. */
export function repost(world: XWorld, by: XUser, id: string, at = world.clock.now()): XPost {
  const original = visiblePost(world.state, id)
  if (!original) throw new Error(`there is no post ${id} to pass on`)
  const { username } = world.state.users.get(original.authorId) as XUser
  const made = world.ids.next(at)
  const post: XPost = {
    ...original,
    id: made,
    authorId: by.id,
    text: `RT @${username}: ${original.text}`,
    at,
    conversationId: made,
    inReplyTo: null,
    inReplyToUserId: null,
    quotes: null,
    reposts: original.id,
    autoPrefix: '',
    editOf: null,
    appId: null,
  }
  world.record({ type: 'post', post })
  return post
}

/** X puts the people of the thread before a reply's words, unless the author wrote them there himself. */
function missingHandles(world: XWorld, wanted: NewPost, parent: XPost): string {
  const written = new Set(mentionedUsers(world.state, wanted.text).map(user => user.id))
  const thread = [
    ...(world.state.users.has(parent.authorId) ? [world.state.users.get(parent.authorId) as XUser] : []),
    ...mentionedUsers(world.state, splitLeadingHandles(parent.text).leading),
  ]
  const missing = new Map(thread.map(user => [user.id, user.username]))
  for (const id of [wanted.author.id, ...written, ...(wanted.excludedUserIds ?? [])]) missing.delete(id)
  return [...missing.values()].map(handle => `@${handle} `).join('')
}

/** An edit is a new post with a new id; X tells nobody, unless a test wants it told. */
export function editPost(world: XWorld, id: string, text: string, tell = false): XPost {
  const newest = historyOf(world.state, id).at(-1) ?? id
  const before = visiblePost(world.state, newest)
  if (!before) throw new Error(`there is no post ${id} to edit`)
  const at = world.clock.now()
  const post: XPost = { ...before, id: world.ids.next(at), text: before.autoPrefix + text, at, editOf: before.id }
  world.record({ type: 'post', post })
  if (tell) tellPost(world, post)
  return post
}

export function deletePost(world: XWorld, id: string): void {
  const post = visiblePost(world.state, id)
  if (!post) throw new Error(`there is no post ${id} to delete`)
  world.record({ type: 'deleted', id })
  tellDeleted(world, post)
}

export interface NewMessage {
  from: XUser
  to: XUser
  text: string
  at?: number
  appId?: string | null
  uploads?: readonly ShownUpload[]
}

export function sendMessage(world: XWorld, wanted: NewMessage): XMessage {
  const at = wanted.at ?? world.clock.now()
  const message: XMessage = {
    id: world.ids.next(at),
    from: wanted.from.id,
    to: wanted.to.id,
    text: wanted.text,
    at,
    appId: wanted.appId ?? null,
    ...(wanted.uploads?.length && { uploads: wanted.uploads }),
  }
  world.record({ type: 'message', message })
  tellMessage(world, message)
  return message
}
