// holdStreams: where a platform tells at once what happens, one process holds each such connection: an app's for its watch terms, an account's own.
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { type Line, type Listening, PlatformError, type PollPage } from '../connectors/connector.ts'
import type { GapCause } from '../db/coverage.ts'
import { holdLease, releaseLease } from '../db/leases.ts'
import type { Desk } from '../desk.ts'
import type { Id } from '../domain.ts'
import { causeOf, recordStreamBegun, recordStreamBroken, recordStreaming, type Streamed } from './coverage.ts'
import { ownStreams } from './own-stream.ts'
import { termStreams } from './term-stream.ts'

/** A connection that should stand, and what is to be done about it. */
export interface Wanted {
  /** Whose it is: one process at a time holds it. */
  ownerId: Id
  stream: Listening
  /** What it tells of, each with a ledger of its own. */
  tells: readonly Streamed[]
  /** Changes when it must be told anew what to tell of. */
  asks: string
  line: () => Promise<Line>
  /** Before it is opened, and whenever what it asks changes. */
  follow: () => Promise<void>
  /** It stands since then, or, null, it does not: who asks instead is due at once. */
  mark: (tells: readonly Streamed[], since: Date | null) => Promise<void>
  /** Stores what it brought. */
  keep: (page: PollPage) => Promise<void>
  /** The platform offers it not, and that is no gap. Left out: nobody is told. */
  markBarred?: (because: string) => Promise<void>
}

/**
 * Runs in every worker: whoever has a connection's lease listens, and another takes over when the lease runs out. Whenever a connection
 * begins or breaks, polls and searches are due at once, so what was said meanwhile is found all the same.
 */
export function holdStreams(desk: Desk, tickMs = TICK_MS): { close: () => Promise<void> } {
  const holder = `${process.pid} ${randomUUID()}`
  const listeners = new Map<Id, Listener>()
  const closing = new AbortController()
  const ticking = (async () => {
    while (!closing.signal.aborted) {
      try {
        await tick(desk, holder, listeners)
      } catch (error) {
        // The next tick tries again; a lease that could not be renewed runs out by itself.
        desk.log.error({ err: error }, 'the streams missed a tick')
      }
      await pause(tickMs, closing.signal)
    }
  })()
  return {
    close: async () => {
      closing.abort()
      await ticking
      await Promise.all([...listeners.keys()].map(ownerId => stopListening(desk, holder, listeners, ownerId)))
    },
  }
}

/** One connection in this process. */
interface Listener {
  wanted: Wanted
  stop: AbortController
  done: Promise<void>
  /** When the connection was made; null: it is broken. */
  standsSince: Date | null
  /** Why it is broken; null: the platform offers it not. */
  cause: GapCause | null
  /** When the ledger last heard of it. */
  toldAt: Date
}

async function tick(desk: Desk, holder: string, listeners: Map<Id, Listener>) {
  const wanted = [...(await termStreams(desk)), ...(await ownStreams(desk))]
  for (const ownerId of listeners.keys())
    if (!wanted.some(one => one.ownerId === ownerId)) await stopListening(desk, holder, listeners, ownerId)
  for (const one of wanted) {
    const before = listeners.get(one.ownerId)
    if (!(await holdLease(desk.db, leaseOf(one.ownerId), holder, LEASE_MS))) {
      if (before) await stopListening(desk, holder, listeners, one.ownerId)
      continue
    }
    if (!before) listeners.set(one.ownerId, startListening(desk, one))
    else if (before.wanted.asks !== one.asks) {
      await tellLedger(desk, before)
      await one.follow()
      const joined = one.tells.filter(term => before.wanted.tells.every(known => known.id !== term.id))
      if (before.standsSince) await begin(desk, one, joined)
      before.wanted = one
    } else if (desk.now().getTime() - before.toldAt.getTime() >= TELL_EVERY_MS) await tellLedger(desk, before)
  }
}

