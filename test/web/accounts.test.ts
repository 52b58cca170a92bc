// The accounts page and its forms: who may, what is checked before it is stored, and what is never shown.
import { expect, test } from 'vitest'
import { connectors } from '../../connectors/all.ts'
import { type Connector, PlatformError } from '../../connectors/connector.ts'
import { listAccounts, listPlatformApps } from '../../db/accounts.ts'
import { openSecrets } from '../../line.ts'
import { saidBy, webWorld } from './web-world.ts'

const APP = {
  'secret.clientId': 'client-0001',
  'secret.consumerSecret': 'CONSUMER-SECRET-9',
  'secret.bearerToken': 'BEARER-SECRET-9',
}

/** The real platforms' forms and rules; only their network is ours. */
async function xWorld(x: Partial<Connector> = {}) {
  const world = await webWorld({
    connectors: connectors.map(one =>
      one.platform === 'x' ? { ...one, onConnected: async () => {}, whoAmI: async () => WHO, ...x } : one,
    ),
  })
  const admin = await world.signIn('admin')
  return {
    ...world,
    admin,
    accounts: () => listAccounts(world.desk.db),
    apps: () => listPlatformApps(world.desk.db),
    audit: () => world.desk.db.selectFrom('auditEntries').selectAll().orderBy('id').execute(),
  }
}
const WHO = { externalId: '111', handle: 'aurora_air', name: 'Aurora Air', capabilities: { tier: 'self-serve' } }

async function withApp(x: Partial<Connector> = {}) {
  const world = await xWorld(x)
  await world.admin.post('/accounts/apps/new/x', APP)
  const [app] = await world.apps()
  return { ...world, app: app! }
}

test('an app is stored encrypted, with an entry in the audit that names fields and no secret', async () => {
  const { app, desk, audit } = await withApp()
  expect(openSecrets(desk.vault, app.secrets)).toEqual({
    clientId: 'client-0001',
    consumerSecret: 'CONSUMER-SECRET-9',
    bearerToken: 'BEARER-SECRET-9',
  })
  expect(Buffer.from(app.secrets).includes('SECRET')).toBe(false)
  const [entry] = await audit()
  expect(entry).toMatchObject({ action: 'app.added', subject: app.id })
  expect(JSON.stringify(entry)).not.toContain('SECRET')
})

test('a field left out is named, and nothing is stored', async () => {
  const { admin, apps } = await xWorld()
  const answer = await admin.post('/accounts/apps/new/x', { 'secret.clientId': 'client-0001' })
  expect(answer.status).toBe(422)
  expect(await answer.text()).toContain('API Key Secret is needed.')
  expect(await apps()).toEqual([])
})

test('only a simulator on this machine may stand in for the platform', async () => {
  const { admin, apps } = await xWorld()
  for (const apiBase of ['https://evil.example', 'http://10.0.0.1:80', 'http://127.0.0.1.evil.example', 'file:///etc/passwd']) {
    const answer = await admin.post('/accounts/apps/new/x', { ...APP, apiBase })
    expect(answer.status).toBe(422)
  }
  expect(await apps()).toEqual([])
  expect((await admin.post('/accounts/apps/new/x', { ...APP, apiBase: 'http://127.0.0.1:4001' })).status).toBe(303)
})

test('fields left empty keep what is stored; accounts are asked anew what the plan may do', async () => {
  const { app, admin, desk, accounts, apps, audit } = await withApp({
    whoAmI: async line => ({ ...WHO, capabilities: { tier: line.secrets.tier ?? 'self-serve' } }),
  })
  await admin.post(`/accounts/paste/${app.id}`, { 'secret.accessToken': 'ACCESS-SECRET-9' })
  const answer = await admin.post(`/accounts/apps/${app.id}`, { label: 'Aurora on X', 'secret.tier': 'enterprise' })
  expect(saidBy(answer)).toContain('accounts were checked')
  expect(openSecrets(desk.vault, (await apps())[0]!.secrets)).toMatchObject({
    clientId: 'client-0001',
    consumerSecret: 'CONSUMER-SECRET-9',
    tier: 'enterprise',
  })
  expect((await accounts())[0]!.capabilities).toEqual({ tier: 'enterprise' })
  const entries = (await audit()).slice(-2)
  expect(entries.map(entry => entry.action)).toEqual(['app.changed', 'account.checked'])
  expect(entries[0]!.after).toEqual({ label: 'Aurora on X', changed: ['tier'] })
  await admin.post(`/accounts/apps/${app.id}`, { 'clear.tier': 'on' })
  expect((await accounts())[0]!.capabilities).toEqual({ tier: 'self-serve' })
})

