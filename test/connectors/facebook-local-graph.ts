// A Graph of prepared answers on loopback, which writes down what it was asked.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { Line } from '../../connectors/connector.ts'

export const PAGE = '112233445566778'
export const NOW = new Date('2026-11-21T10:00:00.000Z')

export interface Asked {
  method: string
  path: string
  query: URLSearchParams
  form: URLSearchParams
}
type Answer = { status?: number; headers?: Record<string, string>; json?: unknown; html?: string } | 'drop'
export type Answering = (asked: Asked) => Answer | Promise<Answer>

export async function localGraph(answering: Answering) {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    const question = await questionOf(request)
    asked.push(question)
    reply(response, await answering(question))
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

export function lineTo(base: string | null, more: Partial<Line> = {}): Line {
  const secrets = { appId: '500600700', appSecret: 'sample-app-secret', pageToken: 'sample-page-token' }
  return {
    account: {
      id: '0198c0de-0000-7000-8000-000000000001',
      appId: '0198c0de-0000-7000-8000-000000000002',
      platform: 'facebook',
      externalId: PAGE,
      handle: 'heronair',
      name: 'Heron Air',
      status: 'connected',
      statusReason: null,
      capabilities: {},
      isDemo: false,
      connectedAt: NOW,
    },
    secrets,
    apiBase: base,
    now: () => NOW,
    renewSecrets: async () => secrets,
    ...more,
  }
}

async function questionOf(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const url = new URL(request.url!, 'http://local')
  const form = new URLSearchParams(Buffer.concat(chunks).toString())
  return { method: request.method!, path: url.pathname, query: url.searchParams, form }
}

function reply(response: ServerResponse, answer: Answer): void {
  if (answer === 'drop') return void response.socket!.destroy()
  const type = answer.html === undefined ? 'application/json' : 'text/html'
  response.writeHead(answer.status ?? 200, { 'content-type': type, ...answer.headers })
  response.end(answer.html ?? JSON.stringify(answer.json ?? {}))
}
