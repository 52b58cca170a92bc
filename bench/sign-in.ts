// Signs the bench's rep in over HTTP, as a browser does, and reads pages with the session's cookie.
import { Agent, request } from 'node:http'
import { rep } from './product.ts'

export interface Session {
  /** The page as text. @throws when it is not a 200. */
  get: (path: string) => Promise<string>
  /** Calls back for every message of the live stream until closed. */
  hear: (onMessage: () => void) => Promise<{ close: () => void }>
  close: () => void
}

export async function signIn(port: number): Promise<Session> {
  const agent = new Agent({ keepAlive: true })
  const answer = await fetch(`http://127.0.0.1:${port}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: `http://127.0.0.1:${port}` },
    body: new URLSearchParams({ email: rep.email, password: rep.password }),
  })
  const cookie = answer.headers
    .getSetCookie()
    .map(one => one.split(';')[0])
    .join('; ')
  if (answer.status !== 303 || !cookie) throw new Error(`the rep could not sign in: ${answer.status}`)
  const open = (path: string, accept: string) => request({ port, host: '127.0.0.1', path, agent, headers: { cookie, accept } })

  return {
    get: read,
    hear(onMessage) {
      const { promise, resolve, reject } = Promise.withResolvers<{ close: () => void }>()
      const asked = open('/live', 'text/event-stream')
      let isOpen = false
      asked
        // Closing it ourselves ends it with an error too.
        .on('error', error => (isOpen ? undefined : reject(error)))
        .on('response', response => {
          if (response.statusCode !== 200) return reject(new Error(`/live answered ${response.statusCode}`))
          isOpen = true
          response.on('data', chunk => String(chunk).includes('data:') && onMessage())
          response.on('error', () => {})
          resolve({ close: () => asked.destroy() })
        })
        .end()
      return promise
    },
    close: () => agent.destroy(),
  }

  function read(path: string): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const asked = open(path, 'text/html')
    asked
      // A connection kept open may be closed by the server in the moment we use it again: ask on a new one, as browsers do.
      .on('error', error => (asked.reusedSocket ? resolve(read(path)) : reject(error)))
      .on('response', response => {
        const chunks: Buffer[] = []
        response.on('data', chunk => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () =>
          response.statusCode === 200
            ? resolve(Buffer.concat(chunks).toString())
            : reject(new Error(`${path} answered ${response.statusCode}`)),
        )
      })
      .end()
    return promise
  }
}
