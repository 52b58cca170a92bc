// The Mastodon connector against the simulated instance: sign-in, polls, answers, and everything that goes wrong on the way.
import { describe, expect, it } from 'vitest'
import { PlatformError } from '../../connectors/connector.ts'
import { mastodon } from '../../connectors/mastodon/connector.ts'
import { answerTo, HOST, polled, simulatedMastodon } from './mastodon-simulated.ts'

describe('signing in', () => {
  const verifier = 'a-verifier-of-at-least-forty-three-characters-long'
  const redirectUri = 'http://127.0.0.1:9/callback'

  it('goes to the instance, comes back with a code, and leaves a connected account', async () => {
    const { simulator, app, brand, control } = await simulatedMastodon()
    control.setMaxCharacters({ characters: 1000 })
    const secrets = { instance: HOST, clientId: app.clientId, clientSecret: app.clientSecret }
    const ask = { app: secrets, apiBase: simulator.url, redirectUri }
    const code = await codeFor(mastodon.signIn!.authorizeUrl({ ...ask, state: 'the-state', verifier }), brand.id)
    const [account] = await mastodon.signIn!.finish({ ...ask, code, verifier, now: new Date() })
    expect(account).toMatchObject({
      externalId: `${brand.id}@${HOST}`,
      handle: `heronair@${HOST}`,
      name: 'Heron Air',
      tokenExpiresAt: null,
      capabilities: { instance: HOST, maxCharacters: '1000' },
    })
    expect(Object.keys(account!.secrets).sort()).toEqual(['accessToken', 'instance'])
  })

  it('gets nothing for a code with another verifier', async () => {
    const { simulator, app, brand } = await simulatedMastodon()
    const ask = { app: { instance: HOST, clientId: app.clientId, clientSecret: app.clientSecret }, apiBase: simulator.url, redirectUri }
    const code = await codeFor(mastodon.signIn!.authorizeUrl({ ...ask, state: 's', verifier }), brand.id)
    await expect(mastodon.signIn!.finish({ ...ask, code, verifier: 'another', now: new Date() })).rejects.toBeInstanceOf(PlatformError)
  })

  it.each(['social.example', ' https://Social.example/ '])('sends the operator to the instance the app names: %j', instance => {
    const app = { instance, clientId: 'us', clientSecret: 'ours' }
    const address = new URL(mastodon.signIn!.authorizeUrl({ app, apiBase: null, redirectUri, state: 's', verifier }))
    expect(address.origin + address.pathname).toBe('https://social.example/oauth/authorize')
    expect(address.searchParams.get('scope')).toBe(
      'read:accounts read:notifications read:search read:statuses write:favourites write:media write:statuses',
    )
  })

  it.each([
    '',
    'http://social.example',
    'https://127.0.0.1',
    'localhost',
    'https://[::1]',
    '10.0.0.8',
    'https://social.example:8080',
    'x y',
  ])('takes no machine of our own network for an instance: %j', instance => {
    const app = { instance, clientId: 'us', clientSecret: 'ours' }
    expect(() => mastodon.signIn!.authorizeUrl({ app, apiBase: null, redirectUri, state: 's', verifier })).toThrow(PlatformError)
  })

  async function codeFor(address: string, account: string): Promise<string> {
    expect((await fetch(address)).status).toBe(200)
    const form = new URLSearchParams([...new URL(address).searchParams, ['account', account], ['decision', 'authorize']])
    const answer = await fetch(new URL('/oauth/authorize', address), { method: 'POST', body: form, redirect: 'manual' })
    return new URL(answer.headers.get('location')!).searchParams.get('code')!
  }
})

