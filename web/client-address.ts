// Which address a request came from: the socket's own word, never a header's.
import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context } from 'hono'

/** Requests without a socket (tests) all come from one place. */
export function addressOf(c: Context): string {
  return c.env && 'incoming' in c.env ? (getConnInfo(c).remote.address ?? NOWHERE) : NOWHERE
}

const NOWHERE = '0.0.0.0'
