// X's own description judges what we ask of X, and what the simulated X answers.
import { describe, expect, it } from 'vitest'
import type { GestureWay, OutgoingPost } from '../connectors/connector.ts'
import { x } from '../connectors/x/connector.ts'
import { type Exchange, openDoor, simulatedX } from './connectors/x-simulated.ts'
import { loadXJudge } from './x-openapi.ts'

const file = process.env.X_OPENAPI
if (!file) it.skip('skipped: needs X_OPENAPI')
else judgeBy(file)

function judgeBy(place: string) {
  const judge = loadXJudge(place)

  describe('the judge', () => {
    const page = {
      data: [{ id: '1', text: 'hi', author_id: '2', edit_history_tweet_ids: ['1'] }],
      includes: { users: [{ id: '2', name: 'Cleo', username: 'cleo_flies' }] },
      meta: { result_count: 1 },
    }
    it.each([
      ['a page of mentions', 'GET', '/2/users/12/mentions', 200, page, true],
      ['an id that is a number', 'GET', '/2/users/12/mentions', 200, { ...page, data: [{ ...page.data[0], id: 1 }] }, false],
      ['users without a name', 'GET', '/2/users/12/mentions', 200, { ...page, includes: { users: [{ id: '2' }] } }, false],
      ['who we are', 'GET', '/2/users/me', 200, { data: { id: '2', name: 'Cleo', username: 'cleo_flies' } }, true],
      ['a limit', 'GET', '/2/users/12/mentions', 429, { title: 'Too Many Requests', type: 'about:blank', status: 429 }, true],
      ['a call X does not have', 'GET', '/2/nothing', 200, {}, false],
    ] as const)('of answers: %s', (_what, method, path, status, body, isGood) => {
      expect(judge.response(method, path, status, body).length === 0).toBe(isGood)
    })
    it.each([
      ['a reply', 'POST', '/2/tweets', { body: { text: 'hi', reply: { in_reply_to_tweet_id: '1' } } }, true],
      ['a reply under a wrong name', 'POST', '/2/tweets', { body: { text: 'hi', in_reply_to: '1' } }, false],
      [
        'mentions',
        'GET',
        '/2/users/1/mentions',
        { query: { max_results: '100', 'tweet.fields': 'author_id,created_at', since_id: '5' } },
        true,
      ],
      ['a page too small', 'GET', '/2/users/1/mentions', { query: { max_results: '1' } }, false],
      ['a field X has not', 'GET', '/2/users/1/mentions', { query: { 'tweet.fields': 'likes' } }, false],
      ['a parameter X has not', 'GET', '/2/users/1/mentions', { query: { sinceId: '5' } }, false],
      ['a search for nothing', 'GET', '/2/tweets/search/recent', {}, false],
    ] as const)('of requests: %s', (_what, method, path, sent, isGood) => {
      expect(judge.request(method, path, sent).length === 0).toBe(isGood)
    })
  })

  it("finds no fault with our requests, nor with the simulator's answers", async () => {
    const { app, control, exchanges, lineOf } = await simulatedX()
    const { line } = lineOf()
    const door = (await openDoor(app.consumerSecret)).url
    await x.onConnected!(line, door)
    const span = { from: new Date(line.now().getTime() - 3_600_000), until: line.now() }
    const replayed = () => x.intake.webhook!.replay!.ask(line, door, span)
    await replayed()
    control.setReplay({ has: false })
    await expect(replayed()).rejects.toThrow()
    const post = control.post({
      from: { handle: 'cleo_flies', name: 'Cleo', followers: 40 },
      text: '@HeronAir bag lost 😟 https://example.com/bags',
      lang: 'en',
    })
    control.edit({ id: control.post({ from: 'bob_on_tour', text: '@HeronAir late' }).id, text: '@HeronAir very late' })
    control.post({
      from: 'dora_waits',
      text: 'quoting @HeronAir',
      quotes: control.post({ from: 'HeronAir', text: 'We fly.' }).id,
    })
    for (let nth = 0; nth < 110; nth++) control.post({ from: 'cleo_flies', text: `@HeronAir and bag ${nth}?` })
    control.directMessage({ from: 'cleo_flies', to: 'HeronAir', text: 'hello' })
    const cursor = await walk(x.intake.polling!.poll(line, {}))
    await walk(x.intake.polling!.poll(line, cursor))
    await x.whoAmI(line)
    const term = { id: '0198c0de-0000-7000-8000-0000000000aa', anyOf: ['heron air', '#HeronAir'], noneOf: ['fan club'], languages: ['en'] }
    control.repost({ from: 'bob_on_tour', id: control.post({ from: 'dora_waits', text: 'heron air lost my bag', lang: 'en' }).id })
    const found = await walk(x.intake.search!.search(line, term, {}, new Date(line.now().getTime() - 86_400_000)))
    await walk(x.intake.search!.search(line, term, found, line.now()))
    await x.intake.parents!.find(
      line,
      [post.id, '1'].map(externalId => ({ externalId, childExternalId: post.id })),
    )
    for (const anyOf of [['heron air'], ['heronair']]) await x.intake.stream!.follow(line, [{ ...term, anyOf, account: line.account }])
    const answer: OutgoingPost = {
      key: '0198c0de-0000-7000-8000-00000000000a',
      text: 'On its way.',
      visibility: 'public',
      isPrivateReply: false,
      inReplyTo: {
        externalId: post.id,
        replyToExternalId: null,
        visibility: 'public',
        threadKey: post.id,
        addressesUs: true,
        postedAt: new Date(),
        facts: {},
        author: { externalId: authorOf(exchanges), handle: 'cleo_flies', name: 'Cleo', followers: 40 },
      },
    }
    const ways: OutgoingPost[] = [
      answer,
      { ...answer, text: 'Psst.', visibility: 'private' },
      { ...answer, text: 'To all.', inReplyTo: null },
    ]
    for (const way of ways) expect(await x.findSent!(way, line.now(), line)).toBeNull()
    for (const way of ways) {
      const sent = await x.send(way, line)
      expect(await x.findSent!(way, new Date(line.now().getTime() - 1000), line)).toEqual(sent)
    }
    await expect(x.send(answer, line)).rejects.toThrow()
    const ours = control.post({ from: 'HeronAir', text: 'We land.' })
    const below = { ...answer.inReplyTo!, externalId: control.post({ from: 'cleo_flies', text: 'where?', inReplyTo: ours.id }).id }
    const { like, hide } = x.gestures as Record<'like' | 'hide', GestureWay>
    await expect(like.set(below, true, line)).rejects.toThrow()
    control.createApp({ ...app, tier: 'enterprise' })
    for (const isOn of [true, true, false]) for (const way of [like, hide]) await way.set(below, isOn, line)
    await expect(hide.set(answer.inReplyTo!, true, line)).rejects.toThrow()
    expect(await x.stillThere!(answer.inReplyTo!, line)).toBe(true)
    control.remove({ id: post.id })
    expect(await x.stillThere!(answer.inReplyTo!, line)).toBe(false)
    for (const kind of ['rate-limited', 'server-error', 'token-revoked'] as const) {
      control.setFault({ kind, path: '/2/users/me' })
      await expect(x.whoAmI({ secrets: line.secrets, apiBase: line.apiBase, now: line.now })).rejects.toThrow()
    }
    // The sign-in is not part of the description, and version 2.166 is older than three of the event types.
    const judged = exchanges.filter(
      one => one.path !== '/2/oauth2/token' && !NEWER_EVENTS.has((one.body as { event_type?: string } | undefined)?.event_type ?? ''),
    )
    expect(judged.length).toBeGreaterThan(25)
    expect(judged.flatMap(one => complaints('request', one, judge.request(one.method, one.path, one)))).toEqual([])
    expect(judged.flatMap(one => complaints('answer', one, judge.response(one.method, one.path, one.status, one.answer)))).toEqual([])
  })
}

/** https://docs.x.com/x-api/activity/introduction has them, checked 2026-11-21. */
const NEWER_EVENTS = new Set(['post.reply.create', 'post.quote.create', 'oauth.revoke'])

async function walk<T>(pages: AsyncGenerator<unknown, T>): Promise<T> {
  for (;;) {
    const step = await pages.next()
    if (step.done) return step.value
  }
}

function authorOf(exchanges: Exchange[]): string {
  const pages = exchanges.flatMap(
    one => (one.answer as { includes?: { users?: { id: string; username: string }[] } }).includes?.users ?? [],
  )
  return pages.find(user => user.username === 'cleo_flies')!.id
}

const complaints = (which: string, one: Exchange, found: string[]) =>
  found.map(words => `${which} ${one.method} ${one.path} ${one.status}: ${words}`)
