// X's OAuth 2 with PKCE: codes, tokens that live two hours, refresh tokens that rotate.
import { createHash } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { tellRevoked } from './activity.ts'
import { authorizePage } from './authorize-page.tsx'
import { secret, type XApp, type XGrant } from './state.ts'
import type { XWorld } from './world.ts'

const codeLivesMs = 30_000
export const tokenLivesMs = 2 * 3_600_000

interface Code {
  app: XApp
  userId: string
  scopes: string[]
  redirectUri: string
  challenge: string
  expiresAt: number
}

export function signInRoutes(world: XWorld): Hono {
  const codes = new Map<string, Code>()
  const routes = new Hono()

  routes.get('/i/oauth2/authorize', c => {
    const asked = readAuthorize(world, name => c.req.query(name))
    if (typeof asked === 'string') return c.text(`Something went wrong. ${asked}`, 400)
    const brands = [...world.state.users.values()].filter(user => user.isBrand)
    return c.html(authorizePage({ appName: asked.app.name, scopes: asked.scopes, brands, query: c.req.query() }))
  })

  routes.post('/i/oauth2/authorize', async c => {
    const form = await c.req.parseBody()
    const asked = readAuthorize(world, name => (typeof form[name] === 'string' ? form[name] : undefined))
    if (typeof asked === 'string') return c.text(`Something went wrong. ${asked}`, 400)
    const back = new URL(asked.redirectUri)
    back.searchParams.set('state', asked.state)
    const user = world.state.users.get(String(form.account ?? ''))
    if (form.decision !== 'authorize' || !user?.isBrand) back.searchParams.set('error', 'access_denied')
    else {
      const code = secret(32)
      codes.set(code, { ...asked, userId: user.id, expiresAt: world.clock.now() + codeLivesMs })
      back.searchParams.set('code', code)
    }
    return c.redirect(back.href)
  })

  routes.post('/2/oauth2/token', async c => {
    const body = await readBody(c)
    const app = clientOf(world, c.req.header('authorization'), body)
    if (!app) return c.json({ error: 'unauthorized_client', error_description: 'Missing valid authorization header' }, 401)
    if (body.grant_type === 'refresh_token') {
      const accessToken = world.state.refreshes.get(body.refresh_token ?? '')
      const old = accessToken ? world.state.grants.get(accessToken) : undefined
      if (!old || old.appId !== app.id) return c.json(invalidGrant, 400)
      return c.json(tokenAnswer(world, grant(world, app, old.userId, old.scopes, old.accessToken)))
    }
    if (body.grant_type === 'authorization_code') {
      const code = codes.get(body.code ?? '')
      codes.delete(body.code ?? '')
      const proof = createHash('sha256')
        .update(body.code_verifier ?? '')
        .digest('base64url')
      const fits = code && code.app.id === app.id && code.expiresAt > world.clock.now() && code.redirectUri === body.redirect_uri
      if (!fits || proof !== code.challenge) return c.json(invalidGrant, 400)
      return c.json(tokenAnswer(world, grant(world, app, code.userId, code.scopes, null)))
    }
    return c.json({ error: 'unsupported_grant_type', error_description: 'The grant type is not supported.' }, 400)
  })

  // App-only: the app's own bearer token, as API v1.1 hands it out.
  routes.post('/oauth2/token', async c => {
    const [key, password] = basic(c.req.header('authorization'))
    const app = [...world.state.apps.values()].find(one => one.clientId === key || one.id === key)
    if (!app || ![app.clientSecret, app.consumerSecret].includes(password ?? '')) {
      return c.json({ errors: [{ code: 99, message: 'Unable to verify your credentials', label: 'authenticity_token_error' }] }, 403)
    }
    return c.json({ token_type: 'bearer', access_token: app.bearerToken })
  })

  routes.post('/2/oauth2/revoke', async c => {
    const { token = '' } = await readBody(c)
    const held = world.state.grants.get(token) ?? world.state.grants.get(world.state.refreshes.get(token) ?? '')
    if (held) revoke(world, held.userId, held.appId)
    return c.json({ revoked: true })
  })
  return routes
}

const invalidGrant = { error: 'invalid_grant', error_description: 'Value passed for the token was invalid.' }

export function grant(world: XWorld, app: XApp, userId: string, scopes: string[], replaces: string | null): XGrant {
  const made: XGrant = {
    accessToken: secret(),
    refreshToken: secret(),
    appId: app.id,
    userId,
    scopes,
    expiresAt: world.clock.now() + tokenLivesMs,
  }
  world.record({ type: 'grant', grant: made, replaces })
  return made
}

/** The person takes the permission back: tokens die at once, and subscribers of `oauth.revoke` hear of it. */
export function revoke(world: XWorld, userId: string, appId: string | null): void {
  world.record({ type: 'revoked', appId, userId })
  tellRevoked(world, userId, appId)
}

function tokenAnswer(world: XWorld, made: XGrant): object {
  return {
    token_type: 'bearer',
    expires_in: Math.round((made.expiresAt - world.clock.now()) / 1000),
    access_token: made.accessToken,
    scope: made.scopes.join(' '),
    ...(made.scopes.includes('offline.access') ? { refresh_token: made.refreshToken } : {}),
  }
}

function readAuthorize(
  world: XWorld,
  value: (name: string) => string | undefined,
): (Omit<Code, 'userId' | 'expiresAt'> & { state: string }) | string {
  const app = [...world.state.apps.values()].find(one => one.clientId === value('client_id'))
  if (!app) return 'The client_id is not known.'
  const redirectUri = value('redirect_uri') ?? ''
  if (!URL.canParse(redirectUri) || (app.redirectUris.length > 0 && !app.redirectUris.includes(redirectUri)))
    return 'The redirect_uri is not registered.'
  if (value('response_type') !== 'code') return 'The response_type must be code.'
  if (value('code_challenge_method') !== 'S256' || !value('code_challenge')) return 'A code_challenge with the method S256 is needed.'
  if (!value('state')) return 'The state is missing.'
  const scopes = (value('scope') ?? '').split(' ').filter(Boolean)
  if (!scopes.length) return 'The scope is missing.'
  return { app, redirectUri, scopes, challenge: value('code_challenge') ?? '', state: value('state') ?? '' }
}

/** X's own form and the client's JSON are both taken. */
async function readBody(c: Context): Promise<Record<string, string | undefined>> {
  const text = await c.req.text()
  if ((c.req.header('content-type') ?? '').includes('json')) return JSON.parse(text || '{}')
  return Object.fromEntries(new URLSearchParams(text))
}

function clientOf(world: XWorld, authorization: string | undefined, body: Record<string, string | undefined>): XApp | undefined {
  const [id, password] = authorization?.startsWith('Basic ') ? basic(authorization) : [body.client_id, body.client_secret]
  return [...world.state.apps.values()].find(app => app.clientId === id && app.clientSecret === password)
}

function basic(authorization = ''): (string | undefined)[] {
  return Buffer.from(authorization.replace(/^Basic /, ''), 'base64')
    .toString()
    .split(':')
    .map(decodeURIComponent)
}
