// An X account on the simulated X, with every request and answer between the two written down.
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { Delivery, Line, Secrets } from '../../connectors/connector.ts'
import { x } from '../../connectors/x/connector.ts'
import { startXSimulator } from '../../simulators/x/start.ts'

export interface Exchange {
  method: string
  path: string
  query: Record<string, string>
  body: unknown
  status: number
  /** Null when the answer broke off or was no JSON. */
  answer: unknown
}

export async function simulatedX() {
  const simulator = await startXSimulator({ port: 0 })
  onTestFinished(simulator.stop)
  const { control } = simulator
  const app = control.createApp({ name: 'Heed at Heron Air', redirectUris: ['http://127.0.0.1:9/callback'] })
  const brand = control.createBrand({ handle: 'HeronAir', name: 'Heron Air' })
  const wire = await listenBetween(simulator.port)
  return { control, app, brand, url: wire.url, exchanges: wire.exchanges, lineOf }

  /** `now` is the simulator's clock, so that moving it moves both. */
  function lineOf(scopes?: string[]): { line: Line; stored: () => Secrets } {
    const tokens = control.issueTokens({ app: app.id, account: brand.id, ...(scopes && { scopes }) })
    let stored: Secrets = {
      ...appSecrets(),
      accessToken: tokens.accessToken,
      refreshToken: tokens.refreshToken,
      accessTokenExpiresAt: new Date(tokens.expiresAt).toISOString(),
    }
    let last: Promise<unknown> = Promise.resolve()
    const line: Line = {
      account: {
        id: '0198c0de-0000-7000-8000-000000000001',
        appId: '0198c0de-0000-7000-8000-000000000002',
        platform: 'x',
        externalId: brand.id,
        handle: brand.username,
        name: brand.name,
        status: 'connected',
        statusReason: null,
        capabilities: { tier: 'self-serve' },
        isDemo: false,
        connectedAt: new Date(),
      },
      secrets: stored,
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

  function appSecrets(): Secrets {
    const { clientId, clientSecret, consumerSecret, bearerToken } = app
    return { clientId, clientSecret, consumerSecret, bearerToken }
  }
}

async function listenBetween(port: number) {
  const exchanges: Exchange[] = []
  const server = createServer(async (incoming, response) => {
    const body = Buffer.concat(await Array.fromAsync(incoming as AsyncIterable<Buffer>))
    const url = new URL(incoming.url!, 'http://x')
    const onward = httpRequest({
      host: '127.0.0.1',
      port,
      method: incoming.method,
      path: incoming.url,
      headers: { ...incoming.headers, host: `127.0.0.1:${port}` },
    })
    const write = (status: number, answer: unknown) =>
      exchanges.push({
        method: incoming.method!,
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        body: parsed(body),
        status,
        answer,
      })
    onward.on('error', () => {
      write(0, null)
      response.socket?.destroy()
    })
    onward.on('response', async answered => {
      const chunks: Buffer[] = []
      try {
        for await (const chunk of answered) chunks.push(chunk as Buffer)
      } catch {
        write(answered.statusCode!, null)
        response.writeHead(answered.statusCode!, answered.headers)
        response.write(Buffer.concat(chunks), () => response.socket?.destroy())
        return
      }
      const bytes = Buffer.concat(chunks)
      write(answered.statusCode!, parsed(bytes))
      const { 'transfer-encoding': _, ...headers } = answered.headers
      response.writeHead(answered.statusCode!, { ...headers, 'content-length': bytes.length }).end(bytes)
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
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, exchanges }
}

function parsed(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined
  try {
    return JSON.parse(bytes.toString())
  } catch {
    // A page, or half an answer: the tests that ask for those look at the outcome.
    return null
  }
}

/** Our door as X sees it: answers the challenge and keeps what is pushed. */
export async function openDoor(consumerSecret: string) {
  const door = { url: '', isDeaf: false, deliveries: [] as Delivery[] }
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>))
    if (door.isDeaf) return void response.writeHead(500).end()
    if (request.method === 'POST') {
      door.deliveries.push({
        source: 'webhook',
        headers: request.headers as Record<string, string>,
        body: body.toString(),
        receivedAt: new Date(),
        account: null,
      })
      return void response.writeHead(200).end()
    }
    const answer = x.intake.webhook!.handshake(new URL(request.url!, 'http://door').searchParams, { consumerSecret })
    response.writeHead(answer?.status ?? 403, { 'content-type': answer?.type ?? 'text/plain' }).end(answer?.body)
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  onTestFinished(
    () =>
      new Promise<void>(closed => {
        server.closeAllConnections()
        server.close(() => closed())
      }),
  )
  door.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/x`
  return door
}
