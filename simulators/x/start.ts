// Starts the simulated X on this machine: its API v2, its sign-in, its public page and the control over all of them.
import { Hono } from 'hono'
import { type Clock, movableClock } from '../clock.ts'
import { controlDoor } from '../control-door.ts'
import { type Fault, faultBoard, type RequestFault } from '../faults.ts'
import { faulty } from '../faulty.ts'
import { openJournal } from '../journal.ts'
import { listen } from '../listen.ts'
import { onlyFromHere } from '../only-from-here.ts'
import { pushQueue } from '../pushes.ts'
import { snowflakes } from '../snowflake.ts'
import { uploadRoutes, uploadShelf } from '../uploads.ts'
import { xEnvelope } from './activity.ts'
import { type XControl, xControl } from './control.ts'
import { likeRoutes } from './likes.ts'
import { xLimits } from './limits.ts'
import { listRoutes } from './lists.ts'
import { mediaRoutes } from './media.ts'
import { messageRoutes } from './messages.ts'
import { pageRoutes } from './page.tsx'
import { postRoutes } from './posts.ts'
import { forbidden, notSummonedText, problem, serverError, tooManyRequests, unauthorized } from './problems.ts'
import { signInRoutes } from './sign-in.ts'
import { applyToX, emptyXState, type XEntry } from './state.ts'
import { streamRoutes, xStreams } from './stream.ts'
import { uploadingRoutes } from './uploads.ts'
import { webhookRoutes } from './webhooks.ts'
import type { XWorld } from './world.ts'

export interface XSimulator {
  url: string
  port: number
  control: XControl
  stop: () => Promise<void>
}
export interface XSimulatorOptions {
  /** 0, or none: any free one. */
  port?: number
  /** Where what happens is kept; none: nowhere. */
  journalDir?: string
  now?: Clock
  faults?: readonly Fault[]
}

export async function startXSimulator({ port, journalDir, now, faults }: XSimulatorOptions = {}): Promise<XSimulator> {
  const clock = now ?? movableClock()
  const state = emptyXState()
  const ids = snowflakes()
  const journal = openJournal<XEntry>(journalDir, 'x', entry => {
    applyToX(state, entry)
    if (entry.type === 'post') ids.seen(entry.post.id)
    if (entry.type === 'message') ids.seen(entry.message.id)
    if (entry.type === 'user') ids.seen(entry.user.id)
    if (entry.type === 'push') ids.seen(entry.id)
  })
  if (!now && state.clockOffsetMs > 0) clock.advance(state.clockOffsetMs)
  const watchers = new Set<() => void>()
  const streams = xStreams()
  const board = faultBoard(faults)
  const world: XWorld = {
    state,
    clock,
    ids,
    faults: board,
    limits: xLimits(clock),
    uploads: uploadShelf(journalDir, 'x'),
    pushes: pushQueue({
      faults: board,
      maxBatch: 1,
      timeoutMs: 10_000,
      envelope: (lane, contents, badSignature) => xEnvelope(world, lane, contents, badSignature),
      done: done => world.record({ type: 'pushed', ids: done }),
    }),
    record: entry => {
      applyToX(state, entry)
      journal.append(entry)
      if (entry.type === 'post') streams.tell(entry.post)
      if (entry.type !== 'push' && entry.type !== 'pushed') for (const watcher of watchers) watcher()
    },
    watch: listener => {
      watchers.add(listener)
      return () => watchers.delete(listener)
    },
  }
  const control = xControl(world, streams)
  const { fetch } = xApp(world, control, streams)
  const server = await listen(fetch, port)
  // What was not delivered before the last stop.
  for (const [id, push] of state.pushes) world.pushes.add({ id, ...push })
  return {
    url: server.url,
    port: server.port,
    control,
    stop: async () => {
      world.pushes.stop()
      streams.drop()
      await server.close()
      journal.close()
    },
  }
}

function xApp(world: XWorld, control: XControl, streams: ReturnType<typeof xStreams>): Hono {
  const app = new Hono()
  app.use('*', onlyFromHere)
  app.route('/_sim', controlDoor(control))
  app.route('/', mediaRoutes(world))
  app.route('/', pageRoutes(world, control))
  app.route('/', uploadRoutes(world.uploads))
  const meetFaults = faulty(world.faults, c => c.req.path, inXWords)
  app.use('/2/*', meetFaults)
  app.use('/oauth2/*', meetFaults)
  app.route('/', signInRoutes(world))
  app.route('/', streamRoutes(world, streams))
  app.route('/', listRoutes(world))
  app.route('/', uploadingRoutes(world))
  app.route('/', postRoutes(world))
  app.route('/', likeRoutes(world))
  app.route('/', messageRoutes(world))
  app.route('/', webhookRoutes(world))
  app.notFound(() => problem(404, { title: 'Not Found', type: 'about:blank', status: 404, detail: 'Not Found' }))
  app.onError(error => {
    console.error('simulated X:', error)
    return serverError(500)
  })
  return app

  function inXWords(fault: RequestFault): Response {
    if (fault.kind === 'rate-limited') {
      const resetAt = Math.ceil((world.clock.now() + (fault.resetInMs ?? 15 * 60_000)) / 1000)
      return tooManyRequests(
        fault.bare ? {} : { 'x-rate-limit-limit': '300', 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': String(resetAt) },
      )
    }
    if (fault.kind === 'not-summoned') return forbidden(notSummonedText)
    if (fault.kind === 'token-revoked') return unauthorized()
    return serverError(fault.kind === 'server-error' ? (fault.status ?? 503) : 500)
  }
}
