// Mastodon's API, as its OpenAPI description has it, judges what we ask of an instance, and what the simulated one answers.
import { describe, expect, it } from 'vitest'
import type { GestureWay } from '../../connectors/connector.ts'
import { mastodon } from '../../connectors/mastodon/connector.ts'
import { answerTo, polled, simulatedMastodon, wireTo } from '../connectors/mastodon-simulated.ts'
import { loadXJudge } from '../x-openapi.ts'

const file = process.env.MASTODON_OPENAPI
if (!file) it.skip('skipped: needs MASTODON_OPENAPI')
else judgeBy(file)

function judgeBy(place: string) {
  const judge = loadXJudge(place)

  describe('the judge', () => {
    it.each([
      ['a wrong token', 'GET', '/api/v1/notifications', 401, { error: 'The access token is invalid' }, true],
      ['an error without words', 'GET', '/api/v1/notifications', 401, {}, false],
      ['half a status', 'GET', '/api/v1/statuses/1', 200, { id: '1', content: 'hi' }, false],
      ['notifications that are no list', 'GET', '/api/v1/notifications', 200, {}, false],
      ['a call Mastodon does not have', 'GET', '/api/v1/nothing', 200, {}, false],
    ] as const)('of answers: %s', (_what, method, path, status, body, isGood) => {
      expect(judge.response(method, path, status, body).length === 0).toBe(isGood)
    })
    it.each([
      ['mentions', 'GET', '/api/v1/notifications', { query: { types: 'mention', limit: '40', min_id: '7' } }, true],
      ['a type there is not', 'GET', '/api/v1/notifications', { query: { types: 'mentions' } }, false],
      ['a parameter there is not', 'GET', '/api/v1/notifications', { query: { minId: '7' } }, false],
      ['a status', 'POST', '/api/v1/statuses', { body: { status: 'hi', visibility: 'direct', in_reply_to_id: '1' } }, true],
      ['a visibility there is not', 'POST', '/api/v1/statuses', { body: { status: 'hi', visibility: 'secret' } }, false],
    ] as const)('of requests: %s', (_what, method, path, sent, isGood) => {
      expect(judge.request(method, path, sent).length === 0).toBe(isGood)
    })
  })

  it("finds no fault with our requests, nor with the simulator's answers", async () => {
    const { simulator, control, line: direct, app, brand } = await simulatedMastodon()
    const { url, exchanges } = await wireTo(simulator.url)
    const line = { ...direct, apiBase: url }
    const root = control.post({ from: { handle: 'cleo@far.example', name: 'Cleo' }, text: 'my bag #lost', lang: 'en' })
    control.post({ from: 'cleo@far.example', text: `@heronair@${simulator.host} where?`, inReplyTo: root.id, warning: 'luggage' })
    for (let nth = 0; nth < 50; nth++) control.post({ from: 'bob', text: `@heronair ${nth} https://heron.example/flights` })
    control.directMessage({ from: 'bob', to: 'heronair', text: 'psst' })
    const first = await polled(line, {})
    const before = first.mentions[0]!
    control.edit({ id: before.externalId, text: '@heronair psst!' })
    await polled(line, first.cursor)
    await mastodon.whoAmI(line)
    control.boost({ from: 'dora', id: control.post({ from: 'bob', text: 'late again #HeronAir', lang: 'en' }).id })
    const term = { id: '0198c0de-0000-7000-8000-0000000000aa', anyOf: ['#heronair', 'late again'], noneOf: [], languages: [] }
    const found = mastodon.intake.search!.search(line, term, {}, new Date(line.now().getTime() - 86_400_000))
    expect((await Array.fromAsync(found)).length).toBe(1)
    expect(
      (await mastodon.intake.parents!.find(line, [{ externalId: root.id, childExternalId: replyOf(control, root.id) }])).missing,
    ).toEqual([])
    const publicly = first.mentions.find(one => one.visibility === 'public')!
    const ways = [
      answerTo(publicly, 'On its way.'),
      answerTo(before, 'Psst.', { key: 'b' }),
      answerTo(publicly, 'To all.', { key: 'c', inReplyTo: null }),
    ]
    for (const way of ways) {
      const sent = await mastodon.send(way, line)
      expect(await mastodon.findSent!(way, line.now(), line)).toEqual(sent)
    }
    const { set } = mastodon.gestures!.like as GestureWay
    for (const isOn of [true, true, false]) await set(ways[0]!.inReplyTo!, isOn, line)
    control.remove({ id: publicly.externalId })
    expect(await mastodon.stillThere!(ways[0]!.inReplyTo!, line)).toBe(false)
    await expect(mastodon.send({ ...ways[0]!, key: 'd' }, line)).rejects.toMatchObject({ kind: 'refused' })
    for (const kind of ['rate-limited', 'server-error', 'token-revoked'] as const) {
      control.setFault({ kind, path: '/api/v1/accounts/verify_credentials' })
      await expect(mastodon.whoAmI(line)).rejects.toThrow()
    }
    await signInOver(url, app, brand.id)
    expect(exchanges.length).toBeGreaterThan(20)
    expect(exchanges.filter(one => one.path === '/oauth/token')).toHaveLength(1)
    const complaints = exchanges.flatMap(one => [
      ...judge.request(one.method, one.path, one).map(words => `request ${one.method} ${one.path}: ${words}`),
      ...judge
        .response(one.method, one.path, one.status, one.answer)
        .map(words => `answer ${one.method} ${one.path} ${one.status}: ${words}`),
    ])
    expect([...new Set(complaints)]).toEqual([])

    async function signInOver(apiBase: string, { clientId, clientSecret }: { clientId: string; clientSecret: string }, account: string) {
      const verifier = 'a-verifier-of-at-least-forty-three-characters-long'
      const redirectUri = 'http://127.0.0.1:9/callback'
      const ask = { app: { instance: simulator.host, clientId, clientSecret }, redirectUri }
      const address = new URL(mastodon.signIn!.authorizeUrl({ ...ask, apiBase: simulator.url, state: 's', verifier }))
      expect(judge.request('GET', address.pathname, { query: Object.fromEntries(address.searchParams) })).toEqual([])
      const form = new URLSearchParams([...address.searchParams, ['account', account], ['decision', 'authorize']])
      const back = await fetch(new URL('/oauth/authorize', address), { method: 'POST', body: form, redirect: 'manual' })
      const code = new URL(back.headers.get('location')!).searchParams.get('code')!
      await mastodon.signIn!.finish({ ...ask, apiBase, code, verifier, now: new Date() })
    }
  })
}

const replyOf = (control: Awaited<ReturnType<typeof simulatedMastodon>>['control'], to: string) => control.replies({ to })[0]!.id
