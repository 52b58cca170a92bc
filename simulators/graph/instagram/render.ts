// Instagram's accounts, media, comments, conversations and messages as the Graph API answers them.
import { type Answers, answerFields, type Field } from '../fields.ts'
import { instagramAddress } from '../media.ts'
import type { Rendered } from '../render.ts'
import { graphTime } from '../updates.ts'
import { listedUploads } from '../uploads.ts'
import type { GraphWorld } from '../world.ts'
import { knowAs, mentionedIn, usernameOf } from './happenings.ts'
import type { InstagramAccount, InstagramComment, InstagramMedia, InstagramMessage } from './state.ts'

/** What a page says of the account behind it. */
export function instagramOf(world: GraphWorld, pageId: string): { instagram_business_account?: object } {
  const account = accountBehind(world, pageId)
  return account ? { instagram_business_account: { id: account.id, username: account.username, name: account.name } } : {}
}

export function accountBehind(world: GraphWorld, pageId: string): InstagramAccount | undefined {
  return [...world.state.instagram.accounts.values()].find(account => account.pageId === pageId)
}

const plain = (names: string): Field[] => names.split(',').map(name => ({ name, modifiers: {}, fields: null }))

export function renderAccount(account: InstagramAccount, fields: Field[] | undefined): Rendered {
  const answers: Answers = {
    id: () => account.id,
    username: () => account.username,
    name: () => account.name,
    biography: () => account.about,
    followers_count: () => account.followers,
  }
  return answerFields(answers, fields ?? plain('id'), 'IGUser')
}

export function renderMedia(world: GraphWorld, media: InstagramMedia, fields: Field[] | undefined): Rendered {
  const answers: Answers = {
    id: () => media.id,
    caption: () => media.caption || undefined,
    comments_count: () => commentsOf(world, media).length,
    media_product_type: () => (media.isLive ? 'STORY' : 'FEED'),
    media_type: () => 'IMAGE',
    media_url: () => instagramAddress(media.id),
    permalink: () => permalink(world, media),
    alt_text: () => undefined,
    thumbnail_url: () => undefined,
    timestamp: () => graphTime(media.at),
    username: () => usernameOf(world, media.ownerId),
  }
  return answerFields(answers, fields ?? plain('id'), 'IGMedia')
}

export function renderComment(world: GraphWorld, comment: InstagramComment, fields: Field[] | undefined): Rendered {
  const { accounts, media } = world.state.instagram
  const owner = accounts.get(media.get(comment.mediaId)?.ownerId ?? '')
  const isOwn = comment.authorId === owner?.id
  const id = () => (isOwn || !owner ? comment.authorId : knowAs(world, owner.id, comment.authorId))
  const answers: Answers = {
    id: () => comment.id,
    text: () => comment.text,
    timestamp: () => graphTime(comment.at),
    username: () => usernameOf(world, comment.authorId),
    from: () => ({ id: id(), username: usernameOf(world, comment.authorId) }),
    parent_id: () => comment.parentId ?? undefined,
    like_count: () => 0,
    hidden: () => comment.isHidden ?? false,
    media: () => ({ id: comment.mediaId }),
    replies: field => {
      const size = Number(field.modifiers.limit ?? 25)
      const answered = answersTo(world, comment)
      const data = answered.slice(0, size).map(answer => renderComment(world, answer, field.fields ?? undefined))
      const next = `${world.url()}/v25.0/${comment.id}/replies?limit=${size}&after=more`
      return data.length ? { data, ...(answered.length > size ? { paging: { next } } : {}) } : undefined
    },
  }
  return answerFields(answers, fields ?? plain('id,text,timestamp'), 'IGComment')
}

/** Only what Instagram gives of a comment elsewhere: not who wrote it. */
export function renderMentionedComment(world: GraphWorld, comment: InstagramComment, fields: Field[] | undefined): Rendered {
  const answers: Answers = {
    id: () => comment.id,
    like_count: () => 0,
    media: () => ({ id: comment.mediaId }),
    text: () => withoutAt(world, comment.text),
    timestamp: () => graphTime(comment.at),
  }
  return answerFields(answers, fields ?? plain('id,timestamp'), 'IGMentionedComment')
}

