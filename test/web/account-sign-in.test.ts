// Connecting an account by the platform's own sign-in, end to end against the simulated platforms.

import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { v7 as newId } from 'uuid'
import { expect, onTestFinished, test, vi } from 'vitest'
import { listAccounts } from '../../db/accounts.ts'
import { openSecrets, sealSecrets } from '../../line.ts'
import { startGraphSimulator } from '../../simulators/graph/start.ts'
import { startXSimulator } from '../../simulators/x/start.ts'
import { saidBy, type Visitor, webWorld } from './web-world.ts'

const SOON = { timeout: 5_000, interval: 50 }

/** Heed behind a real port, since platforms call its webhooks. */
async function listeningWorld() {
  let app: { request: (request: Request) => Promise<Response> } | undefined
  const server = createAdaptorServer({ fetch: request => app!.request(request) })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const publicUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const world = await webWorld({ publicUrl })
  app = { request: request => world.request(request.url, request as unknown as RequestInit) }
  const admin = await world.signIn('admin')
  return {
    ...world,
    admin,
    publicUrl,
    addApp: async (platform: string, secrets: Record<string, string>, apiBase: string) => {
      const id = newId()
      await world.desk.db
        .insertInto('platformApps')
        .values({ id, platform, label: 'Aurora', secrets: sealSecrets(world.desk.vault, secrets), apiBase })
        .execute()
      return id
    },
    accounts: () => listAccounts(world.desk.db),
    audit: async () => await world.desk.db.selectFrom('auditEntries').select(['action', 'teammateId']).orderBy('id').execute(),
  }
}

/** Presses "Connect", decides on the platform's page, and comes back as the browser would. */
async function walkThrough(admin: Visitor, appId: string, decide: (consent: URL) => Record<string, string> | [string, string][]) {
  const left = await admin.post(`/accounts/sign-in/${appId}`)
  expect(left.status).toBe(303)
  const consent = new URL(left.headers.get('location')!)
  expect((await fetch(consent)).status).toBe(200)
  const form = new URLSearchParams([...consent.searchParams, ...new URLSearchParams(decide(consent))])
  const back = await fetch(new URL(consent.pathname, consent), { method: 'POST', body: form, redirect: 'manual' })
  const callback = new URL(back.headers.get('location')!)
  return { consent, callback, answer: await admin.get(callback.pathname + callback.search) }
}

async function xWorld() {
  const world = await listeningWorld()
  const sim = await startXSimulator()
  onTestFinished(() => sim.stop())
  const app = sim.control.createApp({ name: 'Heed', redirectUris: [`${world.publicUrl}/accounts/callback`] })
  const brand = sim.control.createBrand({ handle: 'aurora_air', name: 'Aurora Air' })
  const appId = await world.addApp(
    'x',
    {
      clientId: app.clientId,
      clientSecret: app.clientSecret,
      consumerSecret: app.consumerSecret,
      bearerToken: app.bearerToken,
    },
    sim.url,
  )
  return { ...world, sim, brand, appId }
}

async function graphWorld(pages: string[]) {
  const world = await listeningWorld()
  const sim = await startGraphSimulator()
  onTestFinished(() => sim.stop())
  const app = sim.control.createApp({ name: 'Heed', redirectUris: [`${world.publicUrl}/accounts/callback`] })
  const made = pages.map(name => sim.control.createPage({ name }))
  const appId = await world.addApp('facebook', { appId: app.id, appSecret: app.secret, verifyToken: 'the token we agreed on' }, sim.url)
  return { ...world, sim, app, pages: made, appId }
}

test("X's sign-in connects the account, subscribes it, and what customers write then comes in", async () => {
  const { admin, appId, sim, brand, accounts, desk, audit, rung } = await xWorld()
  const { consent, answer } = await walkThrough(admin, appId, () => ({ account: brand.id, decision: 'authorize' }))
  expect(consent.searchParams.get('code_challenge_method')).toBe('S256')
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/accounts'])
  expect(saidBy(answer)).toBe('@aurora_air is connected.')
  const [account] = await accounts()
  expect(account).toMatchObject({
    platform: 'x',
    externalId: brand.id,
    handle: 'aurora_air',
    status: 'connected',
    lastError: null,
    capabilities: { tier: 'self-serve', dms: true },
  })
  expect(Object.keys(openSecrets(desk.vault, account!.secrets))).toEqual(['accessToken', 'accessTokenExpiresAt', 'refreshToken'])
  expect(rung).toContainEqual({ name: 'pollAccount', accountId: account!.id })
  expect(await audit()).toEqual([{ action: 'account.connected', teammateId: admin.id }])
  sim.control.createCustomer({ handle: 'cleo_writes' })
  sim.control.post({ from: 'cleo_writes', text: '@aurora_air where is my bag?' })
  await vi.waitFor(async () => expect((await desk.db.selectFrom('deliveries').select('appId').execute())[0]).toEqual({ appId }), SOON)
})

