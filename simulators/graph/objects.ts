// The Graph API's objects and their lists: pages, posts, comments, conversations; read, answer, hide, like, delete.

import { Hono } from 'hono'
import { access, type GraphEnv, nestedList, readParams } from './access.ts'
import { answer, answerList, fieldsOf, listPage, self, speaksFor, verbOf } from './answers.ts'
import { badParameter, graphError, noSuchObject, notPermitted } from './errors.ts'
import { editItem, hideItem, itemOf, likeItem, removeItem, saidLately, writeComment, writePost } from './happenings.ts'
import { instagramRoutes } from './instagram/objects.ts'
import { instagramOf } from './instagram/render.ts'
import {
  commentsUnder,
  conversationsOf,
  findConversation,
  renderComment,
  renderConversation,
  renderMessage,
  renderPage,
  renderPerson,
  renderPost,
} from './render.ts'
import { operator, pageTokenFrom } from './sign-in.ts'
import { type GraphPost, pageOf } from './state.ts'
import { photosNamed } from './uploads.ts'
import type { GraphWorld } from './world.ts'

export function objectRoutes(world: GraphWorld): Hono<GraphEnv> {
  const { state } = world
  const routes = new Hono<GraphEnv>()
  routes.use('*', readParams, access(world))
  // What is Instagram's is answered there; everything else goes on to the pages.
  routes.route('/', instagramRoutes(world))

  routes.get('/me/accounts', c => {
    const { token } = c.get('caller')
    if (token?.kind !== 'user') return graphError({ code: 100, message: '(#100) Tried accessing nonexisting field (accounts)' })
    const pages = token.pageIds.flatMap(id => state.pages.get(id) ?? [])
    const data = pages.map(page => ({
      access_token: pageTokenFrom(world, token, page.id).token,
      category: 'Telecommunication company',
      name: page.name,
      id: page.id,
      ...instagramOf(world, page.id),
      tasks: ['ADVERTISE', 'ANALYZE', 'CREATE_CONTENT', 'MESSAGING', 'MODERATE', 'MANAGE'],
    }))
    return c.json(
      listPage(
        c,
        data,
        data.map(page => page.id),
      ),
    )
  })

  routes.get('/:id/:edge{feed|posts|published_posts|visitor_posts|tagged}', c => {
    const page = state.pages.get(self(c, c.req.param('id')))
    if (!page) return noSuchObject(c.req.param('id'), 'get')
    const wanted: Record<string, (post: GraphPost) => boolean> = {
      feed: post => post.ownerId === page.id,
      posts: post => post.ownerId === page.id && post.authorId === page.id,
      published_posts: post => post.ownerId === page.id && post.authorId === page.id,
      visitor_posts: post => post.ownerId === page.id && post.authorId !== page.id,
      tagged: post => post.ownerId !== page.id && post.tags.includes(page.id),
    }
    const posts = [...state.posts.values()].filter(wanted[c.req.param('edge')] ?? (() => false)).sort((a, b) => b.at - a.at)
    return answerList(c, posts, (post, fields) => renderPost(world, post, fields))
  })
  routes.post('/:id/feed', c => {
    const page = state.pages.get(self(c, c.req.param('id')))
    const { message = '' } = c.get('params')
    if (!page) return noSuchObject(c.req.param('id'), 'post')
    if (!speaksFor(c, page.id, 'pages_manage_posts')) return notPermitted('The permission(s) pages_manage_posts are not available.')
    if (!message.trim()) return badParameter('Missing message or attachment')
    if (saidLately(world, page.id, message)) return graphError({ code: 506, message: '(#506) Duplicate status message' })
    const attached = (nestedList(c.get('params').attached_media) as { media_fbid?: string }[]).map(one => String(one.media_fbid))
    const uploads = photosNamed(world, attached, page.id)
    if (uploads instanceof Response) return uploads
    return c.json({ id: writePost(world, { ownerId: page.id, authorId: page.id, message, uploads }).id })
  })

  routes.get('/:id/comments', c => {
    const item = itemOf(world, c.req.param('id'))
    if (!item) return noSuchObject(c.req.param('id'), 'get')
    const { filter = 'toplevel', order = 'chronological' } = c.get('params')
    const comments = commentsUnder(world, item, filter === 'stream')
    return answerList(c, order === 'reverse_chronological' ? comments.reverse() : comments, (comment, fields) =>
      renderComment(world, comment, fields),
    )
  })
  routes.post('/:id/comments', c => {
    const item = itemOf(world, c.req.param('id'))
    const page = item && pageOf(state, item)
    const { message = '' } = c.get('params')
    if (!item) return noSuchObject(c.req.param('id'), 'post')
    // Elsewhere a page answers where it was named.
    const speaker = page?.id ?? item.tags[0]
    if (!speaker || !speaksFor(c, speaker, 'pages_manage_engagement'))
      return notPermitted('The permission(s) pages_manage_engagement are not available.')
    if (!message.trim()) return badParameter('Missing message or attachment')
    if (message.length > 8000) return badParameter('The comment is too long.')
    const { attachment_id: photo } = c.get('params')
    const uploads = photosNamed(world, photo === undefined ? [] : [photo], speaker)
    if (uploads instanceof Response) return uploads
    return c.json({ id: writeComment(world, item, speaker, message, undefined, uploads).id })
  })
  routes.get('/:id/likes', c => {
    const item = itemOf(world, c.req.param('id'))
    if (!item) return noSuchObject(c.req.param('id'), 'get')
    const page = pageOf(state, item)
    return c.json({ data: 'isLiked' in item && item.isLiked && page ? [{ id: page.id, name: page.name }] : [] })
  })
  routes.on(['POST', 'DELETE'], '/:id/likes', c => {
    const item = itemOf(world, c.req.param('id'))
    const page = item && pageOf(state, item)
    if (!item || !page) return noSuchObject(c.req.param('id'), 'post')
    if (!speaksFor(c, page.id, 'pages_manage_engagement'))
      return notPermitted('The permission(s) pages_manage_engagement are not available.')
    likeItem(world, item, verbOf(c) === 'POST')
    return c.json({ success: true })
  })

  routes.get('/:id/conversations', c => {
    const page = state.pages.get(self(c, c.req.param('id')))
    if (!page) return noSuchObject(c.req.param('id'), 'get')
    if (!speaksFor(c, page.id, 'pages_messaging')) return notPermitted('Requires pages_messaging permission to manage the object')
    const { platform = 'messenger', user_id: psid } = c.get('params')
    const conversations = platform === 'messenger' ? conversationsOf(world, page.id).filter(one => !psid || one.id === `t_${psid}`) : []
    return answerList(c, conversations, (conversation, fields) => renderConversation(world, conversation, fields))
  })
  routes.get('/:id/messages', c => {
    const conversation = findConversation(world, c.req.param('id'))
    if (!conversation) return noSuchObject(c.req.param('id'), 'get')
    if (!speaksFor(c, conversation.pageId, 'pages_messaging'))
      return notPermitted('Requires pages_messaging permission to manage the object')
    return answerList(c, [...conversation.messages].reverse(), (message, fields) => renderMessage(world, message, fields))
  })

  routes.get('/:id', c => {
    const asked = self(c, c.req.param('id'))
    const fields = fieldsOf(c.get('params'))
    if (fields instanceof Response) return fields
    const { posts, comments, pages, messages, personOfPsid, people } = state
    const [page, post, comment, message, conversation] = [
      pages.get(asked),
      posts.get(asked),
      comments.get(asked),
      messages.get(asked),
      findConversation(world, asked),
    ]
    if (page) return answer(c, renderPage(world, page, fields))
    if (post) return answer(c, renderPost(world, post, fields))
    if (comment) return answer(c, renderComment(world, comment, fields))
    if (message) return answer(c, renderMessage(world, message, fields))
    if (conversation) return answer(c, renderConversation(world, conversation, fields))
    if (asked === operator.id) return answer(c, renderPerson({ id: asked, name: operator.name }, fields))
    const person = people.get(personOfPsid.get(asked) ?? '')
    if (!person) return noSuchObject(asked, 'get')
    return answer(c, renderPerson({ id: asked, name: person.name }, fields))
  })
  routes.on(['POST', 'DELETE'], '/:id', c => {
    const item = itemOf(world, c.req.param('id'))
    const page = item && pageOf(state, item)
    if (!item || !page) return noSuchObject(c.req.param('id'), verbOf(c) === 'DELETE' ? 'delete' : 'post')
    if (!speaksFor(c, page.id, 'pages_manage_engagement'))
      return notPermitted('The permission(s) pages_manage_engagement are not available.')
    if (verbOf(c) === 'DELETE') {
      removeItem(world, item)
      return c.json({ success: true })
    }
    const { is_hidden: isHidden, message } = c.get('params')
    if (message !== undefined) {
      if (item.authorId !== page.id) return notPermitted('Permissions error')
      editItem(world, item, message)
    }
    if (isHidden !== undefined) {
      if (item.authorId === page.id) return graphError({ code: 1446036, message: '(#1446036) You cannot hide your own comment.' })
      if (state.notes.get(`cannot hide ${item.id}`)) return graphError({ code: 100, message: '(#100) Comment cannot be hidden' })
      hideItem(world, item, ['true', '1'].includes(isHidden))
    }
    return c.json({ success: true })
  })
  return routes
}
