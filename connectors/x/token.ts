// Renews an X access token: it lives two hours, and each renewal replaces the refresh token too.
import { ApiResponseError } from 'twitter-api-v2'
import { PlatformError, type Secrets } from '../connector.ts'
import { clientOf, type Reach } from './client.ts'
import { problemOf } from './problem.ts'

/** Five minutes early, so that no call starts with a token that dies under way. A pasted token without a date is tried until X says 401. */
export function willExpire(secrets: Secrets, now: Date): boolean {
  if (!secrets.refreshToken || !secrets.accessTokenExpiresAt) return false
  return Date.parse(secrets.accessTokenExpiresAt) - now.getTime() < RENEW_EARLY_MS
}

/**
 * Run alone per account by `line.renewSecrets`, which stores what it returns before anyone uses it: the old refresh token is dead by then.
 * Only the account's own: the app's secrets must not be kept with it, where a later change of them would not reach.
 */
export async function renewToken(secrets: Secrets, line: Reach): Promise<Secrets> {
  if (!secrets.refreshToken) throw new PlatformError('account', 'The sign-in has run out and cannot be renewed: sign in with X again.')
  if (!secrets.clientId) throw new PlatformError('account', 'The app has no Client ID, so the sign-in cannot be renewed.')
  try {
    const client = clientOf({ clientId: secrets.clientId, clientSecret: secrets.clientSecret || undefined }, line)
    return {
      refreshToken: secrets.refreshToken,
      ...tokenSecrets(await client.refreshOAuth2Token(secrets.refreshToken), line.now()),
    }
  } catch (error) {
    // invalid_grant, or invalid_request for a token X does not know: only the owner can help. Busy or broken is another matter.
    if (error instanceof ApiResponseError && [400, 401, 403].includes(error.code))
      throw new PlatformError('account', 'X no longer accepts this sign-in: sign in with X again.', undefined, {
        cause: error,
      })
    throw problemOf(error, 'read', line.now())
  }
}

/** What is kept of an answer with tokens. */
export function tokenSecrets(
  answer: { accessToken?: string; refreshToken?: string; expiresIn?: number },
  now: Date,
): Record<string, string> {
  if (!answer.accessToken) throw new PlatformError('retry', 'X answered the sign-in without a token.', 60_000)
  const expiresAt = new Date(now.getTime() + (answer.expiresIn ?? TWO_HOURS_S) * 1000)
  return {
    accessToken: answer.accessToken,
    accessTokenExpiresAt: expiresAt.toISOString(),
    ...(answer.refreshToken && { refreshToken: answer.refreshToken }),
  }
}

const RENEW_EARLY_MS = 5 * 60_000
const TWO_HOURS_S = 7200
