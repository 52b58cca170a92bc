// The simulated Mastodon instance as a client, a newcomer and a restart meet it.
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type MastodonSimulatorOptions, startMastodonSimulator } from '../../simulators/mastodon/start.ts'

async function simulated(options: MastodonSimulatorOptions = {}) {
  const simulator = await startMastodonSimulator(options)
  onTestFinished(simulator.stop)
  const { control, url } = simulator
  const app = control.createApp({ name: 'Desk' })
  control.createBrand({ handle: 'larkspan', name: 'Larkspan' })
  const { accessToken } = control.issueTokens({ app: app.id, account: 'larkspan' })
  const call = (at: string, more: RequestInit = {}) =>
    fetch(`${url}${at}`, {
      ...more,
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json', ...more.headers },
    })
  const post = (body: object, headers = {}) => call('/api/v1/statuses', { method: 'POST', body: JSON.stringify(body), headers })
  return { ...simulator, call, post }
}

test('a page is newest first; min_id reads on from there, since_id gives the newest', async () => {
  const { control, call } = await simulated()
  for (let nth = 0; nth < 5; nth++) control.post({ from: 'mara', text: `@larkspan ${nth}` })
  const ask = async (query: string) => {
    const answer = await call(`/api/v1/notifications?limit=2${query}`)
    const list = (await answer.json()) as { id: string; status: { content: string } }[]
    return { ids: list.map(one => one.id), said: list.map(one => one.status.content.at(-5)), link: answer.headers.get('link') }
  }
  const newest = await ask('')
  expect(newest.said).toEqual(['4', '3'])
  expect(newest.link).toContain(`max_id=${newest.ids[1]}>; rel="next"`)
  const middle = await ask(`&max_id=${newest.ids[1]}`)
  const oldest = await ask(`&max_id=${middle.ids[1]}`)
  expect([middle.said, oldest.said]).toEqual([['2', '1'], ['0']])
  expect((await ask(`&min_id=${oldest.ids[0]}`)).said).toEqual(['2', '1'])
  expect((await ask(`&since_id=${oldest.ids[0]}`)).said).toEqual(['4', '3'])
})

test('the same Idempotency-Key makes one status within an hour, and a new one after', async () => {
  const { control, post } = await simulated()
  const send = async () => ((await (await post({ status: 'hello' }, { 'idempotency-key': 'k' })).json()) as { id: string }).id
  const first = await send()
  expect(await send()).toBe(first)
  control.moveClock({ ms: 3_601_000 })
  expect(await send()).not.toBe(first)
  expect(control.posts()).toHaveLength(2)
})

test('what is too long, empty, or answers nothing is refused in words', async () => {
  const { control, post } = await simulated()
  control.createCustomer({ handle: 'mara@far.example' })
  expect((await post({ status: 'a'.repeat(501) })).status).toBe(422)
  expect((await post({ status: `@mara@far.example ${'a'.repeat(494)}` })).status).toBe(200)
  expect(await (await post({ status: ' ' })).json()).toEqual({ error: "Validation failed: Text can't be blank" })
  expect((await post({ status: 'hi', in_reply_to_id: '1' })).status).toBe(404)
})

test('a direct status is seen by those it names, and by nobody else', async () => {
  const { control, call } = await simulated()
  control.createCustomer({ handle: 'mara' })
  const named = control.directMessage({ from: 'tobin', to: 'larkspan', text: 'psst' })
  const other = control.directMessage({ from: 'tobin', to: 'mara', text: 'psst' })
  expect([(await call(`/api/v1/statuses/${named.id}`)).status, (await call(`/api/v1/statuses/${other.id}`)).status]).toEqual([200, 404])
})

test('the limit counts down, answers 429 with its reset, and opens again', async () => {
  const { control, call } = await simulated()
  control.setLimit({ limit: 1 })
  const ask = () => call('/api/v1/accounts/verify_credentials')
  expect((await ask()).headers.get('x-ratelimit-remaining')).toBe('0')
  const refused = await ask()
  expect(refused.status).toBe(429)
  expect(Date.parse(refused.headers.get('x-ratelimit-reset')!)).toBeGreaterThan(Date.parse(control.now().now))
  control.moveClock({ ms: 300_000 })
  expect((await ask()).status).toBe(200)
})

