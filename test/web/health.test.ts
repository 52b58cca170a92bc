// For whoever runs Heed: what waits, what was set aside, and whether the parts answer.

import { v7 as newId } from 'uuid'
import { expect, test } from 'vitest'
import { markUnreadable } from '../../db/deliveries.ts'
import { setAside } from '../../db/mentions.ts'
import { readDeliveries } from '../../triage/intake.ts'
import { shapeOf } from '../../web/json-shape.ts'
import { deliver, plainConnector, says } from '../plain-connector.ts'
import { saidBy, webWorld } from './web-world.ts'

async function plainWorld(web = {}) {
  const world = await webWorld({ connectors: [plainConnector()], web })
  return { ...world, plain: await world.account({ platform: 'plain' }) }
}

test('healthz is 200 while database and queue answer', async () => {
  const { request } = await plainWorld()
  const answer = await request('/healthz')
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({ alive: true, database: { ok: true }, queue: { ok: true } })
})

test('healthz is 503 and names the queue when it does not answer, or not in time', async () => {
  const broken = await plainWorld({
    queueCounts: async () => {
      throw new Error('Redis is away')
    },
  })
  const answer = await broken.request('/healthz')
  expect(answer.status).toBe(503)
  expect(await answer.json()).toMatchObject({ alive: true, database: { ok: true }, queue: { ok: false } })
  const silent = await plainWorld({ queueCounts: () => new Promise(() => {}) })
  expect((await silent.request('/healthz')).status).toBe(503)
})

test('metrics tell what waits, for anybody who scrapes, without a name', async () => {
  const { request, plain, ...world } = await plainWorld({ prometheus: async () => 'bullmq_job_count 3' })
  await deliver({ plain, request, ...world } as never, plain, [says('Where is my bag?')])
  await world.desk.db
    .updateTable('accounts')
    .set({ newestMentionAt: new Date(world.desk.now().getTime() - 90_000) })
    .execute()
  const text = await (await request('/metrics')).text()
  expect(text).toMatch(/^heed_deliveries_waiting 1$/m)
  expect(text).toMatch(/^heed_up\{part="database"\} 1$/m)
  expect(text).toMatch(/^heed_connector_lag_seconds\{platform="plain"\} 90$/m)
  expect(text).toMatch(/^heed_accounts\{platform="plain",status="connected"\} 1$/m)
  expect(text).toContain('bullmq_job_count 3')
  expect(text).toContain('heed_webhooks_accepted_total')
  expect(text).not.toMatch(/acme|bag|Cleo/i)
})

test('metrics go on when the queue is away, and say so', async () => {
  const { request } = await plainWorld({
    prometheus: async () => {
      throw new Error('Redis is away')
    },
  })
  const answer = await request('/metrics')
  expect(answer.status).toBe(200)
  expect(await answer.text()).toMatch(/^heed_up\{part="queue"\} 0$/m)
})

test('an unreadable delivery is listed by shape, never by words, and read again on request', async () => {
  const world = await plainWorld()
  const id = await deliver(world, world.plain, [says('My secret order is late')])
  await markUnreadable(world.desk.db, id, 'entry[0].kind: reel is not one we know')
  const admin = await world.signIn('admin')
  const page = await (await admin.get('/health')).text()
  expect(page).toContain('reel is not one we know')
  expect(page).toContain('[{kind: text, account: text, mention: {')
  expect(page).not.toContain('secret order')
  world.rung.length = 0
  expect(saidBy(await admin.post('/health/deliveries/read-again', { id }))).toContain('1 delivery is being read again')
  expect(world.rung).toEqual([{ name: 'readDeliveries' }])
  await readDeliveries(world.desk)
  expect(await world.desk.db.selectFrom('mentions').select('text').execute()).toEqual([{ text: 'My secret order is late' }])
})

test('a mention set aside is listed without its words, and judged again on request', async () => {
  const world = await plainWorld()
  await deliver(world, world.plain, [says('My secret order is late')])
  await readDeliveries(world.desk)
  const { id } = await world.desk.db.selectFrom('mentions').select('id').executeTakeFirstOrThrow()
  await setAside(world.desk.db, id, 'a rule divided by zero')
  const admin = await world.signIn('admin')
  const page = await (await admin.get('/health')).text()
  expect(page).toContain('a rule divided by zero')
  expect(page).not.toContain('secret order')
  world.rung.length = 0
  await admin.post('/health/mentions/judge-again', { id })
  expect(await world.desk.db.selectFrom('mentions').select('state').execute()).toEqual([{ state: 'waiting' }])
  expect(world.rung).toEqual([{ name: 'triageMentions' }])
})

test('a clock nobody holds is the first thing the page says', async () => {
  const world = await plainWorld()
  const rep = await world.signIn('rep')
  expect(await (await rep.get('/health')).text()).toContain('No clock is running')
  expect((await rep.post('/health/deliveries/read-again', { id: newId() })).status).toBe(403)
})

test.each([
  ['{"a":"words","n":1,"list":[{"id":"1"},{"id":"2"}]}', '{a: text, n: number, list: [{id: text} ×2]}'],
  ['{"users":{"Cleo Marsh":{"id":"1"}}}', '{users: {‹key›: {id: text}}}'],
  ['{"cut": ', 'not JSON, 8 characters'],
  ['null', 'null'],
])('the shape of %s holds no words', (text, shape) => expect(shapeOf(text)).toBe(shape))
