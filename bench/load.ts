// Sends prepared HTTP requests over raw sockets: closed loop as fast as they are answered, or open loop at fixed arrival times.
import { connect, type Socket } from 'node:net'
import type { Push } from './generate.ts'

export interface Answered {
  push: Push
  status: number
  /** Open loop: from the moment it was meant to be sent, whatever held it up. */
  ms: number
}

export function asRequest(push: Push, path: string): Buffer {
  const head =
    `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\nx-twitter-webhooks-signature: ${push.signature}\r\n` +
    `content-length: ${push.body.length}\r\n\r\n`
  return Buffer.concat([Buffer.from(head, 'latin1'), push.body])
}

/** So many connections send one after the other until `next` has none left; `onAnswer` sees each. */
export async function closedLoop(
  port: number,
  connections: number,
  path: string,
  next: () => Push | undefined,
  onAnswer: (answered: Answered) => void,
) {
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const lane = await openLane(port)
      try {
        for (let push = next(); push; push = next()) {
          const start = performance.now()
          const status = await lane.send(asRequest(push, path))
          onAnswer({ push, status, ms: performance.now() - start })
        }
      } finally {
        lane.close()
      }
    }),
  )
}

/** Sends each push at its arrival time (ms from now), on a free connection or a new one. */
export async function openLoop(
  port: number,
  path: string,
  arrivals: readonly { at: number; push: Push }[],
  onAnswer: (answered: Answered) => void,
) {
  const requests = arrivals.map(({ push }) => asRequest(push, path))
  const free: Lane[] = await Promise.all(Array.from({ length: 32 }, () => openLane(port)))
  const lanes = new Set(free)
  const start = performance.now()
  let next = 0
  let failure: unknown
  const underWay = new Set<Promise<void>>()
  while (next < arrivals.length && !failure) {
    while (next < arrivals.length && arrivals[next]!.at <= performance.now() - start) {
      const { at, push } = arrivals[next]!
      const sending = sendOne(requests[next++]!, push, start + at).finally(() => underWay.delete(sending))
      sending.catch(error => (failure ??= error))
      underWay.add(sending)
    }
    await new Promise(resolve => setTimeout(resolve, 1))
  }
  await Promise.all(underWay)
  for (const lane of lanes) lane.close()
  if (failure) throw failure

  async function sendOne(request: Buffer, push: Push, intended: number) {
    let lane = free.pop()
    // One that lay idle may have been closed by the server.
    while (lane && !lane.isOpen()) lane = free.pop()
    lane ??= await openLane(port)
    lanes.add(lane)
    const status = await lane.send(request)
    onAnswer({ push, status, ms: performance.now() - intended })
    free.push(lane)
  }
}

/** Poisson arrivals at a mean rate, as far as the pushes reach. */
export function poisson(pushes: readonly Push[], perSecond: number, random: () => number): { at: number; push: Push }[] {
  let at = 0
  return pushes.map(push => ({ at: (at += (-Math.log(1 - random()) / perSecond) * 1000), push }))
}

interface Lane {
  isOpen: () => boolean
  send: (request: Buffer) => Promise<number>
  close: () => void
}

async function openLane(port: number): Promise<Lane> {
  const opened = Promise.withResolvers<void>()
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true }, opened.resolve)
  let waiting: PromiseWithResolvers<number> | undefined
  let received = ''
  const fail = (error: Error) => {
    opened.reject(error)
    waiting?.reject(error)
    waiting = undefined
  }
  socket.on('error', fail)
  socket.on('close', () => fail(new Error('the server closed the connection')))
  socket.on('data', chunk => {
    received += chunk.toString('latin1')
    if (!isWhole(received)) return
    const status = Number(received.slice(9, 12))
    received = ''
    const answered = waiting
    waiting = undefined
    answered?.resolve(status)
  })
  await opened.promise
  return {
    isOpen: () => !socket.closed && socket.writable,
    send(request) {
      waiting = Promise.withResolvers<number>()
      socket.write(request)
      return waiting.promise
    },
    close: () => socket.destroy(),
  }
}

function isWhole(text: string): boolean {
  const head = text.indexOf('\r\n\r\n')
  if (head < 0) return false
  const length = /\r\ncontent-length: (\d+)/i.exec(text)
  return length ? text.length >= head + 4 + Number(length[1]) : text.endsWith('0\r\n\r\n')
}
