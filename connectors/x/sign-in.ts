// Signing in with X: OAuth 2.0 with PKCE, and asking who signed in.
import { createHash } from 'node:crypto'
import { type Connector, PlatformError, type Secrets, type SignIn } from '../connector.ts'
import { callX } from './call.ts'
import { clientOf } from './client.ts'
import { problemOf } from './problem.ts'
import { tokenSecrets } from './token.ts'

/** `offline.access` gives the refresh token; without it the sign-in is dead after two hours. */
const SCOPES = [
  'tweet.read',
  'tweet.write',
  'users.read',
  'dm.read',
  'dm.write',
  'offline.access',
  'tweet.moderate.write',
  'media.write',
] as const
/** Only Enterprise has likes; asked of others, X might refuse the whole sign-in. */
const scopesOf = (app: Secrets) => (tierOf(app) === 'enterprise' ? [...SCOPES, 'like.write'] : SCOPES)

// https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code, checked 2026-11-21.
export const signIn: SignIn = {
  scopes: SCOPES,

  authorizeUrl({ app, apiBase, redirectUri, state, verifier }) {
    if (!app.clientId) throw new PlatformError('account', 'The app has no Client ID.')
    const url = new URL('/i/oauth2/authorize', apiBase ?? 'https://x.com')
    url.search = new URLSearchParams({
      response_type: 'code',
      client_id: app.clientId,
      redirect_uri: redirectUri,
      scope: scopesOf(app).join(' '),
      state,
      // twitter-api-v2 makes its own verifier and writes the method as "s256"; RFC 7636 and X say S256, and the verifier is ours.
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    }).toString()
    return url.toString()
  },

  async finish({ app, apiBase, redirectUri, code, verifier, now }) {
    const client = clientOf({ clientId: app.clientId ?? '', clientSecret: app.clientSecret || undefined }, { apiBase })
    const answer = await client.loginWithOAuth2({ code, codeVerifier: verifier, redirectUri }).catch((error: unknown) => {
      throw problemOf(error, 'read', now)
    })
    const secrets = tokenSecrets(answer, now)
    const who = await whoAmI({ secrets: { ...app, ...secrets }, apiBase, now: () => now })
    // Whoever signs in may leave out a box on X's page; what he left out is not tried later.
    const granted = new Set(answer.scope ?? scopesOf(app))
    return [
      {
        ...who,
        secrets,
        tokenExpiresAt: new Date(secrets.accessTokenExpiresAt!),
        capabilities: {
          ...who.capabilities,
          dms: granted.has('dm.read'),
          ...(who.capabilities.tier === 'enterprise' && { likes: granted.has('like.write') }),
        },
      },
    ]
  },
}

export const whoAmI: Connector['whoAmI'] = async line => {
  const { data } = await callX(line, 'read', client => client.v2.me())
  if (!data?.id || !data.username) throw new PlatformError('retry', 'X answered without saying who we are.', 60_000)
  // X's API does not tell the plan; the operator does, when he connects the app.
  return { externalId: data.id, handle: data.username, name: data.name, capabilities: { tier: tierOf(line.secrets) } }
}

const tierOf = ({ tier }: Secrets) => (tier?.trim().toLowerCase() === 'enterprise' ? 'enterprise' : 'self-serve')
