// What the simulated Graph API pushes: Meta's bytes, verbs, batches and echoes.
import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type GraphSimulator, startGraphSimulator } from '../../simulators/graph/start.ts'
import type { GraphApp, GraphPage } from '../../simulators/graph/state.ts'
import { type Receiver, startReceiver } from './receiver.ts'

let graph: GraphSimulator
let app: GraphApp
let page: GraphPage
let token: string
let receiver: Receiver

beforeEach(async () => {
  graph = await startGraphSimulator()
  app = graph.control.createApp({ name: 'Desk' })
  page = graph.control.createPage({ name: 'Larkspan', username: 'larkspan' })
  token = graph.control.issueTokens({ app: app.id, page: page.id }).pageToken
  receiver = await startReceiver({ verifyToken: 'v3rify' })
  await graph.control.setWebhook({ app: app.id, url: receiver.url, verifyToken: 'v3rify', pages: [page.id] })
})
afterEach(async () => {
  await graph.stop()
  await receiver.stop()
})

// biome-ignore lint/suspicious/noExplicitAny: wire format, looked at field by field
type Wire = any
interface Entry {
  id: string
  time: number
  changes?: Wire[]
  messaging?: Wire[]
  standby?: Wire[]
}
const entries = () => receiver.received.flatMap(one => (one.body as { entry: Entry[] }).entry)
const changes = () => entries().flatMap(entry => entry.changes ?? [])
const messaging = () => entries().flatMap(entry => entry.messaging ?? [])

test('the bytes hold Meta’s escapes, and the signature is over them', async () => {
  graph.control.post({ page: page.id, from: 'Cleo', message: 'şikâyet 24/7 😀' })
  await graph.control.pushesDelivered()
  const push = receiver.received[0]
  expect(push?.raw.toString()).toContain(String.raw`\u015fik\u00e2yet 24\/7 \ud83d\ude00`)
  expect(push?.headers['x-hub-signature-256']).toBe(
    `sha256=${createHmac('sha256', app.secret)
      .update(push?.raw ?? '')
      .digest('hex')}`,
  )
  const again = JSON.stringify(push?.body)
  expect(createHmac('sha256', app.secret).update(again).digest('hex')).not.toBe(push?.headers['x-hub-signature-256']?.slice(7))
  expect(changes()[0].value.message).toBe('şikâyet 24/7 😀')
})

test('a comment’s life is told: add, edited, hide, unhide, remove', async () => {
  const post = graph.control.post({ page: page.id, from: 'Larkspan', message: 'hello' })
  const { id } = graph.control.comment({ on: post.id, from: 'Cleo', message: 'help' })
  graph.control.edit({ id, message: 'help me' })
  graph.control.hide({ id })
  graph.control.hide({ id, hidden: false })
  graph.control.remove({ id })
  await graph.control.pushesDelivered()
  const told = changes()
    .filter(change => change.value.comment_id === id)
    .map(change => change.value)
  expect(told.map(value => value.verb)).toEqual(['add', 'edited', 'hide', 'unhide', 'remove'])
  expect(told.at(-1)).not.toHaveProperty('message')
  expect(told[1]).toMatchObject({ message: 'help me', parent_id: post.id })
})

test('a visitor’s edited post says edit', async () => {
  const { id } = graph.control.post({ page: page.id, from: 'Cleo', message: 'helo' })
  graph.control.edit({ id, message: 'hello' })
  await graph.control.pushesDelivered()
  expect(changes().map(change => [change.value.item, change.value.verb])).toEqual([
    ['post', 'add'],
    ['post', 'edit'],
  ])
})

test('a page named elsewhere is told as a mention', async () => {
  graph.control.post({ page: page.id, from: 'Cleo', message: 'ask @larkspan', elsewhere: true })
  await graph.control.pushesDelivered()
  expect(changes()).toMatchObject([{ field: 'mention', value: { verb: 'add', message: 'ask @larkspan' } }])
})

test('what gathers is one delivery of several entries: changes, messaging and standby', async () => {
  graph.control.holdPushes()
  graph.control.post({ page: page.id, from: 'Cleo', message: 'one' })
  graph.control.message({ page: page.id, from: 'Cleo', text: 'two' })
  graph.control.message({ page: page.id, from: 'Cleo', text: 'three', standby: true })
  graph.control.releasePushes()
  await graph.control.pushesDelivered()
  expect(receiver.received).toHaveLength(1)
  expect(entries().map(entry => Object.keys(entry).at(-1))).toEqual(['changes', 'messaging', 'standby'])
})

test('changes are dated in seconds, messaging in milliseconds', async () => {
  graph.control.post({ page: page.id, from: 'Cleo', message: 'one' })
  await graph.control.pushesDelivered()
  graph.control.message({ page: page.id, from: 'Cleo', text: 'two' })
  await graph.control.pushesDelivered()
  expect(entries().map(entry => String(entry.time).length)).toEqual([10, 13])
})

test('our message comes back as an echo with our metadata, a person’s from the inbox without', async () => {
  const { psid } = graph.control.message({ page: page.id, from: 'Cleo', text: 'hello' })
  await fetch(`${graph.url}/v25.0/${page.id}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      access_token: token,
      recipient: { id: psid },
      messaging_type: 'RESPONSE',
      message: { text: 'hi', metadata: 'reply-7' },
    }),
  })
  graph.control.message({ page: page.id, from: 'Cleo', text: 'by hand', byPage: true })
  await graph.control.pushesDelivered()
  const echoes = messaging()
    .map(one => one.message)
    .filter(message => message.is_echo)
  expect(echoes).toMatchObject([
    { text: 'hi', metadata: 'reply-7', app_id: Number(app.id) },
    { text: 'by hand', app_id: 26390203743090 },
  ])
  expect(echoes[1]).not.toHaveProperty('metadata')
})

test('an edited message and a receipt are told', async () => {
  await graph.control.setWebhook({
    app: app.id,
    url: receiver.url,
    verifyToken: 'v3rify',
    pages: [page.id],
    fields: ['messages', 'message_edits', 'message_reads'],
  })
  const { id } = graph.control.message({ page: page.id, from: 'Cleo', text: 'helo' })
  graph.control.editMessage({ id, text: 'hello' })
  graph.control.receipt({ id, kind: 'read' })
  await graph.control.pushesDelivered()
  expect(messaging()[1].message_edit).toEqual({ mid: id, text: 'hello', num_edit: 1 })
  expect(messaging()[2].read.watermark).toBeGreaterThan(0)
})

test('an app’s webhook is registered by its handshake alone', async () => {
  const subscribe = async (verify_token: string) => {
    const body = new URLSearchParams({
      access_token: `${app.id}|${app.secret}`,
      object: 'page',
      callback_url: receiver.url,
      verify_token,
      fields: 'feed,messages',
    })
    return (await (await fetch(`${graph.url}/v25.0/${app.id}/subscriptions`, { method: 'POST', body })).json()) as {
      success?: boolean
      error?: { code: number }
    }
  }
  expect((await subscribe('wrong')).error?.code).toBe(2200)
  expect((await subscribe('v3rify')).success).toBe(true)
})

test('a page that is not subscribed is silent', async () => {
  await fetch(`${graph.url}/v25.0/${page.id}/subscribed_apps?access_token=${token}`, { method: 'DELETE' })
  graph.control.post({ page: page.id, from: 'Cleo', message: 'hello' })
  expect(await graph.control.pushesDelivered()).toBe(true)
  expect(receiver.received).toEqual([])
})
