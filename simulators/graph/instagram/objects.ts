// Instagram's part of the Graph API: the account, its media and tags, comments, mentions, conversations. What is not Instagram's goes on.
import { Hono } from 'hono'
import type { GraphContext, GraphEnv } from '../access.ts'
import { answer, answerList, fieldsOf, self, speaksFor } from '../answers.ts'
import { badParameter, graphError, noSuchObject, notPermitted } from '../errors.ts'
import type { Field } from '../fields.ts'
import type { Rendered } from '../render.ts'
import type { GraphWorld } from '../world.ts'
import { mentionedIn, writeComment } from './happenings.ts'
import { directMessageRoutes } from './messages.ts'
import {
  accountBehind,
  answersTo,
  commentsOf,
  directsOf,
  renderAccount,
  renderComment,
  renderDirect,
  renderDirectMessage,
  renderMedia,
  renderMentionedComment,
  renderMentionedMedia,
} from './render.ts'
import type { InstagramAccount, InstagramComment, InstagramMedia } from './state.ts'

export function instagramRoutes(world: GraphWorld): Hono<GraphEnv> {
  const { accounts, media, comments, messages } = world.state.instagram
  const routes = new Hono<GraphEnv>()

  routes.get('/:id/:edge{media|tags}', (c, next) => {
    const account = accounts.get(c.req.param('id'))
    if (!account) return next()
    if (!may(c, account, 'instagram_basic')) return noRight('instagram_basic')
    const isOurs = c.req.param('edge') === 'media'
    const wanted = [...media.values()].filter(one => (isOurs ? one.ownerId === account.id : one.tags.includes(account.id)))
    return answerList(
      c,
      wanted.sort((a, b) => b.at - a.at),
      (one, fields) => renderMedia(world, one, fields),
    )
  })

  routes.get('/:id/comments', (c, next) => {
    const one = media.get(c.req.param('id'))
    if (!one) return next()
    const owner = ownerOf(one)
    if (!owner || !may(c, owner, 'instagram_manage_comments')) return noSuchObject(one.id, 'get')
    const top = commentsOf(world, one).filter(comment => !comment.parentId)
    return answerList(c, top.reverse(), (comment, fields) => renderComment(world, comment, fields))
  })
  routes.get('/:id/replies', (c, next) => {
    const comment = comments.get(c.req.param('id'))
    if (!comment) return next()
    const owner = ownerOf(media.get(comment.mediaId))
    if (!owner || !may(c, owner, 'instagram_manage_comments')) return noSuchObject(comment.id, 'get')
    return answerList(c, answersTo(world, comment), (one, fields) => renderComment(world, one, fields))
  })
  routes.post('/:id/replies', (c, next) => {
    const comment = comments.get(c.req.param('id'))
    if (!comment) return next()
    const place = media.get(comment.mediaId)
    const owner = ownerOf(place)
    if (!owner) return noSuchObject(comment.id, 'post')
    if (!may(c, owner, 'instagram_manage_comments')) return noRight('instagram_manage_comments')
    if (comment.isHidden) return graphError({ code: 100, message: '(#100) Replies to hidden comments are not supported.' })
    if (place?.isLive) return graphError({ code: 100, message: '(#100) Replies to live comments are not supported.' })
    return write(c, comment, owner)
  })
  routes.post('/:id/mentions', (c, next) => {
    const account = accounts.get(c.req.param('id'))
    if (!account) return next()
    if (!may(c, account, 'instagram_manage_comments')) return noRight('instagram_manage_comments')
    const { media_id: mediaId = '', comment_id: commentId } = c.get('params')
    const under = commentId === undefined ? mentioningMedia(account, mediaId) : mentioningComment(account, commentId)
    return under ? write(c, under, account) : noSuchObject(commentId ?? mediaId, 'post')
  })

  routes.get('/:id/conversations', (c, next) => {
    if (c.get('params').platform !== 'instagram') return next()
    const account = accountBehind(world, self(c, c.req.param('id')))
    if (!account) return noSuchObject(c.req.param('id'), 'get')
    if (!may(c, account, 'instagram_manage_messages')) return noRight('instagram_manage_messages')
    return answerList(c, directsOf(world, account), (conversation, fields) => renderDirect(world, conversation, fields))
  })
  routes.get('/:id/messages', (c, next) => {
    const conversation = [...accounts.values()].flatMap(account => directsOf(world, account)).find(one => one.id === c.req.param('id'))
    if (!conversation) return next()
    if (!may(c, conversation.account, 'instagram_manage_messages')) return noRight('instagram_manage_messages')
    return answerList(c, [...conversation.messages].reverse(), (message, fields) => renderDirectMessage(world, message, fields))
  })
  routes.route('/', directMessageRoutes(world))

  routes.get('/:id', (c, next) => {
    const id = c.req.param('id')
    const [account, one, comment, message] = [accounts.get(id), media.get(id), comments.get(id), messages.get(id)]
    const owner = account ?? ownerOf(one) ?? ownerOf(media.get(comment?.mediaId ?? '')) ?? accounts.get(message?.accountId ?? '')
    if (!account && !one && !comment && !message) return next()
    // Media and comments of others are there, and not for us to ask for.
    if (!owner || !may(c, owner, 'instagram_basic')) return noSuchObject(id, 'get')
    const fields = fieldsOf(c.get('params'))
    if (fields instanceof Response) return fields
    if (account) return answerAccount(c, account, fields)
    if (one) return answer(c, renderMedia(world, one, fields))
    return answer(c, comment ? renderComment(world, comment, fields) : renderDirectMessage(world, message!, fields))
  })
  routes.post('/:id', (c, next) => {
    const comment = comments.get(c.req.param('id'))
    if (!comment) return next()
    const owner = ownerOf(media.get(comment.mediaId))
    if (!owner) return noSuchObject(comment.id, 'post')
    if (!may(c, owner, 'instagram_manage_comments')) return noRight('instagram_manage_comments')
    const { hide } = c.get('params')
    if (hide !== 'true' && hide !== 'false') return badParameter('The parameter hide is required.')
    // What the owner of the media wrote stays to be seen, whatever is asked.
    world.record({ type: 'instagram comment', comment: { ...comment, isHidden: hide === 'true' && comment.authorId !== owner.id } })
    return c.json({ success: true })
  })
  return routes

  /** With what mentions the account, where that is asked for by its place. */
  function answerAccount(c: GraphContext, account: InstagramAccount, fields: Field[] | undefined): Response {
    const rest = fields?.filter(field => field.name !== 'mentioned_comment' && field.name !== 'mentioned_media')
    const rendered = renderAccount(account, fields ? [{ name: 'id', modifiers: {}, fields: null }, ...rest!] : undefined)
    for (const field of fields ?? []) {
      if (rest?.includes(field)) continue
      const found = mentioned(account, field)
      if (!found) return noSuchObject(Object.values(field.modifiers)[0] ?? '', 'get')
      if ('unknown' in found) return answer(c, found)
      Object.assign(rendered, { [field.name]: found })
    }
    return answer(c, rendered)
  }

  function mentioned(account: InstagramAccount, { name, modifiers, fields }: Field): Rendered | null {
    if (name === 'mentioned_comment') {
      const comment = mentioningComment(account, modifiers.comment_id ?? '')
      return comment ? renderMentionedComment(world, comment, fields ?? undefined) : null
    }
    const one = mentioningMedia(account, modifiers.media_id ?? '')
    return one ? renderMentionedMedia(world, one, fields ?? undefined) : null
  }

  function mentioningComment(account: InstagramAccount, id: string): InstagramComment | undefined {
    const comment = comments.get(id)
    const isElsewhere = media.get(comment?.mediaId ?? '')?.ownerId !== account.id
    return comment && isElsewhere && mentionedIn(world, comment.text).includes(account) ? comment : undefined
  }
  function mentioningMedia(account: InstagramAccount, id: string): InstagramMedia | undefined {
    const one = media.get(id)
    return one && one.ownerId !== account.id && mentionedIn(world, one.caption).includes(account) ? one : undefined
  }

  function write(c: GraphContext, under: InstagramMedia | InstagramComment, account: InstagramAccount): Response {
    const { message = '' } = c.get('params')
    if (!message.trim()) return badParameter('The parameter message is required.')
    if (message.length > 2200) return badParameter('The comment is too long.')
    return c.json({ id: writeComment(world, under, account.id, message).id })
  }

  function ownerOf(one: InstagramMedia | undefined): InstagramAccount | undefined {
    return accounts.get(one?.ownerId ?? '')
  }
}

/** A page's token speaks for the account behind it. */
export function may(c: GraphContext, account: InstagramAccount, scope: string): boolean {
  return speaksFor(c, account.pageId, scope)
}
export function noRight(scope: string): Response {
  return notPermitted(`Requires ${scope} permission to manage the object`)
}