export function renderMentionedMedia(world: GraphWorld, media: InstagramMedia, fields: Field[] | undefined): Rendered {
  const answers: Answers = {
    id: () => media.id,
    caption: () => withoutAt(world, media.caption) || undefined,
    comments_count: () => commentsOf(world, media).length,
    comments: field => ({
      data: commentsOf(world, media).map(comment => {
        const { from: _hidden, ...shown } = renderComment(world, comment, field.fields ?? undefined) as Record<string, unknown>
        return shown
      }),
    }),
    like_count: () => 0,
    media_type: () => 'IMAGE',
    media_url: () => instagramAddress(media.id),
    timestamp: () => graphTime(media.at),
    username: () => usernameOf(world, media.ownerId),
  }
  return answerFields(answers, fields ?? plain('id'), 'IGMentionedMedia')
}

/** Words that mention an account come without the @, unless they stand on its own media. */
function withoutAt(world: GraphWorld, text: string): string {
  return mentionedIn(world, text).reduce((words, { username }) => words.replaceAll(`@${username}`, username), text)
}

/** All levels, in the order they came. */
export function commentsOf(world: GraphWorld, media: InstagramMedia): InstagramComment[] {
  return [...world.state.instagram.comments.values()].filter(comment => comment.mediaId === media.id).sort((a, b) => a.at - b.at)
}
export function answersTo(world: GraphWorld, comment: InstagramComment): InstagramComment[] {
  return [...world.state.instagram.comments.values()].filter(one => one.parentId === comment.id).sort((a, b) => a.at - b.at)
}

export interface DirectConversation {
  id: string
  account: InstagramAccount
  personId: string
  messages: InstagramMessage[]
}
/** The one with the newest words first. */
export function directsOf(world: GraphWorld, account: InstagramAccount): DirectConversation[] {
  const byPerson = Map.groupBy(
    [...world.state.instagram.messages.values()].filter(message => message.accountId === account.id),
    message => message.personId,
  )
  return [...byPerson]
    .map(([personId, messages]) => ({
      id: `aWdfZAG06_${knowAs(world, account.id, personId)}`,
      account,
      personId,
      messages: messages.sort((a, b) => a.at - b.at),
    }))
    .sort((a, b) => lastOf(b) - lastOf(a))
}
const lastOf = (conversation: DirectConversation) => conversation.messages.at(-1)?.at ?? 0

export function renderDirect(world: GraphWorld, conversation: DirectConversation, fields: Field[] | undefined): Rendered {
  const answers: Answers = {
    id: () => conversation.id,
    updated_time: () => graphTime(lastOf(conversation)),
    participants: () => ({ data: [us(conversation.account), party(world, conversation.account, conversation.personId)] }),
  }
  return answerFields(answers, fields ?? plain('id,updated_time'), 'UnifiedThread')
}

export function renderDirectMessage(world: GraphWorld, message: InstagramMessage, fields: Field[] | undefined): Rendered {
  const account = world.state.instagram.accounts.get(message.accountId)!
  const [from, to] = message.fromAccount
    ? [us(account), party(world, account, message.personId)]
    : [party(world, account, message.personId), us(account)]
  const answers: Answers = {
    id: () => message.id,
    created_time: () => graphTime(message.at),
    message: () => message.text,
    attachments: () => listedUploads(world, message.uploads),
    from: () => from,
    to: () => ({ data: [to] }),
  }
  return answerFields(answers, fields ?? plain('id,created_time'), 'Message')
}

const us = ({ id, username }: InstagramAccount) => ({ id, username })
const party = (world: GraphWorld, account: InstagramAccount, personId: string) => ({
  id: knowAs(world, account.id, personId),
  username: usernameOf(world, personId),
})

export function permalink(world: GraphWorld, media: InstagramMedia): string {
  return `${world.url()}/p/${media.code}/`
}
