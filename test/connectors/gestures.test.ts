// Likes and hides against the simulated platforms: set twice is set once, and every refusal says what to do next.
import { describe, expect, it, onTestFinished } from 'vitest'
import { connectors } from '../../connectors/all.ts'
import { bluesky } from '../../connectors/bluesky/connector.ts'
import type { Answerable, Connector, GestureWay, Incoming, IncomingMention, Line } from '../../connectors/connector.ts'
import { facebook } from '../../connectors/facebook/connector.ts'
import { instagram } from '../../connectors/instagram/connector.ts'
import { mastodon } from '../../connectors/mastodon/connector.ts'
import { x } from '../../connectors/x/connector.ts'
import type { Account, Gesture } from '../../domain.ts'
import type { RequestFault } from '../../simulators/faults.ts'
import { startGraphSimulator } from '../../simulators/graph/start.ts'
import { simulatedBluesky } from './bluesky-simulated.ts'
import { lineTo } from './facebook-local-graph.ts'
import { world as instagramWorld } from './instagram-simulated.ts'
import { simulatedMastodon } from './mastodon-simulated.ts'
import { simulatedX } from './x-simulated.ts'

/** One customer's words below ours, as the connector read them, and what stands there now. */
interface Stage {
  mention: Answerable
  line: Line
  /** How many likes, or 1 for hidden. */
  count: () => number
  fault: (fault: RequestFault) => void
  remove: () => void
}
const cases: [string, Connector, Gesture, () => Promise<Stage>][] = [
  ['X like', x, 'like', () => onX(post => post.likedBy.length)],
  ['X hide', x, 'hide', () => onX(post => Number(post.hidden))],
  ['Facebook like', facebook, 'like', () => onFacebook(item => Number(item.isLiked))],
  ['Facebook hide', facebook, 'hide', () => onFacebook(item => Number(item.isHidden))],
  ['Instagram hide', instagram, 'hide', onInstagram],
  ['Bluesky like', bluesky, 'like', () => onBluesky(post => post.likedBy.length)],
  ['Bluesky hide', bluesky, 'hide', () => onBluesky(post => Number(post.hidden))],
  ['Mastodon favourite', mastodon, 'like', onMastodon],
]
const wayOf = (connector: Connector, gesture: Gesture) => connector.gestures![gesture] as GestureWay
const failing = (call: Promise<void>) =>
  call.then(
    () => 'it went through',
    (error: unknown) => error,
  )

it('every platform says of both gestures how they are done, or why never', () => {
  for (const { gestures } of connectors)
    for (const gesture of ['like', 'hide'] as const)
      expect(gestures![gesture]).toEqual(
        'never' in gestures![gesture]
          ? { never: expect.stringMatching(/\w\.$/) }
          : { label: expect.any(String), done: expect.any(String), may: expect.any(Function), set: expect.any(Function) },
      )
  expect(cases).toHaveLength(connectors.flatMap(({ gestures }) => Object.values(gestures!)).filter(way => 'set' in way).length)
})

describe.each(cases)('%s', (_name, connector, gesture, open) => {
  const { may, set } = wayOf(connector, gesture)

  it('is allowed; set twice is set once, taken back twice is gone', async () => {
    const { mention, line, count } = await open()
    expect(may(mention, line.account)).toMatchObject({ allowed: true })
    expect(count()).toBe(0)
    await set(mention, true, line)
    await set(mention, true, line)
    expect(count()).toBe(1)
    await set(mention, false, line)
    await set(mention, false, line)
    expect(count()).toBe(0)
    await set(mention, true, line)
    expect(count()).toBe(1)
  })

  it('a limit is to be waited for, and nothing was done', async () => {
    const { mention, line, count, fault } = await open()
    fault({ kind: 'rate-limited', resetInMs: 90_000 })
    expect(await failing(set(mention, true, line))).toMatchObject({ kind: 'retry', trouble: 'limit', retryAfterMs: expect.any(Number) })
    expect(count()).toBe(0)
    await set(mention, true, line)
    expect(count()).toBe(1)
  })

  it('an end nobody saw is set again without harm', async () => {
    const { mention, line, count, fault } = await open()
    for (const method of ['POST', 'PUT']) fault({ kind: 'accepted-then-dropped', method })
    const lost = (await failing(set(mention, true, line))) as { kind?: string }
    expect(['retry', 'unsure']).toContain(lost.kind)
    expect(count()).toBe(1)
    for (let nth = 0; nth < 2; nth++) await failing(set(mention, true, line))
    await set(mention, true, line)
    expect(count()).toBe(1)
  })

  it('a dead sign-in stops the account', async () => {
    const { mention, line, fault } = await open()
    fault({ kind: 'token-revoked', times: 2 })
    expect(await failing(set(mention, true, { ...line, secrets: { ...line.secrets, refreshToken: '' } }))).toMatchObject({
      kind: 'account',
    })
  })
})