test('a pasted token is checked before it is stored, and then connected', async () => {
  const { app, admin, accounts, desk, audit, rung } = await withApp()
  const answer = await admin.post(`/accounts/paste/${app.id}`, { 'secret.accessToken': '  ACCESS-SECRET-9  ' })
  expect(saidBy(answer)).toBe('@aurora_air is connected.')
  const [account] = await accounts()
  expect(account).toMatchObject({ externalId: '111', handle: 'aurora_air', status: 'connected' })
  expect(openSecrets(desk.vault, account!.secrets)).toEqual({ accessToken: 'ACCESS-SECRET-9' })
  expect(rung).toContainEqual({ name: 'pollAccount', accountId: account!.id })
  expect((await audit()).at(-1)).toMatchObject({ action: 'account.connected', subject: account!.id })
})

test('a token the platform refuses names its field, and nothing is stored', async () => {
  const { app, admin, accounts } = await withApp({
    whoAmI: async () => {
      throw new PlatformError('account', 'X does not know this token.')
    },
  })
  const answer = await admin.post(`/accounts/paste/${app.id}`, { 'secret.accessToken': 'ACCESS-SECRET-9' })
  const page = await answer.text()
  expect(answer.status).toBe(422)
  expect(page).toContain('X does not know this token. Nothing was stored.')
  expect(page).toContain('X did not accept this Access Token.')
  expect(page).not.toContain('ACCESS-SECRET-9')
  expect(await accounts()).toEqual([])
})

test('a missing token is named before the platform is asked', async () => {
  let asked = 0
  const { app, admin } = await withApp({
    whoAmI: async () => {
      asked++
      return WHO
    },
  })
  const answer = await admin.post(`/accounts/paste/${app.id}`, { 'secret.refreshToken': 'x' })
  expect(answer.status).toBe(422)
  expect(await answer.text()).toContain('Access Token is needed.')
  expect(asked).toBe(0)
})

test('deliveries that waited for an account are read again once it is connected', async () => {
  const { app, admin, desk, rung } = await withApp()
  await desk.db
    .insertInto('deliveries')
    .values({
      id: '00000000-0000-7000-8000-000000000001',
      appId: app.id,
      source: 'webhook',
      headers: '{}',
      body: desk.vault.seal('{}'),
      bodyBytes: 2,
      status: 'unreadable',
      problem: 'for an account that is not connected here',
      receivedAt: desk.now(),
    } as never)
    .execute()
  await admin.post(`/accounts/paste/${app.id}`, { 'secret.accessToken': 'ACCESS-SECRET-9' })
  expect(await desk.db.selectFrom('deliveries').select('status').execute()).toEqual([{ status: 'waiting' }])
  expect(rung).toContainEqual({ name: 'readDeliveries' })
})

test('no secret appears on any page', async () => {
  const { app, admin } = await withApp()
  await admin.post(`/accounts/paste/${app.id}`, {
    'secret.accessToken': 'ACCESS-SECRET-9',
    'secret.refreshToken': 'REFRESH-SECRET-9',
  })
  for (const path of [
    '/accounts',
    '/health',
    '/teammates',
    '/metrics',
    '/healthz',
    `/accounts/apps/${app.id}`,
    `/accounts/paste/${app.id}`,
    '/accounts/apps/new/x',
  ]) {
    const answer = await admin.get(path)
    expect(answer.status).toBe(200)
    expect(await answer.text()).not.toMatch(/-SECRET-9/)
  }
})

