// The middleware through which faults reach a request: it answers in the platform's stead, or spoils the answer.
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Context, MiddlewareHandler } from 'hono'
import type { FaultBoard, RequestFault } from './faults.ts'

/** `inPlatformWords` answers the faults whose body each platform writes its own way. */
export function faulty(
  board: FaultBoard,
  pathOf: (c: Context) => string,
  inPlatformWords: (fault: RequestFault) => Response,
): MiddlewareHandler {
  return async (c, next) => {
    const fault = board.takeForRequest(c.req.method, pathOf(c))
    if (!fault) return next()
    const { outgoing } = c.env as HttpBindings
    switch (fault.kind) {
      case 'slow':
        await new Promise(resolve => setTimeout(resolve, fault.ms))
        return next()
      case 'never-answers':
        return RESPONSE_ALREADY_SENT
      case 'dropped':
        outgoing.destroy()
        return RESPONSE_ALREADY_SENT
      case 'accepted-then-dropped':
        await next()
        outgoing.destroy()
        c.res = undefined
        c.res = RESPONSE_ALREADY_SENT
        return
      case 'cut-body': {
        await next()
        const body = Buffer.from(await c.res.text())
        outgoing.writeHead(c.res.status, {
          ...Object.fromEntries(c.res.headers),
          'content-length': String(body.length),
        })
        outgoing.write(body.subarray(0, Math.ceil(body.length / 2)), () => outgoing.destroy())
        c.res = undefined
        c.res = RESPONSE_ALREADY_SENT
        return
      }
      case 'html-502':
        return new Response('<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>', {
          status: 502,
          headers: { 'content-type': 'text/html' },
        })
      case 'empty-body':
        return new Response('', { status: 200, headers: { 'content-type': 'application/json' } })
      case 'redirect':
        return new Response(null, { status: 302, headers: { location: fault.to ?? '/_sim/redirected' } })
      case 'answer':
        return new Response(fault.body, {
          status: fault.status,
          headers: { 'content-type': 'application/json', ...fault.headers },
        })
      default:
        return inPlatformWords(fault)
    }
  }
}
