// holdStreams: where a platform can tell at once what watch terms match, one process holds that connection for each app.
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { v7 as newId } from 'uuid'
import { PlatformError, type PollPage, type Stream } from '../connectors/connector.ts'
import { getAccount } from '../db/accounts.ts'
import { insertDeliveries } from '../db/deliveries.ts'
import { holdLease, releaseLease } from '../db/leases.ts'
import { listStreamedTerms, markStreamed, type StreamedTerm } from '../db/watch-terms.ts'
import type { Desk } from '../desk.ts'
import type { Id } from '../domain.ts'
import { openLine } from '../line.ts'
import { mayStillSearch } from './spend.ts'

/**
 * Runs in every worker: whoever has an app's lease listens for it, and another takes over when the lease runs out. Whenever a connection
 * begins or breaks, searches are due at once, so what was said meanwhile is found all the same.
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
      await Promise.all([...listeners.keys()].map(appId => stopListening(desk, holder, listeners, appId)))
    },
  }
}

/** One app's connection in this process. */
interface Listener {
  terms: readonly StreamedTerm[]
  stop: AbortController
  done: Promise<void>
}

async function tick(desk: Desk, holder: string, listeners: Map<Id, Listener>) {
  const byApp = Map.groupBy(await withMoney(desk, await listStreamedTerms(desk.db)), term => term.appId)
  for (const appId of listeners.keys()) if (!byApp.has(appId)) await stopListening(desk, holder, listeners, appId)
  for (const [appId, terms] of byApp) {
    const stream = desk.connectorFor(terms[0]!.platform).intake.stream
    if (!stream || stream.barredBecause(await openLine(desk, terms[0]!.accountId))) continue
    const before = listeners.get(appId)
    if (!(await holdLease(desk.db, leaseOf(appId), holder, LEASE_MS))) {
      if (before) await stopListening(desk, holder, listeners, appId)
      continue
    }
    if (!before) listeners.set(appId, startListening(desk, stream, terms))
    else if (questionsOf(before.terms) !== questionsOf(terms)) {
      await follow(desk, stream, terms)
      before.terms = terms
    }
  }
}

/** Over its cap an account's terms rest; its own mentions are polled all the same. */
async function withMoney(desk: Desk, terms: readonly StreamedTerm[]): Promise<StreamedTerm[]> {
  const spent = new Set<Id>()
  for (const accountId of new Set(terms.map(term => term.accountId)))
    if (!(await mayStillSearch(desk.db, await getAccount(desk.db, accountId), desk.now())).ok) spent.add(accountId)
  return terms.filter(term => !spent.has(term.accountId))
}

function startListening(desk: Desk, stream: Stream, terms: readonly StreamedTerm[]): Listener {
  const listener: Listener = { terms, stop: new AbortController(), done: Promise.resolve() }
  listener.done = keepListening(desk, stream, listener)
  return listener
}

async function stopListening(desk: Desk, holder: string, listeners: Map<Id, Listener>, appId: Id) {
  const listener = listeners.get(appId)!
  listeners.delete(appId)
  listener.stop.abort()
  await listener.done
  await releaseLease(desk.db, leaseOf(appId), holder)
}

/** Connects again and again, as patiently as the platform asks, until it is stopped. */
async function keepListening(desk: Desk, stream: Stream, listener: Listener) {
  const { signal } = listener.stop
  const termIds = () => listener.terms.map(term => term.id)
  for (let nth = 1; !signal.aborted; nth++) {
    try {
      await follow(desk, stream, listener.terms)
      let stands: Promise<void> | undefined
      const connected = () => {
        nth = 0
        stands = markStreamed(desk.db, termIds(), desk.now(), desk.now())
      }
      const line = await openLine(desk, listener.terms[0]!.accountId)
      for await (const page of stream.listen(line, signal, connected)) {
        await stands
        await keep(desk, listener.terms, page)
      }
      await stands
    } catch (error) {
      const fault =
        error instanceof PlatformError ? error : new PlatformError('retry', 'the stream failed; see the log', undefined, { cause: error })
      desk.log.warn({ err: error, nth }, 'a stream broke; searches go on')
      await markStreamed(desk.db, termIds(), null, desk.now()).catch(lost =>
        desk.log.error({ err: lost }, 'a broken stream cannot be written down'),
      )
      await pause(fault.kind === 'retry' ? stream.waitMs(fault, Math.max(1, nth)) : BARRED_WAIT_MS, signal)
    }
  }
  await markStreamed(desk.db, termIds(), null, desk.now()).catch(lost =>
    desk.log.error({ err: lost }, 'a closed stream cannot be written down'),
  )
}

async function follow(desk: Desk, stream: Stream, terms: readonly StreamedTerm[]) {
  const line = await openLine(desk, terms[0]!.accountId)
  const problems = await stream.follow(
    line,
    terms.map(term => ({ ...term, account: { handle: term.handle } })),
  )
  if (problems.length) desk.log.warn({ problems }, 'the platform streams not all terms; searches find the others')
}

/** A page belongs to the account whose term it names; one for a term that is gone is let go. */
async function keep(desk: Desk, terms: readonly StreamedTerm[], { list, body }: PollPage) {
  const term = terms.find(one => list === `stream:${one.id}`)
  if (!term) return
  const { appId, accountId } = term
  await insertDeliveries(desk.db, [
    { id: newId(), appId, accountId, source: `poll:${list}`, headers: {}, body: desk.vault.seal(body), receivedAt: desk.now() },
  ])
  await desk.ring({ name: 'readDeliveries' })
}

/** Ends early, and without a fault, when it is stopped. */
const pause = (ms: number, signal: AbortSignal) => wait(ms, undefined, { signal }).catch(() => undefined)
const leaseOf = (appId: Id) => `stream ${appId}`
const questionsOf = (terms: readonly StreamedTerm[]) =>
  JSON.stringify(terms.map(({ id, anyOf, noneOf, languages, handle }) => [id, anyOf, noneOf, languages, handle]))
const TICK_MS = 5_000
const LEASE_MS = 20_000
const BARRED_WAIT_MS = 15 * 60_000