test('the page tells each account, its webhook address and what its plan may do, with dates', async () => {
  const { app, admin } = await withApp()
  await admin.post(`/accounts/paste/${app.id}`, { 'secret.accessToken': 'ACCESS-SECRET-9' })
  const page = await (await admin.get('/accounts')).text()
  expect(page).toContain(`http://localhost:3000/webhooks/${app.id}`)
  expect(page).toContain('@aurora_air')
  expect(page).toContain('X lets us answer only those who mentioned or quoted us.')
  expect(page).toMatch(/<time datetime="\d{4}-\d\d-\d\d">/)
  expect(page).toContain('tweet.write')
})

test('switching off keeps the row; checking brings it back, and rings', async () => {
  const { app, admin, accounts, rung, audit } = await withApp()
  await admin.post(`/accounts/paste/${app.id}`, { 'secret.accessToken': 'ACCESS-SECRET-9' })
  const [{ id } = { id: '' }] = await accounts()
  await admin.post(`/accounts/${id}/off`)
  expect((await accounts())[0]).toMatchObject({ id, status: 'off', statusReason: 'Switched off by Dana admin.' })
  rung.length = 0
  await admin.post(`/accounts/${id}/check`)
  expect((await accounts())[0]).toMatchObject({ id, status: 'connected', statusReason: null })
  expect(rung).toContainEqual({ name: 'pollAccount', accountId: id })
  expect((await audit()).map(entry => entry.action)).toEqual(['app.added', 'account.connected', 'account.off', 'account.checked'])
})

test('a check that the platform refuses asks for a new sign-in', async () => {
  let refuse = false
  const { app, admin, accounts } = await withApp({
    whoAmI: async () => {
      if (refuse) throw new PlatformError('account', 'The token was revoked.')
      return WHO
    },
  })
  await admin.post(`/accounts/paste/${app.id}`, { 'secret.accessToken': 'ACCESS-SECRET-9' })
  refuse = true
  const answer = await admin.post(`/accounts/${(await accounts())[0]!.id}/check`)
  expect(saidBy(answer)).toContain('The token was revoked.')
  expect((await accounts())[0]).toMatchObject({ status: 'reconnect', statusReason: 'The token was revoked.' })
  expect(await (await admin.get('/accounts')).text()).toContain('Sign in again')
})

test("a token of another account is not taken for this account's", async () => {
  let who = WHO
  const { app, admin, accounts } = await withApp({ whoAmI: async () => who })
  await admin.post(`/accounts/paste/${app.id}`, { 'secret.accessToken': 'ACCESS-SECRET-9' })
  who = { ...WHO, externalId: '222', handle: 'somebody' }
  const answer = await admin.post(`/accounts/${(await accounts())[0]!.id}/check`)
  expect(saidBy(answer)).toContain('belongs to @somebody')
})

test.each(['rep', 'lead', 'readonly'] as const)('a %s sees the accounts, with the reason why not to change them', async role => {
  const { app, signIn, apps, accounts } = await withApp()
  const person = await signIn(role)
  const page = await (await person.get('/accounts')).text()
  expect(page).toContain('Only an admin can connect and change accounts.')
  expect(page).toContain('disabled')
  for (const [path, form] of [
    [`/accounts/sign-in/${app.id}`, {}],
    [`/accounts/paste/${app.id}`, { 'secret.accessToken': 'a' }],
    ['/accounts/apps/new/x', APP],
    [`/accounts/apps/${app.id}`, { label: 'Mine' }],
  ] as const)
    expect((await person.post(path, form)).status).toBe(403)
  expect((await person.get('/accounts/callback?state=a&code=b')).status).toBe(403)
  expect([(await apps()).length, (await accounts()).length]).toEqual([1, 0])
})

test('a stranger is led to the sign-in, and a form from elsewhere is refused', async () => {
  const { request, admin, app } = await withApp()
  expect((await request('/accounts', { headers: { accept: 'text/html' } })).headers.get('location')).toContain('/sign-in')
  expect(admin.id).toBeTruthy()
  const foreign = await request(`/accounts/sign-in/${app.id}`, {
    method: 'POST',
    headers: { origin: 'https://evil.example' },
    body: new URLSearchParams(),
  })
  expect(foreign.status).toBe(403)
})
