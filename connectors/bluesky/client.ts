// The way to the server for one call: where it dials, how long it waits, which budget headers it passes on.
import { AsyncLocalStorage } from 'node:async_hooks'
import { Agent } from '@atproto/api'
import type { Line } from '../connector.ts'
import { loopbackUrl } from '../loopback.ts'

/** What a call must know of its line. Who is only just signing in has no account yet, so nothing to renew. */
export type Reach = Pick<Line, 'secrets' | 'apiBase' | 'now'> & Partial<Pick<Line, 'renewSecrets' | 'onBudget'>>

/** Where one call goes, and as whom. `proxy`: the DID and service the account's own server passes it on to. */
export interface Road {
  base: string
  token?: string | undefined
  proxy?: string
  onBudget?: Line['onBudget']
}

/**
 * Every call has its own road, though all share one agent: making one costs some 35 ms, as it reads all lexicons anew. None of the library's
 * own session keeping is used: it renews in memory, where another process would not learn of it.
 */
export function alongRoad<T>(road: Road, call: (agent: Agent) => Promise<T>): Promise<T> {
  agent ??= new Agent({ fetchHandler: dial })
  const shared = agent
  return roads.run(road, () => call(shared))
}

let agent: Agent | undefined
const roads = new AsyncLocalStorage<Road>()

async function dial(path: string, init: RequestInit): Promise<Response> {
  const { base, token, proxy, onBudget } = roads.getStore()!
  const url = new URL(path, base)
  const headers = new Headers(init.headers)
  if (token) headers.set('authorization', `Bearer ${token}`)
  if (proxy) headers.set('atproto-proxy', proxy)
  // Each call has its own connection: a kept one may die while idle, and a write lost in it would be neither sent nor unsent.
  headers.set('connection', 'close')
  const answer = await fetch(url, { ...init, headers, redirect: 'manual', signal: AbortSignal.timeout(TIME_LIMIT_MS) })
  tellBudget(url, answer.headers, onBudget)
  return wholeAnswer(answer)
}

/** The account's own server where its DID document names one; else the one that signed it in. */
export function homeOf(line: Reach): string {
  return line.apiBase === null ? ownServer(line.secrets.pds ?? '', serviceOf(line)) : serviceOf(line)
}

/** Where sign-ins are made and renewed. */
export function serviceOf({ apiBase, secrets }: Reach): string {
  return apiBase === null ? ownServer(secrets.service?.trim() ?? '', 'https://bsky.social') : loopbackUrl(apiBase).origin
}

function ownServer(written: string, otherwise: string): string {
  if (!written) return otherwise
  const url = URL.canParse(written) ? new URL(written) : null
  if (url?.protocol !== 'https:' || url.username || url.pathname !== '/')
    throw new Error(`${written} is not the address of a server (https://host): a password goes nowhere else.`)
  return url.origin
}

/** Reads the body here, with a limit of size, so that a refusal whose reason breaks off or is no JSON stays a refusal. */
async function wholeAnswer(answer: Response): Promise<Response> {
  const { status, headers } = answer
  const isRefusal = status >= 400 && status < 500
  try {
    const body = await bodyOf(answer)
    // The library reads what calls itself JSON as JSON, also where a proxy answered.
    if (isRefusal && headers.get('content-type')?.includes('json')) JSON.parse(body.toString())
    return new Response(status === 204 || status === 205 || status === 304 ? null : body, { status, headers })
  } catch (error) {
    if (!isRefusal) throw error
    const bare = new Headers(headers)
    bare.delete('content-type')
    return new Response(null, { status, headers: bare })
  }
}

async function bodyOf(answer: Response): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of answer.body ?? []) {
    size += chunk.length
    if (size > SIZE_LIMIT) throw new Error(`the answer is larger than ${SIZE_LIMIT} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function tellBudget(url: URL, headers: Headers, onBudget: Line['onBudget']): void {
  const remaining = Number(headers.get('ratelimit-remaining') ?? Number.NaN)
  const reset = Number(headers.get('ratelimit-reset') ?? Number.NaN)
  const limit = Number(headers.get('ratelimit-limit'))
  if (Number.isFinite(remaining) && Number.isFinite(reset))
    onBudget?.(url.pathname.replace('/xrpc/', ''), remaining, new Date(reset * 1000), limit > 0 ? { limit } : {})
}

const TIME_LIMIT_MS = 15_000
const SIZE_LIMIT = 10 * 1024 * 1024
