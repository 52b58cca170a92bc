// Loads, once per page, what the frame around it shows.
import type { MiddlewareHandler } from 'hono'
import { findFrame } from '../db/page-frame.ts'
import type { WebEnv } from './env.ts'

export const framed: MiddlewareHandler<WebEnv> = async (c, next) => {
  const { db, now } = c.get('desk')
  const { incidents, hasDemo, waiting, mine, failed } = await findFrame(db, c.get('teammate').id)
  c.set('frame', { incidents, hasDemo, counts: { waiting, mine, failed }, now: now(), path: c.req.path })
  await next()
}
