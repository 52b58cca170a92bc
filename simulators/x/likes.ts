// X's likes: only Enterprise apps may set them by API; setting one twice, or taking back what is not there, is no error.
import { Hono } from 'hono'
import { access, type Caller } from './access.ts'
import { readJson } from './posts.ts'
import { clientForbidden, forbidden } from './problems.ts'
import { visiblePost } from './state.ts'
import type { XWorld } from './world.ts'

export function likeRoutes(world: XWorld): Hono<{ Variables: { caller: Caller } }> {
  const routes = new Hono<{ Variables: { caller: Caller } }>()

  routes.post('/2/users/:id/likes', access(world, 'POST /2/users/:id/likes', 'user', 'like.write'), async c => {
    const body = await readJson(c.req.raw)
    return body instanceof Response
      ? body
      : like(c.get('caller'), c.req.param('id'), String((body as { tweet_id?: string }).tweet_id), true)
  })
  routes.delete('/2/users/:id/likes/:post', access(world, 'DELETE /2/users/:id/likes/:post', 'user', 'like.write'), c =>
    like(c.get('caller'), c.req.param('id'), c.req.param('post'), false),
  )
  return routes

  function like({ app, user }: Caller, as: string, id: string, isOn: boolean): Response {
    // Since 2026-04-20 (docs.x.com/changelog).
    if (app.tier === 'self-serve') return clientForbidden(app.id)
    if (user?.id !== as) return forbidden('The `id` path parameter must be the authenticated user.')
    const post = visiblePost(world.state, id)
    if (isOn && !post) return forbidden('You cannot like a Post that is deleted or not visible to you.')
    if (post) world.record({ type: 'like', id, userId: user.id, isOn })
    return Response.json({ data: { liked: isOn } })
  }
}
