// Facebook login: consent with a choice of pages, codes, short and long tokens, debug_token.

import { randomBytes } from 'node:crypto'
import { Hono } from 'hono'
import { access, deathOf, type GraphEnv, readParams } from './access.ts'
import { consentPage } from './consent-page.tsx'
import { badParameter, graphError } from './errors.ts'
import type { GraphApp, GraphToken } from './state.ts'
import type { GraphWorld } from './world.ts'

const hour = 3_600_000
const shortTokenMs = hour
const longTokenMs = 60 * 24 * hour
const dataAccessMs = 90 * 24 * hour
const codeLivesMs = hour
/** The one Facebook user who runs every invented page. */
export const operator = { id: '10160000000000001', name: 'Robin Teasdale-Orme' }

interface Code {
  app: GraphApp
  redirectUri: string
  pageIds: string[]
  scopes: string[]
  expiresAt: number
}

export function signInRoutes(world: GraphWorld): Hono<GraphEnv> {
  const { state } = world
  const codes = new Map<string, Code>()
  const routes = new Hono<GraphEnv>()
  routes.use('/dialog/oauth', readParams)
  routes.use('/oauth/access_token', readParams)
  routes.use('/debug_token', readParams, access(world))

  routes.get('/dialog/oauth', c => {
    const params = c.get('params')
    const app = state.apps.get(params.client_id ?? '')
    if (!app) return c.text('Invalid app ID: the provided app ID does not look like a valid app ID.', 400)
    if (!isRegistered(app, params.redirect_uri))
      return c.text('URL blocked: this redirect failed because the redirect URI is not whitelisted.', 400)
    return c.html(
      consentPage({
        appName: app.name,
        scopes: scopesOf(params.scope),
        pages: [...state.pages.values()],
        usernames: new Map([...state.instagram.accounts.values()].map(account => [account.pageId, account.username])),
        query: params,
      }),
    )
  })
  routes.post('/dialog/oauth', async c => {
    const params = c.get('params')
    const app = state.apps.get(params.client_id ?? '')
    if (!app || !isRegistered(app, params.redirect_uri)) return c.text('URL blocked.', 400)
    const back = new URL(params.redirect_uri ?? '')
    if (params.state) back.searchParams.set('state', params.state)
    const chosen = (await c.req.parseBody({ all: true })).page
    const pageIds = [chosen].flat().filter((id): id is string => typeof id === 'string' && state.pages.has(id))
    if (params.decision !== 'allow') {
      back.searchParams.set('error', 'access_denied')
      back.searchParams.set('error_reason', 'user_denied')
      back.searchParams.set('error_description', 'Permissions error')
    } else {
      const code = `AQ${randomBytes(48).toString('base64url')}`
      codes.set(code, {
        app,
        redirectUri: params.redirect_uri ?? '',
        pageIds,
        scopes: scopesOf(params.scope),
        expiresAt: world.clock.now() + codeLivesMs,
      })
      back.searchParams.set('code', code)
    }
    return c.redirect(back.href)
  })

  routes.on(['GET', 'POST'], '/oauth/access_token', c => {
    const params = c.get('params')
    const app = state.apps.get(params.client_id ?? '')
    if (!app) return badParameter('Missing client_id parameter.')
    if (params.client_secret !== app.secret) return graphError({ code: 1, status: 400, message: 'Error validating client secret.' })
    if (params.grant_type === 'client_credentials') return c.json({ access_token: `${app.id}|${app.secret}`, token_type: 'bearer' })
    if (params.grant_type === 'fb_exchange_token') {
      const short = state.tokens.get(params.fb_exchange_token ?? '')
      if (!short || short.appId !== app.id || deathOf(world, short))
        return graphError({ code: 190, subcode: 463, message: 'Error validating access token: Session has expired.' })
      return c.json(tokenAnswer(world, issueUserToken(world, app, short.pageIds, short.scopes, true)))
    }
    const code = codes.get(params.code ?? '')
    codes.delete(params.code ?? '')
    if (!code || code.app.id !== app.id || code.expiresAt <= world.clock.now()) {
      return graphError({ code: 100, subcode: 36009, message: 'This authorization code has been used.' })
    }
    if (code.redirectUri !== params.redirect_uri) {
      return graphError({
        code: 100,
        subcode: 36008,
        message:
          'Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request',
      })
    }
    return c.json(tokenAnswer(world, issueUserToken(world, app, code.pageIds, code.scopes, false)))
  })

  routes.get('/debug_token', c => {
    const held = state.tokens.get(c.get('params').input_token ?? '')
    if (!held || held.appId !== c.get('caller').app.id) {
      return c.json({
        data: {
          error: { code: 190, message: 'Invalid OAuth access token - Cannot parse access token' },
          is_valid: false,
          scopes: [],
        },
      })
    }
    const dead = deathOf(world, held)
    const seconds = (ms: number | null) => (ms === null ? 0 : Math.floor(ms / 1000))
    return c.json({
      data: {
        app_id: held.appId,
        type: held.kind.toUpperCase(),
        application: c.get('caller').app.name,
        data_access_expires_at: seconds(held.dataAccessExpiresAt),
        ...(dead ? { error: { code: 190, subcode: dead, message: 'Error validating access token.' } } : {}),
        expires_at: seconds(held.expiresAt),
        is_valid: dead === null,
        issued_at: seconds(held.issuedAt),
        ...(held.pageId ? { profile_id: held.pageId } : {}),
        scopes: held.scopes,
        granular_scopes: held.scopes.filter(scope => /^(pages|instagram)_/.test(scope)).map(scope => ({ scope, target_ids: held.pageIds })),
        user_id: held.userId,
      },
    })
  })
  return routes
}

