// The Bluesky connector against the simulated Bluesky: sessions, polls, answers, and everything that goes wrong on the way.
import { Agent, lexicons } from '@atproto/api'
import { describe, expect, it } from 'vitest'
import { bluesky } from '../../connectors/bluesky/connector.ts'
import { recordKeyOf } from '../../connectors/bluesky/record-key.ts'
import type { Answerable, IncomingMention, OutgoingPost, PermissionQuestion } from '../../connectors/connector.ts'
import { polled, simulatedBluesky } from './bluesky-simulated.ts'

const KEY = '0198c0de-1111-7000-8000-000000000003'

describe('sessions', () => {
  it('an app password says who we are, and whether direct messages are open to it', async () => {
    const { brand, url, lineOf } = await simulatedBluesky()
    for (const privileged of [true, false]) {
      const { secrets, now } = lineOf({ privileged }).line
      expect(await bluesky.whoAmI({ secrets, apiBase: url, now })).toEqual({
        externalId: brand.did,
        handle: 'heron-air.test',
        name: 'Heron Air',
        capabilities: { dms: privileged },
      })
    }
  })

  it('a wrong app password is the account’s trouble', async () => {
    const { url, lineOf } = await simulatedBluesky()
    const { secrets, now } = lineOf().line
    await expect(bluesky.whoAmI({ secrets: { ...secrets, appPassword: 'nope' }, apiBase: url, now })).rejects.toMatchObject({
      kind: 'account',
    })
  })

  it('many calls at once sign in once and renew once', async () => {
    const { control, exchanges, lineOf } = await simulatedBluesky()
    const { line } = lineOf()
    const count = (name: string) => exchanges.filter(one => one.nsid === `com.atproto.server.${name}`).length
    await Promise.all([polled(line, {}), polled(line, {}), polled(line, {})])
    expect([count('createSession'), count('refreshSession')]).toEqual([1, 0])
    control.moveClock({ ms: 2 * 3_600_000 })
    await Promise.all([polled(line, {}), polled(line, {}), polled(line, {})])
    expect([count('createSession'), count('refreshSession')]).toEqual([1, 1])
  })

  it('a token that dies early is renewed once under way', async () => {
    const { control, exchanges, lineOf } = await simulatedBluesky()
    const { line, stored } = lineOf()
    await polled(line, {})
    control.expireToken({ accessJwt: stored().accessJwt! })
    control.post({ from: 'cleo', text: '@heron-air.test hello' })
    expect((await polled(line, {})).mentions).toHaveLength(1)
    expect(exchanges.filter(one => one.nsid === 'com.atproto.server.refreshSession')).toHaveLength(1)
  })

  it('a deleted app password stops the account at the next renewal', async () => {
    const { control, brand, lineOf } = await simulatedBluesky()
    const { line } = lineOf()
    await polled(line, {})
    control.revokeAppPasswords({ account: brand.did })
    await polled(line, {})
    control.moveClock({ ms: 2 * 3_600_000 })
    await expect(polled(line, {})).rejects.toMatchObject({ kind: 'account' })
  })

  it('a taken down account stops', async () => {
    const { control, brand, lineOf } = await simulatedBluesky()
    const { line } = lineOf()
    await polled(line, {})
    control.takeDown({ account: brand.did })
    await expect(polled(line, {})).rejects.toMatchObject({ kind: 'account', message: expect.stringContaining('taken') })
  })
})

