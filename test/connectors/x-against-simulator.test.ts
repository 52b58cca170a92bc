// The X connector against the simulated X: sign-in, polls, pushes, answers, renewals, and everything that goes wrong on the way.
import { describe, expect, it } from 'vitest'
import { type Answerable, type Cursor, type Incoming, type Line, type OutgoingPost, PlatformError } from '../../connectors/connector.ts'
import { x } from '../../connectors/x/connector.ts'
import { EVENT_TYPES } from '../../connectors/x/subscribe.ts'
import { openDoor, simulatedX } from './x-simulated.ts'

describe('signing in', () => {
  const verifier = 'a-verifier-of-at-least-forty-three-characters-long'
  const redirectUri = 'http://127.0.0.1:9/callback'

  it('goes to X, comes back with a code, and leaves a connected account', async () => {
    const { url, app, brand } = await simulatedX()
    const code = await codeFor(url, app, brand.id)
    const [account] = await x.signIn!.finish({
      app: { ...app, redirectUris: '' },
      apiBase: url,
      redirectUri,
      code,
      verifier,
      now: new Date(),
    })
    expect(account).toMatchObject({
      externalId: brand.id,
      handle: 'HeronAir',
      name: 'Heron Air',
      capabilities: { tier: 'self-serve', dms: true },
    })
    expect(Object.keys(account!.secrets).sort()).toEqual(['accessToken', 'accessTokenExpiresAt', 'refreshToken'])
    expect(account!.tokenExpiresAt!.getTime()).toBeGreaterThan(Date.now() + 7_000_000)
  })

  it('gets nothing for a code with another verifier', async () => {
    const { url, app, brand } = await simulatedX()
    const code = await codeFor(url, app, brand.id)
    await expect(
      x.signIn!.finish({
        app: { ...app, redirectUris: '' },
        apiBase: url,
        redirectUri,
        code,
        verifier: 'another',
        now: new Date(),
      }),
    ).rejects.toBeInstanceOf(PlatformError)
  })

  it('sends the operator to X itself when no simulator is named', () => {
    const address = new URL(x.signIn!.authorizeUrl({ app: { clientId: 'us' }, apiBase: null, redirectUri, state: 's', verifier }))
    expect(address.origin + address.pathname).toBe('https://x.com/i/oauth2/authorize')
    expect(Object.fromEntries(address.searchParams)).toMatchObject({
      client_id: 'us',
      code_challenge_method: 'S256',
      scope: 'tweet.read tweet.write users.read dm.read dm.write offline.access tweet.moderate.write media.write',
    })
  })

  async function codeFor(url: string, app: { clientId: string }, account: string): Promise<string> {
    const address = x.signIn!.authorizeUrl({
      app: { clientId: app.clientId },
      apiBase: url,
      redirectUri,
      state: 'the-state',
      verifier,
    })
    expect((await fetch(address)).status).toBe(200)
    const form = new URLSearchParams([...new URL(address).searchParams, ['account', account], ['decision', 'authorize']])
    const answer = await fetch(`${url}/i/oauth2/authorize`, { method: 'POST', body: form, redirect: 'manual' })
    const back = new URL(answer.headers.get('location')!)
    expect(back.searchParams.get('state')).toBe('the-state')
    return back.searchParams.get('code')!
  }
})

