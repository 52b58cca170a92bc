// The account's own stream on the simulated Mastodon: what it tells at once, how it breaks, and what a break costs.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type Incoming, type Line, PlatformError } from '../../connectors/connector.ts'
import { mastodon } from '../../connectors/mastodon/connector.ts'
import { ownStreamFor } from '../../connectors/mastodon/stream.ts'
import type { MastodonControl } from '../../simulators/mastodon/control.ts'
import { HOST, simulatedMastodon } from './mastodon-simulated.ts'

describe('the stream', () => {
  it('tells of a mention, and of an answer in its conversation, at once', async () => {
    const { control, line } = await simulatedMastodon()
    const heard = await listen(control, line)
    const first = control.post({ from: 'cleo@far.example', text: `@heronair@${HOST} where is my bag?` })
    const answer = control.post({ from: 'bob', text: '@heronair mine too', inReplyTo: first.id })
    control.directMessage({ from: 'cleo@far.example', to: 'heronair', text: 'PNR 4711' })
    await until(() => expect(heard.incoming).toHaveLength(3))
    expect(heard.incoming).toMatchObject([
      { kind: 'mention', mention: { externalId: first.id, threadKey: first.id, addressesUs: true, direction: 'inbound' } },
      { kind: 'mention', mention: { externalId: answer.id, threadKey: first.id } },
      { kind: 'mention', mention: { visibility: 'private', text: `@heronair@${HOST} PNR 4711` } },
    ])
  })

  it('tells of our own words, and of what those we follow change in a mention of us, and of nothing else they say', async () => {
    const { control, line } = await simulatedMastodon()
    control.follow({ from: 'heronair', who: 'bob' })
    const heard = await listen(control, line)
    control.post({ from: 'bob', text: 'what a morning' })
    const mention = control.post({ from: 'bob', text: '@heronair late' })
    const ours = control.post({ from: 'heronair', text: 'We land.' })
    control.edit({ id: mention.id, text: '@heronair very late' })
    await until(() => expect(heard.incoming.at(-1)).toMatchObject({ mention: { isEdit: true, text: `@heronair@${HOST} very late` } }))
    const told = heard.incoming.map(one => (one.kind === 'mention' ? one.mention.externalId : one.kind))
    expect(new Set(told)).toEqual(new Set([mention.id, ours.id]))
    expect(heard.incoming.find(one => one.kind === 'mention' && one.mention.externalId === ours.id)).toMatchObject({
      mention: { direction: 'outbound' },
    })
  })

  it('tells that a customer deleted what they wrote, and how it was written where it told of that', async () => {
    const { control, line } = await simulatedMastodon()
    const before = control.post({ from: 'cleo', text: '@heronair never mind' })
    const heard = await listen(control, line)
    const since = control.directMessage({ from: 'cleo', to: 'heronair', text: 'PNR 4711' })
    await until(() => expect(heard.incoming).toHaveLength(1))
    control.remove({ id: since.id })
    control.remove({ id: before.id })
    await until(() => expect(heard.incoming).toHaveLength(3))
    expect(heard.incoming.slice(1)).toMatchObject([
      { kind: 'removal', externalId: since.id, visibility: 'private' },
      { kind: 'removal', externalId: before.id, visibility: null },
    ])
  })

  it('carries the token beside the address, never in it; ends when it is told to, and leaves nothing open', async () => {
    const { control, line } = await simulatedMastodon()
    const heard = await listen(control, line)
    expect(control.streams().map(one => one.address)).toEqual(['/api/v1/streaming'])
    heard.stop()
    expect(await heard.ended).toBeNull()
    await until(() => expect(control.streams()).toEqual([]))
  })

  it('keeps nothing of what it told, however long it stands', async () => {
    const { control, line } = await simulatedMastodon()
    const heard = await listen(control, line)
    for (let nth = 0; nth < 5; nth++) {
      control.post({ from: 'cleo', text: `@heronair bag ${nth}?` })
      await until(() => expect(heard.pages).toHaveLength(nth + 1))
    }
    setFlagsFromString('--expose-gc')
    await new Promise(resolve => setTimeout(resolve, 20))
    runInNewContext('gc')()
    // The last one may still be in somebody's hands.
    expect(heard.pages.slice(0, -1).filter(page => page.deref())).toEqual([])
  })

  it('ends at once also while the instance says nothing', async () => {
    const { control, line } = await simulatedMastodon()
    control.setFault({ kind: 'never-answers', path: '/api/v2/instance' })
    const heard = start(line)
    heard.stop()
    expect(await heard.ended).toBeNull()
  })
})