describe('polling', () => {
  it('brings mentions, answers and quotes of every page once, then only what is new', async () => {
    const { control, brand, complaints, lineOf } = await simulatedBluesky()
    const { line } = lineOf()
    const status = control.post({ from: brand.handle, text: 'Bags are late today.' })
    const answer = control.reply({ from: 'bob', to: status.uri, text: 'mine too' })
    const quote = control.post({ from: 'dora', text: 'look at this', quotes: status.uri })
    for (let nth = 0; nth < 230; nth++) control.post({ from: 'cleo', text: `@heron-air.test where is bag ${nth}?` })
    const first = await polled(line, {})
    const inbound = first.mentions.filter(one => one.direction === 'inbound')
    expect(inbound).toHaveLength(232)
    expect(new Set(inbound.map(one => one.externalId)).size).toBe(232)
    expect(inbound.find(one => one.externalId === answer.uri)).toMatchObject({ threadKey: status.uri, parentExternalId: status.uri })
    expect(inbound.find(one => one.externalId === quote.uri)).toMatchObject({ threadKey: quote.uri, facts: { quotes: status.uri } })
    expect((await polled(line, first.cursor)).incoming).toEqual([])
    const fresh = control.post({ from: { handle: 'eve', name: 'Eve' }, text: 'and mine, @heron-air.test?' })
    expect((await polled(line, first.cursor)).mentions).toMatchObject([
      { externalId: fresh.uri, url: `https://bsky.app/profile/eve.test/post/${fresh.uri.split('/').at(-1)}`, author: { name: 'Eve' } },
    ])
    expect(complaints).toEqual([])
  })

  it('finds a post that says it is half an hour older than the newest', async () => {
    const { control, lineOf } = await simulatedBluesky()
    const { line } = lineOf()
    control.post({ from: 'cleo', text: '@heron-air.test first' })
    const { cursor } = await polled(line, {})
    control.post({ from: 'bob', text: '@heron-air.test written on a train', at: control.now().now - 30 * 60_000 })
    const second = await polled(line, cursor)
    expect(second.mentions.map(one => one.text)).toEqual(['@heron-air.test written on a train'])
    expect((await polled(line, second.cursor)).incoming).toEqual([])
  })

  it('reads on for as long as we were away', async () => {
    const { control, lineOf } = await simulatedBluesky()
    const { line } = lineOf()
    const { cursor } = await polled(line, {})
    for (let day = 0; day < 12; day++) {
      control.moveClock({ ms: 24 * 3_600_000 })
      control.post({ from: 'cleo', text: `@heron-air.test day ${day}` })
    }
    expect((await polled(line, cursor)).mentions).toHaveLength(12)
    // The very first look goes back a week only.
    control.moveClock({ ms: 3_600_000 })
    expect((await polled(line, {})).mentions).toHaveLength(7)
  })

  it('a limit between pages loses nothing: the old mark stays', async () => {
    const { control, lineOf } = await simulatedBluesky()
    const { line } = lineOf()
    for (let nth = 0; nth < 230; nth++) control.post({ from: 'cleo', text: `@heron-air.test where is bag ${nth}?` })
    control.setLimit({ endpoint: 'app.bsky.notification.listNotifications', limit: 2 })
    await expect(polled(line, {})).rejects.toMatchObject({ kind: 'retry', retryAfterMs: expect.any(Number) })
    control.moveClock({ ms: 5 * 60_000 + 1 })
    control.setLimit({ endpoint: 'app.bsky.notification.listNotifications', limit: 3000 })
    expect((await polled(line, {})).mentions).toHaveLength(230)
  })

  it('an answer written by hand in Bluesky’s app comes back as ours', async () => {
    const { control, brand, lineOf } = await simulatedBluesky()
    const { line } = lineOf()
    const mention = control.post({ from: 'cleo', text: '@heron-air.test help' })
    const { cursor } = await polled(line, {})
    const byHand = control.reply({ from: brand.handle, to: mention.uri, text: 'On it.' })
    expect((await polled(line, cursor)).mentions).toMatchObject([
      { externalId: byHand.uri, direction: 'outbound', threadKey: mention.uri, text: 'On it.', addressesUs: false },
    ])
  })

  it('brings private talks of both sides, strangers’ requests too, and again only what is new', async () => {
    const { control, brand, complaints, lineOf } = await simulatedBluesky()
    const { line } = lineOf()
    control.directMessage({ from: 'cleo', to: brand.handle, text: 'hello & <hi>' })
    control.directMessage({ from: brand.handle, to: 'cleo', text: 'hello Cleo' })
    control.directMessage({ from: 'stranger', to: brand.handle, text: 'psst' })
    const first = await polled(line, {})
    expect(first.mentions.map(one => [one.direction, one.visibility, one.text])).toEqual([
      ['outbound', 'private', 'hello Cleo'],
      ['inbound', 'private', 'hello & <hi>'],
      ['inbound', 'private', 'psst'],
    ])
    for (let nth = 0; nth < 120; nth++) control.directMessage({ from: 'cleo', to: brand.handle, text: `part ${nth}` })
    const second = await polled(line, first.cursor)
    expect(second.mentions).toHaveLength(120)
    expect((await polled(line, second.cursor)).incoming).toEqual([])
    expect(complaints).toEqual([])
  })

  it('trouble with the chat server waits by itself', async () => {
    const { control, brand, exchanges, lineOf } = await simulatedBluesky()
    const { line } = lineOf()
    control.post({ from: 'cleo', text: '@heron-air.test hello' })
    control.directMessage({ from: 'cleo', to: brand.handle, text: 'psst' })
    control.setFault({ kind: 'rate-limited', path: '/xrpc/chat.bsky.convo.listConvos', resetInMs: 600_000 })
    const first = await polled(line, {})
    expect(first.mentions.map(one => one.text)).toEqual(['@heron-air.test hello'])
    const asked = () => exchanges.filter(one => one.nsid === 'chat.bsky.convo.listConvos').length
    const second = await polled(line, first.cursor)
    expect(asked()).toBe(1)
    control.moveClock({ ms: 601_000 })
    expect((await polled(line, second.cursor)).mentions.map(one => one.text)).toEqual(['psst'])
  })

  it('a plain app password leaves private talks alone', async () => {
    const { control, brand, exchanges, lineOf } = await simulatedBluesky()
    const { line } = lineOf({ privileged: false })
    control.directMessage({ from: 'cleo', to: brand.handle, text: 'psst' })
    expect((await polled(line, {})).incoming).toEqual([])
    expect(exchanges.some(one => one.nsid.startsWith('chat.'))).toBe(false)
    // Even if we thought otherwise: the refusal is the chat's, not the account's.
    const hopeful = { ...line, account: { ...line.account, capabilities: { dms: true } } }
    expect(await polled(hopeful, {})).toMatchObject({ incoming: [], cursor: { dmsAfter: expect.any(String) } })
  })

  it('tells what is left of each limit', async () => {
    const { lineOf } = await simulatedBluesky()
    const { line } = lineOf()
    const budget = new Map<string, number>()
    await polled({ ...line, onBudget: (endpoint, remaining) => budget.set(endpoint, remaining) }, {})
    expect(budget.get('app.bsky.notification.listNotifications')).toBe(2999)
  })
})