export function issueUserToken(world: GraphWorld, app: GraphApp, pageIds: string[], scopes: string[], isLong: boolean): GraphToken {
  const now = world.clock.now()
  const token: GraphToken = {
    token: `EAA${randomBytes(64).toString('base64url')}`,
    kind: 'user',
    appId: app.id,
    userId: operator.id,
    pageId: null,
    pageIds,
    scopes,
    issuedAt: now,
    expiresAt: now + (isLong ? longTokenMs : shortTokenMs),
    dataAccessExpiresAt: now + dataAccessMs,
    deadBy: null,
  }
  world.record({ type: 'token', token })
  return token
}

/** From a long-lived user token a page's token never expires; from a short one it dies with it. */
export function pageTokenFrom(world: GraphWorld, user: GraphToken, pageId: string): GraphToken {
  const lives = (user.expiresAt ?? 0) - user.issuedAt
  const known = [...world.state.tokens.values()].find(
    one => one.kind === 'page' && one.pageId === pageId && one.appId === user.appId && one.issuedAt === user.issuedAt && !one.deadBy,
  )
  if (known) return known
  const token: GraphToken = {
    ...user,
    token: `EAA${randomBytes(64).toString('base64url')}`,
    kind: 'page',
    pageId,
    pageIds: [pageId],
    expiresAt: lives > shortTokenMs ? null : user.expiresAt,
  }
  world.record({ type: 'token', token })
  return token
}

function tokenAnswer(world: GraphWorld, token: GraphToken): object {
  return {
    access_token: token.token,
    token_type: 'bearer',
    expires_in: Math.round(((token.expiresAt ?? 0) - world.clock.now()) / 1000),
  }
}

function scopesOf(text = ''): string[] {
  return ['public_profile', ...text.split(/[ ,]+/).filter(Boolean)]
}

function isRegistered(app: GraphApp, redirectUri = ''): boolean {
  return URL.canParse(redirectUri) && (app.redirectUris.length === 0 || app.redirectUris.includes(redirectUri))
}