test("Facebook's login with several pages asks which, and connects only the chosen ones", async () => {
  const { admin, appId, sim, app, pages, accounts, desk, publicUrl } = await graphWorld(['Aurora Air', 'Aurora Cargo', 'Aurora Jobs'])
  const { answer } = await walkThrough(admin, appId, () => [
    ...pages.map((page): [string, string] => ['page', page.id]),
    ['decision', 'allow'],
  ])
  const choice = answer.headers.get('location')!
  expect(choice).toMatch(/^\/accounts\/choose\//)
  const shown = await (await admin.get(choice)).text()
  for (const page of pages) expect(shown).toContain(page.name)
  expect(shown).not.toMatch(/EAA/)
  const chosen = await admin.post(choice, [
    ['externalId', pages[0]!.id],
    ['externalId', pages[1]!.id],
  ])
  expect(saidBy(chosen)).toContain('are connected.')
  expect((await accounts()).map(one => one.name).sort()).toEqual(['Aurora Air', 'Aurora Cargo'])
  expect((await admin.get(choice)).status).toBe(400)
  await sim.control.setWebhook({
    app: app.id,
    url: `${publicUrl}/webhooks/${appId}`,
    verifyToken: 'the token we agreed on',
    pages: [pages[0]!.id],
  })
  sim.control.post({ page: pages[0]!.id, from: 'Cleo Marsh', message: 'Kargom nerede? 😀' })
  await vi.waitFor(async () => expect(await desk.db.selectFrom('deliveries').select('id').execute()).toHaveLength(1), SOON)
})

test('a single page is connected without a question', async () => {
  const { admin, appId, pages, accounts } = await graphWorld(['Aurora Air'])
  const { answer } = await walkThrough(admin, appId, () => [
    ['page', pages[0]!.id],
    ['decision', 'allow'],
  ])
  expect(answer.headers.get('location')).toBe('/accounts')
  expect(await accounts()).toHaveLength(1)
})

test('nothing chosen connects nothing, and the choice stays open', async () => {
  const { admin, appId, pages, accounts } = await graphWorld(['Aurora Air', 'Aurora Cargo'])
  const { answer } = await walkThrough(admin, appId, () => [
    ...pages.map((page): [string, string] => ['page', page.id]),
    ['decision', 'allow'],
  ])
  const choice = answer.headers.get('location')!
  expect((await admin.post(choice)).status).toBe(422)
  expect((await admin.post(choice, { externalId: 'a page of somebody else' })).status).toBe(422)
  expect(await accounts()).toHaveLength(0)
})

test('declined on the platform is said in words, and nothing is stored', async () => {
  const { admin, appId, accounts } = await xWorld()
  const { answer } = await walkThrough(admin, appId, () => ({ decision: 'cancel' }))
  expect(answer.status).toBe(422)
  expect(await answer.text()).toContain('Access was declined on X')
  expect(await accounts()).toHaveLength(0)
})

test('a state nobody gave out is refused', async () => {
  const { admin, accounts } = await xWorld()
  const answer = await admin.get('/accounts/callback?state=made-up&code=abc')
  expect(answer.status).toBe(400)
  expect(await answer.text()).toContain('We did not begin it')
  expect((await admin.get('/accounts/callback?code=abc')).status).toBe(400)
  expect(await accounts()).toHaveLength(0)
})

test("another admin's state is refused, and theirs stays good", async () => {
  const { admin, appId, brand, web, accounts, publicUrl, request } = await xWorld()
  const { createTeammate } = await import('../../web/auth.ts')
  await createTeammate(web, {
    name: 'Other Admin',
    email: 'other@heed.test',
    role: 'admin',
    initials: 'OA',
    password: 'a long enough password',
  })
  const signedIn = await request('/sign-in', {
    method: 'POST',
    headers: { origin: publicUrl },
    body: new URLSearchParams({ email: 'other@heed.test', password: 'a long enough password' }),
  })
  const cookie = signedIn.headers
    .getSetCookie()
    .map(one => one.split(';')[0])
    .join('; ')
  const left = await admin.post(`/accounts/sign-in/${appId}`)
  const consent = new URL(left.headers.get('location')!)
  const foreign = await request(`/accounts/callback?state=${consent.searchParams.get('state')}&code=abc`, {
    headers: { cookie },
  })
  expect(foreign.status).toBe(403)
  expect(await foreign.text()).toContain('Somebody else began this sign-in')
  const back = await fetch(new URL(consent.pathname, consent), {
    method: 'POST',
    body: new URLSearchParams([...consent.searchParams, ['account', brand.id], ['decision', 'authorize']]),
    redirect: 'manual',
  })
  const callback = new URL(back.headers.get('location')!)
  expect((await admin.get(callback.pathname + callback.search)).status).toBe(303)
  expect(await accounts()).toHaveLength(1)
})

test('a sign-in is good once, and for ten minutes', async () => {
  const { admin, appId, brand, accounts, pass } = await xWorld()
  const first = await walkThrough(admin, appId, () => ({ account: brand.id, decision: 'authorize' }))
  expect((await admin.get(first.callback.pathname + first.callback.search)).status).toBe(400)
  const left = await admin.post(`/accounts/sign-in/${appId}`)
  pass(10 * 60_000 + 1)
  const late = await admin.get(`/accounts/callback?state=${new URL(left.headers.get('location')!).searchParams.get('state')}&code=abc`)
  expect(late.status).toBe(400)
  expect(await late.text()).toContain('ten minutes')
  expect(await accounts()).toHaveLength(1)
})

test('a code the platform does not accept is said, and nothing is stored', async () => {
  const { admin, appId, accounts } = await xWorld()
  const left = await admin.post(`/accounts/sign-in/${appId}`)
  const answer = await admin.get(
    `/accounts/callback?state=${new URL(left.headers.get('location')!).searchParams.get('state')}&code=not-a-code`,
  )
  expect(answer.status).toBe(422)
  expect(await accounts()).toHaveLength(0)
})

test('signing in again keeps the row, and rings for what waited', async () => {
  const { admin, appId, brand, accounts, desk, rung, audit } = await xWorld()
  await walkThrough(admin, appId, () => ({ account: brand.id, decision: 'authorize' }))
  const [before] = await accounts()
  await desk.db
    .updateTable('accounts')
    .set({
      status: 'reconnect',
      statusReason: 'gone',
      lastError: 'gone',
      lastErrorAt: desk.now(),
      pollCursor: '{"mentions":"99"}',
    })
    .execute()
  const statusUpdateId = await anIncidentUpdate(desk.db, admin.id)
  const replyId = newId()
  await desk.db
    .insertInto('replies')
    .values({
      id: replyId,
      idempotencyKey: replyId,
      accountId: before!.id,
      statusUpdateId,
      text: 'We are on it',
      visibility: 'public',
      role: 'broadcast',
      status: 'approved',
      sendAt: desk.now(),
    } as never)
    .execute()
  rung.length = 0
  const { answer } = await walkThrough(admin, appId, () => ({ account: brand.id, decision: 'authorize' }))
  expect(saidBy(answer)).toContain('connected again')
  const [after] = await accounts()
  expect(after).toMatchObject({
    id: before!.id,
    status: 'connected',
    lastError: null,
    pollCursor: { mentions: '99' },
    connectedAt: before!.connectedAt,
  })
  expect(rung).toContainEqual({ name: 'sendReply', replyId, at: desk.now() })
  expect((await audit()).map(one => one.action)).toEqual(['account.connected', 'account.reconnected'])
})

test('an account whose webhook could not be registered is stored, and says so', async () => {
  const { admin, appId, brand, accounts, desk, sim } = await xWorld()
  const app = await desk.db.selectFrom('platformApps').selectAll().executeTakeFirstOrThrow()
  const { bearerToken: _, ...secrets } = openSecrets(desk.vault, app.secrets)
  await desk.db
    .updateTable('platformApps')
    .set({ secrets: sealSecrets(desk.vault, secrets) })
    .execute()
  expect(sim.url).toBe(app.apiBase)
  const { answer } = await walkThrough(admin, appId, () => ({ account: brand.id, decision: 'authorize' }))
  expect(saidBy(answer)).toContain('Bearer Token')
  expect((await accounts())[0]).toMatchObject({
    status: 'connected',
    lastError: expect.stringContaining('Bearer Token'),
  })
  expect(await (await admin.get('/accounts')).text()).toContain('Bearer Token')
})

test('the first real account ends the demo', async () => {
  const { admin, appId, brand, web } = await xWorld()
  const remove = vi.fn(async () => {})
  Object.assign(web, { demo: { remove, links: [] } })
  await walkThrough(admin, appId, () => ({ account: brand.id, decision: 'authorize' }))
  expect(remove).toHaveBeenCalledOnce()
})

async function anIncidentUpdate(db: Awaited<ReturnType<typeof webWorld>>['desk']['db'], teammateId: string) {
  const [incidentId, id] = [newId(), newId()]
  await db
    .insertInto('incidents')
    .values({
      id: incidentId,
      title: 'Login errors',
      impact: 'log in',
      severity: 'SEV2',
      declaredById: teammateId,
      declaredAt: new Date(),
    } as never)
    .execute()
  await db
    .insertInto('statusUpdates')
    .values({
      id,
      incidentId,
      kind: 'holding',
      incidentStatus: 'investigating',
      text: 'We are on it',
      writtenById: teammateId,
    } as never)
    .execute()
  return id
}
