// Who is calling: the token's account, its scope, counted against its limit.
import type { MiddlewareHandler } from 'hono'
import { invalidToken, outOfScope, tooMany } from './errors.ts'
import type { MastodonAccount, MastodonGrant } from './state.ts'
import type { MastodonWorld } from './world.ts'

export interface Caller {
  grant: MastodonGrant
  account: MastodonAccount
}

export function access(world: MastodonWorld, scope: string): MiddlewareHandler<{ Variables: { caller: Caller } }> {
  return async (c, next) => {
    const token = /^Bearer (.+)$/.exec(c.req.header('authorization') ?? '')?.[1] ?? ''
    const grant = world.state.grants.get(token)
    const account = grant && world.state.accounts.get(grant.accountId)
    if (!grant || !account) return invalidToken()
    // `read` holds `read:statuses`.
    if (!grant.scopes.includes(scope) && !grant.scopes.includes(scope.split(':')[0] ?? '')) return outOfScope()
    const { headers, exceeded } = world.limits.count(account.id)
    if (exceeded) return tooMany(headers)
    c.set('caller', { grant, account })
    await next()
    for (const [name, value] of Object.entries(headers)) c.header(name, value)
  }
}