describe('a break', () => {
  it('brings what was told before it, and throws, to be begun again', async () => {
    const { control, line } = await simulatedMastodon()
    const heard = await listen(control, line)
    control.dropStreams({ after: 3 })
    for (let nth = 0; nth < 10; nth++) control.post({ from: 'cleo', text: `@heronair bag ${nth}?` })
    expect(await heard.ended).toMatchObject({ kind: 'retry', message: expect.stringContaining('closed the stream') })
    expect(heard.incoming.length).toBeLessThan(10)
    expect(control.streams()).toEqual([])
  })

  it('that nobody tells of is found out by the silence', async () => {
    const { control, line } = await simulatedMastodon({ pingEveryMs: 20 })
    const heard = await listen(control, line, ownStreamFor({ silenceMs: 400 }))
    control.muteStreams()
    expect(await heard.ended).toMatchObject({ kind: 'retry', message: expect.stringContaining('silent') })
  })

  it('is none as long as the instance pings', async () => {
    const { control, line } = await simulatedMastodon({ pingEveryMs: 20 })
    const heard = await listen(control, line, ownStreamFor({ silenceMs: 400 }))
    // Longer than the silence that would end it, by the pings themselves.
    await new Promise(resolve => setTimeout(resolve, 800))
    control.post({ from: 'cleo', text: '@heronair still there?' })
    await until(() => expect(heard.incoming).toHaveLength(1))
  })

  it.each([
    ['a door that is shut', { kind: 'server-error' }],
    ['a connection that dies while it is made', { kind: 'dropped' }],
  ] as const)('is also %s', async (_what, fault) => {
    const { control, line } = await simulatedMastodon()
    control.setFault({ ...fault, path: '/api/v1/streaming' })
    expect(await start(line).ended).toMatchObject({ kind: 'retry', message: expect.stringContaining('does not let us in') })
  })

  it('waits longer from one failure to the next, never in step with others, and never for ever', () => {
    const { waitMs } = mastodon.intake.ownStream!
    const fault = new PlatformError('retry', 'It hung up.')
    const waits = Array.from({ length: 200 }, (_, n) => waitMs(fault, 1 + (n % 20)))
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(500)
    expect(Math.max(...waits)).toBeLessThanOrEqual(450_000)
    expect(new Set(waits).size).toBeGreaterThan(150)
    expect(waitMs(new PlatformError('retry', 'Slow down.', 600_000), 1)).toBe(600_000)
  })
})

describe('an instance', () => {
  it('that offers no streaming says so in words', async () => {
    const { control, line } = await simulatedMastodon()
    control.setStreaming({ has: false })
    expect(await start(line).ended).toMatchObject({ kind: 'refused', message: 'The instance offers no streaming.' })
  })

  it.each(['wss://10.0.0.8', 'ws://social.heron.example', 'wss://localhost:4000', 'nonsense'])(
    'that sends us to %s gets no token there',
    async streaming => {
      const { control, line } = await simulatedMastodon()
      control.setFault({
        kind: 'answer',
        status: 200,
        path: '/api/v2/instance',
        body: JSON.stringify({ configuration: { urls: { streaming } } }),
      })
      expect(await start(line).ended).toMatchObject({ kind: 'refused', message: expect.stringContaining('no place we may connect to') })
    },
  )

  it('that refuses the stream to this sign-in says why', async () => {
    const { app, control, line } = await simulatedMastodon()
    const { accessToken } = control.issueTokens({ app: app.id, account: 'heronair', scopes: ['read:notifications'] })
    const heard = start({ ...line, secrets: { ...line.secrets, accessToken } })
    expect(await heard.ended).toMatchObject({ kind: 'refused', message: expect.stringContaining('required scopes') })
  })
})

/** What the instance tells before it has heard whom to tell is for the poll that is due then. */
async function listen(control: MastodonControl, line: Line, stream = mastodon.intake.ownStream!) {
  const heard = start(line, stream)
  await heard.connected
  await until(() => expect(control.streams()).toMatchObject([{ streams: ['user'] }]))
  return heard
}

/** Until it is stopped: `ended` is what it threw, or null. */
function start(line: Line, stream = mastodon.intake.ownStream!) {
  const incoming: Incoming[] = []
  const pages: WeakRef<object>[] = []
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  const { promise: connected, resolve } = Promise.withResolvers<void>()
  const ended = (async () => {
    for await (const page of stream.listen(line, stop.signal, resolve)) {
      pages.push(new WeakRef(page))
      const delivery = { source: 'stream:own', headers: {}, body: page.body, receivedAt: line.now(), account: line.account }
      incoming.push(...mastodon.read(delivery))
    }
    return null
  })().catch((error: unknown) => error)
  return { incoming, pages, connected, ended, stop: () => stop.abort() }
}

/** As long as a busy machine may take. */
const until = (check: () => void) => vi.waitFor(check, { timeout: 15_000 })
