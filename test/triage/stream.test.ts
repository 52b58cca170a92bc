// Streams: one process listens for each app, follows its terms, and lets a search find what it missed.
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type Connector, PlatformError } from '../../connectors/connector.ts'
import type { AccountRow } from '../../db/accounts.ts'
import { listSpansSince } from '../../db/coverage.ts'
import { listWatchTerms } from '../../db/watch-terms.ts'
import { findChannels } from '../../metrics/channels.ts'
import { readDeliveries } from '../../triage/intake.ts'
import { pollSearch } from '../../triage/search.ts'
import { holdStreams } from '../../triage/stream.ts'
import { changeTerm, writeTerm } from '../../triage/term-book.ts'
import { plainConnector, says } from '../plain-connector.ts'
import { testWorld, type World } from '../world.ts'

describe('a stream', () => {
  it('is held by one of two processes, and taken over when that one ends', async () => {
    const { world, platform } = await streaming()
    const first = hold(world)
    const second = hold(world)
    await until(() => expect(platform.listening).toBe(1))
    await first.close()
    await until(() => expect([platform.listening, platform.connected]).toEqual([1, 2]))
    await second.close()
    expect(platform.listening).toBe(0)
  })

  it('stores what it brings for the account and term it names', async () => {
    const { world, account, platform } = await streaming()
    hold(world)
    await until(() => expect(platform.listening).toBe(1))
    const [term] = await terms(world)
    platform.say({ list: `stream:${term!.id}`, body: JSON.stringify([says('heron air is late', { addressesUs: false })]) })
    platform.say({ list: 'stream:0198c0de-0000-7000-8000-0000000000ff', body: '[]' })
    await until(() => expect(world.rung).toContainEqual({ name: 'readDeliveries' }))
    await readDeliveries(world.desk)
    expect(await world.desk.db.selectFrom('mentions').select(['accountId', 'addressesUs']).execute()).toEqual([
      { accountId: account.id, addressesUs: false },
    ])
    expect(await terms(world)).toMatchObject([{ found: 1 }])
  })

  it('makes a search due whenever it begins and whenever it breaks, and is begun again', async () => {
    const { world, platform } = await streaming()
    await notDue(world)
    hold(world)
    await until(async () =>
      expect((await terms(world))[0]).toMatchObject({ streamedSince: world.desk.now(), nextSearchAt: world.desk.now() }),
    )
    await notDue(world)
    platform.fail(new PlatformError('retry', 'It hung up.'))
    await until(async () => expect((await terms(world))[0]!.nextSearchAt).toEqual(world.desk.now()))
    await until(() => expect(platform.connected).toBe(2))
  })

  it('has a ledger of its own: covered while it stands, missing from the break to the next connection, repaired by the search', async () => {
    const { world, account, platform } = await streaming()
    const began = world.desk.now().getTime()
    const ledger = async (source: string) =>
      (await listSpansSince(world.desk.db, new Date(0)))
        .filter(span => span.source.startsWith(source))
        .map(({ fromAt, untilAt, state, cause }) =>
          [`${(fromAt.getTime() - began) / MINUTE}-${(untilAt.getTime() - began) / MINUTE}`, state, cause ?? ''].join(' ').trim(),
        )
    hold(world)
    await until(async () => expect((await terms(world))[0]!.streamedSince).not.toBeNull())
    world.pass(10 * MINUTE)
    // A connection that is dead is found out within a minute.
    await until(async () => expect(await ledger('stream:')).toEqual(['0-9 covered']))
    world.pass(MINUTE)
    platform.refuse = 1_000_000
    platform.fail(new PlatformError('retry', 'It hung up.'))
    await until(async () => expect((await ledger('stream:'))[1]).toBe('9-11 open platform_down'))
    world.pass(20 * MINUTE)
    await until(async () => expect((await ledger('stream:'))[1]).toBe('9-31 open platform_down'))
    const broken = (await findChannels(world.desk, new Date(began)))[0]!
    expect(broken.coverage.terms[0]).toMatchObject({ name: 'brand', words: 'Not searched for yet.' })
    platform.refuse = 0
    await until(async () => expect((await terms(world))[0]!.streamedSince).toEqual(world.desk.now()))
    await world.desk.db
      .updateTable('accounts')
      .set({ nextPollAt: new Date(world.desk.now().getTime() + MINUTE) })
      .execute()
    await pollSearch(world.desk, account.id)
    expect(await ledger('stream:')).toEqual(['0-9 covered', '9-31 repaired platform_down'])
    world.pass(5 * MINUTE)
    await until(async () => expect((await ledger('stream:'))[2]).toBe('31-35 covered'))
    const { coverage, sources } = (await findChannels(world.desk, new Date(began)))[0]!
    expect(sources.map(source => source.label)).toEqual(['mentions', 'search for “brand”', 'stream of “brand”'])
    expect(coverage.terms).toEqual([
      { name: 'brand', tone: 'good', words: 'Every post since 10:00 found, as far as the search of 10:31. It is told at once.' },
    ])
  })

  it('waits longer from one failure to the next, and begins anew after a connection', async () => {
    const { world, platform } = await streaming()
    platform.refuse = 3
    hold(world)
    await until(() => expect(platform.connected).toBe(1))
    platform.fail(new PlatformError('retry', 'It hung up.'))
    await until(() => expect(platform.connected).toBe(2))
    expect(platform.waits).toEqual([1, 2, 3, 1])
  })

  it('follows new terms while it listens, and ends with the last', async () => {
    const { world, account, platform } = await streaming()
    hold(world)
    await until(() => expect(platform.followed).toEqual(['brand']))
    await write(world, account, 'lounge')
    await until(() => expect(platform.followed).toEqual(['brand', 'lounge']))
    expect([platform.connected, platform.listening]).toEqual([1, 1])
    for (const term of await terms(world)) await changeTerm(world.desk, world.ana.id, term, 'off')
    await until(() => expect(platform.listening).toBe(0))
  })

  it('is not begun where the plan bars it', async () => {
    const { world, platform } = await streaming()
    platform.bar = 'Not on this plan.'
    const ticked = vi.fn()
    platform.onAsked = ticked
    hold(world)
    await until(() => expect(ticked.mock.calls.length).toBeGreaterThan(2))
    expect(platform.connected).toBe(0)
  })
})

