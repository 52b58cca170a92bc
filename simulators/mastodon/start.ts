// Starts a simulated Mastodon instance on this machine: its API, its sign-in, its public page and the control over all of them.
import { Hono } from 'hono'
import { type Clock, movableClock } from '../clock.ts'
import { controlDoor } from '../control-door.ts'
import { type Fault, faultBoard, type RequestFault } from '../faults.ts'
import { faulty } from '../faulty.ts'
import { openJournal } from '../journal.ts'
import { listen } from '../listen.ts'
import { onlyFromHere } from '../only-from-here.ts'
import { snowflakes } from '../snowflake.ts'
import { uploadRoutes, uploadShelf } from '../uploads.ts'
import { apiRoutes } from './api.ts'
import { type MastodonControl, mastodonControl } from './control.ts'
import { notFound, outOfScope, refusal, revokedToken, serverError, tooMany } from './errors.ts'
import { limitHeaders, mastodonLimits } from './limits.ts'
import { pageRoutes } from './page.tsx'
import { signInRoutes } from './sign-in.ts'
import { applyToMastodon, emptyMastodonState, type MastodonEntry } from './state.ts'
import { mastodonStreams } from './streaming.ts'
import { fileRoutes, uploadingRoutes } from './uploads.ts'
import type { MastodonWorld } from './world.ts'

export interface MastodonSimulator {
  url: string
  port: number
  /** The instance's name, as it stands in addresses. */
  host: string
  control: MastodonControl
  stop: () => Promise<void>
}
export interface MastodonSimulatorOptions {
  /** 0, or none: any free one. */
  port?: number
  /** Where what happens is kept; none: nowhere. */
  journalDir?: string
  now?: Clock
  faults?: readonly Fault[]
  host?: string
  /** Of the streaming; none: as often as a real one. */
  pingEveryMs?: number
}

export async function startMastodonSimulator(options: MastodonSimulatorOptions = {}): Promise<MastodonSimulator> {
  const { port, journalDir, now, faults, host = 'mastodon.example', pingEveryMs } = options
  const clock = now ?? movableClock()
  const state = emptyMastodonState()
  const ids = snowflakes()
  const journal = openJournal<MastodonEntry>(journalDir, 'mastodon', entry => {
    applyToMastodon(state, entry)
    if (entry.type === 'status') ids.seen(entry.status.id)
    if (entry.type === 'account') ids.seen(entry.account.id)
    if (entry.type === 'notification') ids.seen(entry.notification.id)
  })
  if (!now && state.clockOffsetMs > 0) clock.advance(state.clockOffsetMs)
  const watchers = new Set<() => void>()
  const world: MastodonWorld = {
    host,
    hasStreaming: () => state.notes.get('streaming') !== 'no',
    streamingUrl: () => server.url.replace('http:', 'ws:'),
    hasSearch: () => state.notes.get('search') !== 'no',
    maxCharacters: () => Number(state.notes.get('max characters') ?? 500),
    state,
    clock,
    ids,
    faults: faultBoard(faults),
    limits: mastodonLimits(clock),
    uploads: uploadShelf(journalDir, 'mastodon'),
    record: entry => {
      const gone = entry.type === 'deleted' ? state.statuses.get(entry.id) : undefined
      applyToMastodon(state, entry)
      journal.append(entry)
      streams.tell(entry, gone)
      for (const watcher of watchers) watcher()
    },
    watch: listener => {
      watchers.add(listener)
      return () => watchers.delete(listener)
    },
  }
  const streams = mastodonStreams(world, pingEveryMs)
  const control = mastodonControl(world, streams)
  const server = await listen(mastodonApp(world, control).fetch, port, streams.upgrade)
  return {
    url: server.url,
    port: server.port,
    host,
    control,
    stop: async () => {
      streams.drop()
      await server.close()
      journal.close()
    },
  }
}

function mastodonApp(world: MastodonWorld, control: MastodonControl): Hono {
  const app = new Hono()
  app.use('*', onlyFromHere)
  app.route('/_sim', controlDoor(control))
  const meetFaults = faulty(world.faults, c => c.req.path, inMastodonsWords)
  app.use('/api/*', meetFaults)
  app.use('/oauth/token', meetFaults)
  app.route('/', uploadRoutes(world.uploads))
  app.route('/', fileRoutes(world))
  app.route('/', uploadingRoutes(world))
  app.route('/', apiRoutes(world))
  app.route('/', signInRoutes(world))
  app.route('/', pageRoutes(world, control))
  app.notFound(() => notFound())
  app.onError(error => {
    console.error('simulated Mastodon:', error)
    return serverError(500)
  })
  return app

  function inMastodonsWords(fault: RequestFault): Response {
    if (fault.kind === 'rate-limited')
      return tooMany(fault.bare ? {} : limitHeaders(300, 0, world.clock.now() + (fault.resetInMs ?? 5 * 60_000)))
    if (fault.kind === 'not-summoned') return refusal(403, 'This action is not allowed')
    if (fault.kind === 'token-revoked') return fault.subcode === 403 ? outOfScope() : revokedToken()
    return serverError(fault.kind === 'server-error' ? (fault.status ?? 503) : 500)
  }
}
