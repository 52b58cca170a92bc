// What Meta's refusals and silences mean for us: the one table from code to what happens next.
import { PlatformError, type Trouble } from '../connector.ts'
import type { JsonObject } from './shape.ts'
import type { Usage } from './usage.ts'

/** A PlatformError that remembers Meta's numbers (developers.facebook.com/docs/graph-api/guides/error-handling). */
export class GraphError extends PlatformError {
  constructor(
    kind: PlatformError['kind'],
    message: string,
    readonly code: number | null,
    readonly subcode: number | null,
    retryAfterMs?: number,
    trouble?: Trouble,
  ) {
    super(kind, message, retryAfterMs, trouble ? { trouble } : {})
    this.name = 'GraphError'
  }
}

export interface GraphFailure {
  /** Who refused, in a rep's words: `Facebook`, `Instagram`. */
  product: string
  /** Null: no answer came at all. */
  status: number | null
  /** Graph's `error` object, or the network's. */
  error: JsonObject
  isWrite: boolean
  usage: readonly Usage[]
  /** The header, in seconds. */
  retryAfter: string | null
  /** Blotted out of Meta's words, which quote a malformed token in full. */
  secrets: readonly string[]
}

export function graphError(failure: GraphFailure): GraphError {
  const { product, status, error, isWrite } = failure
  if (status === null) return networkError(product, String(error.code), String(error.message), isWrite)
  const code = typeof error.code === 'number' ? error.code : null
  const subcode = typeof error.error_subcode === 'number' ? error.error_subcode : null
  const theirs = blotted(String(error.error_user_msg || error.message || `HTTP ${status}`), failure.secrets)
  const make = (kind: PlatformError['kind'], message: string, retryAfterMs?: number, trouble?: Trouble) =>
    new GraphError(kind, message, code, subcode, retryAfterMs, trouble)

  if (code === 190 || code === 102)
    return make('account', `${SIGN_IN_ENDED[subcode ?? 0] ?? `${product} no longer accepts our sign-in`}: connect it again. (${theirs})`)
  if (THROTTLED.has(code ?? 0) || (status === 429 && code === null)) {
    return make('retry', `${product} asks us to slow down. (${theirs})`, regainMs(failure) ?? 5 * 60_000, 'limit')
  }
  const refusal = refusalOf(product, code, subcode)
  if (refusal) return make('refused', `${refusal} (${theirs})`)
  if (code === 1 || code === 2 || error.is_transient === true || status >= 500 || status === 408)
    return isWrite
      ? make('unsure', `${product} failed while it took the answer: it may be there or not. (${theirs})`)
      : make('retry', `${product} is having trouble. (${theirs})`, regainMs(failure) ?? 30_000)
  if (status === 401) return make('account', `${product} no longer accepts our sign-in: connect it again. (${theirs})`)
  return make('refused', `${product} did not accept it. (${theirs})`)
}

/** HTML, nothing at all, or half an answer. */
export function nothingReadable(product: string, status: number, isWrite: boolean): GraphError {
  const what = `${product} answered with something unreadable (HTTP ${status})`
  return isWrite
    ? new GraphError('unsure', `${what}: the answer may be there or not.`, null, null)
    : new GraphError('retry', `${what}.`, null, null, 30_000)
}

function networkError(product: string, code: string, message: string, isWrite: boolean): GraphError {
  if (code === 'EBASE' || code === 'EPROXY') return new GraphError('refused', message, null, null)
  if (NEVER_LEFT.test(code)) return new GraphError('retry', `${product} cannot be reached (${code}).`, null, null, 30_000)
  return isWrite
    ? new GraphError('unsure', `The connection ended before ${product} answered (${code}): the answer may be there or not.`, null, null)
    : new GraphError('retry', `The connection to ${product} ended early (${code}).`, null, null, 30_000)
}

// No connection was made, or it ended in the TLS handshake: nothing of ours reached Meta.
const NEVER_LEFT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_.*|CERT_.*|.*_CERT_?.*|.*_SIGNATURE|EPROTO)$/

/** 4 app, 17 user, 32 page, 613 custom; 80001 page, 80002 Instagram, 80006 Messenger by business use case. */
const THROTTLED: ReadonlySet<number> = new Set([4, 17, 32, 613, 80001, 80002, 80006])

const SIGN_IN_ENDED: Readonly<Record<number, string>> = {
  458: 'The app was removed from Facebook',
  459: 'Facebook wants the person who connected the page to sign in at facebook.com first',
  460: 'The password of the person who connected the page was changed',
  463: 'The sign-in ran out',
  464: 'Facebook wants the person who connected the page to confirm their account at facebook.com first',
  467: 'The sign-in was taken back',
}

/** Plain words for what will not change by trying again; null when the code says something else. */
function refusalOf(product: string, code: number | null, subcode: number | null): string | null {
  if (subcode === 2018278 || subcode === 2534022)
    return 'The window for answering in private is closed: wait until the customer writes again.'
  if (code === 551 || subcode === 1545041) return 'This person cannot receive messages from us now.'
  if (code === 230) return 'The customer has not agreed to this yet.'
  if (code === 10 || (code !== null && code >= 200 && code <= 299)) return `${product} has not given our app the permission for this.`
  if (code === 368) return `${product} blocks this, because it looks abusive or against its rules.`
  if (code === 506) return `${product} refuses the same words twice in a row: change the text.`
  if (code === 10900) return `One private message was already sent for this comment; ${product} allows no second.`
  if ((code === 100 && subcode === 33) || code === 803) return 'It is no longer there, or we may not see it.'
  if (code === 100) return `${product} did not understand the request.`
  return null
}

function regainMs({ usage, retryAfter }: GraphFailure): number | undefined {
  const longest = Math.max(0, ...usage.map(use => use.regainMs), (Number(retryAfter) || 0) * 1000)
  return longest || undefined
}

function blotted(words: string, secrets: readonly string[]): string {
  return secrets.reduce((text, secret) => text.replaceAll(secret, '…'), words).replace(/\bEAA\w{8,}/g, '…')
}