async function streaming() {
  const platform = streamingPlatform()
  const world = await testWorld({ connectors: [platform.connector] })
  const account = await world.account({ platform: 'plain' })
  await write(world, account, 'brand')
  return { world, account, platform }
}

function hold(world: World) {
  const streams = holdStreams(world.desk, 10)
  onTestFinished(streams.close)
  return streams
}

/** A platform that says what the test says. */
function streamingPlatform() {
  const plain = plainConnector()
  const waiting: (() => void)[] = []
  const pages: { list: string; body: string }[] = []
  const platform = {
    listening: 0,
    connected: 0,
    /** Connections still to be refused. */
    refuse: 0,
    followed: [] as string[],
    waits: [] as number[],
    bar: null as string | null,
    fault: null as PlatformError | null,
    onAsked: () => {},
    say: (page: { list: string; body: string }) => {
      pages.push(page)
      for (const wake of waiting.splice(0)) wake()
    },
    fail: (fault: PlatformError) => {
      platform.fault = fault
      for (const wake of waiting.splice(0)) wake()
    },
    connector: null as unknown as Connector,
  }
  platform.connector = {
    ...plain,
    intake: {
      ...plain.intake,
      search: {
        everyMs: 1000,
        asks: () => '',
        problemsOf: () => [],
        async *search() {
          yield* []
          return {}
        },
      },
      stream: {
        barredBecause: () => {
          platform.onAsked()
          return platform.bar
        },
        follow: async (_line, watched) => {
          platform.followed = watched.map(term => term.anyOf[0]!)
          return []
        },
        async *listen(_line, signal, connected) {
          if (platform.refuse-- > 0) throw new PlatformError('retry', 'Not now.')
          platform.connected++
          platform.listening++
          connected()
          try {
            while (!signal.aborted) {
              yield* pages.splice(0)
              const { fault } = platform
              platform.fault = null
              if (fault) throw fault
              await new Promise<void>(wake => {
                waiting.push(wake)
                signal.addEventListener('abort', () => wake())
              })
            }
          } finally {
            platform.listening--
          }
        },
        waitMs: (_fault, nth) => {
          platform.waits.push(nth)
          return 1
        },
      },
    },
  }
  return platform
}

/** As long as a busy machine may take. */
const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 15_000 })
const terms = (world: World) => listWatchTerms(world.desk.db, world.desk.now())
const write = (world: World, account: AccountRow, name: string) =>
  writeTerm(world.desk, world.ana.id, { name, anyOf: [name], noneOf: [], languages: [], isActive: true, accountId: account.id })
const MINUTE = 60_000
const notDue = (world: World) =>
  world.desk.db
    .updateTable('watchTerms')
    .set({ nextSearchAt: new Date(world.desk.now().getTime() + 3_600_000) })
    .execute()
