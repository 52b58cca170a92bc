// The doctor against simulated platforms: what it finds well, what it finds wrong, what it advises, and how it ends.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as newId } from 'uuid'
import { describe, expect, onTestFinished, test } from 'vitest'
import { projectRoot } from '../config.ts'
import { insertPlatformApp, storeConnected } from '../db/accounts.ts'
import { saveBudgets } from '../db/budgets.ts'
import { openEmbeddedDatabase } from '../db/connect.ts'
import { insertDeliveries } from '../db/deliveries.ts'
import { holdLease } from '../db/leases.ts'
import { migrate } from '../db/migrate.ts'
import type { Desk } from '../desk.ts'
import { openLine, sealSecrets } from '../line.ts'
import { checkDesk, type DeskFacts, database } from '../metrics/check-desk.ts'
import { type CheckUp, checksOf, exitCodeOf } from '../metrics/check-up.ts'
import { checkUpText } from '../metrics/check-up-text.ts'
import { examine } from '../metrics/examine.ts'
import { startGraphSimulator } from '../simulators/graph/start.ts'
import { startXSimulator } from '../simulators/x/start.ts'
import { pollAccount } from '../triage/poll-account.ts'
import { openVault } from '../vault.ts'
import { openDoor } from './connectors/x-simulated.ts'
import { testWorld } from './world.ts'

const MINUTE = 60_000

/** A desk with a clock at work and no account; its own clock may go wrong. */
async function desk() {
  const world = await testWorld({ now: new Date() })
  await holdLease(world.desk.db, 'clock', 'a clock of the test', 10 * MINUTE)
  let aheadMs = 0
  const here: Desk = { ...world.desk, now: () => new Date(Date.now() + aheadMs) }
  const look = (isRepairing = false, means: { isEmbedded?: boolean; handle?: string; desk?: Desk } = {}) =>
    examine(
      means.desk ?? here,
      { lineTo: id => openLine(here, id), queueProblem: async () => null, isEmbedded: means.isEmbedded ?? false },
      { handle: means.handle, isRepairing },
    )
  return { world, here, look, goWrong: (ms: number) => void (aheadMs = ms) }
}

/** An X account that was connected, subscribed and polled. */
async function onX() {
  const { world, here, ...rest } = await desk()
  const x = await startXSimulator()
  onTestFinished(x.stop)
  const app = x.control.createApp({ name: 'Heed at Heron Air' })
  const brand = x.control.createBrand({ handle: 'heronair', name: 'Heron Air' })
  const tokens = x.control.issueTokens({ app: app.id, account: brand.id })
  const door = await openDoor(app.consumerSecret)
  here.publicUrl = new URL(door.url).origin
  const account = await world.account({
    platform: 'x',
    handle: 'heronair',
    externalId: brand.id,
    apiBase: x.url,
    appSecrets: {
      clientId: app.clientId,
      clientSecret: app.clientSecret,
      consumerSecret: app.consumerSecret,
      bearerToken: app.bearerToken,
    },
    secrets: {
      accessToken: tokens.accessToken,
      refreshToken: tokens.refreshToken,
      accessTokenExpiresAt: new Date(tokens.expiresAt).toISOString(),
    },
    capabilities: { tier: 'self-serve', dms: true },
  })
  await x.control.setWebhook({ app: app.id, url: `${here.publicUrl}/webhooks/${account.appId}`, accounts: [brand.id] })
  await pollAccount(here, account.id)
  return { world, here, ...rest, control: x.control, app, brand, tokens, door, account }
}

