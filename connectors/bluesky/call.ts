// Calls Bluesky as one account: the session kept fresh, every failure a PlatformError.
import type { Agent } from '@atproto/api'
import { PlatformError, type Secrets } from '../connector.ts'
import { alongRoad, homeOf, type Reach, type Road } from './client.ts'
import { type Intent, problemOf, saysTokenExpired } from './problem.ts'
import { renewSession, willExpire } from './session.ts'

/**
 * Makes one call as the account. A call with a token that ran out was not carried out, so after one renewal it is made once more, even
 * when it writes; nothing else is ever sent twice.
 */
export async function callBluesky<T>(line: Reach, intent: Intent, call: Call<T>, proxy?: string): Promise<T> {
  const secrets = await freshSecrets(line)
  const road = roadOf(line, secrets, proxy)
  try {
    return await alongRoad(road, call)
  } catch (error) {
    if (!saysTokenExpired(error)) throw problemOf(error, intent, line.now())
  }
  const renewed = await renew(line, kept => kept.accessJwt === secrets.accessJwt)
  const again = roadOf(line, renewed, proxy)
  try {
    return await alongRoad(again, call)
  } catch (error) {
    throw problemOf(error, intent, line.now())
  }
}

/** The same by way of the chat server: the account's own server passes the call on to the DID named here. */
export async function callChat<T>(line: Reach, intent: Intent, call: Call<T>): Promise<T> {
  const chatDid = line.secrets.chatDid?.trim() || 'did:web:api.bsky.chat'
  if (!/^did:[a-z]+:[A-Za-z0-9._:%-]+$/.test(chatDid)) throw new PlatformError('refused', `The app's Chat DID is not a DID: ${chatDid}`)
  return callBluesky(line, intent, call, `${chatDid}#bsky_chat`)
}

type Call<T> = (agent: Agent) => Promise<T>

const roadOf = (line: Reach, secrets: Secrets, proxy: string | undefined): Road => ({
  base: homeOf({ ...line, secrets }),
  token: secrets.accessJwt,
  ...(proxy && { proxy }),
  onBudget: line.onBudget,
})

/** The session to call with: made on first use, and renewed a little before it dies. */
export async function freshSecrets(line: Reach): Promise<Secrets> {
  const isStale = (secrets: Secrets) => !secrets.accessJwt || willExpire(secrets, line.now())
  return isStale(line.secrets) ? renew(line, isStale) : line.secrets
}

function renew(line: Reach, isStale: (secrets: Secrets) => boolean): Promise<Secrets> {
  if (line.renewSecrets) return line.renewSecrets(isStale, kept => renewSession(kept, line))
  // Nowhere to keep a session: this is the check of a password that was only just pasted.
  return renewSession(line.secrets, line).then(renewed => ({ ...line.secrets, ...renewed }))
}
