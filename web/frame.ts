// Loads, once per page, what the frame around it shows.
import type { MiddlewareHandler } from 'hono'
import { findFrame } from '../db/page-frame.ts'
import type { Suggestion } from '../incidents/detect.ts'
import type { WebEnv } from './env.ts'

export const framed: MiddlewareHandler<WebEnv> = async (c, next) => {
  const { db, now } = c.get('desk')
  const { incidents, hasDemo, waiting, mine, failed, suggestion } = await findFrame(db, c.get('teammate').id, now())
  c.set('frame', {
    incidents,
    hasDemo,
    suggestion: suggestion as Suggestion | null,
    counts: { waiting, mine, failed },
    now: now(),
    path: c.req.path,
  })
  await next()
}