/** A connection that died is found out within a minute or two, so it is only sure to have stood until then. */
async function tellLedger(desk: Desk, listener: Listener) {
  const now = desk.now()
  const { wanted, standsSince, cause, toldAt } = listener
  listener.toldAt = now
  if (!standsSince) return cause && recordStreamBroken(desk.db, wanted.tells, toldAt, now, cause)
  const until = new Date(now.getTime() - TELL_EVERY_MS)
  if (until > standsSince) await recordStreaming(desk.db, wanted.tells, { since: standsSince, until })
}

function startListening(desk: Desk, wanted: Wanted): Listener {
  const listener: Listener = {
    wanted,
    stop: new AbortController(),
    done: Promise.resolve(),
    standsSince: null,
    cause: 'we_were_down',
    toldAt: desk.now(),
  }
  listener.done = keepListening(desk, listener)
  return listener
}

async function stopListening(desk: Desk, holder: string, listeners: Map<Id, Listener>, ownerId: Id) {
  const listener = listeners.get(ownerId)!
  listeners.delete(ownerId)
  listener.stop.abort()
  await listener.done
  await releaseLease(desk.db, leaseOf(ownerId), holder)
}

/** Connects again and again, as patiently as the platform asks, until it is stopped. */
async function keepListening(desk: Desk, listener: Listener) {
  const { signal } = listener.stop
  for (let nth = 1; !signal.aborted; nth++) {
    try {
      await listener.wanted.follow()
      let stands: Promise<void> | undefined
      const connected = () => {
        nth = 0
        listener.standsSince = desk.now()
        stands = begin(desk, listener.wanted, listener.wanted.tells)
        // It is awaited, and thrown, before the first page is kept or when the connection ends.
        stands.catch(() => undefined)
      }
      const line = await listener.wanted.line()
      for await (const page of listener.wanted.stream.listen(line, signal, connected)) {
        await stands
        await listener.wanted.keep(page)
      }
      await stands
    } catch (error) {
      const fault =
        error instanceof PlatformError ? error : new PlatformError('retry', 'the stream failed; see the log', undefined, { cause: error })
      desk.log.warn({ err: error, nth }, 'a stream broke; polls and searches go on')
      await recordBroken(desk, listener, { fault, cause: causeOf(error), nth }).catch(lost =>
        desk.log.error({ err: lost }, 'a broken stream cannot be written down'),
      )
      await pause(fault.kind === 'retry' ? listener.wanted.stream.waitMs(fault, Math.max(1, nth)) : BARRED_WAIT_MS, signal)
    }
  }
  await listener.wanted
    .mark(listener.wanted.tells, null)
    .catch(lost => desk.log.error({ err: lost }, 'a closed stream cannot be written down'))
}

/** The ledger first: what is due then repairs it. */
async function begin(desk: Desk, wanted: Wanted, tells: readonly Streamed[]) {
  await recordStreamBegun(desk.db, tells, desk.now())
  await wanted.mark(tells, desk.now())
}

async function recordBroken(desk: Desk, listener: Listener, broken: { fault: PlatformError; cause: GapCause; nth: number }) {
  const { fault, cause, nth } = broken
  const { wanted, standsSince, toldAt } = listener
  const now = desk.now()
  const isBarred = fault.kind === 'refused' && wanted.markBarred !== undefined
  listener.standsSince = null
  listener.cause = isBarred ? null : cause
  // Each further attempt that fails breaks nothing more, and hurries nobody.
  if (standsSince || (nth === 1 && !isBarred)) {
    await recordStreamBroken(desk.db, wanted.tells, standsSince ?? toldAt, now, cause)
    await wanted.mark(wanted.tells, null)
  }
  if (isBarred) await wanted.markBarred?.(fault.message)
}

/** Ends early, and without a fault, when it is stopped. */
const pause = (ms: number, signal: AbortSignal) => wait(ms, undefined, { signal }).catch(() => undefined)
const leaseOf = (ownerId: Id) => `stream ${ownerId}`
const TICK_MS = 5_000
const LEASE_MS = 20_000
const TELL_EVERY_MS = 60_000
const BARRED_WAIT_MS = 15 * 60_000
