// The webhook's door: what is proved is stored before it is answered, what is not leaves a count.
import { createHmac } from 'node:crypto'
import { Hono } from 'hono'
import { expect, onTestFinished, test, vi } from 'vitest'
import { connectors } from '../../connectors/all.ts'
import type { Job } from '../../jobs.ts'
import type { WebDesk, WebEnv } from '../../web/env.ts'
import { refusalCounter } from '../../web/webhook-refusals.ts'
import { webhookRoutes } from '../../web/webhooks.ts'
import { testWorld } from '../world.ts'

const SECRETS = {
  x: { clientId: 'client', consumerSecret: 'consumer secret of the test' },
  facebook: { appId: '1', appSecret: 'app secret of the test', verifyToken: 'the token we agreed on' },
}
/** Counts are written once a second. */
const SOON = { timeout: 5_000, interval: 100 }
/** Turkish and an emoji, as the platforms escape them: a body that is written anew does not verify. */
const BODY =
  '{"object":"page","entry":[{"id":"9","time":1,"changes":[{"field":"feed","value":{"message":"\\u015fik\\u00e2yet \\ud83d\\ude00 http:\\/\\/a"}}]}]}'

async function door(web: Partial<WebDesk> = {}) {
  const world = await testWorld({ connectors })
  const [x, facebook] = [
    await world.account({ platform: 'x', appSecrets: SECRETS.x }),
    await world.account({ platform: 'facebook', externalId: '9', appSecrets: SECRETS.facebook }),
  ]
  const desk = {
    ...world.desk,
    live: { ...world.desk.live, hear: () => () => {}, close: async () => {} },
    isEmbedded: true,
    ...web,
  } as unknown as WebDesk
  const counter = refusalCounter(desk)
  // What is still to be counted must not be counted into the next test.
  onTestFinished(() => counter.flush())
  const app = new Hono<WebEnv>().route('/', webhookRoutes(desk, counter))
  const post = (appId: string, body: string | Uint8Array, headers: Record<string, string>) =>
    app.request(`/webhooks/${appId}`, {
      method: 'POST',
      body: body as BodyInit,
      headers: { 'content-type': 'application/json', ...headers },
    })
  return {
    world,
    desk,
    app,
    post,
    x,
    facebook,
    push: (body: string) => post(facebook.appId, body, metaSignature(body)),
    deliveries: () => world.desk.db.selectFrom('deliveries').selectAll().orderBy('id').execute(),
    refusals: () => world.desk.db.selectFrom('webhookRefusals').select(['platform', 'reason', 'count']).orderBy('reason').execute(),
  }
}
const metaSignature = (body: string) => ({
  'x-hub-signature-256': `sha256=${createHmac('sha256', SECRETS.facebook.appSecret).update(body).digest('hex')}`,
})
const xSignature = (body: string) => ({
  'x-twitter-webhooks-signature': `sha256=${createHmac('sha256', SECRETS.x.consumerSecret).update(body).digest('base64')}`,
})

test('a signed webhook is stored sealed, byte for byte, and rung for', async () => {
  const { push, deliveries, world, facebook } = await door()
  expect((await push(BODY)).status).toBe(200)
  const [row] = await deliveries()
  expect(world.desk.vault.open(row!.body!).toString('utf8')).toBe(BODY)
  expect(Buffer.from(row!.body!).includes('feed')).toBe(false)
  expect(row).toMatchObject({
    appId: facebook.appId,
    accountId: null,
    source: 'webhook',
    status: 'waiting',
    headers: { 'content-type': 'application/json', signature: 'x-hub-signature-256' },
  })
  expect(world.rung).toEqual([{ name: 'readDeliveries' }])
})

test('each platform signs in its own way', async () => {
  const { post, x, facebook, deliveries } = await door()
  expect((await post(x.appId, BODY, xSignature(BODY))).status).toBe(200)
  expect((await post(facebook.appId, BODY, xSignature(BODY))).status).toBe(401)
  expect((await deliveries()).length).toBe(1)
})