describe('polling', () => {
  it('brings every page, then only what is new', async () => {
    const { control, line } = await simulatedMastodon()
    for (let nth = 0; nth < 95; nth++) control.post({ from: 'cleo@far.example', text: `@heronair@${HOST} where is bag ${nth}?` })
    const first = await polled(line, {})
    expect(first.lists).toEqual(['mentions', 'mentions', 'mentions'])
    expect(new Set(first.mentions.map(one => one.externalId)).size).toBe(95)
    expect((await polled(line, first.cursor)).incoming).toEqual([])
    for (let nth = 0; nth < 90; nth++) control.post({ from: 'bob', text: `@heronair and mine ${nth}?` })
    const second = await polled(line, first.cursor)
    expect(new Set(second.mentions.map(one => one.text))).toEqual(
      new Set(Array.from({ length: 90 }, (_, nth) => `@heronair@${HOST} and mine ${nth}?`)),
    )
    expect(second.mentions[0]!.author).toMatchObject({ handle: `bob@${HOST}` })
  })

  it('shows what was written as it was written', async () => {
    const { control, line } = await simulatedMastodon()
    const text = `@heronair@${HOST} <b>lost</b> & "found" it's\nline two\n\nsee https://www.pictures.example/a/very/long/address?of=a&bag=1 #Izmir 😟`
    control.post({ from: { handle: 'cleo@far.example', name: 'Cleo <3', followers: 7 }, text, warning: 'luggage' })
    const [mention] = (await polled(line, {})).mentions
    expect(mention).toMatchObject({ text: `[CW: luggage]\n${text}`, author: { handle: 'cleo@far.example', name: 'Cleo <3', followers: 7 } })
  })

  it('keeps the old cursor when a limit stops it between pages, and loses nothing', async () => {
    const { control, line } = await simulatedMastodon()
    control.post({ from: 'bob', text: '@heronair first' })
    const { cursor } = await polled(line, {})
    for (let nth = 0; nth < 100; nth++) control.post({ from: 'bob', text: `@heronair ${nth}` })
    control.setFault({ kind: 'slow', ms: 1, path: '/api/v1/notifications' })
    control.setFault({ kind: 'rate-limited', path: '/api/v1/notifications', resetInMs: 90_000 })
    const failed = await polled(line, cursor).catch((error: PlatformError) => error)
    expect(failed).toMatchObject({ kind: 'retry' })
    expect((failed as PlatformError).retryAfterMs).toBeGreaterThan(85_000)
    expect((await polled(line, cursor)).mentions.filter(one => one.direction === 'inbound')).toHaveLength(100)
  })

  it('reads an edit as a newer version of the same mention, once', async () => {
    const { control, line } = await simulatedMastodon()
    const status = control.post({ from: 'bob', text: '@heronair bag lost' })
    const first = await polled(line, {})
    control.moveClock({ ms: 1000 })
    control.edit({ id: status.id, text: '@heronair bag lost in Ankara' })
    const second = await polled(line, first.cursor)
    expect(second.mentions).toMatchObject([{ externalId: status.id, isEdit: true, text: `@heronair@${HOST} bag lost in Ankara` }])
    expect(second.mentions[0]!.version).toBeGreaterThan(first.mentions[0]!.version)
    expect((await polled(line, second.cursor)).mentions).toEqual([])
  })

  it('keeps a conversation together however deep the answer, and our own words in it', async () => {
    const { control, line } = await simulatedMastodon()
    const root = control.post({ from: 'bob', text: 'Heron Air has lost my bag' })
    const ours = control.post({ from: 'heronair', text: '@bob which one?', inReplyTo: root.id })
    const deep = control.post({ from: 'bob', text: '@heronair the red one', inReplyTo: ours.id })
    const { mentions } = await polled(line, {})
    expect(mentions.map(one => [one.externalId, one.direction, one.threadKey, one.parentExternalId])).toEqual([
      [deep.id, 'inbound', root.id, ours.id],
      [ours.id, 'outbound', root.id, root.id],
    ])
  })

  it('keeps direct posts of both sides in one talk', async () => {
    const { control, line } = await simulatedMastodon()
    control.directMessage({ from: 'cleo@far.example', to: 'heronair', text: 'psst' })
    control.directMessage({ from: 'heronair', to: 'cleo@far.example', text: 'yes?' })
    const { mentions } = await polled(line, {})
    const cleo = mentions[0]!.author!.externalId.split('@')[0]
    expect(mentions.map(one => [one.direction, one.visibility, one.threadKey])).toEqual([
      ['inbound', 'private', `dm:${cleo}`],
      ['outbound', 'private', `dm:${cleo}`],
    ])
  })

  it('tells what is left of the limit', async () => {
    const { line } = await simulatedMastodon()
    const left: number[] = []
    await polled(
      { ...line, onBudget: (_endpoint, remaining, resetAt) => left.push(remaining) && expect(resetAt > line.now()).toBe(true) },
      {},
    )
    expect(left).toEqual([299, 298, 297])
  })

  it.each(['html-502', 'cut-body', 'empty-body', 'server-error', 'dropped'] as const)('tries again after %s', async kind => {
    const { control, line } = await simulatedMastodon()
    control.setFault({ kind, path: '/api/v1/notifications' })
    await expect(polled(line, {})).rejects.toMatchObject({ kind: 'retry' })
  })

  it('stops the account when the token is revoked', async () => {
    const { control, line } = await simulatedMastodon()
    control.revokeAccess({ account: 'heronair' })
    await expect(polled(line, {})).rejects.toMatchObject({ kind: 'account' })
  })
})