/** A Facebook page that was connected and polled; subscribed unless told otherwise. */
async function onFacebook({ isSubscribed = true } = {}) {
  const { world, here, ...rest } = await desk()
  const graph = await startGraphSimulator()
  onTestFinished(graph.stop)
  const app = graph.control.createApp({ name: 'Heed at Heron Air' })
  const page = graph.control.createPage({ name: 'Heron Air', username: 'heronair' })
  const { pageToken } = graph.control.issueTokens({ app: app.id, page: page.id })
  const account = await world.account({
    platform: 'facebook',
    handle: 'heronair',
    externalId: page.id,
    apiBase: graph.url,
    appSecrets: { appId: app.id, appSecret: app.secret, verifyToken: 'a verify token' },
    secrets: { pageToken },
    capabilities: { humanAgent: false },
  })
  const url = `${here.publicUrl}/webhooks/${account.appId}`
  if (isSubscribed) await graph.control.setWebhook({ app: app.id, url, verifyToken: 'a verify token', pages: [page.id] })
  await pollAccount(here, account.id)
  return { world, here, ...rest, control: graph.control, page, pageToken, account }
}

const find = (checkUp: CheckUp, name: string) => (checkUp.accounts[0]?.checks ?? checkUp.desk).find(check => check.name === name)
const notWell = (checkUp: CheckUp) => checksOf(checkUp).filter(check => check.state !== 'ok')

