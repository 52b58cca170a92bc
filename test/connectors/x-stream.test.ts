// X's filtered stream against the simulated X: its rules, what it brings at once, and how it breaks.
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type Incoming, type Line, PlatformError } from '../../connectors/connector.ts'
import { x } from '../../connectors/x/connector.ts'
import { startXSimulator } from '../../simulators/x/start.ts'
import { simulatedX } from './x-simulated.ts'

const stream = x.intake.stream!
const termOf = (id: string, ...anyOf: string[]) => ({ id, anyOf, noneOf: [], languages: [], account: { handle: 'HeronAir' } })

describe('the rules', () => {
  it('become the terms and no others, and leave alone what somebody else made', async () => {
    const { control, line } = await streaming()
    await addForeignRule(line)
    expect(await stream.follow(line, [termOf('one', 'heron air'), termOf('two', '#heronair')])).toEqual([])
    await stream.follow(line, [termOf('one', 'heronair'), termOf('three', 'heron lounge')])
    expect(
      control
        .streams()
        .rules.map(rule => [rule.tag, rule.value])
        .sort(),
    ).toEqual([
      ['heed:one', 'heronair -is:retweet -from:HeronAir'],
      ['heed:three', '"heron lounge" -is:retweet -from:HeronAir'],
      ['theirs', 'weather'],
    ])
  })

  it('that X does not take are said', async () => {
    const { line } = await streaming()
    const problems = await stream.follow(line, [termOf('one', 'heron air'), termOf('two', 'heron air')])
    expect(problems).toEqual([expect.stringContaining('DuplicateRule')])
  })

  it('need the app’s own token', async () => {
    const { line } = await streaming()
    expect(stream.barredBecause(line)).toBeNull()
    expect(stream.barredBecause({ ...line, secrets: { ...line.secrets, bearerToken: '' } })).toContain('Bearer Token')
  })
})

describe('listening', () => {
  it('brings a post at once, whole, for each term it matches', async () => {
    const { control, line } = await streaming()
    await stream.follow(line, [termOf('one', 'heron air'), termOf('two', 'şikâyet')])
    const heard = await listen(line)
    const post = control.post({ from: 'cleo_flies', text: 'heron air şikâyet 😀', lang: 'tr' })
    control.post({ from: 'cleo_flies', text: 'nothing of it' })
    await vi.waitFor(() => expect(heard.lists).toEqual(['stream:one', 'stream:two']), { timeout: 15_000 })
    expect(heard.incoming).toMatchObject([
      { kind: 'mention', mention: { externalId: post.id, text: 'heron air şikâyet 😀' } },
      { kind: 'mention' },
    ])
  })

  it('ends when it is told to, and leaves nothing open', async () => {
    const { control, line } = await streaming()
    const heard = await listen(line)
    expect(control.streams().open).toBe(1)
    heard.stop()
    expect(await heard.ended).toBeNull()
    await vi.waitFor(() => expect(control.streams().open).toBe(0), { timeout: 15_000 })
  })

  it('throws when X hangs up, to be begun again soon', async () => {
    const { control, line } = await streaming()
    const heard = await listen(line)
    control.dropStreams()
    const fault = await heard.ended
    expect(fault).toMatchObject({ kind: 'retry' })
    expect([1, 2, 100].map(nth => stream.waitMs(fault!, nth))).toEqual([250, 500, 16_000])
  })

  it('waits longer where X answers with a failure, and longest at its limit', async () => {
    const { control, line } = await streaming()
    control.setFault({ kind: 'server-error', path: '/2/tweets/search/stream' })
    const down = await faultOf(line)
    expect([1, 2, 10].map(nth => stream.waitMs(down, nth))).toEqual([5_000, 10_000, 320_000])
    await listen(line)
    const second = await faultOf(line)
    expect(second).toMatchObject({ kind: 'retry' })
    expect([1, 2].map(nth => stream.waitMs(second, nth) >= 60_000 * nth)).toEqual([true, true])
  })
})

/** No proxy between: a stream has no end to wait for. */
async function streaming() {
  const simulator = await startXSimulator({ port: 0 })
  onTestFinished(simulator.stop)
  const { control } = simulator
  const app = control.createApp({ name: 'Heed at Heron Air' })
  const brand = control.createBrand({ handle: 'HeronAir', name: 'Heron Air' })
  const { line: like } = (await simulatedX()).lineOf()
  const { accessToken } = control.issueTokens({ app: app.id, account: brand.id })
  const line: Line = {
    ...like,
    account: { ...like.account, externalId: brand.id },
    apiBase: simulator.url,
    secrets: { accessToken, bearerToken: app.bearerToken },
    now: () => new Date(control.now().now),
  }
  return { control, line }
}

async function listen(line: Line) {
  const controller = new AbortController()
  const heard = {
    lists: [] as string[],
    incoming: [] as Incoming[],
    stop: () => controller.abort(),
    ended: Promise.resolve<PlatformError | null>(null),
  }
  onTestFinished(async () => {
    controller.abort()
    await heard.ended
  })
  await new Promise<void>((connected, refused) => {
    heard.ended = (async () => {
      try {
        for await (const page of stream.listen(line, controller.signal, connected)) {
          heard.lists.push(page.list)
          heard.incoming.push(
            ...x.read({ source: `poll:${page.list}`, headers: {}, body: page.body, receivedAt: line.now(), account: line.account }),
          )
        }
        return null
      } catch (error) {
        refused(error)
        if (error instanceof PlatformError) return error
        throw error
      }
    })()
  })
  return heard
}

const faultOf = async (line: Line): Promise<PlatformError> =>
  listen(line).then(
    () => {
      throw new Error('it connected')
    },
    error => error,
  )

async function addForeignRule(line: Line) {
  await fetch(`${line.apiBase}/2/tweets/search/stream/rules`, {
    method: 'POST',
    headers: { authorization: `Bearer ${line.secrets.bearerToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ add: [{ value: 'weather', tag: 'theirs' }] }),
  })
}