// Bluesky takes a like of anything, and a gate may name what is gone.
it.each(cases.filter(([name]) => !name.startsWith('Bluesky')))('%s: what is gone is refused', async (_name, connector, gesture, open) => {
  const { mention, line, remove } = await open()
  remove()
  expect(await failing(wayOf(connector, gesture).set(mention, true, line))).toMatchObject({ kind: 'refused' })
})

describe('what is not allowed is said before', () => {
  const mention: Answerable = {
    externalId: '9',
    replyToExternalId: null,
    visibility: 'public',
    threadKey: '1',
    author: { externalId: '7', handle: 'cleo', name: 'Cleo', followers: 1 },
    addressesUs: true,
    postedAt: new Date('2026-03-01'),
    facts: {},
  }
  const us = { externalId: 'did:plc:us', capabilities: {} } as Account
  const enterprise = { ...us, capabilities: { tier: 'enterprise' } }
  const at = (did: string) => `at://${did}/app.bsky.feed.post/3k2a`
  it.each<[string, Connector, Gesture, Partial<Answerable>, Account, RegExp | null]>([
    ['X: likes on self-serve', x, 'like', {}, us, /took likes away from the self-serve plans/],
    ['X: likes on Enterprise', x, 'like', {}, enterprise, null],
    [
      'X: likes nobody granted',
      x,
      'like',
      {},
      { ...enterprise, capabilities: { tier: 'enterprise', likes: false } },
      /connect the account again/,
    ],
    ['X: likes in private', x, 'like', { visibility: 'private' }, enterprise, /no likes for private/],
    ['X: hiding in our conversation', x, 'hide', { facts: { inOurThread: true } }, us, null],
    ['X: hiding in theirs', x, 'hide', { facts: { inOurThread: false } }, us, /Somebody else began/],
    ['X: hiding what began it', x, 'hide', { threadKey: '9' }, us, /began its conversation/],
    ['Facebook: a comment elsewhere', facebook, 'hide', { facts: { kind: 'comment', elsewhere: true } }, us, /another page/],
    ['Facebook: a visitor’s post', facebook, 'hide', { facts: { kind: 'post' } }, us, /comments only/],
    ['Facebook: liking a visitor’s post', facebook, 'like', { facts: { kind: 'post' } }, us, null],
    ['Facebook: Messenger', facebook, 'like', { visibility: 'private' }, us, /Messenger/],
    ['Instagram: on others’ media', instagram, 'hide', { facts: { elsewhere: true } }, us, /our own media/],
    ['Bluesky: hiding in our thread', bluesky, 'hide', { externalId: at('did:plc:c'), threadKey: at('did:plc:us') }, us, null],
    ['Bluesky: hiding in theirs', bluesky, 'hide', { externalId: at('did:plc:c'), threadKey: at('did:plc:b') }, us, /Somebody else began/],
    ['Mastodon: a direct status', mastodon, 'like', { visibility: 'private' }, us, null],
  ])('%s', (_what, connector, gesture, more, account, because) => {
    const permission = wayOf(connector, gesture).may({ ...mention, ...more }, account)
    expect(permission.allowed).toBe(because === null)
    expect(permission.because).toMatch(because ?? /\w\.$/)
  })
})

