// Starts the simulated Facebook on this machine: the Graph API, its sign-in, its public page and the control over all of them.
import { Hono } from 'hono'
import { type Clock, movableClock } from '../clock.ts'
import { controlDoor } from '../control-door.ts'
import { type Fault, faultBoard, type RequestFault } from '../faults.ts'
import { faulty } from '../faulty.ts'
import { openJournal } from '../journal.ts'
import { listen } from '../listen.ts'
import { onlyFromHere } from '../only-from-here.ts'
import { pushQueue } from '../pushes.ts'
import { uploadRoutes, uploadShelf } from '../uploads.ts'
import type { GraphEnv } from './access.ts'
import { type GraphControl, graphControl } from './control.ts'
import { deadToken, graphError, noSuchObject, throttled, usualWords } from './errors.ts'
import { instagramPages } from './instagram/page.tsx'
import { mediaRoutes } from './media.ts'
import { messageRoutes } from './messages.ts'
import { objectRoutes } from './objects.ts'
import { pageRoutes } from './page.tsx'
import { signInRoutes } from './sign-in.ts'
import { applyToGraph, emptyGraphState, type GraphEntry } from './state.ts'
import { subscriptionRoutes } from './subscriptions.ts'
import { graphEnvelope, type Told } from './updates.ts'
import { uploadingRoutes } from './uploads.ts'
import { usageCounter, usageHeaders } from './usage.ts'
import type { GraphWorld } from './world.ts'

export interface GraphSimulator {
  url: string
  port: number
  control: GraphControl
  stop: () => Promise<void>
}
export interface GraphSimulatorOptions {
  /** 0, or none: any free one. */
  port?: number
  /** Where what happens is kept; none: nowhere. */
  journalDir?: string
  now?: Clock
  faults?: readonly Fault[]
}

const firstId = 100_200_300_400_500n

export async function startGraphSimulator({ port, journalDir, now, faults }: GraphSimulatorOptions = {}): Promise<GraphSimulator> {
  const clock = now ?? movableClock()
  const state = emptyGraphState()
  let serial = 0n
  let url = ''
  const journal = openJournal<GraphEntry & { serial?: string }>(journalDir, 'graph', entry => {
    applyToGraph(state, entry)
    if (entry.serial) serial = BigInt(entry.serial)
  })
  if (!now && state.clockOffsetMs > 0) clock.advance(state.clockOffsetMs)
  const watchers = new Set<() => void>()
  const board = faultBoard(faults)
  const world: GraphWorld = {
    state,
    clock,
    // Growing, with gaps that look like a busy platform's.
    nextId: () => String(firstId + ++serial * 37n),
    faults: board,
    usage: usageCounter(clock),
    uploads: uploadShelf(journalDir, 'graph'),
    url: () => url,
    pushes: pushQueue<Told>({
      faults: board,
      maxBatch: 100,
      timeoutMs: 10_000,
      envelope: (lane, contents, badSignature) => graphEnvelope(world, lane, contents, badSignature),
      done: done => world.record({ type: 'pushed', ids: done }),
    }),
    record: entry => {
      applyToGraph(state, entry)
      journal.append({ ...entry, serial: String(serial) })
      if (entry.type !== 'push' && entry.type !== 'pushed') for (const watcher of watchers) watcher()
    },
    watch: listener => {
      watchers.add(listener)
      return () => watchers.delete(listener)
    },
  }
  const control = graphControl(world)
  const server = await listen(graphApp(world, control).fetch, port)
  url = server.url
  // What was not delivered before the last stop.
  for (const [id, push] of state.pushes) world.pushes.add({ id, lane: push.lane, content: push.content as Told })
  return {
    url,
    port: server.port,
    control,
    stop: async () => {
      world.pushes.stop()
      await server.close()
      journal.close()
    },
  }
}

const withoutVersion = (path: string) => path.replace(/^\/v\d+\.\d+(?=\/)/, '')

function graphApp(world: GraphWorld, control: GraphControl): Hono<GraphEnv> {
  const app = new Hono<GraphEnv>({ getPath: request => withoutVersion(new URL(request.url).pathname) })
  app.use('*', onlyFromHere)
  app.route('/_sim', controlDoor(control))
  app.route('/', uploadRoutes(world.uploads))
  app.route('/', mediaRoutes(world))
  app.route('/', pageRoutes(world, control))
  app.route('/', instagramPages(world, control))
  app.use(
    '*',
    faulty(world.faults, c => withoutVersion(c.req.path), inGraphWords),
  )
  // Everything here is dated by the simulated clock, the answers too.
  app.use('*', async (c, next) => {
    await next()
    c.header('date', new Date(world.clock.now()).toUTCString())
  })
  app.route('/', signInRoutes(world))
  const calls = objectRoutes(world)
  calls.route('/', uploadingRoutes(world))
  calls.route('/', messageRoutes(world))
  calls.route('/', subscriptionRoutes(world))
  app.route('/', calls)
  app.notFound(c => noSuchObject(c.req.path, 'get'))
  app.onError(error => {
    console.error('simulated Facebook:', error)
    return graphError({ code: 1, message: 'An unknown error occurred' })
  })
  return app
}

function inGraphWords(fault: RequestFault): Response {
  if (fault.kind === 'rate-limited') {
    const code = fault.code ?? 32
    const minutes = Math.ceil((fault.resetInMs ?? 5 * 60_000) / 60_000)
    return throttled(code, fault.bare ? {} : usageHeaders({ appId: '0', pageId: '0' }, 100, minutes))
  }
  if (fault.kind === 'token-revoked') return deadToken(fault.subcode ?? 460)
  if (fault.kind === 'not-summoned')
    return graphError({ code: 10, message: '(#10) Application does not have permission for this action', status: 403 })
  if (fault.kind === 'graph-error') {
    return graphError({
      code: fault.code,
      subcode: fault.subcode,
      message: fault.message ?? usualWords[fault.code] ?? `(#${fault.code}) An error`,
      status: fault.status,
      isTransient: fault.isTransient,
    })
  }
  return graphError({
    code: 2,
    message: 'Service temporarily unavailable',
    status: fault.kind === 'server-error' ? (fault.status ?? 503) : 500,
    isTransient: true,
  })
}
