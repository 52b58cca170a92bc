// Starts the simulated Bluesky on this machine: its XRPC methods, its public page and the control over all of them.
import { Hono } from 'hono'
import { type Clock, movableClock } from '../clock.ts'
import { controlDoor } from '../control-door.ts'
import { serve } from '../drawn-pictures.ts'
import { type Fault, faultBoard, type RequestFault } from '../faults.ts'
import { faulty } from '../faulty.ts'
import { openJournal } from '../journal.ts'
import { listen } from '../listen.ts'
import { onlyFromHere } from '../only-from-here.ts'
import { uploadRoutes, uploadShelf } from '../uploads.ts'
import { type BlueskyControl, blueskyControl } from './control.ts'
import { tids } from './ids.ts'
import { blueskyLimits, limitHeaders } from './limits.ts'
import { pageRoutes } from './page.tsx'
import { problemAnswer } from './problems.ts'
import { applyToBluesky, type BlueskyEntry, type BlueskyWorld, emptyBlueskyState } from './state.ts'
import { xrpcRoutes } from './xrpc.ts'

export interface BlueskySimulator {
  url: string
  port: number
  control: BlueskyControl
  stop: () => Promise<void>
}
export interface BlueskySimulatorOptions {
  /** 0, or none: any free one. */
  port?: number
  /** Where what happens is kept; none: nowhere. */
  journalDir?: string
  now?: Clock
  faults?: readonly Fault[]
  /** Who carries direct messages. */
  chatDid?: string
}

export async function startBlueskySimulator(options: BlueskySimulatorOptions = {}): Promise<BlueskySimulator> {
  const { port, journalDir, now, faults, chatDid = 'did:web:api.bsky.chat' } = options
  const clock = now ?? movableClock()
  const state = emptyBlueskyState()
  const ids = tids()
  const journal = openJournal<BlueskyEntry>(journalDir, 'bluesky', entry => {
    applyToBluesky(state, entry)
    if (entry.type === 'post') ids.seen(entry.post.rkey)
    if (entry.type === 'message') ids.seen(entry.message.id)
  })
  if (!now && state.clockOffsetMs > 0) clock.advance(state.clockOffsetMs)
  const watchers = new Set<() => void>()
  const world: BlueskyWorld = {
    state,
    clock,
    ids,
    faults: faultBoard(faults),
    limits: blueskyLimits(clock),
    uploads: uploadShelf(journalDir, 'bluesky'),
    chatDid,
    record: entry => {
      applyToBluesky(state, entry)
      journal.append(entry)
      for (const watcher of watchers) watcher()
    },
    watch: listener => {
      watchers.add(listener)
      return () => watchers.delete(listener)
    },
  }
  const control = blueskyControl(world)
  const server = await listen(blueskyApp(world, control).fetch, port)
  return {
    url: server.url,
    port: server.port,
    control,
    stop: async () => {
      await server.close()
      journal.close()
    },
  }
}

function blueskyApp(world: BlueskyWorld, control: BlueskyControl): Hono {
  const app = new Hono()
  app.use('*', onlyFromHere)
  app.route('/_sim', controlDoor(control))
  app.route('/', pageRoutes(world, control))
  app.route('/', uploadRoutes(world.uploads))
  // As cdn.bsky.app does.
  app.get('/img/:size/plain/:did/:file', c => serve(world.uploads, c.req.param('file').split('@')[0]!))
  app.use(
    '/xrpc/*',
    faulty(world.faults, c => c.req.path, inBlueskyWords),
  )
  app.route('/', xrpcRoutes(world))
  app.notFound(() => problemAnswer(404, 'XRPCNotSupported', 'XRPCNotSupported'))
  return app

  function inBlueskyWords(fault: RequestFault): Response {
    if (fault.kind === 'rate-limited') {
      const windowMs = fault.resetInMs ?? 5 * 60_000
      const headers = fault.bare ? {} : limitHeaders(3000, 0, world.clock.now() + windowMs, windowMs)
      return problemAnswer(429, 'RateLimitExceeded', 'Rate Limit Exceeded', headers)
    }
    if (fault.kind === 'token-revoked') return problemAnswer(400, 'InvalidToken', 'Token could not be verified')
    const status = fault.kind === 'server-error' ? (fault.status ?? 503) : 500
    return problemAnswer(status, status === 503 ? 'NotEnoughResources' : 'InternalServerError', 'Internal Server Error')
  }
}
