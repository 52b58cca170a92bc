// The one way to Meta's Graph API: a call goes through `fb`, its answer or its failure comes back in our words.
import { createRequire } from 'node:module'
import type { Facebook, FacebookOptions } from 'fb'
import type { Answer } from 'request'
import { parseLossless } from '../lossless-json.ts'
import { graphError, nothingReadable } from './graph-error.ts'
import { isObject, type JsonObject } from './shape.ts'
import { type Usage, usageOf } from './usage.ts'

/** Served until 2028-07-29 (developers.facebook.com/docs/graph-api/changelog, checked 2026-11-21). */
export const GRAPH_VERSION = 'v25.0'

export type GraphMethod = 'get' | 'post' | 'delete' | 'put'
export type GraphParams = Readonly<Record<string, unknown>>

export interface GraphCall {
  /** Whose token goes along; null for calls that carry their own credentials. */
  token: string | null
  /** Signs the token (`appsecret_proof`); null leaves the proof out. */
  appSecret: string | null
  /** A simulator on loopback, or null for Meta itself. */
  base: string | null
  /** Who is blamed in words a rep reads: `Facebook`, `Instagram`. */
  product: string
  method: GraphMethod
  /** With or without the version in front. */
  path: string
  /** Never changed: `fb` gets a copy of its own. */
  params?: GraphParams
  /** 20 s when left out. */
  timeoutMs?: number
}

export interface GraphAnswer {
  status: number
  body: JsonObject
  usage: Usage[]
  /** When Meta answered, on its own clock; null when it did not say. */
  answeredAt: Date | null
}

export interface GraphClient {
  /**
   * One call, never repeated. Throws a GraphError (a PlatformError with Meta's code): `unsure` only for a method that writes,
   * when nobody can know whether it happened.
   */
  call: (call: GraphCall) => Promise<GraphAnswer>
}

export const graphClient: GraphClient = { call: callGraph }

// From `fb`'s own place, so that all three are the copies it uses itself.
const requireHere = createRequire(import.meta.url)
const requireAsFb = createRequire(requireHere.resolve('fb'))
// With DEBUG=* set, `fb` would print every URL, and the token is in the URL.
requireAsFb('debug').skips.push(/^fb:/)
const { exchange } = requireAsFb('request') as typeof import('request')
if (!exchange) throw new Error('`fb` found another `request` than connectors/facebook/request: `npm ls request` must show only ours')
const FacebookClass = (requireHere('fb') as { Facebook: new (options: FacebookOptions) => Facebook }).Facebook

const METHODS: readonly string[] = ['get', 'post', 'delete', 'put'] satisfies GraphMethod[]

async function callGraph({ token, appSecret, base, product, method, path, params, timeoutMs = 20_000 }: GraphCall): Promise<GraphAnswer> {
  // With any other word `fb` prints a line and never settles.
  if (!METHODS.includes(method)) throw new TypeError(`Graph is not asked with ${method}`)
  const facebook = new FacebookClass({
    version: GRAPH_VERSION,
    timeout: timeoutMs,
    userAgent: 'Heed',
    Promise,
    ...(token && { accessToken: token }),
    ...(appSecret && { appSecret }),
  })
  const isWrite = method !== 'get'
  const secrets = [token, appSecret].filter(secret => secret !== null)
  let answer: Answer | undefined
  const onAnswer = (got: Answer) => {
    answer = got
  }
  // A fresh copy: `fb` writes the token into the object it is given, and would then send it for the next account.
  await exchange.run({ base, onAnswer }, () =>
    // What Graph refused is judged below, by status and text; only a call without any answer is judged here.
    facebook.api(path, method, { ...params }).catch((failure: unknown) => {
      if (!answer)
        throw graphError({
          product,
          status: null,
          error: networkErrorIn(failure),
          isWrite,
          usage: [],
          retryAfter: null,
          secrets,
        })
    }),
  )
  if (!answer) throw nothingReadable(product, 0, isWrite)
  const usage = usageOf(answer.headers)
  const body = readBody(answer.text)
  const retryAfter = answer.headers['retry-after'] ?? null
  const judged = { product, status: answer.status, isWrite, usage, retryAfter, secrets }
  if (isObject(body?.error)) throw graphError({ ...judged, error: body.error })
  if (answer.status >= 400) throw graphError({ ...judged, error: {} })
  if (!body) throw nothingReadable(product, answer.status, isWrite)
  const answeredAt = Date.parse(answer.headers.date ?? '')
  return { status: answer.status, body, usage, answeredAt: Number.isNaN(answeredAt) ? null : new Date(answeredAt) }
}

/** Null for HTML, for an empty or a cut body: the caller turns that into `retry` or `unsure`. */
function readBody(text: string): JsonObject | null {
  try {
    const body = parseLossless(text)
    return isObject(body) ? body : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function networkErrorIn(failure: unknown): JsonObject {
  const response = isObject(failure) || failure instanceof Error ? (failure as { response?: unknown }).response : null
  if (isObject(response) && isObject(response.error)) return response.error
  throw failure
}