describe('polling', () => {
  it('brings every page, then only what is new', async () => {
    const { control, lineOf } = await simulatedX()
    const { line } = lineOf()
    for (let nth = 0; nth < 230; nth++) control.post({ from: 'cleo_flies', text: `@HeronAir where is bag ${nth}?` })
    const first = await polled(line, {})
    expect(first.pages).toBe(3)
    expect(mentionsOf(first.incoming)).toHaveLength(230)
    expect((await polled(line, first.cursor)).incoming).toEqual([])
    const fresh = control.post({
      from: { handle: 'bob_on_tour', name: 'Bob', followers: 7 },
      text: 'and mine, @heronair?',
    })
    const [mention] = mentionsOf((await polled(line, first.cursor)).incoming)
    expect(mention).toMatchObject({
      externalId: fresh.id,
      addressesUs: true,
      author: { handle: 'bob_on_tour', name: 'Bob', followers: 7 },
      url: `https://x.com/bob_on_tour/status/${fresh.id}`,
    })
  })

  it('keeps the old cursor when a limit stops it between pages', async () => {
    const { control, lineOf } = await simulatedX()
    const { line } = lineOf()
    for (let nth = 0; nth < 230; nth++) control.post({ from: 'cleo_flies', text: `@HeronAir where is bag ${nth}?` })
    control.setLimit({ endpoint: 'GET /2/users/:id/mentions', limit: 2 })
    const pages: string[] = []
    const walk = x.intake.polling!.poll(line, {})
    await expect(
      (async () => {
        for await (const page of walk) pages.push(page.body)
      })(),
    ).rejects.toMatchObject({ kind: 'retry', retryAfterMs: expect.any(Number) })
    expect(pages).toHaveLength(2)
    control.setLimit({ endpoint: 'GET /2/users/:id/mentions', limit: 300 })
    expect(mentionsOf((await polled(line, {})).incoming)).toHaveLength(230)
  })

  it('reads an edit as a newer version of the same mention, to be answered under its new id', async () => {
    const { control, lineOf } = await simulatedX()
    const { line } = lineOf()
    const post = control.post({ from: 'cleo_flies', text: '@HeronAir bag lost' })
    const edited = control.edit({ id: post.id, text: '@HeronAir bag lost in Ankara' })
    const mentions = mentionsOf((await polled(line, {})).incoming)
    expect(mentions.find(one => one.version === 2)).toMatchObject({
      externalId: post.id,
      replyToExternalId: edited.id,
      isEdit: true,
      text: '@HeronAir bag lost in Ankara',
    })
  })

  it('brings private messages of both sides once, and again only new ones', async () => {
    const { control, brand, lineOf } = await simulatedX()
    const { line } = lineOf()
    control.directMessage({ from: 'cleo_flies', to: 'HeronAir', text: 'hello & <hi>' })
    control.directMessage({ from: 'HeronAir', to: 'cleo_flies', text: 'hello Cleo' })
    const first = await polled(line, {})
    expect(mentionsOf(first.incoming).map(one => [one.direction, one.text, one.threadKey])).toEqual([
      ['outbound', 'hello Cleo', `dm:${idOf(first.incoming, 'cleo_flies')}`],
      ['inbound', 'hello & <hi>', `dm:${idOf(first.incoming, 'cleo_flies')}`],
    ])
    expect(mentionsOf(first.incoming)[0]!.author!.externalId).toBe(brand.id)
    control.directMessage({ from: 'cleo_flies', to: 'HeronAir', text: 'still there?' })
    expect(mentionsOf((await polled(line, first.cursor)).incoming).map(one => one.text)).toEqual(['still there?'])
  })

  it('walks a long list of private messages over several polls, missing none', async () => {
    const { control, lineOf } = await simulatedX()
    const { line } = lineOf()
    for (let nth = 0; nth < 650; nth++) control.directMessage({ from: 'cleo_flies', to: 'HeronAir', text: `part ${nth}` })
    const first = await polled(line, {})
    expect(first.incoming).toHaveLength(400)
    control.directMessage({ from: 'cleo_flies', to: 'HeronAir', text: 'in between' })
    const second = await polled(line, first.cursor)
    const third = await polled(line, second.cursor)
    const texts = [first, second, third].flatMap(one => mentionsOf(one.incoming)).map(one => one.text)
    expect(texts).toHaveLength(651)
    expect(new Set(texts).size).toBe(651)
    expect((await polled(line, third.cursor)).incoming).toEqual([])
  })

  it('begins again when X no longer knows where a long walk was to go on', async () => {
    const { control, lineOf } = await simulatedX()
    const { line } = lineOf()
    control.directMessage({ from: 'cleo_flies', to: 'HeronAir', text: 'psst' })
    const first = await polled(line, { dmsNext: 'a-place-long-forgotten', dmsGoal: '99' })
    expect(first.incoming).toEqual([])
    expect(mentionsOf((await polled(line, first.cursor)).incoming).map(one => one.text)).toEqual(['psst'])
  })

  it('does not lose mentions to a limit on private messages, and waits that limit out', async () => {
    const { control, exchanges, lineOf } = await simulatedX()
    const { line } = lineOf()
    control.post({ from: 'cleo_flies', text: '@HeronAir hello' })
    control.directMessage({ from: 'cleo_flies', to: 'HeronAir', text: 'psst' })
    control.setFault({ kind: 'rate-limited', path: '/2/dm_events', resetInMs: 600_000 })
    const first = await polled(line, {})
    expect(mentionsOf(first.incoming).map(one => one.text)).toEqual(['@HeronAir hello'])
    const asked = () => exchanges.filter(one => one.path === '/2/dm_events').length
    expect((await polled(line, first.cursor)).incoming).toEqual([])
    expect(asked()).toBe(1)
    control.moveClock({ ms: 601_000 })
    expect(mentionsOf((await polled(line, first.cursor)).incoming).map(one => one.text)).toEqual(['psst'])
  })

  it('tells what is left of each limit', async () => {
    const { control, lineOf } = await simulatedX()
    const budget = new Map<string, number>()
    const line: Line = {
      ...lineOf().line,
      onBudget: (endpoint, remaining, resetAt) => {
        expect(resetAt.getTime()).toBeGreaterThan(line.now().getTime())
        budget.set(endpoint, remaining)
      },
    }
    await polled(line, {})
    expect(budget.get('GET /2/users/:id/mentions')).toBe(299)
    expect(budget.get('GET /2/dm_events')).toBe(14)
    control.setLimit({ endpoint: 'GET /2/users/:id/mentions', limit: 0 })
    await expect(polled(line, {})).rejects.toMatchObject({ kind: 'retry' })
    expect(budget.get('GET /2/users/:id/mentions')).toBe(0)
  })
})

