// What the simulated X pushes: signed, retried, and spoiled on demand.
import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startXSimulator, type XSimulator } from '../../simulators/x/start.ts'
import type { XApp } from '../../simulators/x/state.ts'
import { type Receiver, startReceiver } from './receiver.ts'

let x: XSimulator
let app: XApp
let receiver: Receiver

beforeEach(async () => {
  x = await startXSimulator()
  app = x.control.createApp({ name: 'Desk', consumerSecret: 'c0nsumer' })
  x.control.createBrand({ handle: 'larkspan', name: 'Larkspan' })
  receiver = await startReceiver({ secret: 'c0nsumer' })
  x.control.issueTokens({ app: app.id, account: 'larkspan' })
  await x.control.setWebhook({ app: app.id, url: receiver.url, accounts: ['larkspan'] })
})
afterEach(async () => {
  await x.stop()
  await receiver.stop()
})

interface Event {
  data: { event_type: string; event_uuid: string; payload: { id: string; text: string } }
}
const events = () => receiver.received.map(one => (one.body as Event).data)
const kinds = () => events().map(event => event.event_type)
const asApp = (method: string, path: string, body?: object) =>
  fetch(x.url + path, {
    method,
    headers: { authorization: `Bearer ${app.bearerToken}` },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })

test('a push is signed with the consumer secret over its very bytes', async () => {
  x.control.post({ from: 'cleo', text: '@larkspan şikâyet 😀' })
  await x.control.pushesDelivered()
  const [push] = receiver.received
  const expected = `sha256=${createHmac('sha256', 'c0nsumer')
    .update(push?.raw ?? '')
    .digest('base64')}`
  expect(push?.headers['x-twitter-webhooks-signature']).toBe(expected)
})

test('a mention is told, a deep answer without our handle typed is not', async () => {
  const post = x.control.post({ from: 'cleo', text: '@larkspan help' })
  x.control.post({ from: 'dora', text: 'same here', inReplyTo: post.id })
  await x.control.pushesDelivered()
  expect(kinds()).toEqual(['post.mention.create'])
})

test('an answer to our post is told as a reply, a quote as a quote', async () => {
  const ours = x.control.post({ from: 'larkspan', text: 'all fixed' })
  x.control.post({ from: 'cleo', text: 'not here', inReplyTo: ours.id })
  x.control.post({ from: 'dora', text: 'look at this', quotes: ours.id })
  await x.control.pushesDelivered()
  expect(kinds().sort()).toEqual(['post.quote.create', 'post.reply.create'])
})

test('our own delete is told, a customer’s is not', async () => {
  const post = x.control.post({ from: 'cleo', text: 'hello' })
  const ours = x.control.post({ from: 'larkspan', text: 'hello' })
  x.control.remove({ id: post.id })
  x.control.remove({ id: ours.id })
  await x.control.pushesDelivered()
  expect(events().map(event => [event.event_type, event.payload.id])).toEqual([['post.delete', ours.id]])
})

test('messages in the clear, encrypted ones and a revoked sign-in are told', async () => {
  x.control.directMessage({ from: 'cleo', to: 'larkspan', text: 'hi' })
  x.control.directMessage({ from: 'larkspan', to: 'cleo', text: 'hello' })
  x.control.encryptedMessage({ from: 'cleo', to: 'larkspan' })
  x.control.revokeAccess({ account: 'larkspan' })
  await x.control.pushesDelivered()
  expect(kinds().sort()).toEqual(['chat.received', 'dm.received', 'dm.sent', 'oauth.revoke'])
})

test('a webhook that answers the CRC with the wrong secret is not registered', async () => {
  const wrong = await startReceiver({ secret: 'other' })
  const response = await asApp('POST', '/2/webhooks', { url: wrong.url })
  expect(response.status).toBe(400)
  expect(await response.text()).toContain('CrcValidationFailed')
  await wrong.stop()
})

test('an app registers its webhook and subscribes an account over the API', async () => {
  const other = await startReceiver({ secret: 'c0nsumer' })
  const { id } = (await (await asApp('POST', '/2/webhooks', { url: other.url })).json()) as { id: string }
  const filter = { user_id: x.control.brands()[0]?.id }
  const subscription = { event_type: 'post.mention.create', filter, webhook_id: id, tag: 'acct-7' }
  expect((await asApp('POST', '/2/activity/subscriptions', subscription)).status).toBe(200)
  expect((await asApp('POST', '/2/activity/subscriptions', subscription)).status).toBe(409)
  x.control.post({ from: 'cleo', text: '@larkspan help' })
  await x.control.pushesDelivered()
  expect(other.received[0]?.body).toMatchObject({ data: { tag: 'acct-7', event_type: 'post.mention.create' } })
  await other.stop()
})

test('a push that was refused comes again until it is taken', async () => {
  receiver.answer(500)
  x.control.post({ from: 'cleo', text: '@larkspan help' })
  await expect.poll(() => receiver.received.length).toBeGreaterThan(0)
  receiver.answer(200)
  x.control.retryPushes()
  expect(await x.control.pushesDelivered()).toBe(true)
  expect(new Set(events().map(event => event.event_uuid)).size).toBe(1)
})

test('pushes wait while nobody listens and arrive when somebody does', async () => {
  const port = Number(new URL(receiver.url).port)
  await receiver.stop()
  for (let n = 0; n < 20; n++) x.control.post({ from: 'cleo', text: `@larkspan number ${n}` })
  expect(await x.control.pushesDelivered({ timeoutMs: 100 })).toBe(false)
  receiver = await startReceiver({ secret: 'c0nsumer', port })
  expect(await x.control.pushesDelivered()).toBe(true)
  expect(new Set(events().map(event => event.payload.id)).size).toBe(20)
})

test('a duplicate push is the same event twice', async () => {
  x.control.setFault({ kind: 'push-duplicate' })
  x.control.post({ from: 'cleo', text: '@larkspan help' })
  await x.control.pushesDelivered()
  expect(events().map(event => event.event_uuid)).toEqual([events()[0]?.event_uuid, events()[0]?.event_uuid])
})

test('reordered pushes arrive last first', async () => {
  x.control.setFault({ kind: 'push-reorder', times: 3 })
  for (const n of [1, 2, 3]) x.control.post({ from: 'cleo', text: `@larkspan ${n}` })
  await x.control.pushesDelivered()
  expect(events().map(event => event.payload.text)).toEqual(['@larkspan 3', '@larkspan 2', '@larkspan 1'])
})

test('a dropped push never arrives, a delayed one late', async () => {
  x.control.setFault({ kind: 'push-drop' })
  x.control.post({ from: 'cleo', text: '@larkspan lost' })
  await x.control.pushesDelivered()
  x.control.setFault({ kind: 'push-delay', ms: 120 })
  const before = Date.now()
  x.control.post({ from: 'cleo', text: '@larkspan late' })
  await x.control.pushesDelivered()
  expect(events().map(event => event.payload.text)).toEqual(['@larkspan late'])
  expect(Date.now() - before).toBeGreaterThanOrEqual(110)
})

test('a badly signed push comes again signed well', async () => {
  receiver.answer(401)
  x.control.setFault({ kind: 'push-bad-signature' })
  x.control.post({ from: 'cleo', text: '@larkspan help' })
  await expect.poll(() => receiver.received.length).toBe(1)
  receiver.answer(200)
  await x.control.pushesDelivered()
  const good = receiver.received.map(
    ({ raw, headers }) =>
      headers['x-twitter-webhooks-signature'] === `sha256=${createHmac('sha256', 'c0nsumer').update(raw).digest('base64')}`,
  )
  expect(good).toEqual([false, true])
})
