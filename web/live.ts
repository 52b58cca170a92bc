// Tells open pages what changed, as it changes: server-sent events; and hears who is looking at which ticket.
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { listPresent, markPresent, PRESENT_MS } from '../db/presence.ts'
import type { WebEnv } from './env.ts'
import { ticketOf } from './ticket-actions.ts'

export function liveStream() {
  const live = new Hono<WebEnv>()

  // A page refreshes itself when the stream opens, so nothing said before that is missed.
  live.get('/live', c => {
    c.header('x-accel-buffering', 'no')
    return streamSSE(c, async stream => {
      const { promise: closed, resolve: close } = Promise.withResolvers<void>()
      const write = (message: Parameters<typeof stream.writeSSE>[0]) => stream.writeSSE(message).catch(close)
      const stop = c.get('desk').live.hear(changes => void write({ data: JSON.stringify(changes) }))
      const beat = setInterval(() => void stream.write(': still here\n\n').catch(close), HEARTBEAT_MS)
      stream.onAbort(close)
      await write({ data: '[]', retry: RETRY_MS })
      await closed
      clearInterval(beat)
      stop()
    })
  })

  // Sent by an open page every while, and when typing begins or ends.
  live.post('/tickets/:number/presence', async c => {
    const { db, now, live: pages } = c.get('desk')
    const ticket = await ticketOf(c)
    if (!ticket) return c.text('There is no such ticket.', 404)
    const isTyping = (await c.req.parseBody()).typing === '1'
    const teammateId = c.get('teammate').id
    const before = (await listPresent(db, [ticket.id], new Date(now().getTime() - PRESENT_MS))).find(one => one.teammateId === teammateId)
    await markPresent(db, { ticketId: ticket.id, teammateId, isTyping, seenAt: now() })
    // Only a change is news: a page that stays open is not told again and again.
    if (!before || before.isTyping !== isTyping) pages.tell({ topic: 'ticket', id: ticket.id })
    return c.body(null, 204)
  })
  return live
}

const HEARTBEAT_MS = 20_000
const RETRY_MS = 2_000
