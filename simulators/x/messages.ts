// X's legacy direct messages: list them, list one conversation, send.
import { Hono } from 'hono'
import { compareIds } from '../snowflake.ts'
import { access, type Caller } from './access.ts'
import { sendMessage } from './happenings.ts'
import { readToken, writeToken } from './lists.ts'
import { readJson } from './posts.ts'
import { forbidden, invalidRequest, unauthorized } from './problems.ts'
import { askedFor, conversationOf, expandMedia, renderMessage, renderUser } from './render.ts'
import type { XMessage } from './state.ts'
import { uploadsNamed } from './uploads.ts'
import type { XWorld } from './world.ts'

const reachBackMs = 30 * 24 * 3_600_000

export function messageRoutes(world: XWorld): Hono<{ Variables: { caller: Caller } }> {
  const { state } = world
  const routes = new Hono<{ Variables: { caller: Caller } }>()

  routes.get('/2/dm_events', access(world, 'GET /2/dm_events', 'user', 'dm.read'), c => {
    const me = c.get('caller').user?.id
    return messagesPage(
      state.messages.filter(message => message.from === me || message.to === me),
      name => c.req.query(name),
    )
  })
  routes.get(
    '/2/dm_conversations/with/:id/dm_events',
    access(world, 'GET /2/dm_conversations/with/:id/dm_events', 'user', 'dm.read'),
    c => {
      const pair = [c.get('caller').user?.id, c.req.param('id')]
      return messagesPage(
        state.messages.filter(message => pair.includes(message.from) && pair.includes(message.to)),
        name => c.req.query(name),
      )
    },
  )

  routes.post(
    '/2/dm_conversations/with/:id/messages',
    access(world, 'POST /2/dm_conversations/with/:id/messages', 'user', 'dm.write'),
    async c => {
      const { app, user } = c.get('caller')
      if (!user) return unauthorized()
      const body = await readJson(c.req.raw)
      if (body instanceof Response) return body
      const { text, attachments } = body as { text?: string; attachments?: { media_id?: string }[] }
      if (typeof text !== 'string' || !text || text.length > 10_000)
        return invalidRequest('The text of a message must have between 1 and 10000 characters.')
      const to = state.users.get(c.req.param('id'))
      if (!to || state.notes.get(`closed to messages ${to.id}`) === 'yes')
        return forbidden('You do not have permission to DM one or more participants.')
      const uploads = uploadsNamed(
        world,
        attachments?.map(one => one.media_id),
        user.id,
        'dm_image',
      )
      if (uploads instanceof Response) return uploads
      const message = sendMessage(world, { from: user, to, text, appId: app.id, uploads })
      return c.json({ data: { dm_conversation_id: conversationOf(user.id, to.id), dm_event_id: message.id } }, 201)
    },
  )
  return routes

  function messagesPage(all: XMessage[], query: (name: string) => string | undefined): Response {
    const size = Number(query('max_results') ?? 100)
    if (!Number.isInteger(size) || size < 1 || size > 100)
      return invalidRequest('The `max_results` query parameter value is not between 1 and 100')
    const token = query('pagination_token')
    const before = token === undefined ? undefined : readToken(token)
    if (token !== undefined && !before) return invalidRequest('The `pagination_token` query parameter value is not valid')
    const oldest = world.clock.now() - reachBackMs
    const rest = all.filter(message => message.at >= oldest && (!before || compareIds(message.id, before) < 0)).reverse()
    const page = rest.slice(0, size)
    const asked = askedFor(query)
    const people = asked.expansions.has('sender_id') || asked.expansions.has('participant_ids')
    const ids = new Set(page.flatMap(message => (asked.expansions.has('participant_ids') ? [message.from, message.to] : [message.from])))
    const users = people ? [...ids].flatMap(id => state.users.get(id) ?? []) : []
    const media = expandMedia(page, asked)
    const last = page.at(-1)
    return Response.json({
      ...(page.length ? { data: page.map(message => renderMessage(message, asked.message)) } : {}),
      ...(users.length || media.length
        ? {
            includes: {
              ...(media.length && { media }),
              ...(users.length && { users: users.map(user => renderUser(state, user, asked.user)) }),
            },
          }
        : {}),
      meta: { result_count: page.length, ...(rest.length > size && last ? { next_token: writeToken(last.id) } : {}) },
    })
  }
}