test('a wrong signature is 401 and leaves nothing but a count', async () => {
  const { post, facebook, deliveries, refusals, world } = await door()
  for (let i = 0; i < 7; i++)
    expect((await post(facebook.appId, BODY, { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` })).status).toBe(401)
  await vi.waitFor(async () => expect(await refusals()).toEqual([{ platform: 'facebook', reason: 'signature wrong', count: 7 }]), SOON)
  expect(await deliveries()).toEqual([])
  expect(world.rung).toEqual([])
})

test('a missing signature is 401 and counted apart', async () => {
  const { post, facebook, deliveries, refusals } = await door()
  expect((await post(facebook.appId, BODY, {})).status).toBe(401)
  await vi.waitFor(async () => expect(await refusals()).toEqual([{ platform: 'facebook', reason: 'signature missing', count: 1 }]), SOON)
  expect(await deliveries()).toEqual([])
})

test.each([
  ['one byte changed', BODY.replace('feed', 'feet')],
  ['one byte more', `${BODY} `],
  ['nothing', ''],
])('%s under the same signature is refused', async (_, body) => {
  const { post, facebook, deliveries } = await door()
  expect((await post(facebook.appId, body, metaSignature(BODY))).status).toBe(401)
  expect(await deliveries()).toEqual([])
})

test('a flood of bad signatures is one write a second at most', async () => {
  const { post, facebook, refusals, world } = await door()
  await post(facebook.appId, BODY, {})
  const query = vi.spyOn(world.database.db.getExecutor(), 'executeQuery')
  const start = performance.now()
  const answers = await Promise.all(Array.from({ length: 300 }, () => post(facebook.appId, BODY, {})))
  expect(answers.every(answer => answer.status === 401)).toBe(true)
  await vi.waitFor(async () => expect((await refusals())[0]?.count).toBe(301), SOON)
  const writes = query.mock.calls.filter(([compiled]) => /insert into webhook_refusals/.test(compiled.sql)).length
  expect(writes).toBeGreaterThan(0)
  expect(writes).toBeLessThanOrEqual(1 + (performance.now() - start) / 1000)
})

test('malformed JSON under a right signature is stored: the reader keeps and shows it', async () => {
  const { push, deliveries } = await door()
  expect((await push('{"object": cut in the mid')).status).toBe(200)
  expect((await deliveries()).length).toBe(1)
})

test('more than 10 MB is 413, with or without a length in front, and nothing is stored', async () => {
  const { post, facebook, deliveries } = await door()
  const large = 'x'.repeat(10 * 1024 * 1024 + 1)
  const unannounced = await post(facebook.appId, large, metaSignature(large))
  expect(unannounced.status).toBe(413)
  expect(await unannounced.text()).toContain('10 MB')
  expect((await post(facebook.appId, large, { ...metaSignature(large), 'content-length': String(large.length) })).status).toBe(413)
  expect(await deliveries()).toEqual([])
})

test('a body of just 10 MB is taken', async () => {
  const { push, deliveries } = await door()
  expect((await push('x'.repeat(10 * 1024 * 1024))).status).toBe(200)
  expect((await deliveries())[0]!.bodyBytes).toBeGreaterThan(10 * 1024 * 1024)
})

test.each(['00000000-0000-7000-8000-000000000000', 'nonsense', "' or 1=1"])('an unknown app (%s) is 404', async appId => {
  const { post, deliveries } = await door()
  expect((await post(encodeURIComponent(appId), BODY, metaSignature(BODY))).status).toBe(404)
  expect(await deliveries()).toEqual([])
})

test('a burst of 200 shares few commits, and each is stored before its 200', async () => {
  const { push, desk, world } = await door()
  let commits = 0
  const ring = desk.ring
  desk.ring = async (job: Job) => {
    commits++
    await ring(job)
  }
  const bodies = Array.from({ length: 200 }, (_, i) => JSON.stringify({ object: 'page', n: i }))
  const storedAtAnswer = await Promise.all(
    bodies.map(async body => {
      const { status } = await push(body)
      return status === 200
    }),
  )
  const rows = await world.desk.db.selectFrom('deliveries').select('body').execute()
  expect(storedAtAnswer.every(Boolean)).toBe(true)
  expect(new Set(rows.map(row => world.desk.vault.open(row.body!).toString('utf8')))).toEqual(new Set(bodies))
  expect(commits).toBeGreaterThan(0)
  expect(commits).toBeLessThan(20)
})

test('no 200 goes out while the insert is not committed', async () => {
  const { push, world } = await door()
  const { lite } = await lockDeliveries(world)
  let answered = false
  const answer = push(BODY).then(() => (answered = true))
  await new Promise(resolve => setTimeout(resolve, 100))
  expect(answered).toBe(false)
  lite.release()
  await answer
  expect(answered).toBe(true)
})

test('a failing database is 500, and nothing is lost when the platform sends it again', async () => {
  const { push, deliveries, world } = await door()
  await world.desk.db.schema.alterTable('deliveries').renameTo('deliveries_away').execute()
  const answers = await Promise.all([push('{"n":1}'), push('{"n":2}'), push('{"n":3}')])
  expect(answers.map(answer => answer.status)).toEqual([500, 500, 500])
  await world.database.db.schema.alterTable('deliveries_away').renameTo('deliveries').execute()
  expect((await Promise.all([push('{"n":1}'), push('{"n":2}'), push('{"n":3}')])).map(answer => answer.status)).toEqual([200, 200, 200])
  expect((await deliveries()).length).toBe(3)
})

test('a bell that does not ring costs no 200', async () => {
  const { push, deliveries } = await door({
    ring: async () => {
      throw new Error('Redis is away')
    },
  })
  expect((await push(BODY)).status).toBe(200)
  expect((await deliveries()).length).toBe(1)
})

test("X's challenge (CRC) is answered with our signature of its token", async () => {
  const { app, x } = await door()
  const answer = await app.request(`/webhooks/${x.appId}?crc_token=challenge_1`)
  expect(answer.status).toBe(200)
  expect(await answer.json()).toEqual({
    response_token: `sha256=${createHmac('sha256', SECRETS.x.consumerSecret).update('challenge_1').digest('base64')}`,
  })
})

test("Meta's hub challenge is answered raw when the verify token is ours, else 403", async () => {
  const { app, facebook } = await door()
  const ask = (token: string) =>
    app.request(`/webhooks/${facebook.appId}?hub.mode=subscribe&hub.verify_token=${encodeURIComponent(token)}&hub.challenge=1158201444`)
  const answer = await ask(SECRETS.facebook.verifyToken)
  expect([answer.status, await answer.text(), answer.headers.get('content-type')]).toEqual([
    200,
    '1158201444',
    expect.stringContaining('text/plain'),
  ])
  expect((await ask('another')).status).toBe(403)
  expect((await app.request(`/webhooks/${facebook.appId}`)).status).toBe(403)
})

test('a new app secret is believed as soon as this process hears of it', async () => {
  const heard: ((changes: { topic: 'account' }[]) => void)[] = []
  const { push, post, facebook, world } = await door({
    live: {
      tell: () => {},
      hear: (listener: never) => {
        heard.push(listener)
        return () => {}
      },
    } as never,
  })
  expect((await push(BODY)).status).toBe(200)
  await world.desk.db
    .updateTable('platformApps')
    .set({ secrets: world.desk.vault.seal(JSON.stringify({ ...SECRETS.facebook, appSecret: 'a new one' })) })
    .where('id', '=', facebook.appId)
    .execute()
  for (const listener of heard) listener([{ topic: 'account' }])
  expect((await push(BODY)).status).toBe(401)
  const signed = { 'x-hub-signature-256': `sha256=${createHmac('sha256', 'a new one').update(BODY).digest('hex')}` }
  expect((await post(facebook.appId, BODY, signed)).status).toBe(200)
})

/** Holds the one embedded session in a transaction, so that no insert can commit. */
async function lockDeliveries(world: Awaited<ReturnType<typeof testWorld>>) {
  const begun = Promise.withResolvers<void>()
  const held = Promise.withResolvers<void>()
  void world.database.db.transaction().execute(async () => {
    begun.resolve()
    await held.promise
  })
  await begun.promise
  return { lite: { release: held.resolve } }
}
