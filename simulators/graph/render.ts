// Pages, posts, comments, conversations and messages as the Graph API answers them.
import { type Answers, answerFields, type Field } from './fields.ts'
import { instagramOf } from './instagram/render.ts'
import { commentAttachment, postAttachments } from './media.ts'
import { type GraphComment, type GraphMessage, type GraphPage, type GraphPost, pageOf, psidOf } from './state.ts'
import { graphTime, permalink } from './updates.ts'
import { listedUploads } from './uploads.ts'
import type { GraphWorld } from './world.ts'

export type Rendered = Record<string, unknown> | { unknown: string }
export interface Conversation {
  id: string
  pageId: string
  personId: string
  messages: GraphMessage[]
}

const plain = (names: string): Field[] => names.split(',').map(name => ({ name, modifiers: {}, fields: null }))

export function renderPage(world: GraphWorld, page: GraphPage, fields: Field[] | undefined): Rendered {
  const answers: Answers = {
    id: () => page.id,
    name: () => page.name,
    username: () => page.username,
    about: () => page.about,
    category: () => 'Telecommunication company',
    fan_count: () => page.followers,
    followers_count: () => page.followers,
    link: () => permalink(world, page.id),
    instagram_business_account: () => instagramOf(world, page.id).instagram_business_account,
    has_transitioned_to_new_page_experience: () => true,
  }
  return answerFields(answers, fields ?? plain('name,id'), 'Page')
}

/** A person as a page may see him; a page's own fields he has not. */
export function renderPerson({ id, name }: { id: string; name: string }, fields: Field[] | undefined): Rendered {
  const [first = '', ...rest] = name.split(' ')
  const answers: Answers = { id: () => id, name: () => name, first_name: () => first, last_name: () => rest.join(' ') }
  return answerFields(answers, fields ?? plain('name,id'), 'User')
}

export function renderPost(world: GraphWorld, post: GraphPost, fields: Field[] | undefined): Rendered {
  const answers: Answers = {
    id: () => post.id,
    message: () => post.message,
    from: () => authorOf(world, post),
    created_time: () => graphTime(post.at),
    updated_time: () => graphTime(post.updatedAt),
    permalink_url: () => permalink(world, post.id),
    attachments: () => postAttachments(post.uploads),
    is_hidden: () => post.isHidden,
    is_published: () => true,
    status_type: () => (post.authorId === post.ownerId ? 'mobile_status_update' : 'wall_post'),
    message_tags: () => (post.tags.length ? tags(world, post.tags, post.message) : undefined),
    to: () =>
      post.ownerId === post.authorId ? undefined : { data: [{ id: post.ownerId, name: world.state.pages.get(post.ownerId)?.name }] },
    comments: field => nestedComments(world, commentsUnder(world, post, field.modifiers.filter === 'stream'), field),
  }
  return answerFields(answers, fields ?? plain('created_time,message,id'), 'Post')
}

export function renderComment(world: GraphWorld, comment: GraphComment, fields: Field[] | undefined): Rendered {
  const page = pageOf(world.state, comment)
  const isOurs = comment.authorId === page?.id
  const parent = world.state.comments.get(comment.parentId)
  const answers: Answers = {
    id: () => comment.id,
    message: () => comment.message,
    from: () => authorOf(world, comment),
    created_time: () => graphTime(comment.at),
    permalink_url: () => `${permalink(world, comment.postId)}?comment_id=${comment.id.split('_')[1]}`,
    parent: () =>
      parent ? { created_time: graphTime(parent.at), from: authorOf(world, parent), message: parent.message, id: parent.id } : undefined,
    object: () => ({
      id: comment.postId,
      created_time: graphTime(world.state.posts.get(comment.postId)?.at ?? comment.at),
    }),
    attachment: () => commentAttachment(comment.uploads),
    is_hidden: () => comment.isHidden,
    can_hide: () => !isOurs && page !== undefined && !world.state.notes.has(`cannot hide ${comment.id}`),
    can_remove: () => page !== undefined,
    can_comment: () => true,
    can_like: () => true,
    can_reply_privately: () => !isOurs && privateReplyProblem(world, comment) === null,
    user_likes: () => comment.isLiked,
    like_count: () => (comment.isLiked ? 1 : 0),
    comment_count: () => commentsUnder(world, comment, false).length,
    message_tags: () => (comment.tags.length ? tags(world, comment.tags, comment.message) : undefined),
    comments: field => nestedComments(world, commentsUnder(world, comment, false), field),
  }
  return answerFields(answers, fields ?? plain('created_time,from,message,id'), 'Comment')
}

/** Chronological. `stream`: all levels of a post. */
export function commentsUnder(world: GraphWorld, item: GraphPost | GraphComment, stream: boolean): GraphComment[] {
  const { commentsOf, directlyUnder, comments } = world.state
  const ids = stream && !('postId' in item) ? commentsOf.get(item.id) : directlyUnder.get(item.id)
  const wanted = (ids ?? []).flatMap(id => comments.get(id) ?? [])
  return wanted.sort((a, b) => a.at - b.at)
}