describe('pushes', () => {
  it('are asked for once however often we connect, arrive signed, and read like polls', async () => {
    const { control, app, brand, exchanges, lineOf } = await simulatedX()
    const { line } = lineOf()
    const door = await openDoor(app.consumerSecret)
    await x.onConnected!(line, door.url)
    await x.onConnected!(line, door.url)
    expect(exchanges.filter(one => one.method !== 'GET')).toHaveLength(1 + EVENT_TYPES.length)
    expect(control.counts()).toMatchObject({ webhooks: 1, subscriptions: EVENT_TYPES.length })

    const post = control.post({
      from: { handle: 'cleo_flies', name: 'Cleo', followers: 12 },
      text: '@HeronAir bag & all lost 😟',
    })
    const answer = control.post({ from: 'HeronAir', text: 'Looking', inReplyTo: post.id })
    control.post({ from: 'bob_on_tour', text: 'they never do', quotes: answer.id })
    control.directMessage({ from: 'cleo_flies', to: 'HeronAir', text: 'HX7' })
    control.encryptedMessage({ from: 'cleo_flies', to: 'HeronAir' })
    control.remove({ id: answer.id })
    control.revokeAccess({ account: 'HeronAir' })
    expect(await control.pushesDelivered({ timeoutMs: 10_000 })).toBe(true)

    const incoming = door.deliveries.flatMap(x.read)
    expect(door.deliveries.every(delivery => x.intake.webhook!.verify(Buffer.from(delivery.body), delivery.headers, app as never))).toBe(
      true,
    )
    expect(mentionsOf(incoming).map(one => [one.direction, one.facts!.summonedBy, one.author?.handle, one.author?.followers])).toEqual(
      expect.arrayContaining([
        ['inbound', 'mention', 'cleo_flies', 12],
        ['outbound', null, 'HeronAir', expect.any(Number)],
        ['inbound', 'quote', 'bob_on_tour', expect.any(Number)],
        ['inbound', 'dm', 'cleo_flies', 12],
      ]),
    )
    expect(
      incoming
        .filter(one => one.kind !== 'mention')
        .map(one => one.kind)
        .sort(),
    ).toEqual(['removal', 'revoked', 'unreadable'])
    expect(incoming.every(one => one.account === brand.id)).toBe(true)
  })

  it('wake a webhook that X holds for dead', async () => {
    const { control, app, lineOf } = await simulatedX()
    const { line } = lineOf()
    const door = await openDoor(app.consumerSecret)
    await x.onConnected!(line, door.url)
    expect(await x.intake.webhook!.isSubscribed!(line, door.url)).toBe('yes')
    door.isDeaf = true
    expect(await control.checkWebhooks()).toMatchObject([{ valid: false }])
    expect(await x.intake.webhook!.isSubscribed!(line, door.url)).toBe('no')
    door.isDeaf = false
    await x.onConnected!(line, door.url)
    expect(control.webhooks()).toMatchObject([{ valid: true }])
  })

  it('are missed before anybody asked for them', async () => {
    const { line } = (await simulatedX()).lineOf()
    expect(await x.intake.webhook!.isSubscribed!(line, 'http://127.0.0.1:9/webhooks/1')).toBe('no')
  })

  it('cannot be asked for without the Bearer Token', async () => {
    const { line } = (await simulatedX()).lineOf()
    const bare = { ...line, secrets: { ...line.secrets, bearerToken: '' } }
    expect(await x.intake.webhook!.isSubscribed!(bare, 'http://127.0.0.1:9/webhooks/1')).toBe('never')
    await expect(x.onConnected!({ ...line, secrets: { ...line.secrets, bearerToken: '' } }, 'http://127.0.0.1:9/')).rejects.toMatchObject({
      kind: 'refused',
    })
  })
})

