// Signing in with an instance: OAuth 2.0 with PKCE, and asking who signed in and how much a status may hold there.
import { createHash } from 'node:crypto'
import { type Connector, PlatformError, type SignIn } from '../connector.ts'
import { callMastodon } from './call.ts'
import { baseOf, instanceOf, oauthClientOf } from './client.ts'
import { isGone, problemOf } from './problem.ts'
import { accountId } from './shape.ts'

/** https://docs.joinmastodon.org/api/oauth-scopes/, checked 2026-11-21: no more than what is called. */
const SCOPES = [
  'read:accounts',
  'read:notifications',
  'read:search',
  'read:statuses',
  'write:favourites',
  'write:media',
  'write:statuses',
] as const

// https://docs.joinmastodon.org/methods/oauth/, checked 2026-11-21. Each instance is a platform of its own: the app belongs to one.
export const signIn: SignIn = {
  scopes: SCOPES,

  authorizeUrl({ app, apiBase, redirectUri, state, verifier }) {
    if (!app.clientId || !app.clientSecret)
      throw new PlatformError('account', 'The app has no Client key and secret: enter them, or paste an access token instead.')
    const url = new URL('/oauth/authorize', baseOf({ secrets: app, apiBase }))
    url.search = new URLSearchParams({
      response_type: 'code',
      client_id: app.clientId,
      redirect_uri: redirectUri,
      scope: SCOPES.join(' '),
      state,
      // Known since 4.3; older instances overlook it.
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    }).toString()
    return url.toString()
  },

  async finish({ app, apiBase, redirectUri, code, verifier, now }) {
    const { clientId = '', clientSecret = '' } = app
    const client = oauthClientOf({ secrets: app, apiBase })
    // masto's type does not know the verifier yet.
    const asked = { grantType: 'authorization_code' as const, clientId, clientSecret, redirectUri, code, codeVerifier: verifier }
    const token = await client.token.create(asked).catch(async (error: unknown) => {
      throw (await problemOf(error, 'read', now)).error
    })
    if (!token?.accessToken) throw new PlatformError('retry', 'The instance answered the sign-in without a token.', 60_000)
    // The token is good on this instance only, so both stay together whatever becomes of the app.
    const secrets = { instance: instanceOf(app), accessToken: token.accessToken }
    const who = await whoAmI({ secrets: { ...app, ...secrets }, apiBase, now: () => now })
    return [{ ...who, secrets, tokenExpiresAt: null }]
  },
}

export const whoAmI: Connector['whoAmI'] = async line => {
  const host = instanceOf(line.secrets)
  const { data } = await callMastodon(line, 'read', client => client.v1.accounts.verifyCredentials.$raw())
  if (!data?.id || !data.username) throw new PlatformError('retry', 'The instance answered without saying who we are.', 60_000)
  return {
    externalId: accountId(data.id, host),
    handle: `${data.username}@${host}`,
    name: data.displayName || data.username,
    capabilities: { instance: host, maxCharacters: String(await limitAt(line)) },
  }
}

/** What the instance gives; 500 where it is too old to say. */
async function limitAt(line: Parameters<Connector['whoAmI']>[0]): Promise<number> {
  try {
    const { data } = await callMastodon(line, 'read', client => client.v2.instance.fetch.$raw())
    return data?.configuration?.statuses?.maxCharacters ?? 500
  } catch (error) {
    if (isGone(error)) return 500
    throw error
  }
}
