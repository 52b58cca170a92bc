// The whole connector against the simulated Graph API, over HTTP: sign-in, pushes, polls, answers, windows, faults.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Answerable, Cursor, Delivery, Incoming, IncomingMention, Line, OutgoingPost, Secrets } from '../../connectors/connector.ts'
import { facebook } from '../../connectors/facebook/connector.ts'
import { startGraphSimulator } from '../../simulators/graph/start.ts'
import { lineTo } from './facebook-local-graph.ts'

const DAY = 86_400_000
const REDIRECT = 'http://127.0.0.1:9/accounts/callback/facebook'
const KEY = '0198c0de-0000-7000-8000-00000000000a'

/** A simulated Facebook with one app and one page of ours, on its own clock, which `now` follows. */
async function world() {
  const simulator = await startGraphSimulator()
  onTestFinished(() => simulator.stop())
  const { control, url } = simulator
  const app = control.createApp({ name: 'Heed', secret: 'app-secret' })
  const page = control.createPage({ name: 'Heron Air', username: 'heronair' })
  const appSecrets: Secrets = { appId: app.id, appSecret: app.secret, verifyToken: 'verify-me' }
  const now = () => new Date(control.now().now)
  const { pageToken, userToken } = control.issueTokens({ app: app.id, page: page.id })
  const plain = lineTo(url)
  const account = { ...plain.account, externalId: page.id, connectedAt: now() }
  const line: Line = { ...plain, account, now, secrets: { ...appSecrets, pageToken } }
  return { control, url, app, page, appSecrets, line, now, userToken }
}