describe('answering', () => {
  it('answers below the mention, names its author, and finds the answer again by its words', async () => {
    const { control, line } = await simulatedMastodon()
    control.post({ from: 'cleo@far.example', text: `@heronair@${HOST} help @bob`, visibility: 'unlisted' })
    control.createCustomer({ handle: 'bob' })
    const [mention] = (await polled(line, {})).mentions
    const post = answerTo(mention!, "It's on <flight> 7 & 8:\n\nhttps://heron.example/a/long/address/of/a/flight ^BN")
    const since = line.now()
    expect(await mastodon.findSent!(post, since, line)).toBeNull()
    const sent = await mastodon.send(post, line)
    expect(control.findPost({ id: sent.externalId })).toMatchObject({
      text: `@cleo@far.example ${post.text}`,
      inReplyTo: mention!.externalId,
      visibility: 'unlisted',
      byApp: true,
    })
    expect(await mastodon.findSent!(post, since, line)).toEqual(sent)
    expect(await mastodon.findSent!({ ...post, text: 'Something else' }, since, line)).toBeNull()
    expect(await mastodon.findSent!({ ...post, visibility: 'private' }, since, line)).toBeNull()
  })

  it('answers directly, seen by nobody else', async () => {
    const { control, line } = await simulatedMastodon()
    control.directMessage({ from: 'bob', to: 'heronair', text: 'psst' })
    const [mention] = (await polled(line, {})).mentions
    const sent = await mastodon.send(answerTo(mention!, 'yes?'), line)
    expect(control.findPost({ id: sent.externalId })).toMatchObject({ visibility: 'direct', text: `@bob@${HOST} yes?` })
  })

  it('posts and finds the next part of a thread below our own, still naming whom it answers', async () => {
    const { control, line } = await simulatedMastodon()
    control.post({ from: 'bob', text: '@heronair help' })
    const [mention] = (await polled(line, {})).mentions
    const first = await mastodon.send(answerTo(mention!, 'So sorry. (1/2)'), line)
    const next = answerTo(mention!, 'We look. (2/2) ^BN', { key: 'the next one', continues: first.externalId })
    expect(await mastodon.findSent!(next, line.now(), line)).toBeNull()
    const sent = await mastodon.send(next, line)
    expect(control.findPost({ id: sent.externalId })).toMatchObject({ inReplyTo: first.externalId, text: expect.stringMatching(/^@bob/) })
    expect(await mastodon.findSent!(next, line.now(), line)).toEqual(sent)
    const status = { key: 's1', text: 'Late. (1/2)', visibility: 'public' as const, inReplyTo: null, isPrivateReply: false }
    const above = await mastodon.send(status, line)
    const below = await mastodon.send({ ...status, key: 's2', text: 'Very. (2/2)', continues: above.externalId }, line)
    expect(control.findPost({ id: below.externalId })).toMatchObject({ inReplyTo: above.externalId })
  })

  it('posts a status', async () => {
    const { control, line } = await simulatedMastodon()
    const status = { key: 'k', text: 'Flights are late.', visibility: 'public' as const, inReplyTo: null, isPrivateReply: false }
    const sent = await mastodon.send(status, line)
    expect(control.findPost({ id: sent.externalId })).toMatchObject({ visibility: 'public', text: 'Flights are late.', inReplyTo: null })
    expect(await mastodon.findSent!(status, line.now(), line)).toEqual(sent)
  })

  it('is unsure when the connection dies after the instance took it, finds it, and the same key makes no second one', async () => {
    const { control, line } = await simulatedMastodon()
    control.post({ from: 'bob', text: '@heronair help' })
    const [mention] = (await polled(line, {})).mentions
    const post = answerTo(mention!, 'On its way.')
    control.setFault({ kind: 'accepted-then-dropped', path: '/api/v1/statuses' })
    await expect(mastodon.send(post, line)).rejects.toMatchObject({ kind: 'unsure' })
    const found = await mastodon.findSent!(post, line.now(), line)
    expect(await mastodon.send(post, line)).toEqual(found)
    expect(control.replies({ to: mention!.externalId })).toHaveLength(1)
  })

  it('keeps to what the instance takes', async () => {
    const { control, line } = await simulatedMastodon()
    const long = { key: 'k', text: 'a'.repeat(700), visibility: 'public' as const, inReplyTo: null, isPrivateReply: false }
    await expect(mastodon.send(long, line)).rejects.toMatchObject({ kind: 'refused' })
    control.setMaxCharacters({ characters: 1000 })
    const { capabilities } = await mastodon.whoAmI(line)
    expect(await mastodon.send(long, { ...line, account: { ...line.account, capabilities } })).toMatchObject({
      externalId: expect.any(String),
    })
  })

  it('sees that a mention is gone', async () => {
    const { control, line } = await simulatedMastodon()
    const status = control.post({ from: 'bob', text: '@heronair help' })
    const [mention] = (await polled(line, {})).mentions
    const { inReplyTo } = answerTo(mention!, 'x')
    expect(await mastodon.stillThere!(inReplyTo!, line)).toBe(true)
    control.remove({ id: status.id })
    expect(await mastodon.stillThere!(inReplyTo!, line)).toBe(false)
    await expect(mastodon.send(answerTo(mention!, 'too late'), line)).rejects.toMatchObject({ kind: 'refused' })
  })

  it('says so when the sign-in may not post', async () => {
    const { control, app, line } = await simulatedMastodon()
    const { accessToken } = control.issueTokens({ app: app.id, account: 'heronair', scopes: ['read'] })
    const status = { key: 'k', text: 'hello', visibility: 'public' as const, inReplyTo: null, isPrivateReply: false }
    const reader = { ...line, secrets: { ...line.secrets, accessToken } }
    await expect(mastodon.send(status, reader)).rejects.toMatchObject({ kind: 'account' })
  })
})

describe('the length of a text', () => {
  const { count } = mastodon.limits.status
  it.each([
    ['letters', 'hello', 5],
    ['an emoji of many parts', '👩‍👩‍👧', 1],
    ['a link', 'see https://heron.example/a/very/long/address/of/a/flight?with=much', 27],
    ['a link at the end of a sentence', 'see https://heron.example/a.', 28],
    ['an address without https', 'see heron.example', 17],
    ['a handle of another instance', 'hi @cleo@far.example!', 9],
    ['an e-mail address', 'cleo@far.example', 16],
  ])('%s', (_what, text, length) => expect(count(text)).toBe(length))
})