describe('answering', () => {
  it('posts under the mention, writes privately, and posts to all', async () => {
    const { control, brand, lineOf } = await simulatedX()
    const { line } = lineOf()
    const post = control.post({ from: 'cleo_flies', text: '@HeronAir bag lost' })
    const mention = await answerable(line)
    const sent = await x.send(outgoing('On its way. ^BN', mention), line)
    expect(control.replies({ to: post.id })).toMatchObject([{ id: sent.externalId, text: '@cleo_flies On its way. ^BN', byApp: true }])
    await x.send(outgoing('Your code? ^BN', mention, 'private'), line)
    expect(control.messages()).toMatchObject([{ from: 'HeronAir', to: 'cleo_flies', text: 'Your code? ^BN' }])
    const status = await x.send(outgoing('All flights are late.', null), line)
    expect(control.findPost({ id: status.externalId })).toMatchObject({ author: 'HeronAir', inReplyTo: null })
    expect(status.url).toBe(`https://x.com/${brand.username}/status/${status.externalId}`)
  })

  it.each([
    ['accepted-then-dropped', true],
    ['cut-body', true],
    ['server-error', false],
    ['dropped', false],
  ] as const)('%s leaves it unsure, and reading back tells', async (kind, isPosted) => {
    const { control, lineOf } = await simulatedX()
    const { line } = lineOf()
    const post = control.post({ from: 'cleo_flies', text: '@HeronAir bag lost' })
    const answer = outgoing('On its way: https://example.com/bags & more', await answerable(line))
    const since = line.now()
    control.setFault({ kind, method: 'POST', path: '/2/tweets' })
    await expect(x.send(answer, line)).rejects.toMatchObject({ kind: 'unsure' })
    const found = await x.findSent!(answer, since, line)
    expect(found?.externalId ?? null).toBe(isPosted ? control.replies({ to: post.id })[0]!.id : null)
    expect(control.replies({ to: post.id })).toHaveLength(isPosted ? 1 : 0)
  })

  it('reads back a private message and a status post, and takes no older one for it', async () => {
    const { control, lineOf } = await simulatedX()
    const { line } = lineOf()
    control.post({ from: 'cleo_flies', text: '@HeronAir bag lost' })
    const mention = await answerable(line)
    const answer = outgoing('Your code? ^BN', mention, 'private')
    control.directMessage({ from: 'HeronAir', to: 'cleo_flies', text: answer.text })
    control.moveClock({ ms: 3_600_000 })
    expect(await x.findSent!(answer, line.now(), line)).toBeNull()
    control.setFault({ kind: 'accepted-then-dropped', method: 'POST', path: '/2/dm_conversations/**' })
    const since = line.now()
    await expect(x.send(answer, line)).rejects.toMatchObject({ kind: 'unsure' })
    expect(await x.findSent!(answer, since, line)).toMatchObject({ externalId: control.messages().at(-1)!.id })
  })

  it('reads back neither older words, nor the same words said to somebody else', async () => {
    const { control, lineOf } = await simulatedX()
    const { line } = lineOf()
    const status = outgoing('All flights are late.', null)
    const sent = await x.send(status, line)
    expect(await x.findSent!(status, new Date(line.now().getTime() - 1000), line)).toEqual(sent)
    control.moveClock({ ms: 3_600_000 })
    expect(await x.findSent!(status, line.now(), line)).toBeNull()
    control.post({ from: 'bob_on_tour', text: '@HeronAir late' })
    const bob = await answerable(line)
    control.post({ from: 'cleo_flies', text: '@HeronAir bag lost' })
    const cleo = await answerable(line)
    await x.send(outgoing('We are on it.', bob), line)
    expect(await x.findSent!(outgoing('We are on it.', cleo), line.now(), line)).toBeNull()
    expect(await x.findSent!(outgoing('We are on it.', bob), line.now(), line)).not.toBeNull()
    expect(await x.findSent!(outgoing('We are on it.', null), line.now(), line)).toBeNull()
  })

  it('sends and finds the next part of a thread below our own, of an answer and of a status, on the self-serve plan too', async () => {
    const { control, lineOf } = await simulatedX()
    const { line } = lineOf()
    control.post({ from: 'cleo_flies', text: '@HeronAir bag lost' })
    const cleo = await answerable(line)
    for (const above of [cleo, null]) {
      const since = line.now()
      const first = await x.send(outgoing(`So sorry. ${above ? 'a' : 'b'} (1/2)`, above), line)
      const next = { ...outgoing(`We look. ${above ? 'a' : 'b'} (2/2) ^BN`, above), continues: first.externalId }
      expect(await x.findSent!(next, since, line)).toBeNull()
      control.setFault({ kind: 'accepted-then-dropped', method: 'POST' })
      await expect(x.send(next, line)).rejects.toMatchObject({ kind: 'unsure' })
      const found = await x.findSent!(next, since, line)
      expect(control.replies({ to: first.externalId })).toMatchObject([{ id: found!.externalId }])
    }
  })

  it('is refused, for good, to who never mentioned us, to the same words twice, and to closed inboxes', async () => {
    const { control, lineOf } = await simulatedX()
    const { line } = lineOf()
    control.post({ from: 'cleo_flies', text: '@HeronAir bag lost' })
    const mention = await answerable(line)
    await x.send(outgoing('On its way.', mention), line)
    await expect(x.send(outgoing('On its way.', mention), line)).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('same words twice'),
    })
    const stranger = control.post({ from: 'dora_waits', text: 'Heron is late again' })
    await expect(x.send(outgoing('Sorry!', { ...mention, externalId: stranger.id }), line)).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('mentioned or quoted'),
    })
    control.closeMessages({ customer: 'cleo_flies' })
    await expect(x.send(outgoing('Psst', mention, 'private'), line)).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('privately'),
    })
  })

  it.each([
    [{ kind: 'rate-limited' }, 'retry'],
    [{ kind: 'rate-limited', bare: true }, 'retry'],
    [{ kind: 'html-502' }, 'unsure'],
    [{ kind: 'empty-body' }, 'unsure'],
    [{ kind: 'redirect', to: 'http://127.0.0.1:9/' }, 'unsure'],
    [{ kind: 'not-summoned' }, 'refused'],
  ] as const)('%j is %s', async (fault, kind) => {
    const { control, exchanges, lineOf } = await simulatedX()
    const { line } = lineOf()
    control.setFault({ ...fault, method: 'POST', path: '/2/tweets' })
    await expect(x.send(outgoing('All flights are late.', null), line)).rejects.toMatchObject({
      kind,
      ...(kind === 'retry' && { retryAfterMs: expect.any(Number) }),
    })
    expect(exchanges.filter(one => one.path === '/2/tweets')).toHaveLength(1)
  })

  it('sees that a mention is gone before it is answered', async () => {
    const { control, lineOf } = await simulatedX()
    const { line } = lineOf()
    const post = control.post({ from: 'cleo_flies', text: '@HeronAir bag lost' })
    const mention = await answerable(line)
    expect(await x.stillThere!(mention, line)).toBe(true)
    control.remove({ id: post.id })
    expect(await x.stillThere!(mention, line)).toBe(false)
    control.setFault({ kind: 'server-error', path: '/2/tweets/*' })
    await expect(x.stillThere!(mention, line)).rejects.toMatchObject({ kind: 'retry' })
  })
})

