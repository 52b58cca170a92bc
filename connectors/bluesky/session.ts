// Makes and renews a Bluesky session: an app password opens it, two hours later its refresh token renews it.
import { PlatformError, type Secrets } from '../connector.ts'
import { alongRoad, type Reach, serviceOf } from './client.ts'
import { problemOf, sessionIsOver } from './problem.ts'

/** Two minutes early, so that no call starts with a token that dies under way. A token that says nothing is tried until refused. */
export function willExpire(secrets: Secrets, now: Date): boolean {
  const expires = claimsOf(secrets.accessJwt).exp
  return typeof expires === 'number' && expires * 1000 - now.getTime() < RENEW_EARLY_MS
}

/** A plain app password's token says so; direct messages are closed to it. */
export function mayUseChat(secrets: Secrets): boolean {
  return claimsOf(secrets.accessJwt).scope !== 'com.atproto.appPass'
}

/**
 * Run alone per account by `line.renewSecrets`, which stores what it returns before anyone uses it: each renewal replaces the refresh token.
 * Signing in is limited to 30 times in five minutes and 300 times a day (https://docs.bsky.app/docs/advanced-guides/rate-limits, checked
 * 2026-11-21), so the password is used only where there is no session to renew.
 */
export async function renewSession(secrets: Secrets, line: Reach): Promise<Secrets> {
  const base = serviceOf({ ...line, secrets })
  if (secrets.refreshJwt) {
    const road = { base, token: secrets.refreshJwt, onBudget: line.onBudget }
    try {
      return sessionSecrets((await alongRoad(road, agent => agent.com.atproto.server.refreshSession())).data)
    } catch (error) {
      if (!sessionIsOver(error)) throw problemOf(error, 'read', line.now())
    }
  }
  const { identifier, appPassword } = secrets
  if (!identifier || !appPassword)
    throw new PlatformError('account', 'The session has run out and there is no app password: paste one on the accounts page.')
  const asked = { identifier: identifier.trim().replace(/^@/, ''), password: appPassword.trim() }
  try {
    const { data } = await alongRoad({ base, onBudget: line.onBudget }, agent => agent.com.atproto.server.createSession(asked))
    return sessionSecrets(data)
  } catch (error) {
    throw problemOf(error, 'read', line.now())
  }
}

/** Only the session: what was pasted stays as it was pasted. */
function sessionSecrets(session: { accessJwt: string; refreshJwt: string; didDoc?: unknown; active?: boolean; status?: string }): Secrets {
  if (session.active === false)
    throw new PlatformError('account', `Bluesky says this account is ${session.status ?? 'not active'}: see to it on bsky.app.`)
  const pds = serverIn(session.didDoc)
  return { accessJwt: session.accessJwt, refreshJwt: session.refreshJwt, ...(pds && { pds }) }
}

/** https://atproto.com/specs/did#did-documents: the server that holds the account. */
function serverIn(didDoc: unknown): string | undefined {
  const services = (didDoc as { service?: unknown } | undefined)?.service
  if (!Array.isArray(services)) return undefined
  const own = services.find(one => typeof one?.id === 'string' && one.id.endsWith('#atproto_pds'))
  return typeof own?.serviceEndpoint === 'string' && own.serviceEndpoint.startsWith('https://') ? own.serviceEndpoint : undefined
}

/** What a token says of itself. Not checked: it only tells us when to renew, and which doors not to try. */
function claimsOf(token: string | undefined): { exp?: unknown; scope?: unknown } {
  const payload = token?.split('.')[1]
  if (!payload) return {}
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
    return typeof claims === 'object' && claims !== null ? claims : {}
  } catch {
    // The protocol lets a token be opaque: then it is tried until refused.
    return {}
  }
}

const RENEW_EARLY_MS = 2 * 60_000
