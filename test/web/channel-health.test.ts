// The channels on the health and accounts pages, in the banner and on /metrics: in words, with one click to the cause.
import { expect, test } from 'vitest'
import { PlatformError } from '../../connectors/connector.ts'
import { getAccount, markReconnect } from '../../db/accounts.ts'
import { addSpending } from '../../db/spending.ts'
import { watchChannels } from '../../metrics/channel-watch.ts'
import { pollAccount } from '../../triage/poll-account.ts'
import { hearing, speaking } from '../../web/account-health.ts'
import { plainConnector } from '../plain-connector.ts'
import { saidBy, webWorld } from './web-world.ts'

const MINUTE = 60_000

async function channelWorld() {
  const connector = {
    ...plainConnector(),
    prices: () => ({ read: () => 0.01, send: () => 0.1, source: 'https://prices.example/', checkedOn: '2026-03-01' }),
  }
  const world = await webWorld({ connectors: [connector] })
  const account = await world.account({ platform: 'plain', handle: 'acme_care' })
  const poll = async (fault?: PlatformError) => {
    connector.polls.push(fault ? { pages: [], fault } : [])
    await world.desk.db.updateTable('accounts').set({ nextPollAt: world.desk.now(), pollingUntil: null }).execute()
    await pollAccount(world.desk, account.id)
  }
  /** The account's story happens on the desk's own clock, which the pages share. */
  return { ...world, world, account, poll, health: async () => (await world.signIn('admin')).get('/health') }
}
const backdate = (world: Awaited<ReturnType<typeof channelWorld>>, minutes: number) =>
  world.desk.db
    .updateTable('coverageSpans')
    .set(eb => ({ untilAt: new Date(world.desk.now().getTime() - minutes * MINUTE), fromAt: eb.ref('fromAt') }))
    .execute()

test('a channel that is read says since when every mention is accounted for', async () => {
  const here = await channelWorld()
  await here.poll()
  const page = await (await here.health()).text()
  expect(page).toMatch(/Every mention since [\w: ]+ accounted for\./)
  expect(page).toContain('None: nothing was missed in this time.')
  expect(page).toContain('The last 24 hours')
})

test('a gap is named with its cause, what becomes of it, and a way to the cause', async () => {
  const here = await channelWorld()
  await here.poll()
  await backdate(here, 90)
  await here.poll(new PlatformError('retry', 'Words nobody reads.', 1000, { trouble: 'limit' }))
  const page = await (await here.health()).text()
  expect(page).toMatch(/Mentions since [\w: ]+ are not in yet: /)
  expect(page).toContain('<span class="gap-state open">Missing.</span>')
  expect(page).not.toContain('None: nothing was missed in this time.')
})

test('a dead sign-in leads every lead to reconnecting, and a rep is not told', async () => {
  const here = await channelWorld()
  await markReconnect(here.desk.db, here.account.id, here.desk.now(), 'The sign-in is over.')
  await watchChannels(here.desk)
  const lead = await (await (await here.signIn('lead')).get('/health')).text()
  expect(lead).toContain('must be connected again')
  expect(lead).toContain(`href="/accounts#account-${here.account.id}"`)
  expect(lead).toContain('Sign in again')
  const rep = await (await (await here.signIn('rep')).get('/templates')).text()
  expect(rep).not.toContain('must be connected again')
})

test('an unusually quiet channel is told to leads on every page, with its numbers, and on the accounts page', async () => {
  const here = await channelWorld()
  await here.poll()
  await here.desk.db
    .updateTable('accounts')
    .set({ newestMentionAt: new Date(here.desk.now().getTime() - 25 * 60 * MINUTE) })
    .execute()
  await watchChannels(here.desk)
  const lead = await here.signIn('lead')
  expect(await (await lead.get('/templates')).text()).toContain('Nothing for 25 h.')
  expect(await (await lead.get('/accounts')).text()).toContain('so the alarm is at 24 h')
  expect(await (await here.request('/metrics')).text()).toMatch(/^heed_channels_silent\{platform="plain"\} 1$/m)
})

test('the seven days are one click away', async () => {
  const here = await channelWorld()
  await here.poll()
  const page = await (await (await here.signIn('rep')).get('/health?days=7')).text()
  expect(page).toContain('The last 7 days')
})

