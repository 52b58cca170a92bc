// A webhook on this machine that keeps what the simulators push to it, for the simulators' own tests.
import { createHmac } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  raw: Buffer
  body: unknown
  headers: http.IncomingHttpHeaders
}
export interface Receiver {
  url: string
  received: Received[]
  /** What the next pushes are answered; 200 unless set. */
  answer: (status: number) => void
  stop: () => Promise<void>
}

/** Answers X's CRC with this consumer secret, and Meta's challenge for this verify token. */
export async function startReceiver({
  secret = '',
  verifyToken = '',
  port = 0,
}: {
  secret?: string
  verifyToken?: string
  port?: number
} = {}): Promise<Receiver> {
  const received: Received[] = []
  let status = 200
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const query = new URL(request.url ?? '/', 'http://receiver').searchParams
      if (request.method === 'GET') {
        const crc = query.get('crc_token')
        if (crc)
          return response.end(JSON.stringify({ response_token: `sha256=${createHmac('sha256', secret).update(crc).digest('base64')}` }))
        return query.get('hub.verify_token') === verifyToken ? response.end(query.get('hub.challenge')) : response.writeHead(403).end()
      }
      const raw = Buffer.concat(chunks)
      received.push({ raw, body: JSON.parse(raw.toString()), headers: request.headers })
      return response.writeHead(status).end()
    })
  })
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    answer: wanted => {
      status = wanted
    },
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
