// The queue from which a platform pushes to webhooks: concurrent, batched, and retried until the receiver is back.
import http from 'node:http'
import type { FaultBoard } from './faults.ts'

export interface Push<Content> {
  id: string
  /** The webhook it goes to. */
  lane: string
  content: Content
}
export interface Envelope {
  url: string
  body: Buffer
  headers: Record<string, string>
}
export interface PushQueueOptions<Content> {
  faults: FaultBoard
  /** How many contents fit one request. */
  maxBatch: number
  /** After how long a receiver that says nothing has failed. */
  timeoutMs: number
  /** Null while the webhook is not valid: its pushes wait. Undefined when it is gone: they are dropped. */
  envelope: (lane: string, contents: Content[], badSignature: boolean) => Envelope | null | undefined
  done: (ids: string[]) => void
}
export interface PushQueue<Content> {
  add: (push: Push<Content>) => void
  /** Nothing leaves until released: what gathers meanwhile leaves together. */
  hold: () => void
  release: () => void
  /** Tries everything that waits, now. */
  retryNow: () => void
  pending: () => number
  /** Pushes that were answered 200 so far. */
  delivered: () => number
  /** Resolves once nothing waits; false when the time is over first. */
  settled: (timeoutMs?: number) => Promise<boolean>
  stop: () => void
}
interface Waiting<Content> extends Push<Content> {
  attempts: number
}
interface Lane<Content> {
  ready: Waiting<Content>[]
  inFlight: number
  /** Connections refused in a row. */
  failures: number
  pausedUntil: number
  timer: NodeJS.Timeout | undefined
}

const mostAtOnce = 16
const longestPauseMs = 10_000

export function pushQueue<Content>(options: PushQueueOptions<Content>): PushQueue<Content> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: mostAtOnce })
  const lanes = new Map<string, Lane<Content>>()
  const delayed = new Map<Waiting<Content>, NodeJS.Timeout>()
  const reordering: Waiting<Content>[] = []
  let held = false
  let stopped = false
  let deliveredCount = 0

  const laneOf = (name: string): Lane<Content> => {
    let lane = lanes.get(name)
    if (!lane) {
      lane = { ready: [], inFlight: 0, failures: 0, pausedUntil: 0, timer: undefined }
      lanes.set(name, lane)
    }
    return lane
  }
  const pumpSoon = (name: string, inMs = 0) => {
    const lane = laneOf(name)
    if (lane.timer && inMs === 0) return
    clearTimeout(lane.timer)
    lane.timer = setTimeout(() => {
      lane.timer = undefined
      pump(name, lane)
    }, inMs)
    lane.timer.unref()
  }
  const pump = (name: string, lane: Lane<Content>) => {
    const rest = lane.pausedUntil - Date.now()
    if (rest > 0) return pumpSoon(name, rest + 1)
    while (!held && !stopped && lane.ready.length > 0 && lane.inFlight < widthOf(lane)) {
      const batch = lane.ready.splice(0, options.maxBatch)
      lane.inFlight++
      void send(name, lane, batch).finally(() => {
        lane.inFlight--
        if (lane.ready.length > 0) pump(name, lane)
      })
    }
  }
  // One probe while the receiver is down. Else a few go in order, and the more wait the more go at once.
  const widthOf = (lane: Lane<Content>) => (lane.failures > 0 ? 1 : Math.min(mostAtOnce, Math.ceil(lane.ready.length / 8)))
  const later = (item: Waiting<Content>, ms: number) => {
    const timer = setTimeout(() => {
      delayed.delete(item)
      laneOf(item.lane).ready.push(item)
      pumpSoon(item.lane)
    }, ms)
    timer.unref()
    delayed.set(item, timer)
  }
  const send = async (name: string, lane: Lane<Content>, batch: Waiting<Content>[]) => {
    const fault = options.faults.takeForPush()
    const ids = batch.map(item => item.id)
    if (fault?.kind === 'push-drop') return options.done(ids)
    if (fault?.kind === 'push-delay') {
      for (const item of batch) later(item, fault.ms)
      return
    }
    if (fault?.kind === 'push-reorder') {
      reordering.push(...batch)
      if (options.faults.list().some(other => other.kind === 'push-reorder')) return
      // Alone in its lane and one at a time, or concurrency would put them back in order.
      for (const item of reordering.splice(0).reverse()) await send(item.lane, laneOf(item.lane), [item])
      return
    }
    const envelope = options.envelope(
      name,
      batch.map(item => item.content),
      fault?.kind === 'push-bad-signature',
    )
    if (envelope === undefined) return options.done(ids)
    if (envelope === null) {
      lane.ready.unshift(...batch)
      lane.pausedUntil = Date.now() + 500
      return
    }
    const status = await deliver(agent, envelope, options.timeoutMs)
    if (status === 200 && fault?.kind === 'push-duplicate') await deliver(agent, envelope, options.timeoutMs)
    if (stopped) return
    if (status === 200) {
      lane.failures = 0
      deliveredCount += batch.length
      return options.done(ids)
    }
    for (const item of batch) item.attempts++
    if (status === null) {
      lane.ready.unshift(...batch)
      // Sixteen that failed together are one failure.
      if (lane.pausedUntil <= Date.now()) lane.pausedUntil = Date.now() + pauseMs(++lane.failures)
    } else for (const item of batch) later(item, pauseMs(item.attempts))
  }
  const waitingCount = () => {
    let count = delayed.size + reordering.length
    for (const lane of lanes.values()) count += lane.ready.length + lane.inFlight
    return count
  }

  return {
    add: push => {
      laneOf(push.lane).ready.push({ ...push, attempts: 0 })
      pumpSoon(push.lane)
    },
    hold: () => {
      held = true
    },
    release: () => {
      held = false
      for (const name of lanes.keys()) pumpSoon(name)
    },
    retryNow: () => {
      for (const [item, timer] of delayed) {
        clearTimeout(timer)
        laneOf(item.lane).ready.push(item)
      }
      delayed.clear()
      for (const [name, lane] of lanes) {
        lane.pausedUntil = 0
        clearTimeout(lane.timer)
        lane.timer = undefined
        pumpSoon(name)
      }
    },
    pending: waitingCount,
    delivered: () => deliveredCount,
    settled: async (timeoutMs = 10_000) => {
      const end = Date.now() + timeoutMs
      while (waitingCount() > 0) {
        if (Date.now() > end) return false
        await new Promise(resolve => setTimeout(resolve, 5))
      }
      return true
    },
    stop: () => {
      stopped = true
      for (const timer of delayed.values()) clearTimeout(timer)
      for (const lane of lanes.values()) clearTimeout(lane.timer)
      agent.destroy()
    },
  }
}

function pauseMs(failures: number): number {
  return Math.min(longestPauseMs, 100 * 2 ** Math.min(failures, 10))
}

/** The receiver's status; null when no answer came at all. */
function deliver(agent: http.Agent, { url, body, headers }: Envelope, timeoutMs: number): Promise<number | null> {
  return new Promise(resolve => {
    const request = http.request(url, {
      agent,
      method: 'POST',
      timeout: timeoutMs,
      headers: { 'content-type': 'application/json', 'content-length': body.length, ...headers },
    })
    request.on('response', response => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? null))
      response.on('error', () => resolve(null))
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve(null))
    request.on('close', () => resolve(null))
    request.end(body)
  })
}

/** What a platform simulated on this machine may call: this machine. */
export function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname } = new URL(url)
  return protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)
}
