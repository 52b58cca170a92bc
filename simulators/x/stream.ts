// The filtered stream: an app's rules, and one connection that is told of each post they match.
import { Hono } from 'hono'
import { access, type Caller } from './access.ts'
import { invalidRequest, problem } from './problems.ts'
import { askedFor, expandPosts, renderPost } from './render.ts'
import { matchesQuery } from './search.ts'
import type { XPost, XRule } from './state.ts'
import type { XWorld } from './world.ts'

export interface XStreams {
  /** A post was written. */
  tell: (post: XPost) => void
  /** X hangs up on everybody. */
  drop: () => void
  count: () => number
}

interface Open {
  send: (bytes: Uint8Array) => void
  tell: (post: XPost) => void
  close: () => void
}

export function xStreams(): XStreams & { open: Map<string, Open> } {
  const open = new Map<string, Open>()
  return {
    open,
    tell: post => {
      for (const one of open.values()) one.tell(post)
    },
    drop: () => {
      for (const one of open.values()) one.close()
    },
    count: () => open.size,
  }
}

export function streamRoutes(world: XWorld, streams: ReturnType<typeof xStreams>): Hono<{ Variables: { caller: Caller } }> {
  const { state } = world
  const routes = new Hono<{ Variables: { caller: Caller } }>()
  const path = '/2/tweets/search/stream'
  const rulesOf = (appId: string) => [...state.rules.values()].filter(rule => rule.appId === appId)
  const sent = () => new Date(world.clock.now()).toISOString()
  const shown = ({ id, value, tag }: XRule) => ({ id, value, ...(tag && { tag }) })

  routes.get(`${path}/rules`, access(world, `GET ${path}/rules`, 'app'), c => {
    const rules = rulesOf(c.get('caller').app.id)
    return c.json({ ...(rules.length ? { data: rules.map(shown) } : {}), meta: { sent: sent(), result_count: rules.length } })
  })

  routes.post(`${path}/rules`, access(world, `POST ${path}/rules`, 'app'), async c => {
    const { app } = c.get('caller')
    const body = (await c.req.json().catch(() => ({}))) as { add?: { value: string; tag?: string }[]; delete?: { ids?: string[] } }
    if (body.delete) {
      const known = (body.delete.ids ?? []).filter(id => state.rules.get(id)?.appId === app.id)
      for (const id of known) world.record({ type: 'rule gone', id })
      return c.json({
        meta: { sent: sent(), summary: { deleted: known.length, not_deleted: (body.delete.ids ?? []).length - known.length } },
      })
    }
    if (!body.add?.length) return invalidRequest('add or delete must be given')
    const made: XRule[] = []
    const errors: object[] = []
    for (const { value, tag = null } of body.add) {
      const twin = rulesOf(app.id).find(rule => rule.value === value)
      if (twin) errors.push({ value, id: twin.id, title: 'DuplicateRule', type: 'https://api.x.com/2/problems/duplicate-rules' })
      else if (value.length > 1024)
        errors.push({
          value,
          title: 'UnprocessableEntity',
          details: ['Rules must be 1024 characters at most'],
          type: 'https://api.x.com/2/problems/invalid-rules',
        })
      else {
        const rule = { id: world.ids.next(world.clock.now()), appId: app.id, value, tag }
        world.record({ type: 'rule', rule })
        made.push(rule)
      }
    }
    const summary = { created: made.length, not_created: errors.length, valid: made.length, invalid: errors.length }
    return c.json({
      ...(made.length ? { data: made.map(shown) } : {}),
      ...(errors.length ? { errors } : {}),
      meta: { sent: sent(), summary },
    })
  })

  routes.get(path, access(world, `GET ${path}`, 'app'), c => {
    const { app } = c.get('caller')
    if (streams.open.has(app.id))
      return problem(429, {
        title: 'ConnectionException',
        detail: 'This stream is currently at the maximum allowed connection limit.',
        connection_issue: 'TooManyConnections',
        type: 'https://api.x.com/2/problems/streaming-connection',
      })
    const asked = askedFor(name => c.req.query(name))
    let beat: NodeJS.Timeout | undefined
    const end = () => {
      clearInterval(beat)
      streams.open.delete(app.id)
    }
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        const send = (bytes: Uint8Array) => controller.enqueue(bytes)
        streams.open.set(app.id, {
          send,
          tell: post => {
            const matching = rulesOf(app.id).filter(rule => matchesQuery(state, post, rule.value))
            if (!matching.length) return
            const bytes = Buffer.from(
              `${JSON.stringify({
                data: renderPost(state, post, asked.post),
                ...expandPosts(state, [post], asked),
                matching_rules: matching.map(({ id, tag }) => ({ id, ...(tag && { tag }) })),
              })}\r\n`,
            )
            // As on the wire: a letter of several bytes may come in two pieces.
            const cut = bytes.findIndex(byte => byte > 0xc0) + 1 || bytes.length
            send(bytes.subarray(0, cut))
            if (cut < bytes.length) setImmediate(() => streams.open.get(app.id)?.send(bytes.subarray(cut)))
          },
          close: () => {
            end()
            controller.close()
          },
        })
        beat = setInterval(() => send(Buffer.from('\r\n')), 20_000)
        send(Buffer.from('\r\n'))
      },
      cancel: end,
    })
    return new Response(body, { headers: { 'content-type': 'application/json' } })
  })
  return routes
}
