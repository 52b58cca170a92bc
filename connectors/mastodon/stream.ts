// The account's own stream: mentions, edits, deletions and our own words, told at once over one WebSocket to its instance.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { mastodon } from 'masto'
import { type Line, type OwnStream, PlatformError, type PollPage } from '../connector.ts'
import { callMastodon } from './call.ts'
import { isInstanceName } from './client.ts'
import { Roots } from './roots.ts'
import { numberOf } from './shape.ts'

/** https://docs.joinmastodon.org/methods/streaming/, checked 2026-11-22. */
export const ownStream = ownStreamFor({ silenceMs: 55_000 })

/** `silenceMs`: an instance pings every 30 seconds, so one that said nothing for so long is gone, whatever the connection looks like. */
export function ownStreamFor({ silenceMs }: { silenceMs: number }): OwnStream {
  return {
    // With the stretch for quiet accounts two minutes at most.
    pollEveryMs: 80_000,
    listen: (line, signal, connected) => listen(line, signal, connected, silenceMs),
    // No rule is written down: patience that doubles, and some chance, so that not everybody comes back in the same second.
    waitMs: (fault, nth) => Math.max(fault.retryAfterMs ?? 0, Math.min(LONGEST_WAIT_MS, 1_000 * 2 ** (nth - 1)) * (0.5 + Math.random())),
  }
}

/**
 * masto 8.0.0 has a streaming client, but one that connects again by itself and tells nobody: who does not know of a break cannot say what was
 * missed. So its types serve, and the socket is our own.
 */
async function* listen(line: Line, signal: AbortSignal, connected: () => void, silenceMs: number): AsyncGenerator<PollPage, void> {
  const address = await unlessStopped(addressFor(line), signal)
  if (!address || signal.aborted) return
  const told: mastodon.streaming.Event[] = []
  let standsSince: number | null = null
  let broken: PlatformError | null = null
  let wake = () => {}
  const over = (fault: PlatformError) => {
    broken ??= fault
    wake()
  }
  // The token goes as the protocol's name, as browsers must do it, and never into the address.
  const socket = new WebSocket(address, [line.secrets.accessToken!])
  let patience = setTimeout(() => over(new PlatformError('retry', NOT_LET_IN)), CONNECT_MS)
  socket.addEventListener('open', () => {
    standsSince = Date.now()
    clearTimeout(patience)
    patience = setTimeout(() => over(new PlatformError('retry', SILENT)), silenceMs)
    socket.send(JSON.stringify({ type: 'subscribe', stream: 'user' }))
    connected()
  })
  socket.addEventListener('message', ({ data }) => {
    patience.refresh()
    try {
      told.push(eventIn(String(data)))
      wake()
    } catch (error) {
      over(error instanceof PlatformError ? error : new PlatformError('retry', NO_SENSE, undefined, { cause: error }))
    }
  })
  socket.addEventListener('close', () =>
    over(new PlatformError('retry', standsSince ? HUNG_UP : NOT_LET_IN, brokeSoon(standsSince) ? STEADY_MS : undefined)),
  )
  const hear = (message: unknown) => (message as { websocket: WebSocket }).websocket === socket && patience.refresh()
  subscribe(PINGED, hear)
  try {
    const pages = new Pages(line)
    while (!signal.aborted) {
      if (told.length) {
        // What is dropped when it is stopped the next poll brings.
        const page = await unlessStopped(pages.of(told.splice(0, AT_ONCE)), signal)
        if (page) yield page
      } else if (broken) throw broken
      else await unlessStopped(new Promise<void>(resolve => (wake = resolve)), signal)
    }
  } finally {
    clearTimeout(patience)
    unsubscribe(PINGED, hear)
    socket.close()
  }
}

/** Null: stopped before that. No race against one promise for the whole stream, which would hold on to every page until it ends. */
function unlessStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  const { promise, resolve, reject } = Promise.withResolvers<T | null>()
  const stop = () => resolve(null)
  signal.addEventListener('abort', stop, { once: true })
  work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  return promise
}