describe('the token', () => {
  it('is renewed once for many calls at a time, and the new one is stored', async () => {
    const { control, exchanges, lineOf } = await simulatedX()
    const { line, stored } = lineOf()
    control.expireToken({ accessToken: line.secrets.accessToken! })
    await Promise.all(['one', 'two', 'three', 'four'].map(text => x.send(outgoing(text, null), line)))
    expect(exchanges.filter(one => one.path === '/2/oauth2/token')).toHaveLength(1)
    expect(
      control
        .posts({ author: 'HeronAir' })
        .map(post => post.text)
        .sort(),
    ).toEqual(['four', 'one', 'three', 'two'])
    expect(stored().accessToken).not.toBe(line.secrets.accessToken)
    expect(stored().refreshToken).not.toBe(line.secrets.refreshToken)
  })

  it('is renewed before it runs out', async () => {
    const { control, exchanges, lineOf } = await simulatedX()
    const { line } = lineOf()
    control.moveClock({ ms: 2 * 3_600_000 - 4 * 60_000 })
    await x.whoAmI({ ...line, secrets: line.secrets })
    await x.send(outgoing('one', null), line)
    expect(exchanges.map(one => `${one.method} ${one.path} ${one.status}`)).toEqual([
      'POST /2/oauth2/token 200',
      'GET /2/users/me 200',
      'POST /2/tweets 201',
    ])
  })

  it('renewed carries nothing of the app into the account', async () => {
    const { control, lineOf } = await simulatedX()
    const { line } = lineOf()
    control.expireToken({ accessToken: line.secrets.accessToken! })
    let returned: object = {}
    await x.send(outgoing('one', null), {
      ...line,
      renewSecrets: async (_isStale, refresh) => {
        const renewed = await refresh(line.secrets)
        returned = renewed
        return renewed
      },
    })
    expect(Object.keys(returned).sort()).toEqual(['accessToken', 'accessTokenExpiresAt', 'refreshToken'])
  })

  it('is not renewed by a refusal', async () => {
    const { control, exchanges, lineOf } = await simulatedX()
    control.setFault({ kind: 'not-summoned', path: '/2/tweets' })
    await expect(x.send(outgoing('one', null), lineOf().line)).rejects.toMatchObject({ kind: 'refused' })
    expect(exchanges).toHaveLength(1)
  })

  it('survives a sign-in server that is down for a while', async () => {
    const { control, lineOf } = await simulatedX()
    const { line } = lineOf()
    control.expireToken({ accessToken: line.secrets.accessToken! })
    control.setFault({ kind: 'server-error', path: '/2/oauth2/token' })
    await expect(x.send(outgoing('one', null), line)).rejects.toMatchObject({ kind: 'retry' })
    expect(await x.send(outgoing('one', null), line)).toMatchObject({ externalId: expect.any(String) })
  })

  it('taken away stops the account', async () => {
    const { control, lineOf } = await simulatedX()
    const { line } = lineOf()
    control.revokeAccess({ account: 'HeronAir' })
    await expect(x.send(outgoing('one', null), line)).rejects.toMatchObject({ kind: 'account' })
    await expect(polled(line, {})).rejects.toMatchObject({ kind: 'account' })
  })
})