describe('an X account', () => {
  test('that is well is well in every line, and the doctor ends with 0', async () => {
    const { look } = await onX()
    const found = await look()
    expect(notWell(found)).toEqual([])
    expect(exitCodeOf(found)).toBe(0)
    expect(found.accounts[0]!.checks.map(check => check.name)).toEqual(
      expect.arrayContaining([
        'token',
        'permissions',
        'subscription',
        'webhook',
        'polling',
        'coverage',
        'limits',
        'clock',
        'deliveries',
        'replies',
      ]),
    )
    expect(find(found, 'token')!.says).toContain('@heronair')
    expect(checkUpText(found)).toMatch(/X · @heronair\n {2}ok {7}token[\s\S]*All is well\.\n$/)
  })

  test('whose owner took the permission back is at fault, and the remedy is to sign in again', async () => {
    const { look, control, brand } = await onX()
    control.revokeAccess({ account: brand.id })
    const found = await look()
    expect(find(found, 'token')).toMatchObject({ state: 'fault', remedy: expect.stringContaining('sign in to X as @heronair again') })
    expect(find(found, 'subscription')).toMatchObject({ state: 'unknown' })
    expect(exitCodeOf(found)).toBe(1)
  })

  test('whose token is somebody else’s is at fault', async () => {
    const { look, here, account } = await onX()
    await here.db.updateTable('accounts').set({ externalId: '4242', handle: 'ternair' }).where('id', '=', account.id).execute()
    expect(find(await look(), 'token')).toMatchObject({ state: 'fault', says: expect.stringContaining('@heronair’s and not @ternair’s') })
  })

  test('whose webhook X finds invalid is at fault; nothing is mended unasked, and --repair mends it', async () => {
    const { look, control, door } = await onX()
    door.isDeaf = true
    await control.checkWebhooks()
    door.isDeaf = false
    const found = await look()
    expect(find(found, 'subscription')).toMatchObject({ state: 'fault', remedy: expect.stringContaining('--repair') })
    expect(exitCodeOf(found)).toBe(1)
    expect(control.webhooks()[0]!.valid).toBe(false)
    expect(find(await look(true), 'subscription')).toMatchObject({ state: 'ok', says: expect.stringContaining('again just now') })
    expect(control.webhooks()[0]!.valid).toBe(true)
  })

  test('whose subscription cannot be repaired says why', async () => {
    const { look, control, door } = await onX()
    door.isDeaf = true
    await control.checkWebhooks()
    expect(find(await look(true), 'subscription')).toMatchObject({ state: 'fault', says: expect.stringContaining('still does not') })
    control.setFault({ kind: 'server-error', method: 'PUT', path: '/2/webhooks/*', status: 503 })
    expect(find(await look(true), 'subscription')).toMatchObject({
      state: 'fault',
      says: expect.stringContaining('Repairing it failed: X failed (503)'),
    })
  })

  test.each([
    // A Date has whole seconds.
    [2 * MINUTE + 5_000, /2 min ahead of X’s/],
    [-2 * MINUTE - 5_000, /2 min behind X’s/],
  ])('is warned of a clock that is wrong by %d ms', async (aheadMs, words) => {
    const { look, goWrong } = await onX()
    goWrong(aheadMs)
    const found = await look()
    expect(find(found, 'clock')).toMatchObject({
      state: 'warning',
      says: expect.stringMatching(words),
      remedy: expect.stringContaining('NTP'),
    })
    expect(exitCodeOf(found)).toBe(0)
  })

  test('that Heed holds back although its token works is pointed to Check', async () => {
    const { look, here, account } = await onX()
    await here.db.updateTable('accounts').set({ status: 'reconnect' }).where('id', '=', account.id).execute()
    expect(find(await look(), 'token')).toMatchObject({ state: 'warning', remedy: expect.stringContaining('Press Check') })
  })

  test('whose limit is used up is told when it begins anew', async () => {
    const { look, here, account } = await onX()
    const now = here.now()
    const budget = {
      ownerId: account.id,
      endpoint: 'GET /2/lists',
      scope: 'account',
      remaining: 0,
      limit: 75,
      holdsUpPolls: false,
    } as const
    await saveBudgets(here.db, [{ ...budget, seenAt: now, resetAt: new Date(now.getTime() + 10 * MINUTE) }])
    expect(find(await look(), 'limits')).toMatchObject({
      state: 'warning',
      says: expect.stringMatching(/0 of 75 left and begins anew \d\d:\d\d/),
    })
  })

  test('that nobody polls is at fault, but not where Heed is stopped for the check', async () => {
    const { look, here, account } = await onX()
    const hourAgo = new Date(here.now().getTime() - 60 * MINUTE)
    await here.db.updateTable('accounts').set({ nextPollAt: hourAgo, lastPollAt: hourAgo }).where('id', '=', account.id).execute()
    expect(find(await look(), 'polling')).toMatchObject({ state: 'fault', says: expect.stringContaining('nobody polls') })
    expect(find(await look(false, { isEmbedded: true }), 'polling')).toMatchObject({ state: 'ok' })
  })

  test('with deliveries that nobody could read is warned, and its words stay sealed', async () => {
    const { look, here, account } = await onX()
    const body = here.vault.seal('my card number is 4111 1111 1111 1111')
    await insertDeliveries(here.db, [
      { id: newId(), appId: account.appId, accountId: null, source: 'webhook', headers: {}, body, receivedAt: here.now() },
    ])
    await here.db
      .updateTable('deliveries')
      .set({ status: 'unreadable', problem: 'my card number' })
      .where('source', '=', 'webhook')
      .execute()
    const found = await look()
    expect(find(found, 'deliveries')).toMatchObject({ state: 'warning', says: expect.stringMatching(/^1 of/) })
    expect(JSON.stringify(found)).not.toMatch(/card number/)
  })

  test('is not asked while it is switched off', async () => {
    const { look, here, account, control, brand } = await onX()
    control.revokeAccess({ account: brand.id })
    await here.db.updateTable('accounts').set({ status: 'off' }).where('id', '=', account.id).execute()
    const found = await look()
    expect(found.accounts[0]!.checks.map(check => check.name)).toEqual(['off'])
    expect(exitCodeOf(found)).toBe(0)
  })

  test('whose platform is away could not be looked at: 2', async () => {
    const { look, here, account } = await onX()
    await here.db.updateTable('platformApps').set({ apiBase: 'http://127.0.0.1:1' }).where('id', '=', account.appId).execute()
    const found = await look()
    expect(find(found, 'token')).toMatchObject({ state: 'unknown', says: expect.stringContaining('cannot be reached') })
    expect(exitCodeOf(found)).toBe(2)
  })

  test('is found by its handle, with or without @', async () => {
    const { look } = await onX()
    const handles = async (handle: string) => (await look(false, { handle })).accounts.map(one => one.handle)
    expect([await handles('@HeronAir'), await handles('heronair'), await handles('heron')]).toEqual([['heronair'], ['heronair'], []])
  })

  test('another SECRET_KEY is named once, with its remedy, and the account was not asked', async () => {
    const { look, here } = await onX()
    const found = await look(false, { desk: { ...here, vault: openVault('another secret, just as long as the first one') } })
    expect(found.desk.find(check => check.name === 'secret key')).toMatchObject({
      state: 'fault',
      says: expect.stringContaining('opens 0 of 2'),
      remedy: expect.stringContaining('SECRET_KEY'),
    })
    expect(find(found, 'token')).toMatchObject({ state: 'unknown' })
    expect(exitCodeOf(found)).toBe(1)
  })
})

