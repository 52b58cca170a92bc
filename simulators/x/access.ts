// Who is calling: the bearer token's app and user, counted against the endpoint's limit.
import type { Context, MiddlewareHandler } from 'hono'
import { problem, tooManyRequests, unauthorized, wrongAuthentication } from './problems.ts'
import type { XApp, XUser } from './state.ts'
import type { XWorld } from './world.ts'

export interface Caller {
  app: XApp
  /** Null: the app itself, by its bearer token. */
  user: XUser | null
}
export type XContext = Context<{ Variables: { caller: Caller } }>

export function access(
  world: XWorld,
  endpoint: string,
  accepts: 'user' | 'app' | 'both',
  scope?: string,
): MiddlewareHandler<{ Variables: { caller: Caller } }> {
  return async (c, next) => {
    const found = callerOf(world, c.req.header('authorization'), scope)
    if (found instanceof Response) return found
    if (accepts === 'user' && !found.user)
      return wrongAuthentication('OAuth 2.0 Application-Only', 'OAuth 1.0a User Context, OAuth 2.0 User Context')
    if (accepts === 'app' && found.user) return wrongAuthentication('OAuth 2.0 User Context', 'OAuth 2.0 Application-Only')
    const who = found.user ? { kind: 'user' as const, id: found.user.id } : { kind: 'app' as const, id: found.app.id }
    const { headers, exceeded } = world.limits.count(endpoint, who)
    if (exceeded) return tooManyRequests(headers)
    c.set('caller', found)
    await next()
    for (const [name, value] of Object.entries(headers)) c.header(name, value)
  }
}

function callerOf(world: XWorld, authorization: string | undefined, scope: string | undefined): Caller | Response {
  const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1]
  if (!token) return unauthorized()
  const { apps, grants, users } = world.state
  for (const app of apps.values()) if (app.bearerToken === token) return { app, user: null }
  const grant = grants.get(token)
  const app = grant && apps.get(grant.appId)
  const user = grant && users.get(grant.userId)
  if (!grant || !app || !user || grant.expiresAt <= world.clock.now()) return unauthorized()
  if (scope && !grant.scopes.includes(scope)) {
    return problem(403, {
      title: 'Forbidden',
      type: 'about:blank',
      status: 403,
      detail: 'Your access token does not have the scope this endpoint needs.',
    })
  }
  return { app, user }
}
