// webWorld(): the test world with its pages in front, and people who are signed in.
import { createHmac, randomBytes } from 'node:crypto'
import { hashPassword } from 'better-auth/crypto'
import { v7 as newId } from 'uuid'
import { readConfig } from '../../config.ts'
import type { Connector } from '../../connectors/connector.ts'
import { insertLogin } from '../../db/logins.ts'
import { insertTeammate } from '../../db/teammates.ts'
import type { Role } from '../../domain.ts'
import { buildApp } from '../../web/app.ts'
import { openAuth } from '../../web/auth.ts'
import type { WebDesk } from '../../web/env.ts'
import { testWorld, type World } from '../world.ts'

export interface Visitor {
  id: string
  get: (path: string, accept?: string) => Promise<Response>
  /** A form, as a browser sends it. */
  post: (path: string, form?: Record<string, string> | [string, string][] | FormData) => Promise<Response>
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

  /** As the sign-in leaves them, without the time its password hash takes: sign-in.test.ts goes through the door itself. */
  async function signIn(role: Role): Promise<Visitor> {
    const id = newId()
    const token = randomBytes(24).toString('base64url')
    const initials = role.slice(0, 2).toUpperCase()
    await insertTeammate(web.db, { id, name: `Dana ${role}`, email: `${role}@heed.test`, emailVerified: true, role, initials })
    hash ??= await hashPassword('a long enough password')
    await insertLogin(web.db, { id: newId(), teammateId: id, password: hash, at: web.now() })
    await web.db
      .insertInto('sessions')
      .values({ id: newId(), userId: id, token, expiresAt: new Date(Date.now() + 86_400_000) })
      .execute()
    const { secret, authCookies } = await web.auth.$context
    const signature = createHmac('sha256', secret).update(token).digest('base64')
    const cookie = `${authCookies.sessionToken.name}=${encodeURIComponent(`${token}.${signature}`)}`
    const origin = new URL(publicUrl).origin
    return {
      id,
      get: (path, accept = 'text/html') => request(path, { headers: { cookie, accept } }),
      post: (path, form = {}) =>
        request(path, {
          method: 'POST',
          headers: { cookie, origin, accept: 'text/html' },
          body: form instanceof FormData ? form : new URLSearchParams(form),
        }),
    }
  }
  return { ...world, web, request, signIn }
}

let hash: string | undefined

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