test('a form without a script posts as an invented customer; a link to a status shows its thread', async () => {
  const { control, url } = await simulated()
  const form = { as: 'Mara Quillon', text: 'no <b>internet</b>', mention: control.brands()[0]!.id, answering: '', warning: 'rant' }
  await fetch(`${url}/_page/post`, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' })
  const [said] = control.posts()
  expect(said).toMatchObject({ author: 'maraquillon', text: '@larkspan no <b>internet</b>', warning: 'rant', visibility: 'public' })
  const shown = await (await fetch(`${url}/@maraquillon/${said!.id}`)).text()
  expect(shown).toContain('A local stand-in for Mastodon')
  expect(shown).toContain('no &lt;b&gt;internet&lt;/b&gt;')
  expect(await (await fetch(`${url}/?tab=direct`)).text()).not.toContain('internet')
})

test('it comes back with its people, statuses, edits, deletes, tokens, keys and clock', async () => {
  const journalDir = fs.mkdtempSync(path.join(os.tmpdir(), 'mastodon-'))
  onTestFinished(() => fs.rmSync(journalDir, { recursive: true }))
  const before = await startMastodonSimulator({ journalDir })
  const app = before.control.createApp({ name: 'Desk' })
  before.control.createBrand({ handle: 'larkspan', name: 'Larkspan' })
  const { accessToken } = before.control.issueTokens({ app: app.id, account: 'larkspan' })
  const { id } = before.control.post({ from: 'mara@far.example', text: '@larkspan fistr' })
  before.control.edit({ id, text: '@larkspan first' })
  before.control.remove({ id: before.control.post({ from: 'mara@far.example', text: '@larkspan gone' }).id })
  before.control.moveClock({ ms: 3_600_000 })
  await before.stop()
  const after = await startMastodonSimulator({ journalDir })
  onTestFinished(after.stop)
  expect(after.control.posts()).toEqual(before.control.posts())
  expect(after.control.counts()).toEqual(before.control.counts())
  expect(Date.parse(after.control.now().now)).toBeGreaterThan(Date.now() + 3_500_000)
  const told = await fetch(`${after.url}/api/v1/notifications`, { headers: { authorization: `Bearer ${accessToken}` } })
  expect(await told.json()).toMatchObject([{ type: 'mention', status: { id, edited_at: expect.any(String) } }])
})

test('nonsense on the stream ends nothing: what makes sense is still heard', async () => {
  const { control, url } = await simulated()
  const app = control.createApp({ name: 'Listener' })
  const { accessToken } = control.issueTokens({ app: app.id, account: 'larkspan' })
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/streaming`, accessToken)
  onTestFinished(() => socket.close())
  await new Promise(resolve => socket.addEventListener('open', resolve))
  const answered = new Promise(resolve => socket.addEventListener('message', resolve))
  for (const said of ['{', 'null', '7', '{"type":"subscribe","stream":"constructor"}', '{"type":"subscribe","stream":"user"}'])
    socket.send(said)
  expect(await answered).toMatchObject({ data: expect.stringContaining('Unknown channel name') })
  await vi.waitFor(() => expect(control.streams()).toMatchObject([{ streams: ['user'] }]))
})

test('an address that is none is refused, and a frame without end is cut off', async () => {
  const { control, url } = await simulated()
  const app = control.createApp({ name: 'Listener' })
  const { accessToken } = control.issueTokens({ app: app.id, account: 'larkspan' })
  const asks = (address: string) =>
    `GET ${address} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: a\r\n\r\n`
  const heardFrom = (said: string, more?: Buffer) =>
    new Promise<string>(resolve => {
      const socket = net.connect(Number(new URL(url).port), new URL(url).hostname)
      let heard = ''
      socket.on('data', bytes => {
        heard += bytes.toString('latin1')
        if (more) socket.write(more)
      })
      socket.on('error', () => {})
      socket.on('close', () => resolve(heard))
      socket.write(said)
    })
  expect(await heardFrom(asks('//'))).toContain('400 Bad Request')
  const endless = Buffer.concat([Buffer.from([0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), Buffer.alloc(70_000)])
  expect(await heardFrom(asks(`/api/v1/streaming?access_token=${accessToken}`), endless)).toContain('101 Switching Protocols')
})
