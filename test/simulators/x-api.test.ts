// The simulated X over its own API: reading, answering, the rules that refuse, limits and faults.
import https from 'node:https'
import net from 'node:net'
import { type ApiResponseError, TwitterApi } from 'twitter-api-v2'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readToken, writeToken } from '../../simulators/x/lists.ts'
import { startXSimulator, type XSimulator } from '../../simulators/x/start.ts'
import { weightedLength } from '../../simulators/x/text.ts'

let x: XSimulator
let brandId: string
let token: string

beforeEach(async () => {
  x = await startXSimulator()
  const app = x.control.createApp({ name: 'Desk' })
  brandId = x.control.createBrand({ handle: 'larkspan', name: 'Larkspan' }).id
  token = x.control.issueTokens({ app: app.id, account: 'larkspan' }).accessToken
})
afterEach(() => x.stop())

async function call(method: string, path: string, body?: object) {
  const response = await fetch(x.url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  // biome-ignore lint/suspicious/noExplicitAny: wire format, looked at field by field
  return { status: response.status, headers: response.headers, body: (await response.json()) as any }
}
const answer = (text: string, to: string) => call('POST', '/2/tweets', { text, reply: { in_reply_to_tweet_id: to } })

test('mentions are paged newest first, and since_id gives only what is newer', async () => {
  const posts = Array.from({ length: 12 }, (_, n) => x.control.post({ from: 'cleo', text: `@larkspan number ${n}` }))
  const first = await call('GET', `/2/users/${brandId}/mentions?max_results=5&since_id=${posts[1]?.id}`)
  const second = await call(
    'GET',
    `/2/users/${brandId}/mentions?max_results=5&since_id=${posts[1]?.id}&pagination_token=${first.body.meta.next_token}`,
  )
  expect([...first.body.data, ...second.body.data].map(post => post.id)).toEqual(
    posts
      .slice(2)
      .map(post => post.id)
      .reverse(),
  )
  expect(second.body.meta.next_token).toBeUndefined()
})

test('an empty page has no data', async () => {
  expect((await call('GET', `/2/users/${brandId}/mentions`)).body).toEqual({ meta: { result_count: 0 } })
})

test('max_results outside 5 to 100 is refused', async () => {
  expect((await call('GET', `/2/users/${brandId}/mentions?max_results=4`)).body.title).toBe('Invalid Request')
})

test('a deleted parent shows as a partial error beside the page', async () => {
  const parent = x.control.post({ from: 'ana', text: 'the line is dead' })
  x.control.post({ from: 'cleo', text: '@larkspan same', inReplyTo: parent.id })
  x.control.remove({ id: parent.id })
  const { body } = await call('GET', `/2/users/${brandId}/mentions?expansions=referenced_tweets.id`)
  expect(body.data).toHaveLength(1)
  expect(body.errors[0]).toMatchObject({
    resource_id: parent.id,
    type: 'https://api.x.com/2/problems/resource-not-found',
  })
})

test('an edit is a new post whose history begins with the first', async () => {
  const first = x.control.post({ from: 'cleo', text: '@larkspan fistr' })
  const second = x.control.edit({ id: first.id, text: '@larkspan first' })
  const { body } = await call('GET', `/2/users/${brandId}/mentions`)
  expect(body.data).toEqual([{ id: second.id, text: '@larkspan first', edit_history_tweet_ids: [first.id, second.id] }])
})

test('a customer who did not summon us cannot be answered', async () => {
  const post = x.control.post({ from: 'cleo', text: 'my internet is down' })
  const refused = await answer('Sorry!', post.id)
  expect(refused.status).toBe(403)
  expect(refused.body.detail).toContain('not been mentioned or otherwise engaged')
})

test('who quotes us has summoned us', async () => {
  const ours = x.control.post({ from: 'larkspan', text: 'fibre for all' })
  const quote = x.control.post({ from: 'cleo', text: 'not for me', quotes: ours.id })
  expect((await answer('Sorry!', quote.id)).status).toBe(201)
})

test('the same words to the same person are a duplicate', async () => {
  const post = x.control.post({ from: 'cleo', text: '@larkspan help' })
  expect((await answer('On it', post.id)).body.data.text).toBe('@cleo On it')
  const again = await answer('On it', post.id)
  expect([again.status, again.body.detail]).toEqual([403, 'You are not allowed to create a Tweet with duplicate content.'])
  expect(x.control.replies({ to: post.id })).toHaveLength(1)
})

test('280 weighted characters pass and 281 do not, the handles before an answer being free', async () => {
  const post = x.control.post({ from: 'cleo', text: '@larkspan help' })
  expect((await answer(`@cleo ${'a'.repeat(281)}`, post.id)).status).toBe(400)
  expect((await answer(`@cleo ${'a'.repeat(280)}`, post.id)).status).toBe(201)
})

test.each([
  ['👍 https://example.com/a/b', 26],
  ['日本語', 6],
  ['1️⃣ ©', 4],
  ['👩‍👩‍👧‍👦', 2],
  ['cafe\u0301', 4],
  ['see x.com', 27],
])('%s weighs what X says', (text, weight) => {
  expect(weightedLength(text)).toBe(weight)
})

test('each answer tells the limit, and the one too many is 429', async () => {
  x.control.setLimit({ endpoint: 'GET /2/users/:id/mentions', limit: 2 })
  const answers = [
    await call('GET', `/2/users/${brandId}/mentions`),
    await call('GET', `/2/users/${brandId}/mentions`),
    await call('GET', `/2/users/${brandId}/mentions`),
  ]
  expect(answers.map(one => [one.status, one.headers.get('x-rate-limit-remaining')])).toEqual([
    [200, '1'],
    [200, '0'],
    [429, '0'],
  ])
  x.control.moveClock({ ms: 15 * 60_000 })
  expect((await call('GET', `/2/users/${brandId}/mentions`)).status).toBe(200)
})

test('an answer accepted and then dropped is on the timeline', async () => {
  const post = x.control.post({ from: 'cleo', text: '@larkspan help' })
  x.control.setFault({ kind: 'accepted-then-dropped', method: 'POST', path: '/2/tweets' })
  await expect(answer('On it', post.id)).rejects.toThrow()
  expect(x.control.replies({ to: post.id }).map(reply => reply.text)).toEqual(['@cleo On it'])
})

test('a dropped answer is not on the timeline', async () => {
  const post = x.control.post({ from: 'cleo', text: '@larkspan help' })
  x.control.setFault({ kind: 'dropped', method: 'POST', path: '/2/tweets' })
  await expect(answer('On it', post.id)).rejects.toThrow()
  expect(x.control.replies({ to: post.id })).toEqual([])
})

test.each([
  ['rate-limited', 429],
  ['server-error', 503],
  ['html-502', 502],
  ['token-revoked', 401],
  ['not-summoned', 403],
] as const)('the fault %s is met once, as %i', async (kind, status) => {
  x.control.setFault({ kind, path: '/2/users/:id/mentions' })
  const path = `${x.url}/2/users/${brandId}/mentions`
  const headers = { authorization: `Bearer ${token}` }
  expect((await fetch(path, { headers })).status).toBe(status)
  expect((await fetch(path, { headers })).status).toBe(200)
})

test('a bare 429 has none of the headers that say how long', async () => {
  x.control.setFault({ kind: 'rate-limited', bare: true })
  expect((await call('GET', '/2/users/me')).headers.get('x-rate-limit-reset')).toBeNull()
})

test('a cut body ends in the middle', async () => {
  x.control.setFault({ kind: 'cut-body' })
  await expect(call('GET', '/2/users/me')).rejects.toThrow()
})

test('a server that never answers keeps the caller waiting', async () => {
  x.control.setFault({ kind: 'never-answers' })
  await expect(fetch(`${x.url}/2/users/me`, { signal: AbortSignal.timeout(150) })).rejects.toThrow(/timeout/)
})

test('a missing post is a 200 with the error inside', async () => {
  const { status, body } = await call('GET', '/2/tweets/123')
  expect([status, body.data, body.errors[0].title]).toEqual([200, undefined, 'Not Found Error'])
})

test('links leave as t.co addresses and & is escaped', async () => {
  x.control.post({ from: 'cleo', text: '@larkspan see https://example.com/a?b=1 & help' })
  const { body } = await call('GET', `/2/users/${brandId}/mentions?tweet.fields=entities`)
  expect(body.data[0].text).toMatch(/^@larkspan see https:\/\/t\.co\/\w+ &amp; help$/)
  expect(body.data[0].entities.urls[0].expanded_url).toBe('https://example.com/a?b=1')
})

test('recent search finds by handle, leaves out what is our own, and forgets after 7 days', async () => {
  x.control.post({ from: 'larkspan', text: 'hello @larkspan' })
  const post = x.control.post({ from: 'cleo', text: '@larkspan hello' })
  const search = `/2/tweets/search/recent?query=${encodeURIComponent('(@larkspan OR to:larkspan) -from:larkspan')}`
  expect((await call('GET', search)).body.data.map((one: { id: string }) => one.id)).toEqual([post.id])
  x.control.moveClock({ ms: 8 * 24 * 3_600_000 })
  expect((await call('GET', search)).body.data).toBeUndefined()
})

test('private messages are listed newest first and sent into the same conversation', async () => {
  x.control.directMessage({ from: 'cleo', to: 'larkspan', text: 'my number is 88' })
  const cleo = (await call('GET', '/2/users/by?usernames=cleo')).body.data[0].id
  expect((await call('POST', `/2/dm_conversations/with/${cleo}/messages`, { text: 'thanks' })).status).toBe(201)
  const { body } = await call('GET', '/2/dm_events?dm_event.fields=dm_conversation_id,sender_id')
  expect(body.data.map((event: { text: string }) => event.text)).toEqual(['thanks', 'my number is 88'])
  expect(new Set(body.data.map((event: { dm_conversation_id: string }) => event.dm_conversation_id)).size).toBe(1)
})

test('the real twitter-api-v2 reads, answers and is refused as by X', async () => {
  class SimAgent extends https.Agent {
    override createConnection() {
      return net.connect({ host: '127.0.0.1', port: x.port })
    }
  }
  const client = new TwitterApi(token, { httpAgent: new SimAgent(), compression: 'identity' })
  const post = x.control.post({ from: { handle: 'cleo', name: 'Cleo' }, text: '@larkspan şikâyet 😀' })
  const timeline = await client.v2.userMentionTimeline(brandId, { max_results: 5, expansions: ['author_id'] })
  expect(timeline.tweets.map(one => one.text)).toEqual(['@larkspan şikâyet 😀'])
  expect(timeline.includes.users[0]?.name).toBe('Cleo')
  expect((await client.v2.me()).data.username).toBe('larkspan')
  await client.v2.reply('We look into it', post.id)
  const refusal = await client.v2.reply('We look into it', post.id).catch((error: ApiResponseError) => error)
  expect(refusal).toMatchObject({ code: 403, rateLimit: { limit: 100, remaining: 98 } })
  await expect(client.v2.hideReply(post.id, true)).rejects.toMatchObject({ code: 403 })
})

test('a page token holds any id', () => {
  for (const id of ['1', '35', '2124269350998255686', '9223372036854775807']) expect(readToken(writeToken(id))).toBe(id)
})