describe('a Facebook page', () => {
  test('that is well is well in every line', async () => {
    const { look } = await onFacebook()
    const found = await look()
    expect(notWell(found)).toEqual([])
    expect(find(found, 'permissions')!.says).toContain('without humanAgent')
  })

  test('whose token died is at fault, and its token stands nowhere in what is said', async () => {
    const { look, control, page, pageToken } = await onFacebook()
    control.killTokens({ page: page.id, subcode: 460 })
    const found = await look()
    expect(find(found, 'token')).toMatchObject({ state: 'fault', remedy: expect.stringContaining('sign in to Facebook') })
    expect(JSON.stringify(found)).not.toContain(pageToken)
  })

  test('that Meta does not push for is at fault', async () => {
    const { look } = await onFacebook({ isSubscribed: false })
    const found = await look()
    expect(find(found, 'subscription')).toMatchObject({ state: 'fault', says: expect.stringContaining('Facebook does not push') })
    expect(exitCodeOf(found)).toBe(1)
  })

  test('is warned of a clock that is two minutes ahead', async () => {
    const { look, goWrong } = await onFacebook()
    goWrong(2 * MINUTE)
    expect(find(await look(), 'clock')).toMatchObject({ state: 'warning' })
  })
})

describe('the desk', () => {
  const well: DeskFacts = {
    now: new Date('2026-03-02T10:00:00Z'),
    isEmbedded: false,
    secrets: { stored: 4, opened: 4 },
    queueProblem: null,
    work: {
      clockHolder: 'one',
      lastSweepAt: new Date('2026-03-02T09:59:58Z'),
      deliveries: 0,
      oldestDeliveryAt: null,
      mentions: 0,
      oldestMentionAt: null,
      setAside: 0,
    },
    publicUrl: 'https://desk.example',
    pushedTo: 2,
  }
  const states = (facts: Partial<DeskFacts>) =>
    checkDesk({ ...well, ...facts }).flatMap(check => (check.state === 'ok' ? [] : [`${check.name}: ${check.state}`]))

  test.each<[string, Partial<DeskFacts>, string[]]>([
    ['that is well', {}, []],
    ['without an elected clock', { work: { ...well.work, clockHolder: null } }, ['clock: fault']],
    ['without a clock, since the embedded one is stopped', { isEmbedded: true, work: { ...well.work, clockHolder: null } }, []],
    ['whose queue is away', { queueProblem: 'ECONNREFUSED' }, ['queue: fault']],
    ['whose key opens only some', { secrets: { stored: 4, opened: 3 } }, ['secret key: fault']],
    [
      'whose worker is away',
      { work: { ...well.work, deliveries: 3, oldestDeliveryAt: new Date('2026-03-02T09:50:00Z') } },
      ['work: fault'],
    ],
    ['with mentions set aside', { work: { ...well.work, setAside: 2 } }, ['work: warning']],
    ['on localhost, with real accounts', { publicUrl: 'http://localhost:3000' }, ['address: fault']],
    ['without https, with real accounts', { publicUrl: 'http://desk.example' }, ['address: fault']],
    ['on localhost, with nobody to push there', { publicUrl: 'http://localhost:3000', pushedTo: 0 }, []],
  ])('%s', (_, facts, expected) => {
    expect(states(facts)).toEqual(expected)
  })

  test('a database that lacks a step names it and the remedy', () => {
    expect(database({ isEmbedded: false }, ['0009-triage-context'])).toMatchObject({
      state: 'fault',
      says: expect.stringContaining('0009-triage-context'),
      remedy: expect.stringContaining('release.js'),
    })
  })
})

