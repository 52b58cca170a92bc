// The whole connector against the simulated Graph API, over HTTP: sign-in, pushes, polls, answers, windows, faults.
import { describe, expect, it } from 'vitest'
import type { IncomingMention, Line } from '../../connectors/connector.ts'
import { facebook } from '../../connectors/facebook/connector.ts'
import { instagram } from '../../connectors/instagram/connector.ts'
import { answerable, answerTo, DAY, oneComment, oneMessage, pollAll, pushedWorld, world } from './instagram-simulated.ts'

const REDIRECT = 'http://127.0.0.1:9/accounts/callback'

describe('sign-in', () => {
  async function signIn(here: Awaited<ReturnType<typeof world>>, pages: string[]) {
    const address = instagram.signIn!.authorizeUrl({
      app: here.appSecrets,
      apiBase: here.url,
      redirectUri: REDIRECT,
      state: 's',
      verifier: 'v',
    })
    const form = new URLSearchParams([['decision', 'allow'], ...pages.map(page => ['page', page] as [string, string])])
    const answer = await fetch(address, { method: 'POST', body: form, redirect: 'manual' })
    const code = new URL(answer.headers.get('location')!).searchParams.get('code')!
    return instagram.signIn!.finish({
      app: here.appSecrets,
      apiBase: here.url,
      redirectUri: REDIRECT,
      code,
      verifier: 'v',
      now: here.now(),
    })
  }

  it('offers the account behind each chosen page, and none for a page without', async () => {
    const here = await world()
    const bare = here.control.createPage({ name: 'Heron Cargo' })
    const found = await signIn(here, [here.page.id, bare.id])
    expect(found.map(one => [one.externalId, one.handle, one.name])).toEqual([[here.us.id, 'heronair', 'Heron Air']])
    here.control.moveClock({ ms: 100 * DAY })
    const secrets = { ...here.appSecrets, ...found[0]!.secrets }
    expect(await instagram.whoAmI({ secrets, apiBase: here.url, now: here.now })).toEqual({
      externalId: here.us.id,
      handle: 'heronair',
      name: 'Heron Air',
      capabilities: { humanAgent: false },
    })
    await expect(signIn(here, [bare.id])).rejects.toMatchObject({ kind: 'refused', message: expect.stringContaining('Linked accounts') })
  })

  it("says what is wrong with a person's token, and with a page that has no account", async () => {
    const here = await world()
    const bare = here.control.createPage({ name: 'Heron Cargo' })
    const tokens = [here.userToken, here.control.issueTokens({ app: here.app.id, page: bare.id }).pageToken]
    for (const [nth, pageToken] of tokens.entries())
      await expect(
        instagram.whoAmI({ secrets: { ...here.appSecrets, pageToken }, apiBase: here.url, now: here.now }),
      ).rejects.toMatchObject({ kind: 'refused', message: expect.stringContaining(['person', 'no professional'][nth]!) })
  })

  it('one Meta app serves both: each object has its own address, and the page keeps what it told before', async () => {
    const here = await pushedWorld()
    const pageLine = { ...here.line, account: { ...here.line.account, platform: 'facebook', externalId: here.page.id } }
    await facebook.onConnected!(pageLine, here.webhook.url.replace('instagram', 'facebook'))
    await instagram.onConnected!(here.line, 'http://127.0.0.1:9/another')
    const { apps, pages } = here.control.subscriptions()
    expect(apps.map(one => [one.object, new URL(one.callbackUrl).pathname])).toEqual([
      ['instagram', '/webhooks/instagram'],
      ['page', '/webhooks/facebook'],
    ])
    expect(pages[`${here.app.id} ${here.page.id}`]).toEqual(expect.arrayContaining(['feed', 'messages']))
  })
})