describe('what only one platform does', () => {
  it('X: a self-serve app, and a sign-in without the box for likes, are refused; the account goes on', async () => {
    const { line, mention } = await onX(() => 0, 'self-serve')
    expect(await failing(wayOf(x, 'like').set(mention, true, line))).toMatchObject({ kind: 'refused', message: /^X does not let this app/ })
    const poor = await onX(() => 0, 'enterprise', ['tweet.read', 'users.read'])
    expect(await failing(wayOf(x, 'like').set(poor.mention, true, poor.line))).toMatchObject({ kind: 'refused' })
  })

  it('X: a direct answer to our post tells that we began the conversation', async () => {
    expect((await onX(() => 0)).mention.facts.inOurThread).toBe(true)
  })

  it('X: hides nothing in others’ conversations, whoever tries', async () => {
    const { control, lineOf } = await simulatedX()
    const { line } = lineOf()
    const root = control.post({ from: 'bob_on_tour', text: 'who lost bags with @HeronAir?' })
    const { id } = control.post({ from: 'cleo_flies', text: '@HeronAir me', inReplyTo: root.id })
    const mention = await readAs(x, line, id)
    expect(wayOf(x, 'hide').may(mention, line.account).allowed).toBe(false)
    expect(await failing(wayOf(x, 'hide').set(mention, true, line))).toMatchObject({ kind: 'refused' })
  })

  it('Facebook: a comment that cannot be hidden is refused in words, unless it is hidden already', async () => {
    const { mention, line, note, hide, count } = await onFacebook(item => Number(item.isHidden))
    note(`cannot hide ${mention.externalId}`)
    expect(await failing(wayOf(facebook, 'hide').set(mention, true, line))).toMatchObject({
      kind: 'refused',
      message: 'Facebook does not let the page hide this comment: look at it on Facebook.',
    })
    expect(count()).toBe(0)
    hide()
    await wayOf(facebook, 'hide').set(mention, true, line)
    expect(count()).toBe(1)
  })

  it('Bluesky: who may answer in a thread stays as it was, and two hidden answers stay two', async () => {
    const { control, lineOf, exchanges } = await simulatedBluesky()
    const { line } = lineOf()
    const root = control.post({ from: line.account.externalId, text: 'We fly.' })
    const uris = ['one', 'two'].map(text => control.post({ from: 'cleo.test', text, inReplyTo: root.uri }).uri)
    const mentions = await Promise.all(uris.map(uri => readAs(bluesky, line, uri)))
    const { set } = wayOf(bluesky, 'hide')
    await set(mentions[0]!, true, line)
    await set(mentions[1]!, true, line)
    expect(uris.map(uri => control.findPost({ uri })!.hidden)).toEqual([true, true])
    await set(mentions[0]!, false, line)
    expect(uris.map(uri => control.findPost({ uri })!.hidden)).toEqual([false, true])
    const puts = exchanges.filter(one => one.nsid === 'com.atproto.repo.putRecord').map(one => one.body as { swapRecord: string | null })
    expect(puts.map(one => one.swapRecord === null)).toEqual([true, false, false])
  })

  it('Bluesky: a gate changed at the same moment is not overwritten, but tried again', async () => {
    const { mention, line, fault } = await onBluesky(post => Number(post.hidden))
    const body = JSON.stringify({ error: 'InvalidSwap', message: 'Record was at another' })
    fault({ kind: 'answer', status: 400, body, path: '/xrpc/com.atproto.repo.putRecord' })
    expect(await failing(wayOf(bluesky, 'hide').set(mention, true, line))).toMatchObject({ kind: 'retry' })
  })

  it('Mastodon: a sign-in from before favourites is refused with what to do; the account goes on', async () => {
    const { simulator, control, app, line } = await simulatedMastodon()
    const { id } = control.post({ from: 'cleo', text: '@heronair thanks!' })
    const mention = await readAs(mastodon, line, id)
    const { accessToken } = control.issueTokens({ app: app.id, account: 'heronair', scopes: ['read', 'write:statuses'] })
    const old = { ...line, apiBase: simulator.url, secrets: { ...line.secrets, accessToken } }
    expect(await failing(wayOf(mastodon, 'like').set(mention, true, old))).toMatchObject({ kind: 'refused', message: /write:favourites/ })
  })
})

