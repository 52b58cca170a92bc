// Calls X as one account or as the app: the token kept fresh, every failure a PlatformError.
import type { TwitterApi } from 'twitter-api-v2'
import { PlatformError, type Secrets } from '../connector.ts'
import { clientOf, type Reach } from './client.ts'
import { type Intent, problemOf, wasUnauthorized } from './problem.ts'
import { renewToken, willExpire } from './token.ts'

/**
 * Makes one call as the account. A 401 was not carried out, so after one renewal of the token the same call is made once more,
 * even when it writes; nothing else is ever sent twice.
 */
export async function callX<T>(line: Reach, intent: Intent, call: (client: TwitterApi) => Promise<T>): Promise<T> {
  const secrets = await freshSecrets(line)
  try {
    return await call(clientOf(accessTokenOf(secrets), line))
  } catch (error) {
    if (!wasUnauthorized(error) || !secrets.refreshToken || !line.renewSecrets) throw problemOf(error, intent, line.now())
  }
  const renewed = await line.renewSecrets(
    kept => kept.accessToken === secrets.accessToken,
    kept => renewToken(kept, line),
  )
  try {
    return await call(clientOf(accessTokenOf(renewed), line))
  } catch (error) {
    throw problemOf(error, intent, line.now())
  }
}

/** Makes one call as the app itself: webhooks belong to it, not to an account. */
export async function callXAsApp<T>(line: Reach, intent: Intent, call: (client: TwitterApi) => Promise<T>): Promise<T> {
  const { bearerToken } = line.secrets
  if (!bearerToken)
    throw new PlatformError(
      'refused',
      'The app has no Bearer Token: paste it on the accounts page, then X can push to us. Until then we poll.',
    )
  try {
    return await call(clientOf(bearerToken, line))
  } catch (error) {
    throw problemOf(error, intent, line.now())
  }
}

/** For what is fetched without the library. */
export const freshAccessToken = async (line: Reach): Promise<string> => accessTokenOf(await freshSecrets(line))

async function freshSecrets(line: Reach): Promise<Secrets> {
  if (!line.renewSecrets || !willExpire(line.secrets, line.now())) return line.secrets
  return line.renewSecrets(
    kept => willExpire(kept, line.now()),
    kept => renewToken(kept, line),
  )
}

function accessTokenOf(secrets: Secrets): string {
  if (!secrets.accessToken) throw new PlatformError('account', 'This account has no access token: sign in with X again.')
  return secrets.accessToken
}
