// The simulated Graph API over its own calls: sign-in, lists, answers, windows, errors and usage.
import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type GraphSimulator, startGraphSimulator } from '../../simulators/graph/start.ts'
import type { GraphApp, GraphPage } from '../../simulators/graph/state.ts'

const hour = 3_600_000
let graph: GraphSimulator
let app: GraphApp
let page: GraphPage
let token: string

beforeEach(async () => {
  graph = await startGraphSimulator()
  app = graph.control.createApp({ name: 'Desk' })
  page = graph.control.createPage({ name: 'Larkspan', username: 'larkspan' })
  token = graph.control.issueTokens({ app: app.id, page: page.id }).pageToken
})
afterEach(() => graph.stop())

async function call(method: string, path: string, params: Record<string, string> = {}) {
  const form = new URLSearchParams({ access_token: token, ...params })
  const response = await fetch(`${graph.url}/v25.0${path}${method === 'GET' ? `?${form}` : ''}`, {
    method,
    ...(method === 'GET' ? {} : { body: form }),
  })
  // biome-ignore lint/suspicious/noExplicitAny: wire format, looked at field by field
  return { status: response.status, headers: response.headers, body: (await response.json()) as any }
}
const write = (recipient: object, text: string, more: Record<string, string> = {}) =>
  call('POST', `/${page.id}/messages`, {
    recipient: JSON.stringify(recipient),
    message: JSON.stringify({ text }),
    messaging_type: 'RESPONSE',
    ...more,
  })
const codes = ({ body }: { body: { error?: { code: number; error_subcode?: number } } }) => [body.error?.code, body.error?.error_subcode]

test('answers are dated by the simulated clock', async () => {
  const { now } = graph.control.moveClock({ ms: 30 * hour })
  const { headers } = await call('GET', '/me', { fields: 'id' })
  expect(Date.parse(headers.get('date') ?? '')).toBeCloseTo(Date.parse(now), -4)
})

test('consent gives a code, the code a short token, that a long one, and that a page token without end', async () => {
  const redirect_uri = 'http://127.0.0.1:9/callback'
  const form = new URLSearchParams({
    client_id: app.id,
    redirect_uri,
    state: 's1',
    scope: 'pages_messaging',
    page: page.id,
    decision: 'allow',
  })
  const consent = await fetch(`${graph.url}/v25.0/dialog/oauth`, { method: 'POST', redirect: 'manual', body: form })
  const back = new URL(consent.headers.get('location') ?? '')
  expect(back.searchParams.get('state')).toBe('s1')
  const client = { client_id: app.id, client_secret: app.secret }
  const short = await call('GET', '/oauth/access_token', {
    ...client,
    redirect_uri,
    code: back.searchParams.get('code') ?? '',
  })
  const long = await call('GET', '/oauth/access_token', {
    ...client,
    grant_type: 'fb_exchange_token',
    fb_exchange_token: short.body.access_token,
  })
  expect([short.body.expires_in, long.body.expires_in]).toEqual([3600, 60 * 24 * 3600])
  const [account] = (await call('GET', '/me/accounts', { access_token: long.body.access_token })).body.data
  expect(account).toMatchObject({ id: page.id, name: 'Larkspan' })
  const debug = await call('GET', '/debug_token', {
    access_token: `${app.id}|${app.secret}`,
    input_token: account.access_token,
  })
  expect(debug.body.data).toMatchObject({ is_valid: true, type: 'PAGE', expires_at: 0 })
})

test('a wrong appsecret_proof is refused, the right one taken', async () => {
  expect((await call('GET', '/me', { appsecret_proof: 'abc' })).body.error.code).toBe(100)
  const proof = createHmac('sha256', app.secret).update(token).digest('hex')
  expect((await call('GET', '/me', { appsecret_proof: proof })).body.name).toBe('Larkspan')
})

test('an object that is not there is error 100, subcode 33', async () => {
  expect(codes(await call('GET', '/12345'))).toEqual([100, 33])
})

test('a field nobody knows is error 100', async () => {
  expect((await call('GET', '/me', { fields: 'id,shoe_size' })).body.error.message).toContain('nonexisting field (shoe_size)')
})

