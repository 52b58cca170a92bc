// The simulated Bluesky by itself: what it keeps over a restart, and whom it turns away.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startBlueskySimulator } from '../../simulators/bluesky/start.ts'

test('a restart loses nothing: posts, talks, sessions and the clock', async () => {
  const journalDir = mkdtempSync(join(tmpdir(), 'bluesky-'))
  onTestFinished(() => rmSync(journalDir, { recursive: true }))
  const before = await startBlueskySimulator({ journalDir })
  const brand = before.control.createBrand({ handle: 'heron-air.test', name: 'Heron Air' })
  before.control.moveClock({ ms: 86_400_000 })
  const kept = before.control.post({ from: 'cleo', text: '@heron-air.test help' })
  const gone = before.control.post({ from: 'cleo', text: 'never mind' })
  before.control.remove({ uri: gone.uri })
  before.control.directMessage({ from: 'cleo', to: brand.handle, text: 'psst' })
  const { accessJwt } = before.control.issueSession({ account: brand.did })
  await before.stop()

  const after = await startBlueskySimulator({ journalDir })
  onTestFinished(after.stop)
  expect(after.control.posts()).toEqual([kept])
  expect(after.control.messages({ between: 'cleo', and: brand.handle })).toMatchObject([{ text: 'psst' }])
  expect(after.control.now().now).toBeGreaterThan(Date.now() + 80_000_000)
  const asked = await fetch(`${after.url}/xrpc/com.atproto.server.getSession`, { headers: { authorization: `Bearer ${accessJwt}` } })
  expect(await asked.json()).toEqual({ did: brand.did, handle: 'heron-air.test', active: true })
  expect(after.control.post({ from: 'cleo', text: 'later' }).uri > kept.uri).toBe(true)
})

test('requests are what the lexicons say, or are refused', async () => {
  const simulator = await startBlueskySimulator()
  onTestFinished(simulator.stop)
  const { control, url } = simulator
  const brand = control.createBrand({ handle: 'heron-air.test', name: 'Heron Air' })
  const { accessJwt } = control.issueSession({ account: brand.did })
  const create = async (record: object, rkey?: string) => {
    const answer = await fetch(`${url}/xrpc/com.atproto.repo.createRecord`, {
      method: 'POST',
      headers: { authorization: `Bearer ${accessJwt}`, 'content-type': 'application/json' },
      body: JSON.stringify({ repo: brand.did, collection: 'app.bsky.feed.post', rkey, record: { $type: 'app.bsky.feed.post', ...record } }),
    })
    return { status: answer.status, error: ((await answer.json()) as { error?: string }).error }
  }
  const createdAt = new Date().toISOString()
  expect(await create({ text: 'a'.repeat(301), createdAt })).toEqual({ status: 400, error: 'InvalidRequest' })
  expect(await create({ text: 'no date' })).toEqual({ status: 400, error: 'InvalidRequest' })
  expect(await create({ text: 'a key that is none', createdAt }, 'self')).toEqual({ status: 400, error: 'InvalidRequest' })
  expect(await create({ text: 'hello', createdAt })).toEqual({ status: 200 })
  expect((await fetch(`${url}/xrpc/app.bsky.feed.getPosts?uris=nonsense`)).status).toBe(400)
  expect((await fetch(`${url}/xrpc/app.bsky.unheard.of`)).status).toBe(501)
  expect((await fetch(`${url}/xrpc/com.atproto.server.getSession`)).status).toBe(401)
})

test('the control answers over HTTP', async () => {
  const simulator = await startBlueskySimulator()
  onTestFinished(simulator.stop)
  const answer = await fetch(`${simulator.url}/_sim/post`, { method: 'POST', body: JSON.stringify({ from: 'cleo', text: 'hello' }) })
  expect(await answer.json()).toMatchObject({ result: { author: 'cleo.test', text: 'hello' } })
})