/** Where the pushes land, verified and read as the product does. */
async function webhookOf(appSecrets: Secrets) {
  const incoming: Incoming[] = []
  const bodies: string[] = []
  let forged = 0
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const query = new URL(request.url!, 'http://here').searchParams
    if (request.method === 'GET') {
      const answer = facebook.intake.webhook!.handshake(query, appSecrets)
      return void response.writeHead(answer?.status ?? 403).end(answer?.body ?? '')
    }
    const raw = Buffer.concat(chunks)
    if (!facebook.intake.webhook!.verify(raw, request.headers as Record<string, string>, appSecrets)) {
      forged++
      return void response.writeHead(401).end()
    }
    bodies.push(raw.toString())
    incoming.push(...facebook.read({ source: 'webhook', headers: {}, body: raw.toString(), receivedAt: new Date(), account: null }))
    response.writeHead(200).end()
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const mentions = () => incoming.flatMap(one => (one.kind === 'mention' ? [one.mention] : []))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/facebook`,
    incoming,
    bodies,
    mentions,
    forged: () => forged,
  }
}

async function pushedWorld() {
  const here = await world()
  const webhook = await webhookOf(here.appSecrets)
  await facebook.onConnected!(here.line, webhook.url)
  return { ...here, webhook }
}

async function pollAll(line: Line, cursor: Cursor = {}): Promise<{ mentions: IncomingMention[]; lists: string[]; cursor: Cursor }> {
  const polling = facebook.intake.polling!.poll(line, cursor)
  const mentions: IncomingMention[] = []
  const lists: string[] = []
  for (;;) {
    const step = await polling.next()
    if (step.done) return { mentions, lists, cursor: step.value }
    const delivery: Delivery = {
      source: `poll:${step.value.list}`,
      headers: {},
      body: step.value.body,
      receivedAt: line.now(),
      account: line.account,
    }
    lists.push(step.value.list)
    mentions.push(...facebook.read(delivery).flatMap(one => (one.kind === 'mention' ? [one.mention] : [])))
  }
}

function answerable(mention: IncomingMention): Answerable {
  const nobody = { externalId: '', handle: '', name: '', followers: null }
  return {
    ...mention,
    replyToExternalId: mention.replyToExternalId ?? null,
    author: mention.author ?? nobody,
    facts: mention.facts ?? {},
  }
}
function answerTo(mention: IncomingMention | null, more: Partial<OutgoingPost> = {}): OutgoingPost {
  return {
    key: KEY,
    text: 'On its way 🙏 ^BN',
    visibility: mention?.visibility ?? 'public',
    inReplyTo: mention && answerable(mention),
    isPrivateReply: false,
    ...more,
  }
}

async function oneComment(message = 'Kargom nerede? 😡') {
  const here = await pushedWorld()
  const post = here.control.post({ page: here.page.id, from: here.page.id, message: 'New winter schedule' })
  const written = here.control.comment({ on: post.id, from: 'Ada Testgil', message })
  await here.control.pushesDelivered()
  const mention = here.webhook.mentions().find(one => one.externalId === written.id)!
  return { ...here, post, mention }
}
async function oneMessage() {
  const here = await pushedWorld()
  const written = here.control.message({ page: here.page.id, from: 'Ada Testgil', text: 'Merhaba, kargom nerede?' })
  await here.control.pushesDelivered()
  return { ...here, psid: written.psid, mention: here.webhook.mentions().find(one => one.externalId === written.id)! }
}

describe('sign-in', () => {
  async function consent(here: Awaited<ReturnType<typeof world>>, pages: string[], decision = 'allow') {
    const address = facebook.signIn!.authorizeUrl({
      app: here.appSecrets,
      apiBase: here.url,
      redirectUri: REDIRECT,
      state: 'st&te=1',
      verifier: 'v',
    })
    expect((await fetch(address)).status).toBe(200)
    const form = new URLSearchParams([['decision', decision], ...pages.map(page => ['page', page] as [string, string])])
    const answer = await fetch(address, { method: 'POST', body: form, redirect: 'manual' })
    return new URL(answer.headers.get('location')!).searchParams
  }
  const finish = (here: Awaited<ReturnType<typeof world>>, code: string, app = here.appSecrets) =>
    facebook.signIn!.finish({ app, apiBase: here.url, redirectUri: REDIRECT, code, verifier: 'v', now: here.now() })

  it('offers each chosen page, with a token that still works after a hundred days', async () => {
    const here = await world()
    const second = here.control.createPage({ name: 'Heron Cargo' })
    here.control.createPage({ name: 'Not chosen' })
    const back = await consent(here, [here.page.id, second.id])
    expect(back.get('state')).toBe('st&te=1')
    const found = await finish(here, back.get('code')!)
    expect(found.map(one => [one.externalId, one.name, one.capabilities.humanAgent])).toEqual([
      [here.page.id, 'Heron Air', false],
      [second.id, 'Heron Cargo', false],
    ])
    here.control.moveClock({ ms: 100 * DAY })
    const secrets = { ...here.appSecrets, ...found[0]!.secrets }
    expect(await facebook.whoAmI({ secrets, apiBase: here.url, now: here.now })).toEqual({
      externalId: here.page.id,
      handle: 'heronair',
      name: 'Heron Air',
      capabilities: { humanAgent: false },
    })
  })

  it('asks for what it needs, at Facebook itself', () => {
    const url = new URL(
      facebook.signIn!.authorizeUrl({
        app: { appId: '5' },
        apiBase: null,
        redirectUri: REDIRECT,
        state: 's',
        verifier: 'v',
      }),
    )
    expect(url.origin + url.pathname).toBe('https://www.facebook.com/v25.0/dialog/oauth')
    expect(url.searchParams.get('scope')!.split(',')).toEqual(facebook.signIn!.scopes)
  })

  it("says what is wrong: a used code, a wrong app secret, no page, a person's token", async () => {
    const here = await world()
    const code = (await consent(here, [here.page.id])).get('code')!
    await finish(here, code)
    await expect(finish(here, code)).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('has been used'),
    })
    const unknown = { ...here.appSecrets, appSecret: 'wrong' }
    await expect(finish(here, code, unknown)).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('ID and secret'),
    })
    await expect(finish(here, (await consent(here, [])).get('code')!)).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('no page'),
    })
    const secrets = { ...here.appSecrets, pageToken: here.userToken }
    await expect(facebook.whoAmI({ secrets, apiBase: here.url, now: here.now })).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('person'),
    })
  })

  it('sees that a page subscribed our app for another product alone, and subscribes it for its own', async () => {
    const here = await pushedWorld()
    const token = here.line.secrets.pageToken
    const own = `${here.url}/v25.0/${here.page.id}/subscribed_apps?access_token=${token}`
    const { ok } = await fetch(`${own}&subscribed_fields=name`, { method: 'POST' })
    expect(ok).toBe(true)
    expect(await facebook.intake.webhook!.isSubscribed!(here.line, here.webhook.url)).toBe('no')
    await facebook.onConnected!(here.line, here.webhook.url)
    expect(await facebook.intake.webhook!.isSubscribed!(here.line, here.webhook.url)).toBe('yes')
  })

  it('sets the webhook and the subscription, twice the same, and leaves a webhook set by hand', async () => {
    const here = await pushedWorld()
    await facebook.onConnected!(here.line, 'http://127.0.0.1:9/another')
    expect(await facebook.intake.webhook!.isSubscribed!(here.line, here.webhook.url)).toBe('yes')
    expect(here.control.subscriptions()).toMatchObject({
      apps: [{ callbackUrl: here.webhook.url, active: true }],
      pages: {
        [`${here.app.id} ${here.page.id}`]: expect.arrayContaining(['feed', 'mention', 'messages', 'message_echoes', 'message_edits']),
      },
    })
  })
})

describe('what is pushed', () => {
  it('a comment, an answer to it, its edit and removal, from escaped bytes', async () => {
    const { control, webhook, page, mention, post } = await oneComment()
    expect(mention).toMatchObject({
      text: 'Kargom nerede? 😡',
      direction: 'inbound',
      author: { name: 'Ada Testgil' },
      threadKey: mention.externalId,
      parentExternalId: post.id,
    })
    expect(webhook.bodies.join()).toContain('\\ud83d\\ude21')
    const ours = control.comment({ on: mention.externalId, from: page.id, message: 'We look into it' })
    control.edit({ id: mention.externalId, message: 'Kargom hâlâ nerede?' })
    control.hide({ id: mention.externalId })
    control.remove({ id: mention.externalId })
    await control.pushesDelivered()
    expect(webhook.mentions().find(one => one.externalId === ours.id)).toMatchObject({
      direction: 'outbound',
      threadKey: mention.externalId,
    })
    const edited = webhook.mentions().find(one => one.isEdit)!
    expect(edited).toMatchObject({ externalId: mention.externalId, text: 'Kargom hâlâ nerede?' })
    expect(edited.version).toBeGreaterThan(mention.version)
    expect(webhook.incoming.filter(one => one.kind === 'removal')).toMatchObject([{ externalId: mention.externalId, visibility: 'public' }])
  })

  it('a visitor post, a mention elsewhere, a batch, a duplicate and a reordering', async () => {
    const { control, webhook, page } = await pushedWorld()
    control.holdPushes()
    control.setFault({ kind: 'push-duplicate' })
    const post = control.post({ page: page.id, from: 'Ada Testgil', message: 'No staff at the gate' })
    const elsewhere = control.post({
      page: page.id,
      from: 'Bo Testgil',
      message: 'Flying with @heronair today',
      elsewhere: true,
    })
    control.message({ page: page.id, from: 'Cleo Testgil', text: 'hi', standby: true })
    control.releasePushes()
    await control.pushesDelivered()
    expect(webhook.bodies).toHaveLength(2)
    expect(webhook.mentions().slice(0, 3)).toMatchObject([
      { externalId: post.id, threadKey: post.id, addressesUs: true },
      { externalId: elsewhere.id, addressesUs: true, facts: { elsewhere: true } },
      { visibility: 'private', facts: { standby: true } },
    ])
    expect(webhook.mentions().slice(3)).toEqual(webhook.mentions().slice(0, 3))
  })

  it('a forged signature is refused', async () => {
    const { control, webhook, page } = await pushedWorld()
    control.setFault({ kind: 'push-bad-signature' })
    control.post({ page: page.id, from: 'Ada Testgil', message: 'hello' })
    await expect.poll(webhook.forged).toBe(1)
  })

  it('Messenger: words, an edit, and the echo with our key', async () => {
    const { control, webhook, mention, line, psid } = await oneMessage()
    expect(mention).toMatchObject({ visibility: 'private', threadKey: `dm:${psid}`, text: 'Merhaba, kargom nerede?' })
    control.editMessage({ id: mention.externalId, text: 'Kargom hâlâ nerede?' })
    const sent = await facebook.send(answerTo(mention), line)
    await control.pushesDelivered()
    expect(webhook.mentions().find(one => one.isEdit)).toMatchObject({
      externalId: mention.externalId,
      text: 'Kargom hâlâ nerede?',
    })
    expect(webhook.mentions().find(one => one.externalId === sent.externalId)).toMatchObject({
      direction: 'outbound',
      echoOf: KEY,
      threadKey: `dm:${psid}`,
    })
  })
})

describe('what is polled', () => {
  it('finds what pushes told, with the same ids, threads and words', async () => {
    const here = await oneComment()
    here.control.comment({ on: here.mention.externalId, from: here.page.id, message: 'We look into it' })
    here.control.message({ page: here.page.id, from: 'Bo Testgil', text: 'merhaba 👋' })
    here.control.post({ page: here.page.id, from: 'Cleo Testgil', message: 'with @heronair', elsewhere: true })
    await here.control.pushesDelivered()
    const { mentions, lists } = await pollAll(here.line)
    expect(new Set(lists)).toEqual(new Set(['feed', 'comments', 'tagged', 'messages']))
    const told = (all: IncomingMention[]) =>
      all.map(one => [one.externalId, one.threadKey, one.text, one.direction, one.visibility].join(' ')).sort()
    expect(told(mentions)).toEqual(told(here.webhook.mentions()))
  })

  it('goes on where it was, and finds a lost push', async () => {
    const here = await oneComment()
    const first = await pollAll(here.line)
    here.control.setFault({ kind: 'push-drop' })
    const lost = here.control.comment({ on: here.mention.externalId, from: 'Bo Testgil', message: 'me too' })
    const second = await pollAll(here.line, first.cursor)
    expect(second.mentions.map(one => one.externalId)).toContain(lost.id)
    expect(Object.keys(second.cursor).sort()).toEqual(['feed', 'messages', 'tagged'])
  })

  it('asks only for what changed', async () => {
    const here = await oneComment()
    here.control.moveClock({ ms: DAY })
    const line = { ...here.line, account: { ...here.line.account, connectedAt: here.now() } }
    const cursor = String(here.now().getTime())
    expect((await pollAll(line, { feed: cursor, tagged: cursor, messages: cursor })).mentions).toEqual([])
    const fresh = here.control.comment({ on: here.mention.externalId, from: 'Bo Testgil', message: 'me too' })
    expect((await pollAll(line, { feed: cursor, tagged: cursor, messages: cursor })).mentions.map(one => one.externalId)).toEqual([
      here.post.id,
      fresh.id,
    ])
  })

  it('follows every page of a long list', async () => {
    const here = await world()
    const post = here.control.post({ page: here.page.id, from: here.page.id, message: 'Ask us anything' })
    for (let nth = 0; nth < 230; nth++) here.control.comment({ on: post.id, from: `Guest ${nth}`, message: `question ${nth}` })
    const { mentions, lists } = await pollAll(here.line)
    expect(new Set(mentions.map(one => one.externalId)).size).toBe(231)
    expect(lists.filter(list => list === 'comments')).toHaveLength(3)
  })

  it('authors that are hidden are null', async () => {
    const here = await world()
    const shy = here.control.createPage({ name: 'Shy Page', hidesAuthors: true })
    const { pageToken } = here.control.issueTokens({ app: here.app.id, page: shy.id })
    here.control.post({ page: shy.id, from: 'Ada Testgil', message: 'hello' })
    const line = {
      ...here.line,
      account: { ...here.line.account, externalId: shy.id },
      secrets: { ...here.appSecrets, pageToken },
    }
    expect((await pollAll(line)).mentions).toMatchObject([{ text: 'hello', author: null, direction: 'inbound' }])
  })

  it('stops in the middle when the allowance is nearly used up, and keeps no cursor', async () => {
    const here = await world()
    const post = here.control.post({ page: here.page.id, from: here.page.id, message: 'Ask us anything' })
    for (let nth = 0; nth < 120; nth++) here.control.comment({ on: post.id, from: `Guest ${nth}`, message: `question ${nth}` })
    here.control.setUsage({ percent: 96 })
    const told: [string, number][] = []
    const line = { ...here.line, onBudget: (name: string, remaining: number) => told.push([name, remaining]) }
    await expect(pollAll(line)).rejects.toMatchObject({ kind: 'retry' })
    expect(told).toContainEqual(['pages', 0])
    here.control.setUsage({ percent: 100, regainMinutes: 7 })
    await expect(pollAll(line)).rejects.toMatchObject({ kind: 'retry', retryAfterMs: 7 * 60_000 })
  })

  it.each([
    { kind: 'html-502' },
    { kind: 'empty-body' },
    { kind: 'cut-body' },
    { kind: 'dropped' },
    { kind: 'redirect' },
    { kind: 'rate-limited', code: 32 },
  ] as const)('%j in the middle is tried again later', async fault => {
    const here = await oneComment()
    here.control.setFault({ ...fault, path: '/*/comments' })
    await expect(pollAll(here.line)).rejects.toMatchObject({ kind: 'retry' })
  })

  it('a dead token stops the account', async () => {
    const here = await world()
    here.control.killTokens({ page: here.page.id, subcode: 460 })
    await expect(pollAll(here.line)).rejects.toMatchObject({
      kind: 'account',
      message: expect.stringContaining('password'),
    })
  })
})

describe('what is sent', () => {
  it('a comment below theirs, seen by the customer, and told back by the push', async () => {
    const { control, webhook, mention, line } = await oneComment()
    const sent = await facebook.send(answerTo(mention), line)
    expect(control.replies({ to: mention.externalId })).toMatchObject([{ id: sent.externalId, isOurs: true, message: 'On its way 🙏 ^BN' }])
    expect((await fetch(sent.url!)).status).toBe(200)
    await control.pushesDelivered()
    expect(webhook.mentions().at(-1)).toMatchObject({
      externalId: sent.externalId,
      direction: 'outbound',
      threadKey: mention.threadKey,
    })
  })

  it('a private answer to a comment: once, and only within seven days', async () => {
    const { control, mention, line } = await oneComment()
    const post = answerTo(mention, { visibility: 'private', isPrivateReply: true })
    await facebook.send(post, line)
    expect(control.messages({ customer: 'Ada Testgil' })).toMatchObject([{ fromPage: true, answersComment: mention.externalId }])
    await expect(facebook.send(post, line)).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('already sent'),
    })
    const late = await oneComment()
    late.control.moveClock({ ms: 8 * DAY })
    await expect(facebook.send(answerTo(late.mention, { visibility: 'private', isPrivateReply: true }), late.line)).rejects.toMatchObject({
      kind: 'refused',
    })
  })

  it('Messenger: within a day, as a human agent within seven where granted, and no later', async () => {
    const { control, mention, line } = await oneMessage()
    const ask = (account = line.account) =>
      facebook.mayReply({
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
    await facebook.send(answerTo(mention), line)
    control.moveClock({ ms: DAY + 60_000 })
    expect([ask(), ask(granted.account)]).toEqual([false, true])
    await expect(facebook.send(answerTo(mention), line)).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('opens when the customer writes again'),
    })
    await expect(facebook.send(answerTo(mention), granted)).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('only what a person wrote'),
    })
    await facebook.send(answerTo(mention, { isByHuman: true }), granted)
    control.moveClock({ ms: 6 * DAY })
    expect(ask(granted.account)).toBe(false)
    await expect(facebook.send(answerTo(mention, { isByHuman: true }), granted)).rejects.toMatchObject({ kind: 'refused' })
  })

  it('a status on the page, once', async () => {
    const { control, page, line } = await world()
    const sent = await facebook.send(answerTo(null, { text: 'We know about the delays.' }), line)
    expect(control.findItem({ id: sent.externalId })).toMatchObject({
      message: 'We know about the delays.',
      isOurs: true,
      author: page.name,
    })
    await expect(facebook.send(answerTo(null, { text: 'We know about the delays.' }), line)).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('same words'),
    })
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
    await expect(facebook.send(answerTo(mention), line)).rejects.toMatchObject({ kind: 'unsure' })
    const found = await facebook.findSent!(answerTo(mention), since, line)
    expect(found?.externalId ?? null).toBe(control.replies({ to: mention.externalId })[0]?.id ?? null)
    expect(found !== null).toBe(isThere)
  })

  it('posts and finds the next part of a thread below our own comment', async () => {
    const { control, mention, line } = await oneComment()
    const since = line.now()
    const first = await facebook.send(answerTo(mention, { text: 'So sorry. (1/2)' }), line)
    const next = answerTo(mention, { text: 'We look. (2/2) ^BN', continues: first.externalId })
    expect(await facebook.findSent!(next, since, line)).toBeNull()
    control.setFault({ kind: 'accepted-then-dropped', method: 'POST' })
    await expect(facebook.send(next, line)).rejects.toMatchObject({ kind: 'unsure' })
    const found = await facebook.findSent!(next, since, line)
    expect(control.findItem({ id: found!.externalId })).toMatchObject({ message: 'We look. (2/2) ^BN', isOurs: true })
  })

  it("finds an unsure message, private answer, answer to an answer, and status; and not another's words", async () => {
    const { control, mention, line, page } = await oneComment()
    const message = control.message({ page: page.id, from: 'Ada Testgil', text: 'On its way 🙏 ^BN' })
    const below = control.comment({ on: mention.externalId, from: 'Bo Testgil', message: 'On its way 🙏 ^BN' })
    await control.pushesDelivered()
    const { mentions } = await pollAll(line)
    const chat = mentions.find(one => one.externalId === message.id)!
    const nested = mentions.find(one => one.externalId === below.id)!
    const posts = [
      answerTo(chat),
      answerTo(mention, { visibility: 'private', isPrivateReply: true, text: 'In private, then' }),
      answerTo(nested),
      answerTo(null, { text: 'A status' }),
    ]
    for (const post of posts) {
      const since = line.now()
      expect(await facebook.findSent!(post, since, line)).toBeNull()
      control.setFault({ kind: 'accepted-then-dropped', method: 'POST' })
      await expect(facebook.send(post, line)).rejects.toMatchObject({ kind: 'unsure' })
      expect(await facebook.findSent!(post, since, line)).toMatchObject({ externalId: expect.any(String) })
    }
  })

  it('does not take an older answer in the same words for this one', async () => {
    const { control, mention, line } = await oneComment()
    await facebook.send(answerTo(mention), line)
    control.moveClock({ ms: 3_600_000 })
    expect(await facebook.findSent!(answerTo(mention), line.now(), line)).toBeNull()
  })

  it.each([
    [{ kind: 'graph-error', code: 368 }, 'refused'],
    [{ kind: 'graph-error', code: 551, subcode: 1545041 }, 'refused'],
    [{ kind: 'graph-error', code: 2 }, 'unsure'],
    [{ kind: 'rate-limited', code: 80001, resetInMs: 240_000 }, 'retry'],
    [{ kind: 'rate-limited', code: 613, bare: true }, 'retry'],
    [{ kind: 'token-revoked', subcode: 463 }, 'account'],
  ] as const)('%j is %s', async (fault, kind) => {
    const { control, mention, line } = await oneComment()
    control.setFault({ ...fault, method: 'POST' })
    await expect(facebook.send(answerTo(mention), line)).rejects.toMatchObject({ kind })
    expect(control.replies({ to: mention.externalId })).toEqual([])
  })

  it('knows whether a mention is still there', async () => {
    const { control, mention, line } = await oneComment()
    expect(await facebook.stillThere!(answerable(mention), line)).toBe(true)
    control.remove({ id: mention.externalId })
    expect(await facebook.stillThere!(answerable(mention), line)).toBe(false)
    control.setFault({ kind: 'html-502' })
    await expect(facebook.stillThere!(answerable(mention), line)).rejects.toMatchObject({ kind: 'retry' })
  })
})