test('comments are listed as a stream, newest first, page by page', async () => {
  const post = graph.control.post({ page: page.id, from: 'Larkspan', message: 'hello' })
  const first = graph.control.comment({ on: post.id, from: 'Cleo', message: 'first' })
  const second = graph.control.comment({ on: first.id, from: 'Dora', message: 'second' })
  const third = graph.control.comment({ on: post.id, from: 'Cleo', message: 'third' })
  const params = { filter: 'stream', order: 'reverse_chronological', limit: '2', fields: 'id,parent' }
  const one = await call('GET', `/${post.id}/comments`, params)
  const two = (await (await fetch(one.body.paging.next)).json()) as { data: { id: string }[] }
  expect([...one.body.data, ...two.data].map(comment => comment.id)).toEqual([third.id, second.id, first.id])
  expect(one.body.data[1].parent.id).toBe(first.id)
  expect((await call('GET', `/${post.id}/comments`)).body.data).toHaveLength(2)
})

test('feed holds what stands on the page, tagged what names it elsewhere', async () => {
  graph.control.post({ page: page.id, from: 'Cleo', message: 'on the page' })
  graph.control.post({ page: page.id, from: 'Cleo', message: 'where is @larkspan', elsewhere: true })
  const messages = async (edge: string) =>
    (await call('GET', `/${page.id}/${edge}`)).body.data.map((post: { message: string }) => post.message)
  expect(await messages('feed')).toEqual(['on the page'])
  expect(await messages('tagged')).toEqual(['where is @larkspan'])
})

test('a comment is answered, hidden, liked and deleted by its page', async () => {
  const post = graph.control.post({ page: page.id, from: 'Larkspan', message: 'hello' })
  const comment = graph.control.comment({ on: post.id, from: 'Cleo', message: 'no internet' })
  const { body } = await call('POST', `/${comment.id}/comments`, { message: 'Sorry, Cleo!' })
  expect(graph.control.findItem({ id: body.id })).toMatchObject({ isOurs: true, parentId: comment.id })
  await call('POST', `/${comment.id}`, { is_hidden: 'true' })
  await call('POST', `/${comment.id}/likes`)
  expect((await call('GET', `/${comment.id}`, { fields: 'is_hidden,user_likes' })).body).toMatchObject({
    is_hidden: true,
    user_likes: true,
  })
  expect((await call('DELETE', `/${comment.id}`)).body).toEqual({ success: true })
  expect(codes(await call('POST', `/${body.id}`, { is_hidden: 'true' }))).toEqual([100, 33])
})

