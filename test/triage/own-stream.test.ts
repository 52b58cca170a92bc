// An account's own stream: what it tells is kept once, beside polls that prove it; a break loses nothing; and the ledger says how it stood.
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type Connector, PlatformError } from '../../connectors/connector.ts'
import { mastodon } from '../../connectors/mastodon/connector.ts'
import { getAccount } from '../../db/accounts.ts'
import { listSpansSince } from '../../db/coverage.ts'
import { findChannels } from '../../metrics/channels.ts'
import { readDeliveries } from '../../triage/intake.ts'
import { pollAccount } from '../../triage/poll-account.ts'
import { holdStreams } from '../../triage/stream.ts'
import { hearing } from '../../web/account-health.ts'
import { HOST, simulatedMastodon } from '../connectors/mastodon-simulated.ts'
import { testWorld } from '../world.ts'

describe('what an account’s stream tells', () => {
  it('is one mention, however often polls bring it too', async () => {
    const { control, poll, mentions, stands } = await streamed()
    await stands()
    control.post({ from: 'cleo@far.example', text: '@heronair where is my bag?' })
    await until(async () => expect(await mentions()).toHaveLength(1))
    await poll()
    control.post({ from: 'bob', text: '@heronair mine too' })
    await poll()
    await until(async () => expect(await mentions()).toHaveLength(2))
    expect((await mentions()).map(one => [one.addressesUs, one.text])).toEqual([
      [true, `@heronair@${HOST} where is my bag?`],
      [true, `@heronair@${HOST} mine too`],
    ])
  })

  it('is complete with the poll after a break in the middle of a burst', async () => {
    const { control, account, poll, mentions, stands } = await streamed()
    await stands()
    await poll()
    control.dropStreams({ after: 7 })
    for (let nth = 0; nth < 25; nth++) control.post({ from: 'cleo', text: `@heronair bag ${nth}?` })
    await until(async () => expect((await mentions()).length).toBeGreaterThan(0))
    await stands()
    expect((await account()).nextPollAt.getTime()).toBeLessThanOrEqual(Date.now())
    await poll()
    await until(async () => expect(new Set((await mentions()).map(one => one.externalId)).size).toBe(25))
    expect(await mentions()).toHaveLength(25)
  })

  it('takes back what a customer deleted, and keeps nothing of what we never knew', async () => {
    const { control, mentions, stands, refused } = await streamed()
    control.follow({ from: 'heronair', who: 'bob' })
    await stands()
    const direct = control.directMessage({ from: 'cleo', to: 'heronair', text: 'PNR 4711' })
    const open = control.post({ from: 'cleo', text: '@heronair never mind' })
    const stranger = control.post({ from: 'bob', text: 'what a morning' })
    await until(async () => expect(await mentions()).toHaveLength(2))
    // Another connection does not know how they were written.
    refused.now = true
    control.dropStreams()
    await until(() => expect(control.streams()).toEqual([]))
    refused.now = false
    await stands()
    for (const { id } of [stranger, direct, open]) control.remove({ id })
    await until(async () => expect((await mentions()).every(one => one.removedAt !== null && one.text === '')).toBe(true))
    expect((await mentions()).map(one => one.externalId).sort()).toEqual([direct.id, open.id].sort())
  })
})