describe('sending', () => {
  it('answers in the thread, with handle and link marked, and the customer is told', async () => {
    const { control, complaints, lineOf } = await simulatedBluesky()
    const { line } = lineOf()
    const root = control.post({ from: 'cleo', text: 'Flying @heron-air.test today' })
    const deeper = control.reply({ from: 'bob', to: root.uri, text: '@heron-air.test me too' })
    const mention = (await polled(line, {})).mentions.find(one => one.externalId === deeper.uri)!
    const sent = await bluesky.send(postTo(mention, 'Hello 🧳 @bob.test, see https://heron-air.test/bags'), line)
    const there = control.findPost({ uri: sent.externalId })!
    expect(there).toMatchObject({ inReplyTo: deeper.uri, root: root.uri, author: 'heron-air.test' })
    expect(there.record.facets).toMatchObject([
      { features: [{ did: control.createCustomer({ handle: 'bob' }).did }] },
      { features: [{ uri: 'https://heron-air.test/bags' }] },
    ])
    expect(() => lexicons.assertValidRecord('app.bsky.feed.post', there.record)).not.toThrow()
    const echo = (await polled(line, {})).mentions.find(one => one.externalId === sent.externalId)
    expect(echo).toMatchObject({ direction: 'outbound', threadKey: root.uri, url: sent.url })
    expect(complaints).toEqual([])
  })

  it.each([
    ['accepted-then-dropped', 1],
    ['dropped', 0],
  ] as const)('after %s we look, and what is there is never posted twice', async (kind, there) => {
    const { control, lineOf } = await simulatedBluesky()
    const { line } = lineOf()
    control.post({ from: 'cleo', text: '@heron-air.test help' })
    const [mention] = (await polled(line, {})).mentions
    const since = line.now()
    const post = postTo(mention!, 'On it.')
    control.setFault({ kind, path: '/xrpc/com.atproto.repo.createRecord' })
    await expect(bluesky.send(post, line)).rejects.toMatchObject({ kind: 'unsure' })
    const found = await bluesky.findSent!(post, since, line)
    expect(control.posts({ author: 'heron-air.test' })).toHaveLength(there)
    expect(found !== null).toBe(there === 1)
    // Somebody sends all the same: the key is taken, and looking again says so.
    const again = await bluesky.send(post, line).catch((error: { kind: string }) => error)
    expect(again).toMatchObject(there ? { kind: 'unsure' } : { url: expect.any(String) })
    expect(control.posts({ author: 'heron-air.test' })).toHaveLength(1)
    expect(await bluesky.findSent!(post, since, line)).toMatchObject({ externalId: control.posts({ author: 'heron-air.test' })[0]!.uri })
  })

  it('a private message that nobody confirmed is found by its words', async () => {
    const { control, brand, lineOf } = await simulatedBluesky()
    const { line } = lineOf()
    control.directMessage({ from: 'cleo', to: brand.handle, text: 'psst' })
    const [mention] = (await polled(line, {})).mentions
    const post = postTo(mention!, 'We are here.', 'private')
    expect(await bluesky.findSent!(post, line.now(), line)).toBeNull()
    control.setFault({ kind: 'accepted-then-dropped', path: '/xrpc/chat.bsky.convo.sendMessage' })
    await expect(bluesky.send(post, line)).rejects.toMatchObject({ kind: 'unsure' })
    const found = await bluesky.findSent!(post, line.now(), line)
    expect((await polled(line, {})).mentions.find(one => one.direction === 'outbound')?.externalId).toBe(found!.externalId)
    control.moveClock({ ms: 3_600_000 })
    expect(await bluesky.findSent!(post, line.now(), line)).toBeNull()
  })

  it('goes from public to private by way of the chat server configured', async () => {
    const { control, brand, complaints, lineOf } = await simulatedBluesky({ chatDid: 'did:web:chat.heron-air.test' })
    const { line } = lineOf()
    control.post({ from: 'cleo', text: '@heron-air.test my booking is HA123' })
    const [mention] = (await polled(line, {})).mentions
    await bluesky.send(postTo(mention!, 'Which name is it under?', 'private'), line)
    expect(control.messages({ between: 'cleo', and: brand.handle })).toMatchObject([
      { from: 'heron-air.test', text: 'Which name is it under?' },
    ])
    control.setMessages({ customer: 'bob', from: 'following' })
    control.post({ from: 'bob', text: '@heron-air.test me too' })
    const bob = (await polled(line, {})).mentions.find(one => one.author?.handle === 'bob.test')!
    await expect(bluesky.send(postTo(bob, 'Hello', 'private'), line)).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('only from people they follow'),
    })
    expect(complaints).toEqual([])
  })

  it('posts the next part of a thread below our own, in the same thread, and keeps to the lexicon', async () => {
    const { control, complaints, lineOf } = await simulatedBluesky()
    const { line } = lineOf()
    const root = control.post({ from: 'cleo', text: '@heron-air.test help' })
    const [mention] = (await polled(line, {})).mentions
    for (const first of [postTo(mention!, 'So sorry. (1/2)'), { ...postTo(mention!, 'Bags are late. (1/2)'), inReplyTo: null }]) {
      const [key, nextKey] = first.inReplyTo ? [KEY, `${KEY.slice(0, -1)}1`] : [`${KEY.slice(0, -1)}2`, `${KEY.slice(0, -1)}4`]
      const sent = await bluesky.send({ ...first, key }, line)
      const next = { ...first, key: nextKey, text: 'We look. (2/2) ^BN', continues: sent.externalId }
      const { externalId } = await bluesky.send(next, line)
      const there = control.findPost({ uri: externalId })!
      expect(there).toMatchObject({ inReplyTo: sent.externalId, root: first.inReplyTo ? root.uri : sent.externalId })
      expect(() => lexicons.assertValidRecord('app.bsky.feed.post', there.record)).not.toThrow()
      expect(await bluesky.findSent!(next, line.now(), line)).toMatchObject({ externalId })
    }
    expect(complaints).toEqual([])
  })

  it('posts a status of its own', async () => {
    const { control, lineOf } = await simulatedBluesky()
    const { line } = lineOf()
    const post = { key: KEY, text: 'All bags found.', visibility: 'public', inReplyTo: null, isPrivateReply: false } as const
    const { externalId } = await bluesky.send(post, line)
    expect(control.findPost({ uri: externalId })).toMatchObject({ text: 'All bags found.', inReplyTo: null })
  })

  it('sees that a customer took the post back', async () => {
    const { control, lineOf } = await simulatedBluesky()
    const { line } = lineOf()
    const post = control.post({ from: 'cleo', text: '@heron-air.test help' })
    const [mention] = (await polled(line, {})).mentions
    expect(await bluesky.stillThere!(answerable(mention!), line)).toBe(true)
    control.remove({ uri: post.uri })
    expect(await bluesky.stillThere!(answerable(mention!), line)).toBe(false)
  })

  it('waits as long as the server says', async () => {
    const { control, lineOf } = await simulatedBluesky()
    const { line } = lineOf()
    control.setFault({ kind: 'rate-limited', path: '/xrpc/com.atproto.repo.createRecord', resetInMs: 90_000 })
    const post = { key: KEY, text: 'All bags found.', visibility: 'public', inReplyTo: null, isPrivateReply: false } as const
    const error = await bluesky.send(post, line).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ kind: 'retry' })
    expect(Math.abs((error as { retryAfterMs: number }).retryAfterMs - 90_000)).toBeLessThan(5_000)
  })
})

