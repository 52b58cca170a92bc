// What a failed call to an instance means for us: a PlatformError by what to do next.
import { MastoHttpError, MastoTimeoutError } from 'masto'
import { PlatformError } from '../connector.ts'

/** How a call is judged when it fails: a `write` whose end we did not see may have happened. */
export type Intent = 'read' | 'write'

export async function problemOf(thrown: unknown, intent: Intent, now: Date): Promise<{ error: PlatformError; headers?: Headers }> {
  if (thrown instanceof PlatformError) return { error: thrown }
  const error = isResponse(thrown) ? await refusalOf(thrown) : thrown
  if (error instanceof MastoHttpError) {
    const headers = isResponse(error.cause) ? error.cause.headers : new Headers()
    return { error: problemOfStatus(error, headers, intent, now), headers }
  }
  return { error: problemOfWire(error, intent) }
}

/**
 * masto 8.0.0 knows a refusal by `instanceof Response`, which is false in a process where @hono/node-server has put its own Response in
 * place of the platform's: then the answer itself is thrown, and is read here.
 */
async function refusalOf(response: Response): Promise<MastoHttpError> {
  const body: unknown = await response.json().catch(() => null)
  const { error, error_description } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  const words = (value: unknown) => (typeof value === 'string' ? value : undefined)
  return new MastoHttpError(
    { statusCode: response.status, message: words(error) ?? '', description: words(error_description) },
    { cause: response },
  )
}

const isResponse = (value: unknown): value is Response =>
  typeof value === 'object' && value !== null && 'status' in value && 'headers' in value && value.headers instanceof Headers

/** 404 and 410: deleted, or no longer to be seen by us. */
export function isGone(error: unknown): boolean {
  const cause = error instanceof PlatformError ? error.cause : error
  return cause instanceof MastoHttpError && (cause.statusCode === 404 || cause.statusCode === 410)
}

function problemOfStatus(answer: MastoHttpError, headers: Headers, intent: Intent, now: Date): PlatformError {
  const { statusCode } = answer
  const say = (kind: PlatformError['kind'], words: string, waitMs?: number) => new PlatformError(kind, words, waitMs, { cause: answer })
  const reason = answer.description || answer.message || 'without a reason'
  if (statusCode === 429)
    return new PlatformError('retry', 'The Mastodon instance asks us to slow down.', waitOf(headers, now), {
      cause: answer,
      trouble: 'limit',
    })
  if (statusCode === 401) return say('account', 'The Mastodon instance no longer accepts this sign-in: sign in with Mastodon again.')
  if (statusCode === 403) {
    // Doorkeeper names a missing scope in this header; a login that is frozen shows in every call, so also in one that only reads.
    const lacksScope = headers.get('www-authenticate')?.includes('insufficient_scope')
    if (lacksScope) return say('account', 'The sign-in lacks a permission this needs: sign in with Mastodon again.')
    return say(intent === 'read' ? 'account' : 'refused', `The Mastodon instance does not allow it: ${reason}`)
  }
  if (statusCode >= 500 || statusCode === 408)
    return intent === 'write'
      ? say('unsure', `The Mastodon instance failed (${statusCode}) and may have done it all the same.`)
      : say('retry', `The Mastodon instance failed (${statusCode}).`, waitOf(headers, now))
  if (statusCode === 404 || statusCode === 410) return say('refused', 'It is gone from Mastodon, or we may no longer see it.')
  return say('refused', `The Mastodon instance refused (${statusCode}): ${reason}`)
}

/**
 * No status: nobody there, no answer in time, half an answer, or an error page in HTML, over which masto 8.0.0 itself stumbles (a TypeError
 * of its own) and loses the status.
 */
function problemOfWire(error: unknown, intent: Intent): PlatformError {
  const cause = (error as { cause?: NodeJS.ErrnoException } | undefined)?.cause
  const isNeverSent = cause?.syscall === 'connect' || cause?.syscall === 'getaddrinfo' || NEVER_SENT.has(cause?.code ?? '')
  if (isNeverSent)
    return new PlatformError('retry', `The Mastodon instance cannot be reached (${cause?.code}).`, DEFAULT_WAIT_MS, { cause: error })
  if (cause?.message === 'unexpected redirect')
    return new PlatformError('account', 'The instance sends us elsewhere: enter the address it answers under.', undefined, { cause: error })
  const what = isTimeOut(error)
    ? 'The Mastodon instance did not answer in time'
    : 'The answer of the Mastodon instance broke off or made no sense'
  return intent === 'write'
    ? new PlatformError('unsure', `${what}: it may have been posted all the same.`, undefined, { cause: error })
    : new PlatformError('retry', `${what}.`, DEFAULT_WAIT_MS, { cause: error })
}

const isTimeOut = (error: unknown) =>
  error instanceof MastoTimeoutError || (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError'))

/** X-RateLimit-Reset is a date here, not a number of seconds. */
function waitOf(headers: Headers, now: Date): number {
  const reset = Date.parse(headers.get('x-ratelimit-reset') ?? '')
  if (Number.isFinite(reset) && headers.get('x-ratelimit-remaining') === '0') return Math.max(SHORTEST_WAIT_MS, reset - now.getTime())
  const after = headers.get('retry-after')
  const ms = after === null ? Number.NaN : /^\d+$/.test(after) ? Number(after) * 1000 : Date.parse(after) - now.getTime()
  return Number.isFinite(ms) ? Math.max(SHORTEST_WAIT_MS, ms) : DEFAULT_WAIT_MS
}

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