/** Its payload is JSON within JSON, except for a deletion, which is an id alone. */
function eventIn(text: string): mastodon.streaming.Event {
  const { error, event, payload, stream } = JSON.parse(text) as Record<string, unknown>
  if (error) throw new PlatformError('refused', `The Mastodon instance refuses its stream: ${String(error)}`)
  const said = event === 'delete' || typeof payload !== 'string' ? payload : camelCased(JSON.parse(payload))
  return { stream, event, payload: said } as mastodon.streaming.Event
}

/** As masto names things, so that polls and streams are read alike. */
function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
      camelCased(one),
    ]),
  )
}

/** Where the instance says that it streams; a token goes nowhere else. */
async function addressFor(line: Line): Promise<string> {
  const { data } = await callMastodon(line, 'read', client => client.v2.instance.fetch.$raw())
  const told = data?.configuration?.urls?.streaming
  if (!told) throw new PlatformError('refused', 'The instance offers no streaming.')
  const url = URL.canParse(told) ? new URL(told) : null
  const isThere = line.apiBase === null ? url?.protocol === 'wss:' && isInstanceName(url.hostname) : url?.origin === wsOf(line.apiBase)
  if (!url || !isThere) throw new PlatformError('refused', 'The instance names no place we may connect to for its stream.')
  return new URL('/api/v1/streaming', url).href
}

/** What was told becomes pages that `read` understands. */
class Pages {
  private roots: Roots
  private readonly line: Line
  /** How what was told lately was written: whoever deletes it does not say. */
  private readonly visibilities = new Map<string, string>()
  constructor(line: Line) {
    this.line = line
    this.roots = new Roots(line, false)
  }

  /** Null: nothing of it is for us. */
  async of(events: readonly mastodon.streaming.Event[]): Promise<PollPage | null> {
    const page = { notifications: [] as object[], statuses: [] as object[], deleted: [] as object[] }
    const spoken: mastodon.v1.Status[] = []
    for (const { event, payload } of events) {
      if (event === 'notification' && SAID.has(payload.type)) {
        page.notifications.push(payload)
        if ('status' in payload && payload.status) spoken.push(payload.status)
      } else if ((event === 'update' || event === 'status.update') && this.concernsUs(payload)) {
        page.statuses.push(payload)
        spoken.push(payload)
      } else if (event === 'delete') page.deleted.push({ id: payload, visibility: this.visibilities.get(payload) ?? null })
    }
    if (!page.notifications.length && !page.statuses.length && !page.deleted.length) return null
    for (const { id, visibility } of spoken) this.visibilities.set(id, visibility)
    for (const id of this.visibilities.keys()) if (this.visibilities.size > REMEMBERED) this.visibilities.delete(id)
    if (this.roots.isSpent) this.roots = new Roots(this.line, false)
    return { list: 'own', body: JSON.stringify({ ...page, roots: await this.roots.of(spoken.reverse()) }) }
  }

  /** A home feed also brings what those we follow tell the world, and what we pass on. */
  private concernsUs({ account, mentions, reblog }: mastodon.v1.Status): boolean {
    const us = numberOf(this.line.account.externalId)
    return !reblog && (account.id === us || mentions.some(one => one.id === us))
  }
}

const brokeSoon = (since: number | null) => since !== null && Date.now() - since < STEADY_MS
const wsOf = (apiBase: string) => new URL(apiBase.replace(/^http:/, 'ws:')).origin
const PINGED = 'undici:websocket:ping'
const SAID = new Set<string>(['mention', 'update'])
const AT_ONCE = 40
const REMEMBERED = 1_000
const CONNECT_MS = 20_000
const STEADY_MS = 30_000
const LONGEST_WAIT_MS = 5 * 60_000
const SILENT = 'The Mastodon instance’s stream fell silent.'
const HUNG_UP = 'The Mastodon instance closed the stream.'
const NO_SENSE = 'The Mastodon instance’s stream said something that makes no sense.'
const NOT_LET_IN = 'The Mastodon instance’s streaming cannot be reached, or does not let us in.'
