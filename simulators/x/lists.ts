// X's reading endpoints: who am I, mentions, a user's posts, recent search, posts by id.
import { Hono } from 'hono'
import { compareIds } from '../snowflake.ts'
import { access, type Caller } from './access.ts'
import { invalidRequest, unauthorized } from './problems.ts'
import { askedFor, expandPosts, notFound, renderPost, renderUser } from './render.ts'
import { matchesQuery } from './search.ts'
import { visiblePost, type XPost, type XUser } from './state.ts'
import type { XWorld } from './world.ts'

/** The mention timeline reaches no further back (docs.x.com/x-api/posts/timelines/integrate). */
const mentionsReachBack = 800
const searchReachesBackMs = 7 * 24 * 3_600_000

export function listRoutes(world: XWorld): Hono<{ Variables: { caller: Caller } }> {
  const { state } = world
  const routes = new Hono<{ Variables: { caller: Caller } }>()

  routes.get('/2/users/me', access(world, 'GET /2/users/me', 'user', 'users.read'), c => {
    const { user } = c.get('caller')
    return user ? c.json({ data: renderUser(state, user, askedFor(name => c.req.query(name)).user) }) : unauthorized()
  })

  routes.get('/2/users', access(world, 'GET /2/users', 'both'), c => {
    const ids = (c.req.query('ids') ?? '').split(',').filter(Boolean)
    return c.json(usersAnswer(ids, id => state.users.get(id), 'ids', c.req.query('user.fields')))
  })
  routes.get('/2/users/by', access(world, 'GET /2/users/by', 'both'), c => {
    const handles = (c.req.query('usernames') ?? '').split(',').filter(Boolean)
    return c.json(usersAnswer(handles, handle => state.byHandle.get(handle.toLowerCase()), 'usernames', c.req.query('user.fields')))
  })

  routes.get('/2/users/:id/mentions', access(world, 'GET /2/users/:id/mentions', 'both'), c => {
    const id = c.req.param('id')
    if (!state.users.has(id)) return c.json({ errors: [notFound('user', 'id', id)] })
    return postsPage((state.mentions.get(id) ?? []).slice(-mentionsReachBack), name => c.req.query(name), [5, 100, 10])
  })
  routes.get('/2/users/:id/tweets', access(world, 'GET /2/users/:id/tweets', 'both'), c => {
    const id = c.req.param('id')
    if (!state.users.has(id)) return c.json({ errors: [notFound('user', 'id', id)] })
    return postsPage(state.byAuthor.get(id) ?? [], name => c.req.query(name), [5, 100, 10])
  })

  routes.get('/2/tweets/search/recent', access(world, 'GET /2/tweets/search/recent', 'both'), c => {
    const query = c.req.query('query') ?? ''
    if (!query || query.length > 512)
      return invalidRequest('The `query` query parameter must have between 1 and 512 characters', { query: [query] })
    const oldest = world.clock.now() - searchReachesBackMs
    const hits = state.timeline.filter(id => {
      const post = state.posts.get(id)
      return post && post.at >= oldest && matchesQuery(state, post, query)
    })
    return postsPage(hits, name => c.req.query(name === 'pagination_token' ? 'next_token' : name) ?? c.req.query(name), [10, 100, 10])
  })

  routes.get('/2/tweets/:id{[0-9]{1,19}}', access(world, 'GET /2/tweets/:id', 'both'), c => {
    const asked = askedFor(name => c.req.query(name))
    const post = visiblePost(state, c.req.param('id'))
    if (!post) return c.json({ errors: [notFound('tweet', 'id', c.req.param('id'))] })
    return c.json({ data: renderPost(state, post, asked.post), ...expandPosts(state, [post], asked) })
  })
  routes.get('/2/tweets', access(world, 'GET /2/tweets', 'both'), c => {
    const asked = askedFor(name => c.req.query(name))
    const ids = (c.req.query('ids') ?? '').split(',').filter(Boolean)
    if (!ids.length || ids.length > 100) return invalidRequest('The `ids` query parameter must hold between 1 and 100 ids', { ids })
    const found = ids.flatMap(id => visiblePost(state, id) ?? [])
    const missing = ids.filter(id => !visiblePost(state, id)).map(id => notFound('tweet', 'ids', id))
    const { includes, errors = [] } = expandPosts(state, found, asked)
    return c.json({
      ...(found.length ? { data: found.map(post => renderPost(state, post, asked.post)) } : {}),
      ...(includes ? { includes } : {}),
      ...(missing.length || errors.length ? { errors: [...missing, ...errors] } : {}),
    })
  })
  return routes

  function usersAnswer(keys: string[], find: (key: string) => XUser | undefined, parameter: string, fields: string | undefined) {
    const wanted = new Set((fields ?? '').split(',').filter(Boolean))
    const found = keys.flatMap(key => find(key) ?? [])
    const missing = keys.filter(key => !find(key)).map(key => notFound('user', parameter, key))
    return {
      ...(found.length ? { data: found.map(user => renderUser(state, user, wanted)) } : {}),
      ...(missing.length ? { errors: missing } : {}),
    }
  }

  /** One page, newest first; an empty one has no `data`, as on X. */
  function postsPage(
    ids: readonly string[],
    query: (name: string) => string | undefined,
    [least, most, usual]: [number, number, number],
  ): Response {
    const size = Number(query('max_results') ?? usual)
    if (!Number.isInteger(size) || size < least || size > most) {
      return invalidRequest(`The \`max_results\` query parameter value [${query('max_results')}] is not between ${least} and ${most}`, {
        max_results: [String(query('max_results'))],
      })
    }
    const start = query('start_time')
    const end = query('end_time')
    const token = query('pagination_token')
    const before = token === undefined ? undefined : readToken(token)
    if (token !== undefined && !before)
      return invalidRequest(`The \`pagination_token\` query parameter value [${token}] is not valid`, {
        pagination_token: [token],
      })
    const sinceId = query('since_id')
    const untilId = query('until_id')
    const wanted = (post: XPost) =>
      (!sinceId || compareIds(post.id, sinceId) > 0) &&
      (!untilId || compareIds(post.id, untilId) < 0) &&
      (!before || compareIds(post.id, before) < 0) &&
      (!start || post.at >= Date.parse(start)) &&
      (!end || post.at < Date.parse(end))
    const page: XPost[] = []
    let more = false
    for (let at = ids.length - 1; at >= 0; at--) {
      const post = state.posts.get(ids[at] ?? '')
      if (!post) continue
      if (sinceId && compareIds(post.id, sinceId) <= 0) break
      if (!wanted(post)) continue
      if (page.length === size) {
        more = true
        break
      }
      page.push(post)
    }
    const asked = askedFor(query)
    const first = page[0]
    const last = page.at(-1)
    return Response.json({
      ...(page.length ? { data: page.map(post => renderPost(state, post, asked.post)) } : {}),
      ...expandPosts(state, page, asked),
      meta: {
        ...(first && last ? { newest_id: first.id, oldest_id: last.id } : {}),
        result_count: page.length,
        ...(more && last ? { next_token: writeToken(last.id) } : {}),
      },
    })
  }
}

/** X's tokens are base 36; ours hold the last id seen. */
export function writeToken(id: string): string {
  return `7140w${BigInt(id).toString(36).padStart(13, '0')}`
}
export function readToken(token: string): string | undefined {
  const digits = /^7140w([0-9a-z]{13})$/.exec(token)?.[1]
  if (!digits) return undefined
  return Array.from(digits)
    .reduce((sum, digit) => sum * 36n + BigInt(Number.parseInt(digit, 36)), 0n)
    .toString()
}
