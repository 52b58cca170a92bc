// What a failed call to Bluesky means for us: a PlatformError by what to do next.
import { XRPCError } from '@atproto/api'
import { PlatformError } from '../connector.ts'

/** How a call is judged when it fails: a `write` whose end we did not see may have happened. */
export type Intent = 'read' | 'write'

/** The token ran out: the server looked no further. A 400 on a PDS, a 401 on others. */
export function saysTokenExpired(error: unknown): boolean {
  return error instanceof XRPCError && (error.status === 400 || error.status === 401) && error.error === 'ExpiredToken'
}

/** The refresh token is dead: only the password helps. */
export function sessionIsOver(error: unknown): boolean {
  return error instanceof XRPCError && (error.status === 400 || error.status === 401) && SESSION_OVER.has(error.error)
}

/** https://docs.bsky.app/docs/category/http-reference and the lexicons' own error names, checked 2026-11-21. */
export function problemOf(error: unknown, intent: Intent, now: Date): PlatformError {
  if (error instanceof PlatformError) return error
  if (!(error instanceof XRPCError)) throw error
  const say = (kind: PlatformError['kind'], words: string, waitMs?: number) => new PlatformError(kind, words, waitMs, { cause: error })
  const status: number = error.status
  if (status === NO_ANSWER) return problemOfConnection(error, intent)
  if (status === UNREADABLE) return unseen('Bluesky answered something unexpected', intent, error)
  if (status === 429)
    return new PlatformError('retry', 'Bluesky asks us to slow down.', waitOf(error.headers, now), { cause: error, trouble: 'limit' })
  if (status >= 500)
    return intent === 'write'
      ? say('unsure', `Bluesky failed (${status}) and may have done it all the same.`)
      : say('retry', `Bluesky failed (${status}).`, waitOf(error.headers, now))
  const forAccount = ACCOUNT_PROBLEMS.get(error.error) ?? (status === 401 ? SIGN_IN_AGAIN : undefined)
  if (forAccount) return say('account', forAccount)
  const known = REFUSALS.get(error.error)
  return say('refused', known ?? `Bluesky refused (${status}): ${error.message || error.error}`)
}

function problemOfConnection(error: XRPCError, intent: Intent): PlatformError {
  // fetch says only "fetch failed"; why stands in the cause's cause.
  const causes: { code?: string; name?: string }[] = []
  for (let cause: unknown = error.cause; cause instanceof Error && causes.length < 5; cause = cause.cause) causes.push(cause)
  const neverSent = causes.find(cause => NEVER_SENT.has(cause.code ?? ''))
  if (neverSent) return new PlatformError('retry', `Bluesky cannot be reached (${neverSent.code}).`, DEFAULT_WAIT_MS, { cause: error })
  const isTimeOut = causes.some(cause => cause.name === 'TimeoutError' || cause.name === 'AbortError')
  return unseen(isTimeOut ? 'Bluesky did not answer in time' : 'The connection to Bluesky broke', intent, error)
}

function unseen(what: string, intent: Intent, cause: unknown): PlatformError {
  return intent === 'write'
    ? new PlatformError('unsure', `${what}: it may have been posted all the same.`, undefined, { cause })
    : new PlatformError('retry', `${what}.`, DEFAULT_WAIT_MS, { cause })
}

/** `ratelimit-reset` is a moment in seconds; `retry-after` seconds from now, or a date. */
function waitOf(headers: XRPCError['headers'], now: Date): number {
  const reset = Number(headers?.['ratelimit-reset'] ?? Number.NaN)
  if (Number.isFinite(reset)) return Math.max(SHORTEST_WAIT_MS, reset * 1000 - now.getTime())
  const after = headers?.['retry-after']
  if (after === undefined) return DEFAULT_WAIT_MS
  const ms = /^\d+$/.test(after) ? Number(after) * 1000 : Date.parse(after) - now.getTime()
  return Number.isFinite(ms) ? Math.max(SHORTEST_WAIT_MS, ms) : DEFAULT_WAIT_MS
}

/** The library's numbers for "no answer at all" and "not what the lexicon says". */
const NO_ANSWER = 1
const UNREADABLE = 2

const SIGN_IN_AGAIN = 'Bluesky no longer accepts this sign-in: paste a new app password.'
const ACCOUNT_PROBLEMS = new Map([
  ['ExpiredToken', SIGN_IN_AGAIN],
  ['InvalidToken', SIGN_IN_AGAIN],
  ['AuthMissing', SIGN_IN_AGAIN],
  ['AuthenticationRequired', 'Bluesky does not accept this handle and app password.'],
  ['AuthFactorTokenRequired', 'This is the account’s own password, which asks for a code by mail: make an app password instead.'],
  ['AccountTakedown', 'Bluesky has taken this account down: see to it on bsky.app.'],
  ['AccountSuspended', 'Bluesky has suspended this account: see to it on bsky.app.'],
  ['AccountDeactivated', 'This account is deactivated: see to it on bsky.app.'],
  ['RepoTakendown', 'Bluesky has taken this account down: see to it on bsky.app.'],
  ['RepoSuspended', 'Bluesky has suspended this account: see to it on bsky.app.'],
  ['RepoDeactivated', 'This account is deactivated: see to it on bsky.app.'],
])
const REFUSALS = new Map([
  ['BlockedActor', 'They blocked us, or we them: Bluesky lets nothing through.'],
  ['BlockedSubject', 'They blocked us, or we them: Bluesky lets nothing through.'],
  ['MessagesDisabled', 'They take no direct messages. Ask them in public to write first.'],
  ['NotFollowedBySender', 'They take direct messages only from people they follow. Ask them in public to follow us or to write first.'],
  ['RecipientNotFound', 'Their account is gone.'],
  ['ConvoLocked', 'This talk is closed on Bluesky.'],
  ['InvalidConvo', 'This talk is gone from Bluesky.'],
  ['NotFound', 'It is gone from Bluesky, or was never there.'],
])
const SESSION_OVER = new Set(['ExpiredToken', 'InvalidToken', 'AuthMissing', 'AuthenticationRequired'])
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
])
const SHORTEST_WAIT_MS = 1000
const DEFAULT_WAIT_MS = 60_000