describe('permission', () => {
  const ask = (visibility: 'public' | 'private', dms: boolean, mention: Partial<Answerable> = {}) =>
    bluesky.mayReply({
      mention: { visibility: 'public', facts: {}, ...mention },
      visibility,
      text: '',
      account: { capabilities: { dms } },
    } as unknown as PermissionQuestion)

  it('is given in public to everybody, in private to an app password that may', () => {
    expect(ask('public', false)).toMatchObject({ allowed: true, costUsd: null })
    expect(ask('private', true)).toMatchObject({ allowed: true })
    expect(ask('private', true, { visibility: 'private' })).toMatchObject({ allowed: true })
  })
  it('says what kind of app password is missing, and what else may be done', () => {
    expect(ask('private', false)).toMatchObject({
      allowed: false,
      because: expect.stringContaining('direct messages'),
      instead: ['public', 'open'],
    })
    expect(ask('public', true, { visibility: 'private' })).toMatchObject({ allowed: false, instead: ['private', 'open'] })
    expect(ask('private', true, { visibility: 'private', facts: { group: true } })).toMatchObject({ allowed: false, instead: ['open'] })
  })
})

describe('length', () => {
  it.each([
    ['300 letters fit', 'a'.repeat(300), true],
    ['301 do not', 'a'.repeat(301), false],
    ['an emoji of many parts is one', '👩‍👩‍👧‍👦'.repeat(100), true],
    ['but 3,000 bytes are the end', '👩‍👩‍👧‍👦'.repeat(121), false],
    ['accents written as two signs are one', 'é'.repeat(300), true],
  ])('%s', (_, text, fits) => {
    const { limit, count } = bluesky.limits.public
    expect(count(text) <= limit).toBe(fits)
    // The lexicon itself, asked the same.
    const record = { $type: 'app.bsky.feed.post', text, createdAt: '2026-11-20T10:00:00.000Z' }
    const judged = () => lexicons.assertValidRecord('app.bsky.feed.post', record)
    if (fits) expect(judged).not.toThrow()
    else expect(judged).toThrow()
  })
})