test('a monthly cap is set by an admin, kept in the audit, and warns as it fills', async () => {
  const here = await channelWorld()
  const admin = await here.signIn('admin')
  expect(saidBy(await admin.post(`/accounts/${here.account.id}/cap`, { usd: '10' }))).toContain('stops searching at $10.00 a month')
  expect((await getAccount(here.desk.db, here.account.id)).monthlyCapUsd).toBe(10)
  expect(await here.desk.db.selectFrom('auditEntries').select('action').execute()).toEqual([{ action: 'account.cap' }])
  await addSpending(here.desk.db, [{ accountId: here.account.id, at: here.desk.now(), item: 'webhook', count: 850, usd: 8.5 }])
  expect(await (await admin.get('/accounts')).text()).toContain('85 % of the monthly cap is spent ($8.50 of $10.00)')
  await here.desk.db.updateTable('accounts').set({ newestMentionAt: here.desk.now() }).execute()
  here.told.length = 0
  await watchChannels(here.desk)
  await watchChannels(here.desk)
  expect(here.told).toEqual([{ topic: 'account', id: here.account.id }])
  await admin.post(`/accounts/${here.account.id}/cap`, { usd: '10.50' })
  expect(await (await admin.get('/templates')).text()).toContain('85 % of the monthly cap is spent')
  await admin.post(`/accounts/${here.account.id}/cap`, { usd: '' })
  expect((await getAccount(here.desk.db, here.account.id)).monthlyCapUsd).toBeNull()
})

test('a cap that is no sum of money is refused in words, and a rep may set none', async () => {
  const here = await channelWorld()
  const answer = await (await here.signIn('admin')).post(`/accounts/${here.account.id}/cap`, { usd: 'plenty' })
  expect(answer.status).toBe(422)
  expect(await answer.text()).toContain('“plenty” was not understood')
  expect((await (await here.signIn('rep')).post(`/accounts/${here.account.id}/cap`, { usd: '1' })).status).toBe(403)
})

test('metrics tell gaps and spending by platform, and name nobody', async () => {
  const here = await channelWorld()
  await here.poll()
  await backdate(here, 90)
  const text = await (await here.request('/metrics')).text()
  const seconds = Number(/^heed_coverage_open_seconds\{platform="plain"\} ([\d.]+)$/m.exec(text)?.[1])
  expect(seconds).toBeGreaterThanOrEqual(90 * 60)
  expect(text).toMatch(/^heed_spent_usd\{platform="plain"\} 0$/m)
  expect(text).not.toContain('acme')
})

const now = new Date('2026-03-02T10:00:00Z')
const fresh = {
  status: 'connected' as const,
  inTrouble: null,
  inTroubleAt: null,
  outTrouble: null,
  outTroubleAt: null,
  lastPollAt: now,
  lastDeliveryAt: null,
  lastSentAt: now,
}
test.each([
  ['well', {}, 'Alive', 'Alive'],
  ['slowed down', { inTrouble: 'limit' }, 'Paced', 'Alive'],
  ['out of credits', { inTrouble: 'spent', outTrouble: 'spent' }, 'Failing', 'Failing'],
  ['may read and not write', { outTrouble: 'token' }, 'Alive', 'Reconnect'],
  ['away', { inTrouble: 'platform_down' }, 'Failing', 'Alive'],
  ['off', { status: 'off' as const, inTrouble: 'limit' }, 'Off', 'Off'],
  ['new', { lastPollAt: null, lastSentAt: null }, 'Waiting', 'Waiting'],
] as const)('each direction by itself, by code: %s', (_, given, inward, outward) => {
  expect(hearing({ ...fresh, ...given }, 'Plain', now).word).toBe(inward)
  expect(speaking({ ...fresh, ...given }, 'Plain', now).word).toBe(outward)
})

test('of many accounts those that need a look have a line each, and the others stand together', async () => {
  const here = await channelWorld()
  for (let n = 0; n < 9; n++) await here.world.account({ platform: 'plain', handle: `acme_${n}`, externalId: `9${n}` })
  const rep = await here.signIn('rep')
  const page = await (await rep.get('/health')).text()
  expect(page.match(/<li class="channel-line /g)).toHaveLength(10)
  expect(page).not.toContain('channel-cards')
  const { id } = here.account
  await here.poll()
  const after = await (await rep.get('/health')).text()
  expect(after.match(/<li class="channel-line /g)).toHaveLength(9)
  expect(after).toMatch(new RegExp(`All well with the other\\s+1.*<li id="channel-${id}">`, 's'))
})