async function onX(
  count: (post: { likedBy: string[]; hidden: boolean }) => number,
  tier: 'enterprise' | 'self-serve' = 'enterprise',
  scopes?: string[],
): Promise<Stage> {
  const { control, app, lineOf } = await simulatedX()
  control.createApp({ ...app, tier })
  const { line } = lineOf()
  line.account.capabilities = { tier }
  const root = control.post({ from: 'HeronAir', text: 'We fly.' })
  const { id } = control.post({ from: 'cleo_flies', text: '@HeronAir and my bag?', inReplyTo: root.id })
  return {
    mention: await readAs(x, line, id),
    line: scopes ? lineOf(scopes).line : line,
    count: () => count(control.findPost({ id })!),
    fault: control.setFault,
    remove: () => control.remove({ id }),
  }
}

async function onFacebook(
  count: (item: { isLiked: boolean; isHidden: boolean }) => number,
): Promise<Stage & { note: (key: string) => void; hide: () => void }> {
  const simulator = await startGraphSimulator()
  onTestFinished(() => simulator.stop())
  const { control, url } = simulator
  const app = control.createApp({ name: 'Heed', secret: 'app-secret' })
  const page = control.createPage({ name: 'Heron Air', username: 'heronair' })
  const { pageToken } = control.issueTokens({ app: app.id, page: page.id })
  const plain = lineTo(url)
  const line: Line = {
    ...plain,
    account: { ...plain.account, externalId: page.id, connectedAt: new Date(control.now().now) },
    now: () => new Date(control.now().now),
    secrets: { appId: app.id, appSecret: app.secret, pageToken },
  }
  const post = control.post({ page: page.id, from: page.id, message: 'New winter schedule' })
  const { id } = control.comment({ on: post.id, from: 'Ada Testgil', message: 'Kargom nerede?' })
  return {
    mention: await readAs(facebook, line, id),
    line,
    count: () => count(control.findItem({ id })!),
    fault: control.setFault,
    remove: () => control.remove({ id }),
    note: key => void control.note({ key, value: 'yes' }),
    hide: () => control.hide({ id }),
  }
}

async function onInstagram(): Promise<Stage> {
  const { control, line } = await instagramWorld()
  const photo = control.photo({ from: 'heronair', caption: 'New winter schedule' })
  const { id } = control.instagramComment({ on: photo.id, from: 'Ada Testgil', text: 'Kargom nerede?' })
  return {
    mention: await readAs(instagram, line, id),
    line,
    count: () => Number(control.instagramComments({ on: photo.id }).find(one => one.id === id)!.isHidden),
    fault: control.setFault,
    remove: () => control.removeFromInstagram({ id }),
  }
}

async function onBluesky(count: (post: { likedBy: string[]; hidden: boolean }) => number): Promise<Stage> {
  const { control, lineOf } = await simulatedBluesky()
  const { line } = lineOf()
  const root = control.post({ from: line.account.externalId, text: 'We fly.' })
  const { uri } = control.post({ from: 'cleo.test', text: 'and my bag?', inReplyTo: root.uri })
  return {
    mention: await readAs(bluesky, line, uri),
    line,
    count: () => count(control.findPost({ uri })!),
    fault: control.setFault,
    remove: () => control.remove({ uri }),
  }
}

async function onMastodon(): Promise<Stage> {
  const { control, line } = await simulatedMastodon()
  const { id } = control.post({ from: 'cleo', text: '@heronair thanks!' })
  return {
    mention: await readAs(mastodon, line, id),
    line,
    count: () => control.findPost({ id })!.favourites,
    fault: control.setFault,
    remove: () => control.remove({ id }),
  }
}

/** As a poll brings it. */
async function readAs(connector: Connector, line: Line, externalId: string): Promise<Answerable> {
  const pages = connector.intake.polling!.poll(line, {})
  const incoming: Incoming[] = []
  for await (const { list, body } of pages)
    incoming.push(...connector.read({ source: `poll:${list}`, headers: {}, body, receivedAt: line.now(), account: line.account }))
  const found = incoming.flatMap(one => (one.kind === 'mention' && one.mention.externalId === externalId ? [one.mention] : []))[0]
  if (!found) throw new Error(`the poll did not bring ${externalId}`)
  return answerable(found)
}

function answerable(mention: IncomingMention): Answerable {
  const nobody = { externalId: '', handle: '', name: '', followers: null }
  return { ...mention, replyToExternalId: mention.replyToExternalId ?? null, author: mention.author ?? nobody, facts: mention.facts ?? {} }
}
