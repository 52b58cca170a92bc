// webWorld(): the test world with its pages in front, and people signed in by the real sign-in.
import { readConfig } from '../../config.ts'
import type { Connector } from '../../connectors/connector.ts'
import type { Role } from '../../domain.ts'
import { buildApp } from '../../web/app.ts'
import { createTeammate, openAuth } from '../../web/auth.ts'
import type { WebDesk } from '../../web/env.ts'
import { testWorld, type World } from '../world.ts'

export interface Visitor {
  id: string
  get: (path: string) => Promise<Response>
  /** A form, as a browser sends it. */
  post: (path: string, form?: Record<string, string> | [string, string][]) => Promise<Response>
}
export interface WebWorld extends World {
  web: WebDesk
  /** Straight to the app, without a session. */
  request: (path: string, init?: RequestInit) => Promise<Response>
  signIn: (role: Role) => Promise<Visitor>
}

export async function webWorld(
  options: { connectors?: readonly Connector[]; publicUrl?: string; web?: Partial<WebDesk> } = {},
): Promise<WebWorld> {
  const world = await testWorld({ now: new Date(), ...(options.connectors ? { connectors: options.connectors } : {}) })
  const publicUrl = options.publicUrl ?? world.desk.publicUrl
  const config = { ...readConfig({}), publicUrl }
  const web: WebDesk = {
    ...world.desk,
    publicUrl,
    config,
    auth: openAuth({ ...world.desk, config }),
    live: { ...world.desk.live, hear: () => () => {}, close: async () => {} },
    queueCounts: async () => ({ waiting: 0, active: 0 }),
    prometheus: async () => '',
    isEmbedded: true,
    ...options.web,
  }
  const app = buildApp(web)
  const request = async (path: string, init?: RequestInit) => app.request(new Request(new URL(path, publicUrl), init))

  async function signIn(role: Role): Promise<Visitor> {
    const email = `${role}@heed.test`
    const id = await createTeammate(web, {
      name: `Dana ${role}`,
      email,
      role,
      initials: role.slice(0, 2).toUpperCase(),
      password: 'a long enough password',
    })
    const origin = new URL(publicUrl).origin
    const answer = await request('/sign-in', {
      method: 'POST',
      headers: { origin },
      body: new URLSearchParams({ email, password: 'a long enough password' }),
    })
    const cookie = answer.headers
      .getSetCookie()
      .map(one => one.split(';')[0])
      .join('; ')
    if (answer.status !== 303) throw new Error(`sign-in answered ${answer.status}`)
    return {
      id,
      get: path => request(path, { headers: { cookie, accept: 'text/html' } }),
      post: (path, form = {}) =>
        request(path, {
          method: 'POST',
          headers: { cookie, origin, accept: 'text/html' },
          body: new URLSearchParams(form),
        }),
    }
  }
  return { ...world, web, request, signIn }
}

/** What a redirect says on the page it leads to. */
export function saidBy(answer: Response): string {
  const cookie = answer.headers.getSetCookie().find(one => one.startsWith('heed_said='))
  return cookie
    ? (
        JSON.parse(decodeURIComponent(decodeURIComponent(cookie.split(';')[0]!.slice('heed_said='.length)))) as {
          message: string
        }
      ).message
    : ''
}
