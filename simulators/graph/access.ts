// Reads a Graph call: its parameters from query and body alike, its token, its proof, its allowance.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import { badParameter, deadToken, graphError, throttled } from './errors.ts'
import type { GraphApp, GraphToken } from './state.ts'
import type { GraphWorld } from './world.ts'

export interface Caller {
  app: GraphApp
  /** Null: the app itself. */
  token: GraphToken | null
}
export type Params = Record<string, string>
export interface GraphEnv {
  Variables: { params: Params; caller: Caller }
}
export type GraphContext = Context<GraphEnv>

/** Form, multipart and JSON bodies; nested values of JSON arrive as their text. */
export const readParams: MiddlewareHandler<GraphEnv> = async (c, next) => {
  const params: Params = { ...c.req.query() }
  const type = c.req.header('content-type') ?? ''
  if (c.req.method !== 'GET') {
    if (type.includes('json')) {
      const text = await c.req.text()
      try {
        for (const [name, value] of Object.entries(JSON.parse(text || '{}')))
          params[name] = typeof value === 'string' ? value : JSON.stringify(value)
      } catch {
        return badParameter('The request body is not valid JSON.')
      }
    } else if (type.includes('form')) {
      for (const [name, value] of Object.entries(await c.req.parseBody())) if (typeof value === 'string') params[name] = value
    }
  }
  const bearer = /^(?:Bearer|OAuth) (.+)$/.exec(c.req.header('authorization') ?? '')?.[1]
  if (bearer && !params.access_token) params.access_token = bearer
  c.set('params', params)
  return next()
}

export function access(world: GraphWorld): MiddlewareHandler<GraphEnv> {
  return async (c, next) => {
    const params = c.get('params')
    const caller = callerOf(world, params.access_token)
    if (caller instanceof Response) return caller
    const proof = params.appsecret_proof
    if (proof !== undefined && !isProof(proof, params.access_token ?? '', caller.app.secret)) {
      return graphError({
        code: 100,
        type: 'GraphMethodException',
        message: 'Invalid appsecret_proof provided in the API argument',
      })
    }
    const { headers, exceeded } = world.usage.count({ appId: caller.app.id, pageId: caller.token?.pageId ?? null })
    if (exceeded) return throttled(caller.token?.pageId ? 80001 : 4, headers)
    c.set('caller', caller)
    await next()
    for (const [name, value] of Object.entries(headers)) c.header(name, value)
    c.header('facebook-api-version', 'v25.0')
  }
}

function callerOf(world: GraphWorld, token: string | undefined): Caller | Response {
  if (!token)
    return graphError({
      code: 2500,
      message: 'An active access token must be used to query information about the current user.',
    })
  const [appId = '', secret] = token.split('|')
  const itself = world.state.apps.get(appId)
  if (secret !== undefined) return itself?.secret === secret ? { app: itself, token: null } : deadToken()
  const held = world.state.tokens.get(token)
  const app = held && world.state.apps.get(held.appId)
  if (!held || !app) return deadToken()
  const subcode = deathOf(world, held)
  return subcode ? deadToken(subcode) : { app, token: held }
}

/** The subcode by which a token is refused; null while it is good. */
export function deathOf(world: GraphWorld, token: GraphToken): number | null {
  if (token.deadBy) return token.deadBy
  return token.expiresAt !== null && token.expiresAt <= world.clock.now() ? 463 : null
}

function isProof(proof: string, token: string, secret: string): boolean {
  const expected = Buffer.from(createHmac('sha256', secret).update(token).digest('hex'))
  const given = Buffer.from(proof)
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** A nested parameter, which may come as JSON text. */
export function nested(text: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? '')
    return value && typeof value === 'object' ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** The same for a list. */
export function nestedList(text: string | undefined): unknown[] {
  const list: unknown = nested(text)
  return Array.isArray(list) ? list : []
}