describe('what is pushed', () => {
  it('a comment, an answer to it and our own, from escaped bytes', async () => {
    const { control, webhook, mention, photo } = await oneComment()
    expect(mention).toMatchObject({
      text: 'Kargom nerede? 😡',
      direction: 'inbound',
      author: { handle: 'ada_testgil' },
      threadKey: mention.externalId,
      parentExternalId: photo.id,
    })
    expect(webhook.bodies.join()).toContain('\\ud83d\\ude21')
    const theirs = control.instagramComment({ on: mention.externalId, from: 'Bo Testgil', text: 'me too' })
    const ours = control.instagramComment({ on: theirs.id, from: 'heronair', text: 'We look into it' })
    await control.pushesDelivered()
    expect(webhook.mentions().slice(1)).toMatchObject([
      { externalId: theirs.id, threadKey: mention.externalId, direction: 'inbound' },
      { externalId: ours.id, threadKey: mention.externalId, direction: 'outbound' },
    ])
  })

  it('a mention is a place alone, and the poll brings its words', async () => {
    const { control, webhook, line } = await pushedWorld()
    const photo = control.photo({ from: 'Cleo Testgil', caption: 'Stuck with @heronair again' })
    const comment = control.instagramComment({ on: photo.id, from: 'Bo Testgil', text: 'ask @heronair' })
    await control.pushesDelivered()
    expect(webhook.incoming.map(one => one.kind)).toEqual(['pointer', 'pointer'])
    const { mentions, cursor } = await pollAll(line, {}, webhook.incoming)
    expect(mentions).toMatchObject([
      { externalId: photo.id, text: 'Stuck with heronair again', author: { handle: 'cleo_testgil' }, facts: { kind: 'caption' } },
      { externalId: comment.id, text: 'ask heronair', author: null, facts: { kind: 'comment', elsewhere: true, mediaId: photo.id } },
    ])
    // Handed back as done, so that the cursor forgets it.
    expect(Object.entries(cursor).filter(([key]) => key.startsWith('pointer:'))).toEqual([
      [`pointer:${photo.id}`, ''],
      [`pointer:${photo.id}:${comment.id}`, ''],
    ])
  })

  it('messages, their echo, a chat another app holds, and one taken back', async () => {
    const { control, webhook, mention, line } = await oneMessage()
    expect(mention).toMatchObject({ visibility: 'private', author: { isStandIn: true }, text: 'Merhaba, kargom nerede?' })
    const sent = await instagram.send(answerTo(mention), line)
    const native = control.direct({ account: 'heronair', from: 'Ada Testgil', text: 'Written in the app', byAccount: true })
    control.direct({ account: 'heronair', from: 'Cleo Testgil', text: 'hi', standby: true })
    control.removeFromInstagram({ id: mention.externalId })
    await control.pushesDelivered()
    expect(webhook.mentions().slice(1)).toMatchObject([
      { externalId: sent.externalId, direction: 'outbound', threadKey: mention.threadKey },
      { externalId: native.id, direction: 'outbound', threadKey: mention.threadKey },
      { text: 'hi', facts: { standby: true } },
    ])
    expect(webhook.incoming.at(-1)).toMatchObject({ kind: 'removal', externalId: mention.externalId, visibility: 'private' })
  })

  it('a batch twice reads twice the same, and a forged one is refused', async () => {
    const { control, webhook } = await pushedWorld()
    const photo = control.photo({ from: 'heronair', caption: 'hello' })
    control.holdPushes()
    control.setFault({ kind: 'push-duplicate' })
    for (const text of ['one', 'two', 'three']) control.instagramComment({ on: photo.id, from: 'Ada Testgil', text })
    control.releasePushes()
    await control.pushesDelivered()
    expect(webhook.bodies).toHaveLength(2)
    expect(webhook.mentions().map(one => one.text)).toEqual(['one', 'two', 'three', 'one', 'two', 'three'])
    control.setFault({ kind: 'push-bad-signature' })
    control.instagramComment({ on: photo.id, from: 'Ada Testgil', text: 'four' })
    await expect.poll(webhook.forged).toBe(1)
  })
})