describe('the record key', () => {
  it('is a TID that is the same for the same reply and sorts by when the reply was written', () => {
    expect(recordKeyOf(KEY)).toBe(recordKeyOf(KEY))
    expect(recordKeyOf(KEY)).toMatch(/^[234567abcdefghij][2-7a-z]{12}$/)
    expect(recordKeyOf('0198c0df-1111-7000-8000-000000000003') > recordKeyOf(KEY)).toBe(true)
    expect(recordKeyOf('no uuid')).toMatch(/^[234567abcdefghij][2-7a-z]{12}$/)
  })
})

describe('the simulator beside', () => {
  it('keeps to the lexicons in what the connector does not use', async () => {
    const { control, brand, url, complaints } = await simulatedBluesky()
    const root = control.post({ from: 'cleo', text: '@heron-air.test help' })
    control.reply({ from: brand.handle, to: root.uri, text: 'On it.' })
    const { accessJwt } = control.issueSession({ account: brand.did })
    const agent = new Agent({ service: url, headers: { authorization: `Bearer ${accessJwt}` } })
    const { data } = await agent.getPostThread({ uri: root.uri })
    expect(data.thread).toMatchObject({ post: { uri: root.uri }, replies: [{ post: { record: { text: 'On it.' } } }] })
    const { data: made } = await agent.com.atproto.repo.createRecord({
      repo: brand.did,
      collection: 'app.bsky.feed.post',
      record: { text: 'hello', createdAt: new Date().toISOString(), $type: 'app.bsky.feed.post' },
    })
    await agent.com.atproto.repo.deleteRecord({ repo: brand.did, collection: 'app.bsky.feed.post', rkey: made.uri.split('/').at(-1)! })
    expect(control.findPost({ uri: made.uri })).toBeNull()
    expect(complaints).toEqual([])
  })

  it('shows a public page where a post’s address leads, and takes a form', async () => {
    const { control, brand, simulatorUrl } = await simulatedBluesky()
    const body = new URLSearchParams({ as: 'Mara Quillon', text: 'no <b>bag</b>', mention: brand.did, answering: '' })
    await fetch(`${simulatorUrl}/_page/post`, { method: 'POST', body, redirect: 'manual' })
    const [post] = control.posts()
    expect(post).toMatchObject({ author: 'maraquillon.test', text: '@heron-air.test no <b>bag</b>' })
    const address = new URL(
      bluesky.openUrl({
        ...({} as Answerable),
        visibility: 'public',
        externalId: post!.uri,
        author: { externalId: '', handle: post!.author, name: '', followers: null },
      })!,
    )
    const page = await (await fetch(simulatorUrl + address.pathname)).text()
    expect(page).toContain('no &lt;b&gt;bag&lt;/b&gt;')
    expect(page).toContain('stand-in for Bluesky')
    control.directMessage({ from: 'Mara Quillon', to: brand.handle, text: 'psst' })
    expect(await (await fetch(`${simulatorUrl}/?tab=messages`)).text()).toContain('psst')
  })
})

function answerable(mention: IncomingMention): Answerable {
  const { externalId, visibility, threadKey, author, addressesUs, postedAt, facts = {} } = mention
  return { externalId, replyToExternalId: null, visibility, threadKey, author: author!, addressesUs, postedAt, facts }
}

function postTo(mention: IncomingMention, text: string, visibility: 'public' | 'private' = 'public'): OutgoingPost {
  return {
    key: KEY,
    text,
    visibility,
    inReplyTo: answerable(mention),
    isPrivateReply: visibility === 'private' && mention.visibility === 'public',
  }
}
