// The instance's streaming: a WebSocket for each listener, told at once what happens to an account and in its home feed.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { acceptWebSocket, type WebSocketEnd } from '../web-socket.ts'
import { renderNotification, renderStatus } from './render.ts'
import type { MastodonEntry, MastodonStatus } from './state.ts'
import type { MastodonWorld } from './world.ts'

export interface MastodonStreams {
  upgrade: (request: IncomingMessage, socket: Duplex) => void
  /** Something happened; `gone`: the status it took away. */
  tell: (entry: MastodonEntry, gone?: MastodonStatus) => void
  /** Hangs up on everybody, at once or after so many more events. */
  drop: (after?: number) => void
  /** Half-open: those who listen now hear nothing more, not even that they are cut off. */
  mute: () => void
  open: () => { account: string; streams: string[]; address: string }[]
}

interface Listener {
  accountId: string
  scopes: readonly string[]
  streams: Set<string>
  address: string
  isMuted: boolean
  end: WebSocketEnd
}

/** A real one pings every 30 seconds. */
export function mastodonStreams(world: MastodonWorld, pingEveryMs = 30_000): MastodonStreams {
  const listeners = new Set<Listener>()
  let eventsLeft = Number.POSITIVE_INFINITY

  function upgrade(request: IncomingMessage, socket: Duplex) {
    const refuse = (status: string) => socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    socket.on('error', () => socket.destroy())
    if (!URL.canParse(request.url ?? '/', 'http://here')) return refuse('400 Bad Request')
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://here')
    if (pathname.replace(/\/$/, '') !== '/api/v1/streaming') return refuse('404 Not Found')
    const fault = world.faults.takeForRequest('GET', '/api/v1/streaming')
    if (fault?.kind === 'never-answers') return
    if (fault?.kind === 'dropped') return socket.destroy()
    if (fault) return refuse(fault.kind === 'token-revoked' ? '401 Unauthorized' : '503 Service Unavailable')
    // Browsers cannot set headers here, so the token comes as the protocol's name.
    const protocol = request.headers['sec-websocket-protocol']?.split(',')[0]?.trim() ?? null
    const grant = world.state.grants.get(protocol ?? searchParams.get('access_token') ?? '')
    if (!grant || !world.hasStreaming()) return refuse('401 Unauthorized')
    const listener: Listener = {
      accountId: grant.accountId,
      scopes: grant.scopes,
      streams: new Set(),
      address: request.url ?? '',
      isMuted: false,
      end: acceptWebSocket(request, socket, {
        protocol,
        onText: text => listener.isMuted || heard(listener, text),
        onClose: () => {
          clearInterval(beat)
          listeners.delete(listener)
        },
      }),
    }
    const beat = setInterval(() => listener.isMuted || listener.end.ping(), pingEveryMs)
    beat.unref()
    listeners.add(listener)
  }

  function heard({ scopes, streams, end }: Listener, text: string) {
    const wish = wishIn(text)
    if (!wish) return
    const { type, stream } = wish
    const scope = SCOPES.get(stream)
    if (!scope) return end.send(JSON.stringify({ error: 'Unknown channel name', status: 400 }))
    if (!scopes.includes(scope) && !scopes.includes('read'))
      return end.send(JSON.stringify({ error: 'Access token does not have the required scopes', status: 401 }))
    if (type === 'subscribe') streams.add(stream)
    else streams.delete(stream)
  }

  function send(accountId: string, event: string, payload: object | string) {
    for (const listener of listeners) {
      if (listener.accountId !== accountId || listener.isMuted) continue
      for (const stream of listener.streams)
        if (stream === 'user' || event === 'notification')
          listener.end.send(
            JSON.stringify({ stream: [stream], event, payload: typeof payload === 'string' ? payload : JSON.stringify(payload) }),
          )
    }
    if (--eventsLeft <= 0) drop()
  }

  /** Home feeds: one's own, and those of who follows. */
  function tellHomes(status: MastodonStatus, event: string, payload: object | string) {
    for (const accountId of homesOf(status)) send(accountId, event, payload)
  }
  const homesOf = (status: MastodonStatus) =>
    [...new Set([...listeners].map(one => one.accountId))].filter(
      id => id === status.accountId || (status.visibility !== 'direct' && world.state.notes.get(followKey(id, status.accountId)) === 'yes'),
    )

  function drop(after = 0) {
    eventsLeft = after || Number.POSITIVE_INFINITY
    if (!after) for (const listener of listeners) listener.end.drop()
  }

  return {
    upgrade,
    drop,
    mute: () => {
      for (const listener of listeners) listener.isMuted = true
    },
    open: () => [...listeners].map(({ accountId, streams, address }) => ({ account: accountId, streams: [...streams], address })),
    tell: (entry, gone) => {
      if (!listeners.size) return
      if (entry.type === 'status') tellHomes(entry.status, 'update', renderStatus(world, entry.status))
      if (entry.type === 'notification') send(entry.notification.accountId, 'notification', renderNotification(world, entry.notification))
      const edited = entry.type === 'edited' ? world.state.statuses.get(entry.id) : undefined
      if (edited) tellHomes(edited, 'status.update', renderStatus(world, edited))
      // Whom it named is told too, follower or not.
      if (gone) for (const id of new Set([...homesOf(gone), ...gone.mentions])) send(id, 'delete', gone.id)
      if (entry.type === 'revoked') for (const one of listeners) if (one.accountId === entry.accountId) one.end.drop()
    },
  }
}

export const followKey = (accountId: string, authorId: string) => `${accountId} follows ${authorId}`
/** Null: nonsense, to which a real instance says nothing. */
function wishIn(text: string): { type: unknown; stream: string } | null {
  try {
    const { type, stream } = JSON.parse(text)
    return { type, stream: String(stream) }
  } catch {
    return null
  }
}

const SCOPES = new Map([
  ['user', 'read:statuses'],
  ['user:notification', 'read:notifications'],
])
