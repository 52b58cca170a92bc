// What a failed call to X means for us: a PlatformError by what to do next.
import { ApiPartialResponseError, ApiRequestError, ApiResponseError } from 'twitter-api-v2'
import { PlatformError, type Trouble } from '../connector.ts'

/** How a call is judged when it fails: a `write` whose end we did not see may have happened. */
export type Intent = 'read' | 'write'

export function wasUnauthorized(error: unknown): boolean {
  return error instanceof ApiResponseError && error.code === 401
}

export function problemOf(error: unknown, intent: Intent, now: Date): PlatformError {
  if (error instanceof PlatformError) return error
  if (error instanceof ApiResponseError) return problemOfAnswer(error, intent, now)
  if (error instanceof ApiRequestError) return problemOfRequest(error, intent)
  if (error instanceof ApiPartialResponseError) {
    // Also a whole answer that calls itself JSON and is not. A refusal that broke off is still a refusal of the write.
    const code = error.response.statusCode ?? 0
    if (code === 429) return new PlatformError('retry', 'X asks us to slow down.', DEFAULT_WAIT_MS, { cause: error, trouble: 'limit' })
    return code >= 400 && code < 500
      ? new PlatformError('refused', `X refused (${code}), and its reason broke off.`, undefined, { cause: error })
      : unseen("X's answer broke off", intent, error)
  }
  throw error
}

/** X answers 200 with `errors` and no data when nothing could be read: the same problems, another envelope. */
export function problemOfErrors(errors: readonly XProblem[], now: Date): PlatformError {
  const [first] = errors
  return problemOfStatus({
    code: first?.status ?? STATUS_OF_TYPE.get(typeOf(first)) ?? 400,
    problem: first,
    intent: 'read',
    now,
  })
}

/** The live names are the last part of an address that has moved before (api.twitter.com, api.x.com); the library's own list is older still. */
export function typeOf(problem: XProblem | undefined): string {
  return problem?.type?.split('/').at(-1) ?? ''
}

export interface XProblem {
  type?: string
  title?: string
  detail?: string
  status?: number
  code?: number
  message?: string
  reason?: string
  errors?: XProblem[]
  resource_type?: string
  resource_id?: string
}

interface Answer {
  code: number
  problem: XProblem | undefined
  intent: Intent
  now: Date
  rateLimit?: ApiResponseError['rateLimit']
  retryAfter?: string
  cause?: unknown
}

function problemOfAnswer(error: ApiResponseError, intent: Intent, now: Date): PlatformError {
  const problem: unknown = error.data
  const header = (error.headers as Record<string, string | string[] | undefined>)?.['retry-after']
  return problemOfStatus({
    code: error.code,
    intent,
    now,
    rateLimit: error.rateLimit,
    cause: error,
    problem: typeof problem === 'object' && problem !== null ? (problem as XProblem) : undefined,
    retryAfter: Array.isArray(header) ? header[0] : header,
  })
}

function problemOfStatus(answer: Answer): PlatformError {
  const { code, problem, cause } = answer
  const say = (kind: PlatformError['kind'], words: string, waitMs?: number, trouble?: Trouble) =>
    new PlatformError(kind, words, waitMs, { cause, ...(trouble && { trouble }) })
  if (code === 429 || code === 420)
    return typeOf(problem) === 'usage-capped'
      ? say('retry', "This month's share of the X API is used up.", HOUR_MS, 'spent')
      : say('retry', 'X asks us to slow down.', waitOf(answer), 'limit')
  if (code === 402) return say('retry', 'The X app has no credits left: top up in the X developer console.', HOUR_MS, 'spent')
  if (code === 401) return say('account', 'X no longer accepts this sign-in: sign in with X again.')
  if (code >= 500 || code === 408)
    return answer.intent === 'write'
      ? say('unsure', `X failed (${code}) and may have done it all the same.`)
      : say('retry', `X failed (${code}).`, waitOf(answer))
  if (code === 403 && ACCOUNT_TYPES.has(typeOf(problem)))
    return say('account', `X does not let this app do that: ${wordsOf(problem) || 'check its permissions in the X developer console'}`)
  if (code === 403) return say('refused', wordsFor403(problem))
  if (code === 404 || typeOf(problem) === 'resource-not-found') return say('refused', 'It is gone from X, or was never there.')
  return say('refused', `X refused (${code}): ${wordsOf(problem) || 'without a reason'}`)
}

