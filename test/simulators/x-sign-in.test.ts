// The simulated X's OAuth 2: consent, PKCE, rotating tokens.
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startXSimulator, type XSimulator } from '../../simulators/x/start.ts'
import type { XApp } from '../../simulators/x/state.ts'

const verifier = 'a-verifier-of-more-than-forty-three-characters-in-length'
const redirectUri = 'http://127.0.0.1:9/callback'
let x: XSimulator
let app: XApp

beforeEach(async () => {
  x = await startXSimulator()
  app = x.control.createApp({ name: 'Desk', redirectUris: [redirectUri] })
  x.control.createBrand({ handle: 'larkspan', name: 'Larkspan' })
})
afterEach(() => x.stop())

const asked = () => ({
  response_type: 'code',
  client_id: app.clientId,
  redirect_uri: redirectUri,
  scope: 'tweet.read users.read offline.access',
  state: 'st4te',
  code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  code_challenge_method: 'S256',
})
async function consent(decision = 'authorize'): Promise<URL> {
  const account = x.control.brands()[0]?.id ?? ''
  const response = await fetch(`${x.url}/i/oauth2/authorize`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ ...asked(), account, decision }),
  })
  return new URL(response.headers.get('location') ?? '')
}
async function token(body: Record<string, string>, asJson = false) {
  const basic = Buffer.from(`${app.clientId}:${app.clientSecret}`).toString('base64')
  const response = await fetch(`${x.url}/2/oauth2/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${basic}`,
      'content-type': asJson ? 'application/json' : 'application/x-www-form-urlencoded',
    },
    body: asJson ? JSON.stringify(body) : new URLSearchParams(body).toString(),
  })
  return { status: response.status, body: (await response.json()) as Record<string, string> }
}
const exchange = async (codeVerifier = verifier) =>
  token({
    grant_type: 'authorization_code',
    code: (await consent()).searchParams.get('code') ?? '',
    redirect_uri: redirectUri,
    code_verifier: codeVerifier,
  })
const me = (accessToken = '') =>
  fetch(`${x.url}/2/users/me`, { headers: { authorization: `Bearer ${accessToken}` } }).then(response => response.status)

test('the consent page names the app and lets one choose the account', async () => {
  const page = await (await fetch(`${x.url}/i/oauth2/authorize?${new URLSearchParams(asked())}`)).text()
  expect(page).toContain('Desk wants to access')
  expect(page).toContain('@larkspan')
})

test('a redirect address that is not registered is refused', async () => {
  const response = await fetch(
    `${x.url}/i/oauth2/authorize?${new URLSearchParams({ ...asked(), redirect_uri: 'http://127.0.0.1:9/other' })}`,
  )
  expect(response.status).toBe(400)
})

test('the state comes back, and the code buys a token that works', async () => {
  expect((await consent()).searchParams.get('state')).toBe('st4te')
  const { body } = await exchange()
  expect(body).toMatchObject({ token_type: 'bearer', expires_in: 7200 })
  expect(await me(body.access_token)).toBe(200)
})

test('another verifier than the challenge was made of is invalid_grant', async () => {
  expect((await exchange('another-verifier-of-more-than-forty-three-characters')).body.error).toBe('invalid_grant')
})

test('saying no comes back as access_denied', async () => {
  expect((await consent('cancel')).searchParams.get('error')).toBe('access_denied')
})

test('a refresh token rotates: the old one is dead, as JSON and as a form', async () => {
  const first = (await exchange()).body
  const second = await token({ grant_type: 'refresh_token', refresh_token: first.refresh_token ?? '' }, true)
  expect(second.status).toBe(200)
  expect(await me(first.access_token)).toBe(401)
  expect(await me(second.body.access_token)).toBe(200)
  const again = await token({ grant_type: 'refresh_token', refresh_token: first.refresh_token ?? '' })
  expect([again.status, again.body.error]).toEqual([400, 'invalid_grant'])
})

test('an access token dies after two hours', async () => {
  const { body } = await exchange()
  x.control.moveClock({ ms: 2 * 3_600_000 })
  expect(await me(body.access_token)).toBe(401)
  expect((await token({ grant_type: 'refresh_token', refresh_token: body.refresh_token ?? '' })).status).toBe(200)
})

test('permission taken back kills both tokens', async () => {
  const { body } = await exchange()
  x.control.revokeAccess({ account: 'larkspan' })
  expect(await me(body.access_token)).toBe(401)
  expect((await token({ grant_type: 'refresh_token', refresh_token: body.refresh_token ?? '' })).body.error).toBe('invalid_grant')
})
