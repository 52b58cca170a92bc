// Binds a simulator to a port on this machine, and to nothing else.
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { createAdaptorServer } from '@hono/node-server'

export interface Listening {
  url: string
  port: number
  close: () => Promise<void>
}

/** Port 0, or none: any free one. `upgrade`: who takes WebSockets; without it there are none. */
export async function listen(
  fetch: (request: Request, env: never) => Response | Promise<Response>,
  port = 0,
  upgrade?: (request: IncomingMessage, socket: Duplex) => void,
): Promise<Listening> {
  const server = createAdaptorServer({ fetch: fetch as (request: Request) => Promise<Response> }) as Server
  // Longer than any client keeps an idle connection, so a reused one is never closed under a request.
  server.keepAliveTimeout = 65_000
  if (upgrade) server.on('upgrade', upgrade)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const bound = (server.address() as AddressInfo).port
  return {
    url: `http://127.0.0.1:${bound}`,
    port: bound,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