async function polled(line: Line, cursor: Cursor) {
  const walk = x.intake.polling!.poll(line, cursor)
  const incoming: Incoming[] = []
  let pages = 0
  for (;;) {
    const step = await walk.next()
    if (step.done) return { incoming, pages, cursor: step.value }
    pages++
    incoming.push(
      ...x.read({
        source: `poll:${step.value.list}`,
        headers: {},
        body: step.value.body,
        receivedAt: new Date(),
        account: line.account,
      }),
    )
  }
}

const mentionsOf = (incoming: Incoming[]) => incoming.flatMap(one => (one.kind === 'mention' ? [one.mention] : []))
const idOf = (incoming: Incoming[], handle: string) => mentionsOf(incoming).find(one => one.author?.handle === handle)!.author!.externalId

async function answerable(line: Line): Promise<Answerable> {
  const [mention] = mentionsOf((await polled(line, {})).incoming)
  return {
    ...mention!,
    author: mention!.author!,
    facts: mention!.facts ?? {},
    replyToExternalId: mention!.replyToExternalId ?? null,
  }
}

function outgoing(text: string, inReplyTo: Answerable | null, visibility: OutgoingPost['visibility'] = 'public'): OutgoingPost {
  return { key: '0198c0de-0000-7000-8000-00000000000a', text, visibility, inReplyTo, isPrivateReply: false }
}