function nestedComments(world: GraphWorld, comments: GraphComment[], field: Field): unknown {
  const ordered = field.modifiers.order === 'reverse_chronological' ? comments.reverse() : comments
  const page = ordered.slice(0, Number(field.modifiers.limit ?? 25))
  return page.length ? { data: page.map(comment => renderComment(world, comment, field.fields ?? undefined)) } : undefined
}

function authorOf(world: GraphWorld, item: GraphPost | GraphComment): object | undefined {
  const page = pageOf(world.state, item)
  const ours = world.state.pages.get(item.authorId)
  if (ours) return { name: ours.name, id: ours.id }
  // Elsewhere than on a page the author is not told.
  if (!page || page.hidesAuthors) return undefined
  return { name: world.state.people.get(item.authorId)?.name, id: psidOf(world.state, page.id, item.authorId) }
}

function tags(world: GraphWorld, pageIds: string[], message: string): object[] {
  return pageIds.flatMap(id => {
    const page = world.state.pages.get(id)
    const offset = message.toLowerCase().indexOf(`@${page?.username.toLowerCase()}`)
    return page ? [{ id, name: page.name, type: 'page', offset: Math.max(0, offset), length: page.username.length + 1 }] : []
  })
}

const privateReplyWithinMs = 7 * 24 * 3_600_000
/** Why a comment may not be answered privately; null: it may. */
export function privateReplyProblem(world: GraphWorld, comment: GraphComment | GraphPost): 'answered' | 'too old' | null {
  for (const message of world.state.messages.values()) if (message.answersComment === comment.id) return 'answered'
  return world.clock.now() - comment.at > privateReplyWithinMs ? 'too old' : null
}

/** A conversation's id is made of the page's number for the person. */
export function conversationsOf(world: GraphWorld, pageId: string): Conversation[] {
  const { state } = world
  return [...state.conversations]
    .flatMap(([psid, ids]) => {
      const messages = ids.flatMap(id => state.messages.get(id) ?? [])
      const first = messages[0]
      return first?.pageId === pageId ? [{ id: `t_${psid}`, pageId, personId: first.personId, messages }] : []
    })
    .sort((a, b) => lastOf(b) - lastOf(a))
}
export function findConversation(world: GraphWorld, id: string): Conversation | undefined {
  const messages = (world.state.conversations.get(id.replace(/^t_/, '')) ?? []).flatMap(mid => world.state.messages.get(mid) ?? [])
  const first = messages[0]
  return first && id.startsWith('t_') ? { id, pageId: first.pageId, personId: first.personId, messages } : undefined
}
const lastOf = (conversation: Conversation) => conversation.messages.at(-1)?.at ?? 0

export function renderConversation(world: GraphWorld, conversation: Conversation, fields: Field[] | undefined): Rendered {
  const { pageId, personId, messages } = conversation
  const both = () => ({ data: [partyOf(world, pageId, personId), pageParty(world, pageId)] })
  const answers: Answers = {
    id: () => conversation.id,
    link: () => `/${pageId}/inbox/${conversation.id}/`,
    updated_time: () => graphTime(lastOf(conversation)),
    message_count: () => messages.length,
    unread_count: () => messages.length - 1 - messages.findLastIndex(message => message.fromPage),
    snippet: () => messages.at(-1)?.text.slice(0, 120),
    can_reply: () => true,
    participants: both,
    senders: both,
    messages: field => ({
      data: [...messages]
        .reverse()
        .slice(0, Number(field.modifiers.limit ?? 25))
        .map(message => renderMessage(world, message, field.fields ?? undefined)),
    }),
  }
  return answerFields(answers, fields ?? plain('id,link,updated_time'), 'UnifiedThread')
}

export function renderMessage(world: GraphWorld, message: GraphMessage, fields: Field[] | undefined): Rendered {
  const person = partyOf(world, message.pageId, message.personId)
  const page = pageParty(world, message.pageId)
  const answers: Answers = {
    id: () => message.id,
    created_time: () => graphTime(message.at),
    message: () => message.text,
    from: () => (message.fromPage ? page : person),
    to: () => ({ data: [message.fromPage ? person : page] }),
    attachments: () => listedUploads(world, message.uploads),
    tags: () => ({ data: [{ name: 'inbox' }] }),
  }
  return answerFields(answers, fields ?? plain('id,created_time'), 'Message')
}

function partyOf(world: GraphWorld, pageId: string, personId: string): { name: string; email: string; id: string } {
  const psid = psidOf(world.state, pageId, personId)
  return { name: world.state.people.get(personId)?.name ?? 'Facebook user', email: `${psid}@facebook.com`, id: psid }
}
function pageParty(world: GraphWorld, pageId: string): { name: string; email: string; id: string } {
  return { name: world.state.pages.get(pageId)?.name ?? '', email: `${pageId}@facebook.com`, id: pageId }
}