describe('what is polled', () => {
  const told = (all: IncomingMention[]) =>
    all.map(one => [one.externalId, one.threadKey, one.parentExternalId, one.text, one.direction, one.visibility].join(' ')).sort()

  it('finds what pushes told, with the same ids, threads and words', async () => {
    const here = await oneComment()
    here.control.instagramComment({ on: here.mention.externalId, from: 'heronair', text: 'We look into it' })
    here.control.instagramComment({ on: here.mention.externalId, from: 'Bo Testgil', text: 'me too' })
    here.control.direct({ account: 'heronair', from: 'Bo Testgil', text: 'merhaba 👋' })
    here.control.direct({ account: 'heronair', from: 'Bo Testgil', text: 'Hello Bo', byAccount: true })
    await here.control.pushesDelivered()
    const { mentions, lists } = await pollAll(here.line)
    expect(new Set(lists)).toEqual(new Set(['comments', 'messages']))
    expect(told(mentions)).toEqual(told(here.webhook.mentions()))
    expect((await fetch(mentions.find(one => one.externalId === here.mention.externalId)!.url!)).status).toBe(200)
  })

  it('goes on where it was: a lost push below an old comment is found, and what did not change is not asked for', async () => {
    const here = await oneComment()
    const first = await pollAll(here.line)
    here.control.moveClock({ ms: 10 * DAY })
    const second = await pollAll(here.line, first.cursor)
    expect(second.mentions).toEqual([])
    here.control.setFault({ kind: 'push-drop' })
    const lost = here.control.instagramComment({ on: here.mention.externalId, from: 'Bo Testgil', text: 'still nothing' })
    expect((await pollAll(here.line, second.cursor)).mentions.map(one => one.externalId)).toContain(lost.id)
  })

  it('follows every page of comments, and of answers to one', async () => {
    const here = await world()
    const photo = here.control.photo({ from: 'heronair', caption: 'Ask us anything' })
    for (let nth = 0; nth < 120; nth++) here.control.instagramComment({ on: photo.id, from: 'Ada Testgil', text: `question ${nth}` })
    const top = here.control.instagramComment({ on: photo.id, from: 'Bo Testgil', text: 'me first' })
    for (let nth = 0; nth < 60; nth++) here.control.instagramComment({ on: top.id, from: 'Ada Testgil', text: `no, me ${nth}` })
    const { mentions, lists } = await pollAll(here.line)
    expect(new Set(mentions.map(one => one.externalId)).size).toBe(181)
    expect(lists.filter(list => list === 'comments')).toHaveLength(3)
  })

  it('finds a photo that tags us, which nobody may answer by app', async () => {
    const here = await world()
    const photo = here.control.photo({ from: 'Cleo Testgil', caption: 'At gate 4 since noon', tags: ['heronair'] })
    const { mentions } = await pollAll(here.line)
    expect(mentions).toMatchObject([{ externalId: photo.id, text: 'At gate 4 since noon', facts: { tagged: true } }])
    const asked = { text: '', now: here.now(), account: here.line.account, lastPrivateInboundAt: null, privateReplySent: false }
    expect(instagram.mayReply({ ...asked, mention: answerable(mentions[0]!), visibility: 'public' })).toMatchObject({
      allowed: false,
      instead: ['open'],
    })
  })

  it('a mention that is gone is let go; one that Instagram shows nobody is handed on with its reason', async () => {
    const { control, webhook, line } = await pushedWorld()
    const [gone, shut] = ['one', 'two'].map(text => control.photo({ from: 'Cleo Testgil', caption: `@heronair ${text}` }))
    await control.pushesDelivered()
    control.removeFromInstagram({ id: gone!.id })
    control.setFault({ kind: 'graph-error', code: 100, message: 'Comments are disabled', path: `/${line.account.externalId}`, times: 1 })
    const pointers = [...webhook.incoming].reverse()
    const { incoming, cursor } = await pollAll(line, {}, pointers)
    expect(incoming).toEqual([
      { kind: 'unknown', account: line.account.externalId, because: expect.stringContaining('Comments are disabled') },
    ])
    expect([cursor[`pointer:${gone!.id}`], cursor[`pointer:${shut!.id}`]]).toEqual(['', ''])
  })

  it.each([
    { kind: 'html-502' },
    { kind: 'empty-body' },
    { kind: 'cut-body' },
    { kind: 'dropped' },
    { kind: 'rate-limited', code: 80002 },
  ] as const)('%j in the middle is tried again later', async fault => {
    const here = await oneComment()
    here.control.setFault({ ...fault, path: '/*/comments' })
    await expect(pollAll(here.line)).rejects.toMatchObject({ kind: 'retry' })
  })

  it('a 429 while a mention is fetched keeps its place: no cursor is returned', async () => {
    const { control, webhook, line } = await pushedWorld()
    const photo = control.photo({ from: 'Cleo Testgil', caption: '@heronair hello' })
    await control.pushesDelivered()
    control.setUsage({ percent: 100, regainMinutes: 7 })
    const told: [string, number][] = []
    const watching = { ...line, onBudget: (name: string, remaining: number) => told.push([name, remaining]) }
    await expect(pollAll(watching, {}, webhook.incoming)).rejects.toMatchObject({ kind: 'retry', retryAfterMs: 7 * 60_000 })
    control.setUsage({ percent: null })
    expect((await pollAll(watching, {}, webhook.incoming)).mentions.map(one => one.externalId)).toEqual([photo.id])
    expect(told).toContainEqual(['pages', 100])
  })

  it('a dead token stops the account', async () => {
    const here = await world()
    here.control.killTokens({ page: here.page.id, subcode: 460 })
    await expect(pollAll(here.line)).rejects.toMatchObject({ kind: 'account', message: expect.stringContaining('password') })
  })
})

