// A Bluesky account on the simulated Bluesky, with everything between the two judged by the official lexicons.
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { jsonToLex, lexicons } from '@atproto/api'
import { onTestFinished } from 'vitest'
import { bluesky } from '../../connectors/bluesky/connector.ts'
import type { Cursor, Incoming, IncomingMention, Line, Secrets } from '../../connectors/connector.ts'
import { startBlueskySimulator } from '../../simulators/bluesky/start.ts'

export interface Exchange {
  nsid: string
  query: Record<string, string>
  body: unknown
  status: number
  answer: unknown
}

export async function simulatedBluesky({ chatDid }: { chatDid?: string } = {}) {
  const simulator = await startBlueskySimulator(chatDid ? { chatDid } : {})
  onTestFinished(simulator.stop)
  const { control } = simulator
  const brand = control.createBrand({ handle: 'heron-air.test', name: 'Heron Air' })
  const wire = await listenBetween(simulator.port)
  return { control, brand, url: wire.url, simulatorUrl: simulator.url, ...wire, lineOf }

  /** `now` is the simulator's clock, so that moving it moves both. */
  function lineOf({ privileged = true } = {}): { line: Line; stored: () => Secrets } {
    const { password } = control.createAppPassword({ account: brand.did, privileged })
    let stored: Secrets = { identifier: brand.handle, appPassword: password, ...(chatDid && { chatDid }) }
    let last: Promise<unknown> = Promise.resolve()
    const line: Line = {
      account: {
        id: '0198c0de-0000-7000-8000-000000000001',
        appId: '0198c0de-0000-7000-8000-000000000002',
        platform: 'bluesky',
        externalId: brand.did,
        handle: brand.handle,
        name: brand.name,
        status: 'connected',
        statusReason: null,
        capabilities: { dms: privileged },
        isDemo: false,
        connectedAt: new Date(),
      },
      // What is stored, as every new line would be opened with it.
      get secrets() {
        return stored
      },
      apiBase: wire.url,
      now: () => new Date(control.now().now),
      // One after the other, re-reading what is stored: as the database's lock does it.
      renewSecrets: (isStale, refresh) => {
        const turn = last.then(async () => {
          if (isStale(stored)) stored = { ...stored, ...(await refresh(stored)) }
          return stored
        })
        last = turn.catch(() => undefined)
        return turn
      },
    }
    return { line, stored: () => stored }
  }
}

/** One whole poll, read as the intake would read it. */
export async function polled(line: Line, cursor: Cursor) {
  const incoming: Incoming[] = []
  const walk = bluesky.intake.polling!.poll(line, cursor)
  let pages = 0
  for (let step = await walk.next(); ; step = await walk.next()) {
    if (step.done) return { incoming, pages, cursor: step.value, mentions: mentionsOf(incoming) }
    pages++
    const { list, body } = step.value
    const { externalId, handle } = line.account
    incoming.push(...bluesky.read({ source: `poll:${list}`, headers: {}, body, receivedAt: line.now(), account: { externalId, handle } }))
  }
}

export function mentionsOf(incoming: Incoming[]): IncomingMention[] {
  return incoming.flatMap(one => (one.kind === 'mention' ? [one.mention] : []))
}

/** Passes everything on, writes it down, and holds requests and good answers against the lexicons. */
async function listenBetween(port: number) {
  const exchanges: Exchange[] = []
  const complaints: string[] = []
  const server = createServer(async (incoming, response) => {
    const body = Buffer.concat(await Array.fromAsync(incoming as AsyncIterable<Buffer>))
    const url = new URL(incoming.url!, 'http://bluesky')
    const nsid = url.pathname.replace('/xrpc/', '')
    const headers = { ...incoming.headers, host: `127.0.0.1:${port}` }
    const onward = httpRequest({ host: '127.0.0.1', port, method: incoming.method, path: incoming.url, headers })
    const write = (status: number, answer: unknown) => {
      const asked = parsed(body)
      exchanges.push({ nsid, query: Object.fromEntries(url.searchParams), body: asked, status, answer })
      judge(complaints, () => lexicons.assertValidXrpcParams(nsid, paramsIn(nsid, url.searchParams)))
      if (asked) judge(complaints, () => lexicons.assertValidXrpcInput(nsid, jsonToLex(asked as never)))
      if (status === 200 && answer) judge(complaints, () => lexicons.assertValidXrpcOutput(nsid, jsonToLex(answer as never)))
    }
    onward.on('error', () => {
      write(0, null)
      response.socket?.destroy()
    })
    onward.on('response', async answered => {
      const bytes = Buffer.concat(await Array.fromAsync(answered as AsyncIterable<Buffer>))
      write(answered.statusCode!, parsed(bytes))
      const { 'transfer-encoding': _, ...kept } = answered.headers
      response.writeHead(answered.statusCode!, { ...kept, 'content-length': bytes.length }).end(bytes)
    })
    onward.end(body)
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  onTestFinished(
    () =>
      new Promise<void>(closed => {
        server.closeAllConnections()
        server.close(() => closed())
      }),
  )
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, exchanges, complaints }
}

/** What stands in an address is text; the lexicon says which of it is a number, a yes or no, or a list. */
function paramsIn(nsid: string, given: URLSearchParams): Record<string, unknown> {
  const def = lexicons.getDef(nsid)
  const known = (def?.type === 'query' && def.parameters?.properties) || {}
  return Object.fromEntries(
    [...new Set(given.keys())].map(name => {
      const type = known[name]?.type
      if (!type) throw new Error(`${nsid} knows no parameter ${name}`)
      if (type === 'array') return [name, given.getAll(name)]
      if (type === 'integer') return [name, Number(given.get(name))]
      return [name, type === 'boolean' ? given.get(name) === 'true' : given.get(name)]
    }),
  )
}

function judge(complaints: string[], check: () => void): void {
  try {
    check()
  } catch (error) {
    complaints.push((error as Error).message)
  }
}

function parsed(bytes: Buffer): unknown {
  try {
    return bytes.length ? JSON.parse(bytes.toString()) : undefined
  } catch {
    // A page, or nothing at all: the tests that ask for those look at the outcome.
    return null
  }
}