function problemOfRequest(error: ApiRequestError, intent: Intent): PlatformError {
  // 1.29.1 keeps the cause under another name than its own getter reads.
  const cause = (error as unknown as { _options?: { error?: NodeJS.ErrnoException } })._options?.error
  const isNeverSent = cause?.syscall === 'connect' || cause?.syscall === 'getaddrinfo' || NEVER_SENT.has(cause?.code ?? '')
  if (isNeverSent)
    return new PlatformError('retry', `X cannot be reached (${cause?.code}).`, DEFAULT_WAIT_MS, {
      cause: cause ?? error,
    })
  const isTimeOut = cause?.name === 'TimeoutError' || cause?.name === 'AbortError'
  return unseen(isTimeOut ? 'X did not answer in time' : 'The connection to X broke', intent, cause ?? error)
}

function unseen(what: string, intent: Intent, cause: unknown): PlatformError {
  return intent === 'write'
    ? new PlatformError('unsure', `${what}: it may have been posted all the same.`, undefined, { cause })
    : new PlatformError('retry', `${what}.`, DEFAULT_WAIT_MS, { cause })
}

/** The latest of the windows that are used up; a limit without those headers (usage caps, proxies) leaves retry-after, or a guess. */
function waitOf({ rateLimit, retryAfter, now }: Answer): number {
  const windows = [rateLimit, rateLimit?.day, rateLimit?.userDay].filter(limit => limit !== undefined && Number.isFinite(limit.reset))
  const usedUp = windows.filter(limit => limit!.remaining === 0)
  const resets = (usedUp.length ? usedUp : windows).map(limit => limit!.reset * 1000 - now.getTime())
  if (resets.length) return Math.max(SHORTEST_WAIT_MS, ...resets)
  if (retryAfter !== undefined) {
    const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - now.getTime()
    if (Number.isFinite(ms)) return Math.max(SHORTEST_WAIT_MS, ms)
  }
  return DEFAULT_WAIT_MS
}

/**
 * X gives these refusals no code: the type is about:blank and the title "Forbidden" for all of them, so here, and only here, its text
 * is read. It picks the words for the rep, never what happens next: every one of them is final.
 * Texts seen 2026-02 to 2026-08, see README.md.
 */
function wordsFor403(problem: XProblem | undefined): string {
  const text = wordsOf(problem)
  const codes = [problem, ...(problem?.errors ?? [])].map(one => one?.code)
  if (codes.includes(187) || /duplicate content/i.test(text))
    return 'X refuses to post the same words twice. If this answer is already on X, it went out before; else change a word.'
  if (/not been mentioned or otherwise engaged|only reply to or quote posts where you are mentioned/i.test(text))
    return 'X lets us answer only those who mentioned or quoted us. Answer by hand on X, or write to them privately.'
  if (codes.includes(349) || codes.includes(150) || /permission to DM|cannot send messages to this user/i.test(text))
    return 'X does not let us write to this person privately. Ask them in public to follow us or to write first.'
  return `X refused: ${text || 'without a reason'}`
}

export function wordsOf(problem: XProblem | undefined): string {
  // The detail of an invalid request is always the same; what is wrong stands below it.
  return problem?.errors?.[0]?.message || problem?.detail || problem?.errors?.[0]?.detail || problem?.title || ''
}

/** These are about the app or its permissions: the next reply would fail alike. */
const ACCOUNT_TYPES = new Set(['client-forbidden', 'unsupported-authentication', 'oauth1-permissions', 'oauth2-permissions'])
const STATUS_OF_TYPE = new Map([
  ['resource-not-found', 404],
  ['usage-capped', 429],
  ['client-forbidden', 403],
  ['unsupported-authentication', 403],
  ['not-authorized-for-resource', 403],
])
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
])
const SHORTEST_WAIT_MS = 1000
const DEFAULT_WAIT_MS = 60_000
const HOUR_MS = 3_600_000