describe('an account’s stream', () => {
  it('is held by one of two processes', async () => {
    const { control, world, stands } = await streamed()
    const other = holdStreams(world.desk, 10)
    await stands()
    await other.close()
    expect(control.streams()).toHaveLength(1)
  })

  it('makes polls rarer while it stands, and due at once when it begins and when it breaks', async () => {
    const { control, account, poll, stands, refused, world } = await streamed({ isHeld: false })
    await poll()
    const everyMs = async () => (await account()).nextPollAt.getTime() - world.desk.now().getTime()
    expect(await everyMs()).toBe(30_000)
    const streams = hold(world)
    await stands()
    expect(await everyMs()).toBe(0)
    await poll()
    expect(await everyMs()).toBe(80_000)
    refused.now = true
    control.dropStreams()
    await until(async () => expect((await account()).streamedSince).toBeNull())
    expect(await everyMs()).toBe(0)
    await poll()
    expect(await everyMs()).toBe(30_000)
    await streams.close()
  })

  it('has a ledger of its own: covered while it stands, missing from the break on, repaired by polls', async () => {
    const { control, poll, stands, refused, world, ledger, words } = await streamed()
    await stands()
    await poll()
    world.pass(10 * MINUTE)
    await until(async () => expect(await ledger()).toEqual(['0-9 covered']))
    refused.now = true
    control.dropStreams()
    await until(async () => expect((await ledger())[1]).toBe('9-10 open platform_down'))
    world.pass(2 * MINUTE)
    await until(async () => expect((await ledger())[1]).toBe('9-12 open platform_down'))
    await poll()
    world.pass(MINUTE / 2)
    expect((await words()).sentence).toContain('Its stream is broken since')
    expect((await words()).sentence).toContain('the connection to Mastodon broke. Polls bring everything meanwhile, only later.')
    refused.now = false
    await stands()
    await poll()
    expect(await ledger()).toEqual(['0-9 covered', '9-12.5 repaired platform_down'])
    world.pass(5 * MINUTE)
    await until(async () => expect((await ledger())[2]).toBe('12.5-16.5 covered'))
    await poll()
    expect(await words()).toMatchObject({ tone: 'good' })
  })

  it('that the instance does not offer is no gap: polls go on as ever, and health says why', async () => {
    const { account, poll, ledger, words, world } = await streamed({ has: false })
    await until(async () => expect((await account()).streamBarred).toBe('The instance offers no streaming.'))
    await poll()
    expect((await account()).nextPollAt.getTime() - world.desk.now().getTime()).toBe(30_000)
    expect(await ledger()).toEqual([])
    expect((await words()).tone).toBe('good')
    expect(hearing(await account(), 'Mastodon', world.desk.now()).because).toContain('Only polls listen: The instance offers no streaming.')
  })

  it('ends with the account, and at once when the process does', async () => {
    const { control, account, stands, world } = await streamed()
    await stands()
    await world.desk.db.updateTable('accounts').set({ status: 'off' }).execute()
    await until(() => expect(control.streams()).toEqual([]))
    expect((await account()).streamedSince).toBeNull()
  })
})

async function streamed({ isHeld = true, has = true } = {}) {
  const { control, line, simulator } = await simulatedMastodon()
  if (!has) control.setStreaming({ has })
  const refused = { now: false }
  const { ownStream } = mastodon.intake
  const quick: Connector = {
    ...mastodon,
    intake: {
      ...mastodon.intake,
      ownStream: {
        ...ownStream!,
        async *listen(...how) {
          if (refused.now) throw new PlatformError('retry', 'Not now.')
          yield* ownStream!.listen(...how)
        },
        waitMs: () => 5,
      },
    },
  }
  const began = Date.now()
  const world = await testWorld({ connectors: [quick], now: new Date(began) })
  const { id } = await world.account({
    platform: 'mastodon',
    externalId: line.account.externalId,
    handle: line.account.handle,
    secrets: { ...line.secrets },
    apiBase: simulator.url,
  })
  if (isHeld) hold(world)
  const account = () => getAccount(world.desk.db, id)
  return {
    control,
    world,
    refused,
    account,
    poll: async () => {
      await world.desk.db.updateTable('accounts').set({ nextPollAt: world.desk.now() }).execute()
      await pollAccount(world.desk, id)
      await readDeliveries(world.desk)
    },
    mentions: async () => {
      await readDeliveries(world.desk)
      return world.desk.db.selectFrom('mentions').select(['externalId', 'addressesUs', 'text', 'removedAt']).orderBy('externalId').execute()
    },
    stands: () =>
      until(async () => {
        expect(control.streams()).toMatchObject([{ streams: ['user'] }])
        expect((await account()).streamedSince).not.toBeNull()
      }),
    ledger: async () =>
      (await listSpansSince(world.desk.db, new Date(0)))
        .filter(span => span.source === 'stream:own')
        .map(({ fromAt, untilAt, state, cause }) =>
          [`${(fromAt.getTime() - began) / MINUTE}-${(untilAt.getTime() - began) / MINUTE}`, state, cause ?? ''].join(' ').trim(),
        ),
    words: async () => (await findChannels(world.desk, new Date(began)))[0]!.coverage,
  }
}

function hold(world: Awaited<ReturnType<typeof testWorld>>) {
  const streams = holdStreams(world.desk, 10)
  onTestFinished(streams.close)
  return streams
}

/** As long as a busy machine may take. */
const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 15_000 })
const MINUTE = 60_000