describe('npm run doctor', () => {
  test('says what to do while Heed runs on the folder, and ends with 2', async () => {
    const dataDir = folder()
    const running = await openEmbeddedDatabase({ dir: join(dataDir, 'db'), syncToDisk: false })
    onTestFinished(() => running.close())
    const { code, stderr } = await doctor({ DATA_DIR: dataDir })
    expect(stderr).toMatch(/Heed is running on .*\n {2}Stop Heed and ask the doctor again, or .*\/health/)
    expect(code).toBe(2)
  })

  test('on a stopped Heed prints its findings for machines, and ends with 1 at a fault', async () => {
    const dataDir = folder()
    await storeAccount(dataDir, 'the secret with which the accounts were connected')
    const { code, stdout } = await doctor({ DATA_DIR: dataDir, SECRET_KEY: 'another secret, just as long as the first one' }, '--json')
    const found = JSON.parse(stdout)
    expect([code, found.exitCode]).toEqual([1, 1])
    expect(found.desk.find((check: { name: string }) => check.name === 'secret key')).toMatchObject({ state: 'fault' })
    expect(found.accounts).toMatchObject([{ platform: 'X', handle: 'heronair' }])
  })

  test.each([
    ['a folder without a Heed', [], /There is no Heed in/],
    ['an option it does not know', ['--mend'], /--mend[\s\S]*npm run doctor -- \[--account HANDLE\]/],
  ])('cannot look at %s, and makes nothing there: 2', async (_, args, words) => {
    const dataDir = folder()
    const { code, stderr } = await doctor({ DATA_DIR: dataDir }, ...args)
    expect(stderr).toMatch(words)
    expect(stderr).not.toMatch(/^\s+at /m)
    expect(code).toBe(2)
  })

  test('cannot look at a database that is away: 2', async () => {
    const { code, stderr } = await doctor({ DATABASE_URL: 'postgres://heed@127.0.0.1:1/heed', SECRET_KEY: 'x'.repeat(32) })
    expect(stderr).toMatch(/could not look: .*ECONNREFUSED/)
    expect(code).toBe(2)
  })

  async function storeAccount(dataDir: string, secret: string) {
    const { db, close } = await openEmbeddedDatabase({ dir: join(dataDir, 'db'), syncToDisk: false })
    await migrate(db)
    const sealed = sealSecrets(openVault(secret), {})
    const app = { id: newId(), platform: 'x', label: 'Test app', secrets: sealed, apiBase: 'http://127.0.0.1:1' }
    await insertPlatformApp(db, app)
    const who = { platform: 'x', externalId: '111', handle: 'heronair', name: 'Heron Air', capabilities: {}, tokenExpiresAt: null }
    await storeConnected(db, { ...who, id: newId(), appId: app.id, secrets: sealed, isDemo: false, at: new Date() })
    await close()
  }

  function doctor(env: Record<string, string>, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const { promise, resolve } = Promise.withResolvers<{ code: number; stdout: string; stderr: string }>()
    const options = { cwd: projectRoot, env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env } }
    const child = execFile(process.execPath, ['dist/doctor.js', ...args], options, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
    return promise
  }

  function folder(): string {
    const path = mkdtempSync(join(tmpdir(), 'heed-doctor-'))
    onTestFinished(() => rmSync(path, { recursive: true, force: true }))
    return path
  }
})