test('Messenger closes after 24 hours, for a human agent after 7 days', async () => {
  const { psid } = graph.control.message({ page: page.id, from: 'Cleo', text: 'hello' })
  const late = { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' }
  graph.control.moveClock({ ms: 23 * hour })
  expect((await write({ id: psid }, 'hi')).status).toBe(200)
  graph.control.moveClock({ ms: 2 * hour })
  expect(codes(await write({ id: psid }, 'hi'))).toEqual([10, 2018278])
  expect((await write({ id: psid }, 'hi', late)).status).toBe(200)
  graph.control.moveClock({ ms: 6 * 24 * hour })
  expect(codes(await write({ id: psid }, 'hi', late))).toEqual([10, 2018278])
})

test('a comment is answered privately once, within 7 days, and that opens no window', async () => {
  const post = graph.control.post({ page: page.id, from: 'Larkspan', message: 'hello' })
  const comment = graph.control.comment({ on: post.id, from: 'Cleo', message: 'help' })
  const sent = await write({ comment_id: comment.id }, 'write to us here')
  expect(sent.status).toBe(200)
  expect(codes(await write({ comment_id: comment.id }, 'again'))[0]).toBe(10900)
  expect(codes(await write({ id: sent.body.recipient_id }, 'again'))).toEqual([10, 2018278])
  const other = graph.control.comment({ on: post.id, from: 'Dora', message: 'help' })
  graph.control.moveClock({ ms: 7 * 24 * hour + 1 })
  expect(codes(await write({ comment_id: other.id }, 'too late'))).toEqual([10, 2018278])
})

test('nobody writes to somebody who is not available', async () => {
  const { psid } = graph.control.message({ page: page.id, from: 'Cleo', text: 'hello' })
  graph.control.setUnavailable({ customer: 'Cleo' })
  expect(codes(await write({ id: psid }, 'hi'))).toEqual([551, 1545041])
})

test('2000 characters pass and 2001 do not', async () => {
  const { psid } = graph.control.message({ page: page.id, from: 'Cleo', text: 'hello' })
  expect((await write({ id: psid }, 'a'.repeat(2001))).body.error.code).toBe(100)
  expect((await write({ id: psid }, 'a'.repeat(2000))).status).toBe(200)
})

test('conversations come newest first, their messages too', async () => {
  graph.control.message({ page: page.id, from: 'Cleo', text: 'one' })
  graph.control.moveClock({ ms: 1000 })
  graph.control.message({ page: page.id, from: 'Dora', text: 'two' })
  graph.control.moveClock({ ms: 1000 })
  graph.control.message({ page: page.id, from: 'Cleo', text: 'three' })
  const { body } = await call('GET', `/${page.id}/conversations`, { platform: 'messenger', fields: 'id,participants' })
  expect(body.data.map((one: { participants: { data: { name: string }[] } }) => one.participants.data[0]?.name)).toEqual(['Cleo', 'Dora'])
  const messages = await call('GET', `/${body.data[0].id}/messages`, { fields: 'message,from' })
  expect(messages.body.data.map((one: { message: string }) => one.message)).toEqual(['three', 'one'])
})

test.each([[458], [460], [463], [467]])('a dead token is error 190 with subcode %i', async subcode => {
  graph.control.killTokens({ page: page.id, subcode })
  expect(codes(await call('GET', '/me'))).toEqual([190, subcode])
})

test('usage is told in percent and throttles at 100', async () => {
  graph.control.setUsage({ percent: 80 })
  const { headers } = await call('GET', '/me')
  expect(JSON.parse(headers.get('x-business-use-case-usage') ?? '')[page.id][0]).toMatchObject({
    call_count: 80,
    estimated_time_to_regain_access: 0,
  })
  graph.control.setUsage({ percent: 100, regainMinutes: 7 })
  const full = await call('GET', '/me')
  expect(codes(full)[0]).toBe(80001)
  expect(JSON.parse(full.headers.get('x-business-use-case-usage') ?? '')[page.id][0].estimated_time_to_regain_access).toBe(7)
})

test.each([4, 17, 32, 613, 80001])('throttle code %i on demand', async code => {
  graph.control.setFault({ kind: 'rate-limited', code })
  expect(codes(await call('GET', '/me'))[0]).toBe(code)
})

test.each([2, 10, 368, 506])('error code %i on demand, for the named call only', async code => {
  graph.control.setFault({ kind: 'graph-error', code, method: 'POST', path: '/:id/comments' })
  const post = graph.control.post({ page: page.id, from: 'Cleo', message: 'hello' })
  expect((await call('GET', '/me')).status).toBe(200)
  expect(codes(await call('POST', `/${post.id}/comments`, { message: 'x' }))[0]).toBe(code)
})

test('an answer accepted and then dropped stands under the comment', async () => {
  const post = graph.control.post({ page: page.id, from: 'Cleo', message: 'hello' })
  graph.control.setFault({ kind: 'accepted-then-dropped', method: 'POST' })
  await expect(call('POST', `/${post.id}/comments`, { message: 'Sorry' })).rejects.toThrow()
  expect(graph.control.replies({ to: post.id }).map(reply => reply.message)).toEqual(['Sorry'])
})

test('an author the app may not see is left out', async () => {
  const shy = graph.control.createPage({ name: 'Shy', hidesAuthors: true })
  token = graph.control.issueTokens({ app: app.id, page: shy.id }).pageToken
  const post = graph.control.post({ page: shy.id, from: 'Cleo', message: 'hello' })
  expect((await call('GET', `/${post.id}`, { fields: 'message,from' })).body).toEqual({ message: 'hello', id: post.id })
})

test('two pages know one person by two numbers', () => {
  const other = graph.control.createPage({ name: 'Other' })
  const here = graph.control.message({ page: page.id, from: 'Cleo', text: 'a' })
  const there = graph.control.message({ page: other.id, from: 'Cleo', text: 'a' })
  expect(here.psid).not.toBe(there.psid)
})
