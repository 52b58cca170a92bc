// What the simulators keep when they are stopped and started again.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { playDemoStory } from '../../simulators/demo-story.ts'
import { startGraphSimulator } from '../../simulators/graph/start.ts'
import { startXSimulator } from '../../simulators/x/start.ts'
import { startReceiver } from './receiver.ts'

let journalDir: string
beforeEach(() => {
  journalDir = fs.mkdtempSync(path.join(os.tmpdir(), 'simulators-'))
})
afterEach(() => fs.rmSync(journalDir, { recursive: true }))

test('X comes back with its people, posts, edits, deletes, tokens and clock', async () => {
  const before = await startXSimulator({ journalDir })
  const app = before.control.createApp({ name: 'Desk' })
  before.control.createBrand({ handle: 'larkspan', name: 'Larkspan' })
  const { accessToken } = before.control.issueTokens({ app: app.id, account: 'larkspan' })
  const post = before.control.post({ from: 'cleo', text: '@larkspan fistr' })
  before.control.edit({ id: post.id, text: '@larkspan first' })
  before.control.remove({ id: before.control.post({ from: 'cleo', text: 'gone' }).id })
  before.control.moveClock({ ms: 3_600_000 })
  await before.stop()
  const after = await startXSimulator({ journalDir })
  expect(after.control.posts()).toEqual(before.control.posts())
  expect(Date.parse(after.control.now().now)).toBeGreaterThan(Date.now() + 3_500_000)
  expect((await fetch(`${after.url}/2/users/me`, { headers: { authorization: `Bearer ${accessToken}` } })).status).toBe(200)
  const ids = new Set(after.control.posts().flatMap(one => one.versions))
  expect(ids.has(after.control.post({ from: 'cleo', text: 'new' }).id)).toBe(false)
  await after.stop()
})

test('a push that nobody took is still pushed after a restart', async () => {
  const receiver = await startReceiver({ secret: 's' })
  const before = await startXSimulator({ journalDir })
  const app = before.control.createApp({ name: 'Desk', consumerSecret: 's' })
  before.control.createBrand({ handle: 'larkspan', name: 'Larkspan' })
  await before.control.setWebhook({ app: app.id, url: receiver.url, accounts: ['larkspan'] })
  before.control.holdPushes()
  before.control.post({ from: 'cleo', text: '@larkspan help' })
  await before.stop()
  const after = await startXSimulator({ journalDir })
  expect(await after.control.pushesDelivered()).toBe(true)
  expect(receiver.received).toHaveLength(1)
  await after.stop()
  await receiver.stop()
})

test('a journal whose last line was cut is read up to there, and written on', async () => {
  const before = await startGraphSimulator({ journalDir })
  const page = before.control.createPage({ name: 'Larkspan' })
  before.control.post({ page: page.id, from: 'Cleo', message: 'one' })
  await before.stop()
  fs.appendFileSync(path.join(journalDir, 'graph.jsonl'), '{"type":"post","po')
  const after = await startGraphSimulator({ journalDir })
  after.control.post({ page: page.id, from: 'Cleo', message: 'two' })
  await after.stop()
  const last = await startGraphSimulator({ journalDir })
  expect(last.control.posts().map(post => post.message)).toEqual(['one', 'two'])
  await last.stop()
})

test('the demo’s story is not told twice, and goes on where it stopped', async () => {
  const stage = async () => [await startXSimulator({ journalDir }), await startGraphSimulator({ journalDir })] as const
  const [x, graph] = await stage()
  const story = playDemoStory(x, graph, { onlyStart: true })
  const [said, posts] = [story.said(), x.control.counts().posts]
  expect(posts).toBeGreaterThan(15)
  await Promise.all([x.stop(), graph.stop()])
  const [x2, graph2] = await stage()
  const again = playDemoStory(x2, graph2, { everyMs: 1 })
  expect([again.said(), x2.control.counts().posts, again.world.x.app.id]).toEqual([said, posts, story.world.x.app.id])
  await expect.poll(() => again.said()).toBeGreaterThan(said)
  again.stop()
  await Promise.all([x2.stop(), graph2.stop()])
})
