// What people do on the simulated Facebook, whoever asks for it: API, control or page. Each tells the subscribers.
import type { ShownUpload } from '../uploads.ts'
import type { GraphComment, GraphMessage, GraphPage, GraphPost, Person } from './state.ts'
import { type MessageMarks, tellFeed, tellMessage, tellMessageEdit } from './updates.ts'
import type { GraphWorld } from './world.ts'

/** A page knows each person by a number of its own. */
export function knowPerson(world: GraphWorld, pageId: string, person: Person): string {
  const key = `${pageId} ${person.id}`
  if (!world.state.psids.has(key)) world.record({ type: 'psid', pageId, personId: person.id, psid: world.nextId() })
  return world.state.psids.get(key) as string
}

export function writePost(
  world: GraphWorld,
  wanted: { ownerId: string; authorId: string; message: string; at?: number; uploads?: readonly ShownUpload[] },
): GraphPost {
  const at = wanted.at ?? world.clock.now()
  const post: GraphPost = {
    id: `${wanted.ownerId}_${world.nextId()}`,
    ownerId: wanted.ownerId,
    authorId: wanted.authorId,
    message: wanted.message,
    at,
    updatedAt: at,
    editedAt: null,
    tags: taggedPages(world, wanted.message),
    isHidden: false,
    ...(wanted.uploads?.length && { uploads: wanted.uploads }),
  }
  meet(world, [wanted.ownerId, ...post.tags], wanted.authorId)
  world.record({ type: 'post', post })
  tellFeed(world, post, 'add')
  return post
}

export function writeComment(
  world: GraphWorld,
  under: GraphPost | GraphComment,
  authorId: string,
  message: string,
  when?: number,
  uploads: readonly ShownUpload[] = [],
): GraphComment {
  const at = when ?? world.clock.now()
  const postId = 'postId' in under ? under.postId : under.id
  // An answer to an answer stands under the top comment.
  const parentId = 'postId' in under && under.parentId !== under.postId ? under.parentId : under.id
  const comment: GraphComment = {
    id: `${postId.split('_')[1]}_${world.nextId()}`,
    postId,
    parentId,
    authorId,
    message,
    at,
    editedAt: null,
    tags: taggedPages(world, message),
    isHidden: false,
    isLiked: false,
    ...(uploads.length && { uploads }),
  }
  meet(world, [world.state.posts.get(postId)?.ownerId ?? '', ...comment.tags], authorId)
  world.record({ type: 'comment', comment })
  tellFeed(world, comment, 'add')
  return comment
}

export function editItem(world: GraphWorld, item: GraphPost | GraphComment, message: string): void {
  const editedAt = world.clock.now()
  const changed = 'postId' in item ? { ...item, message, editedAt } : { ...item, message, editedAt, updatedAt: editedAt }
  world.record('postId' in changed ? { type: 'comment', comment: changed } : { type: 'post', post: changed })
  tellFeed(world, changed, 'edited')
}

export function hideItem(world: GraphWorld, item: GraphPost | GraphComment, isHidden: boolean): void {
  const changed = { ...item, isHidden }
  world.record('postId' in changed ? { type: 'comment', comment: changed } : { type: 'post', post: changed })
  tellFeed(world, changed, isHidden ? 'hide' : 'unhide')
}

/** The page likes it; Facebook pushes nothing of that to the page itself. */
export function likeItem(world: GraphWorld, item: GraphPost | GraphComment, isLiked: boolean): void {
  const changed = { ...item, isLiked }
  world.record('postId' in changed ? { type: 'comment', comment: changed } : { type: 'post', post: changed })
}

export function removeItem(world: GraphWorld, item: GraphPost | GraphComment): void {
  tellFeed(world, item, 'remove')
  world.record({ type: 'removed', id: item.id })
}

export interface NewMessage extends MessageMarks {
  page: GraphPage
  person: Person
  fromPage: boolean
  text: string
  at?: number
  answersComment?: string
  uploads?: readonly ShownUpload[]
}
export function writeMessage(world: GraphWorld, wanted: NewMessage): GraphMessage {
  knowPerson(world, wanted.page.id, wanted.person)
  const message: GraphMessage = {
    id: `m_${Buffer.from(world.nextId()).toString('base64url')}`,
    pageId: wanted.page.id,
    personId: wanted.person.id,
    fromPage: wanted.fromPage,
    text: wanted.text,
    at: wanted.at ?? world.clock.now(),
    edits: 0,
    answersComment: wanted.answersComment ?? null,
    ...(wanted.uploads?.length && { uploads: wanted.uploads }),
  }
  world.record({ type: 'message', message })
  tellMessage(world, message, wanted)
  return message
}

export function editMessage(world: GraphWorld, message: GraphMessage, text: string): void {
  const changed = { ...message, text, edits: message.edits + 1 }
  world.record({ type: 'message', message: changed })
  tellMessageEdit(world, changed)
}

/** Pages named with @username or @Name. */
function taggedPages(world: GraphWorld, message: string): string[] {
  const text = message.toLowerCase()
  return [...world.state.pages.values()]
    .filter(page => text.includes(`@${page.username.toLowerCase()}`) || text.includes(`@${page.name.toLowerCase()}`))
    .map(page => page.id)
}

function meet(world: GraphWorld, pageIds: string[], authorId: string): void {
  const person = world.state.people.get(authorId)
  for (const pageId of pageIds) if (person && world.state.pages.has(pageId)) knowPerson(world, pageId, person)
}

export function itemOf(world: GraphWorld, id: string): GraphPost | GraphComment | undefined {
  return world.state.posts.get(id) ?? world.state.comments.get(id)
}

/** The page posted the very same within the hour. */
export function saidLately(world: GraphWorld, pageId: string, message: string): boolean {
  const oldest = world.clock.now() - 3_600_000
  return [...world.state.posts.values()].some(post => post.authorId === pageId && post.at >= oldest && post.message === message)
}
