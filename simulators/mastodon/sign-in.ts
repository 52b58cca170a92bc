// The instance's OAuth 2 with PKCE: codes, and tokens that live until they are revoked.
import { createHash } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { authorizePage } from './authorize-page.tsx'
import { type MastodonApp, type MastodonGrant, secret } from './state.ts'
import type { MastodonWorld } from './world.ts'

const codeLivesMs = 10 * 60_000

interface Code {
  app: MastodonApp
  accountId: string
  scopes: string[]
  redirectUri: string
  challenge: string
  expiresAt: number
}
type Asked = Omit<Code, 'accountId' | 'expiresAt'> & { state: string }

export function signInRoutes(world: MastodonWorld): Hono {
  const codes = new Map<string, Code>()
  const routes = new Hono()
  const brands = () => [...world.state.accounts.values()].filter(one => one.isBrand)

  routes.get('/oauth/authorize', c => {
    const asked = readAuthorize(world, name => c.req.query(name))
    if (typeof asked === 'string') return c.text(asked, 400)
    return c.html(authorizePage({ appName: asked.app.name, scopes: asked.scopes, brands: brands(), query: c.req.query() }))
  })

  routes.post('/oauth/authorize', async c => {
    const form = await c.req.parseBody()
    const asked = readAuthorize(world, name => (typeof form[name] === 'string' ? form[name] : undefined))
    if (typeof asked === 'string') return c.text(asked, 400)
    const back = new URL(asked.redirectUri)
    if (asked.state) back.searchParams.set('state', asked.state)
    const account = brands().find(one => one.id === form.account)
    if (form.decision !== 'authorize' || !account) back.searchParams.set('error', 'access_denied')
    else {
      const code = secret()
      codes.set(code, { ...asked, accountId: account.id, expiresAt: world.clock.now() + codeLivesMs })
      back.searchParams.set('code', code)
    }
    return c.redirect(back.href)
  })

  routes.post('/oauth/token', async c => {
    const body = await readBody(c)
    const app = [...world.state.apps.values()].find(one => one.clientId === body.client_id && one.clientSecret === body.client_secret)
    if (!app) return c.json({ error: 'invalid_client', error_description: 'Client authentication failed due to unknown client.' }, 401)
    if (body.grant_type !== 'authorization_code')
      return c.json({ error: 'unsupported_grant_type', error_description: 'The authorization grant type is not supported.' }, 400)
    const code = codes.get(body.code ?? '')
    codes.delete(body.code ?? '')
    const proof = createHash('sha256')
      .update(body.code_verifier ?? '')
      .digest('base64url')
    const fits = code && code.app.id === app.id && code.expiresAt > world.clock.now() && code.redirectUri === body.redirect_uri
    if (!fits || (code.challenge && proof !== code.challenge))
      return c.json({ error: 'invalid_grant', error_description: 'The provided authorization grant is invalid, expired or revoked.' }, 400)
    const made = grant(world, app, code.accountId, code.scopes)
    return c.json({
      access_token: made.accessToken,
      token_type: 'Bearer',
      scope: made.scopes.join(' '),
      created_at: Math.floor(made.createdAt / 1000),
    })
  })
  return routes
}

export function grant(world: MastodonWorld, app: MastodonApp, accountId: string, scopes: string[]): MastodonGrant {
  const made: MastodonGrant = { accessToken: secret(), appId: app.id, accountId, scopes, createdAt: world.clock.now() }
  world.record({ type: 'grant', grant: made })
  return made
}

function readAuthorize(world: MastodonWorld, value: (name: string) => string | undefined): Asked | string {
  const app = [...world.state.apps.values()].find(one => one.clientId === value('client_id'))
  if (!app) return 'Client authentication failed due to unknown client.'
  const redirectUri = value('redirect_uri') ?? ''
  if (!URL.canParse(redirectUri) || (app.redirectUris.length > 0 && !app.redirectUris.includes(redirectUri)))
    return 'The redirect URI included is not valid.'
  if (value('response_type') !== 'code') return 'The authorization server does not support this response type.'
  const challenge = value('code_challenge') ?? ''
  if (challenge && value('code_challenge_method') !== 'S256') return 'The code challenge method must be S256.'
  return { app, redirectUri, scopes: (value('scope') ?? 'read').split(' ').filter(Boolean), challenge, state: value('state') ?? '' }
}

async function readBody(c: Context): Promise<Record<string, string | undefined>> {
  const text = await c.req.text()
  if ((c.req.header('content-type') ?? '').includes('json')) return JSON.parse(text || '{}')
  return Object.fromEntries(new URLSearchParams(text))
}
