// The door to every method: who calls, is the request what the lexicon says, is there budget left, and then the answer.
import { jsonToLex, lexicons } from '@atproto/api'
import type { Context } from 'hono'
import { Hono } from 'hono'
import { chatMethods } from './chat.ts'
import { feedMethods } from './feed.ts'
import { invalid, problemAnswer, XrpcProblem } from './problems.ts'
import { repoMethods } from './repo.ts'
import { sessionMethods } from './sessions.ts'
import type { BlueskyToken, BlueskyUser, BlueskyWorld } from './state.ts'

export interface Call {
  world: BlueskyWorld
  params: Record<string, unknown>
  input: Record<string, unknown>
  /** Of a method that takes no JSON. */
  body: { bytes: Uint8Array; type: string }
  token: string | undefined
  /** Throws unless an access token came along. */
  caller: () => { user: BlueskyUser; token: BlueskyToken }
}
/** Answers with the output, or throws an XrpcProblem. */
export type Method = (call: Call) => unknown

const methods: Record<string, Method> = { ...sessionMethods, ...repoMethods, ...feedMethods, ...chatMethods }

export function xrpcRoutes(world: BlueskyWorld): Hono {
  const routes = new Hono()
  routes.all('/xrpc/:nsid', async c => {
    try {
      return await answer(world, c)
    } catch (error) {
      if (error instanceof XrpcProblem) return problemAnswer(error.status, error.error, error.message)
      console.error('simulated Bluesky:', error)
      return problemAnswer(500, 'InternalServerError', 'Internal Server Error')
    }
  })
  return routes
}

async function answer(world: BlueskyWorld, c: Context): Promise<Response> {
  const nsid = c.req.param('nsid') ?? ''
  const method = methods[nsid]
  const def = method && lexicons.getDef(nsid)
  const isChat = nsid.startsWith('chat.bsky.')
  if (!method || (def?.type !== 'query' && def?.type !== 'procedure'))
    throw new XrpcProblem(501, 'MethodNotImplemented', 'Method Not Implemented')
  if (c.req.method !== (def.type === 'query' ? 'GET' : 'POST')) throw invalid(`Incorrect HTTP method (${c.req.method})`)
  const token = /^Bearer (.+)$/.exec(c.req.header('authorization') ?? '')?.[1]
  const caller = () => callerOf(world, token)
  const { headers, exceeded } = world.limits.count(nsid, token ? (world.state.tokens.get(token)?.did ?? 'nobody') : 'nobody')
  if (exceeded) return problemAnswer(429, 'RateLimitExceeded', 'Rate Limit Exceeded', headers)
  if (isChat) openChat(world, caller(), c.req.header('atproto-proxy'))
  const params = paramsOf(c, nsid)
  const body = { bytes: new Uint8Array(await c.req.arrayBuffer()), type: c.req.header('content-type') ?? '' }
  const takesJson = def.type === 'procedure' && def.input?.encoding !== '*/*'
  const input = takesJson ? inputOf(nsid, Buffer.from(body.bytes).toString()) : {}
  return Response.json((await method({ world, params, input, body, token, caller })) ?? {}, { headers })
}

/** The account's own server passes chat calls on to the DID named in the header, if the token may. */
function openChat(world: BlueskyWorld, { token }: { token: BlueskyToken }, proxy: string | undefined): void {
  if (!proxy) throw new XrpcProblem(501, 'MethodNotImplemented', 'Method Not Implemented')
  if (proxy !== `${world.chatDid}#bsky_chat`) throw invalid('could not resolve proxy did service url')
  if (token.scope === 'com.atproto.appPass') throw new XrpcProblem(400, 'InvalidToken', 'Bad token method')
}

function callerOf({ state, clock }: BlueskyWorld, token: string | undefined): { user: BlueskyUser; token: BlueskyToken } {
  if (!token) throw new XrpcProblem(401, 'AuthMissing', 'Authentication Required')
  const known = state.tokens.get(token)
  const user = known && state.users.get(known.did)
  if (!known || !user || known.kind !== 'access') throw new XrpcProblem(400, 'InvalidToken', 'Token could not be verified')
  if (known.expiresAt <= clock.now()) throw new XrpcProblem(400, 'ExpiredToken', 'Token has expired')
  if (state.takenDown.has(user.did)) throw new XrpcProblem(401, 'AccountTakedown', 'Account has been taken down')
  return { user, token: known }
}

function paramsOf(c: Context, nsid: string): Record<string, unknown> {
  const def = lexicons.getDef(nsid) as { parameters?: { properties: Record<string, { type: string }> } }
  const params: Record<string, unknown> = {}
  for (const [name, values] of Object.entries(c.req.queries())) {
    const type = def.parameters?.properties[name]?.type
    const [first = ''] = values
    params[name] = type === 'array' ? values : type === 'integer' ? Number(first) : type === 'boolean' ? first === 'true' : first
  }
  return checked(() => lexicons.assertValidXrpcParams(nsid, params)) as Record<string, unknown>
}

function inputOf(nsid: string, text: string): Record<string, unknown> {
  let body: unknown
  try {
    body = text ? JSON.parse(text) : undefined
  } catch {
    throw invalid('Request body is not JSON')
  }
  if (body !== undefined) checked(() => lexicons.assertValidXrpcInput(nsid, jsonToLex(body as Record<string, never>)))
  return (body ?? {}) as Record<string, unknown>
}

function checked<T>(check: () => T): T {
  try {
    return check()
  } catch (error) {
    throw invalid((error as Error).message)
  }
}
