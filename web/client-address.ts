// Which address a request came from: the socket's word, and behind proxies of ours the word of the outermost of them.
import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context } from 'hono'
import type { WebEnv } from './env.ts'

/**
 * Every proxy adds the address it was called from to the end of X-Forwarded-For, so with n of them the n-th from the right is true, and
 * what stands before it is whatever the caller wrote. Requests without a socket (tests) all come from one place.
 */
export function addressOf(c: Context<WebEnv>): string {
  const proxies = c.get('desk').config.trustedProxies
  const told = (c.req.header('x-forwarded-for') ?? '').split(',').map(address => address.trim())
  const forwarded = proxies > 0 && told.at(-proxies)
  if (forwarded) return forwarded
  return typeof c.env === 'object' && c.env !== null && 'incoming' in c.env ? (getConnInfo(c).remote.address ?? NOWHERE) : NOWHERE
}

const NOWHERE = '0.0.0.0'