describe('what is sent', () => {
  it('below a comment, seen by the customer, and told back by the push', async () => {
    const { control, webhook, mention, line } = await oneComment()
    const sent = await instagram.send(answerTo(mention), line)
    expect(control.instagramComments({ on: mention.externalId })).toMatchObject([
      { id: sent.externalId, isOurs: true, text: 'On its way 🙏 ^BN' },
    ])
    await control.pushesDelivered()
    expect(webhook.mentions().at(-1)).toMatchObject({ externalId: sent.externalId, direction: 'outbound', threadKey: mention.threadKey })
  })

  it('where a caption and a comment mention us', async () => {
    const { control, webhook, line } = await pushedWorld()
    const photo = control.photo({ from: 'Cleo Testgil', caption: 'Stuck with @heronair' })
    const comment = control.instagramComment({ on: photo.id, from: 'Bo Testgil', text: 'ask @heronair' })
    await control.pushesDelivered()
    const { mentions } = await pollAll(line, {}, webhook.incoming)
    for (const mention of mentions) await instagram.send(answerTo(mention), line)
    expect(control.instagramComments({ on: photo.id }).filter(one => one.isOurs)).toMatchObject([
      { parentId: null },
      { parentId: comment.id },
    ])
  })

  it('a private answer to a comment: once, and only within seven days', async () => {
    const { control, mention, line } = await oneComment()
    const post = answerTo(mention, { visibility: 'private', isPrivateReply: true })
    await instagram.send(post, line)
    expect(control.directs({ customer: 'Ada Testgil' })).toMatchObject([{ fromAccount: true, answersComment: mention.externalId }])
    await expect(instagram.send(post, line)).rejects.toMatchObject({ kind: 'refused', message: expect.stringContaining('already sent') })
    const late = await oneComment()
    late.control.moveClock({ ms: 8 * DAY })
    const tooLate = answerTo(late.mention, { visibility: 'private', isPrivateReply: true })
    await expect(instagram.send(tooLate, late.line)).rejects.toMatchObject({ kind: 'refused' })
  })

  it('Direct: within a day, as a human agent within seven where granted, and no later', async () => {
    const { control, mention, line } = await oneMessage()
    const ask = (account = line.account) =>
      instagram.mayReply({
        mention: answerable(mention),
        visibility: 'private',
        text: '',
        now: line.now(),
        account,
        lastPrivateInboundAt: mention.postedAt,
        privateReplySent: false,
      }).allowed
    const granted: Line = { ...line, account: { ...line.account, capabilities: { humanAgent: true } } }
    expect(ask()).toBe(true)
    await instagram.send(answerTo(mention), line)
    control.moveClock({ ms: DAY + 60_000 })
    expect([ask(), ask(granted.account)]).toEqual([false, true])
    await expect(instagram.send(answerTo(mention), line)).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('opens when the customer writes again'),
    })
    await expect(instagram.send(answerTo(mention), granted)).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('only what a person wrote'),
    })
    await instagram.send(answerTo(mention, { isByHuman: true }), granted)
    control.moveClock({ ms: 6 * DAY })
    expect(ask(granted.account)).toBe(false)
    await expect(instagram.send(answerTo(mention, { isByHuman: true }), granted)).rejects.toMatchObject({ kind: 'refused' })
  })

  it('a thousand bytes go, one more does not leave', async () => {
    const { control, mention, line } = await oneMessage()
    await instagram.send(answerTo(mention, { text: '🙏'.repeat(250) }), line)
    await expect(instagram.send(answerTo(mention, { text: `${'🙏'.repeat(250)}.` }), line)).rejects.toMatchObject({ kind: 'refused' })
    expect(control.directs().filter(one => one.fromAccount)).toHaveLength(1)
  })

  it('nothing below a live video in public', async () => {
    const here = await pushedWorld()
    const live = here.control.photo({ from: 'heronair', caption: 'We are live', live: true })
    here.control.instagramComment({ on: live.id, from: 'Ada Testgil', text: 'hello?' })
    await here.control.pushesDelivered()
    const mention = here.webhook.mentions()[0]!
    const asked = { text: '', now: here.now(), account: here.line.account, lastPrivateInboundAt: null, privateReplySent: false }
    expect(instagram.mayReply({ ...asked, mention: answerable(mention), visibility: 'public' })).toMatchObject({
      allowed: false,
      instead: ['private', 'open'],
    })
    await expect(instagram.send(answerTo(mention), here.line)).rejects.toMatchObject({ kind: 'refused' })
  })

  it.each([
    ['accepted-then-dropped', true],
    ['cut-body', true],
    ['dropped', false],
    ['html-502', false],
    ['empty-body', false],
  ] as const)('after %s a comment is unsure, and looking tells whether it is there: %s', async (kind, isThere) => {
    const { control, mention, line } = await oneComment()
    const since = line.now()
    control.setFault({ kind, method: 'POST' })
    await expect(instagram.send(answerTo(mention), line)).rejects.toMatchObject({ kind: 'unsure' })
    const found = await instagram.findSent!(answerTo(mention), since, line)
    expect(found?.externalId ?? null).toBe(control.instagramComments({ on: mention.externalId })[0]?.id ?? null)
    expect(found !== null).toBe(isThere)
  })

  it("finds an unsure message, private answer, answer to an answer, and answer to a caption; and not another's words", async () => {
    const { control, mention, line, webhook } = await oneComment()
    control.direct({ account: 'heronair', from: 'Ada Testgil', text: 'On its way 🙏 ^BN' })
    control.instagramComment({ on: mention.externalId, from: 'Bo Testgil', text: 'On its way 🙏 ^BN' })
    control.photo({ from: 'Cleo Testgil', caption: 'Stuck with @heronair' })
    await control.pushesDelivered()
    const { mentions } = await pollAll(line, {}, webhook.incoming)
    const chat = mentions.find(one => one.visibility === 'private')!
    const nested = mentions.find(one => one.threadKey !== one.externalId && one.visibility === 'public')!
    const caption = mentions.find(one => one.facts?.kind === 'caption')!
    const posts = [
      answerTo(chat),
      answerTo(mention, { visibility: 'private', isPrivateReply: true, text: 'In private, then' }),
      answerTo(nested),
      answerTo(caption),
    ]
    for (const post of posts) {
      const since = line.now()
      expect(await instagram.findSent!(post, since, line)).toBeNull()
      control.setFault({ kind: 'accepted-then-dropped', method: 'POST' })
      await expect(instagram.send(post, line)).rejects.toMatchObject({ kind: 'unsure' })
      expect(await instagram.findSent!(post, since, line)).toMatchObject({ externalId: expect.any(String) })
    }
  })

  it('does not take an older answer in the same words for this one', async () => {
    const { control, mention, line } = await oneComment()
    await instagram.send(answerTo(mention), line)
    control.moveClock({ ms: 3_600_000 })
    expect(await instagram.findSent!(answerTo(mention), line.now(), line)).toBeNull()
  })

  it('knows whether a comment, and a mention elsewhere, is still there', async () => {
    const { control, mention, line, webhook } = await oneComment()
    const photo = control.photo({ from: 'Cleo Testgil', caption: 'Stuck with @heronair' })
    const comment = control.instagramComment({ on: photo.id, from: 'Bo Testgil', text: 'ask @heronair' })
    await control.pushesDelivered()
    const { mentions } = await pollAll(line, {}, webhook.incoming)
    const all = [mention, ...mentions.filter(one => one.facts?.elsewhere)]
    expect(all).toHaveLength(3)
    for (const one of all) expect(await instagram.stillThere!(answerable(one), line)).toBe(true)
    for (const id of [mention.externalId, comment.id, photo.id]) control.removeFromInstagram({ id })
    for (const one of all) expect(await instagram.stillThere!(answerable(one), line)).toBe(false)
    control.setFault({ kind: 'html-502' })
    await expect(instagram.stillThere!(answerable(mention), line)).rejects.toMatchObject({ kind: 'retry' })
  })
})
