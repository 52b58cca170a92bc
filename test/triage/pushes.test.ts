// What the ledger says of pushes: dropped for one account or for all that share a subscription, taken by nobody, or silently failing.
import { describe, expect, test } from 'vitest'
import type { AccountRow } from '../../db/accounts.ts'
import { getAccount } from '../../db/accounts.ts'
import { listSpansSince } from '../../db/coverage.ts'
import { watchChannels } from '../../metrics/channel-watch.ts'
import { findChannels } from '../../metrics/channels.ts'
import { sayAwake } from '../../triage/awake.ts'
import { readDeliveries } from '../../triage/intake.ts'
import { pollAccount } from '../../triage/poll-account.ts'
import { deliver, type PlainConnector, plainConnector, says } from '../plain-connector.ts'
import { testWorld } from '../world.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Two platforms whose accounts hang on one subscription; what stands over there is set by the test. */
async function pushedWorld() {
  const there = { stands: true, tellsPages: true }
  const subscribed: string[] = []
  const pushing = (name: string, isSubscribed: () => boolean, onlyPushed?: string): PlainConnector => {
    const connector = plainConnector(name)
    connector.label = name === 'pages' ? 'Pages' : 'Photos'
    connector.intake.webhook = {
      verify: () => true,
      handshake: () => null,
      reach: { hours: 36, source: 'invented', checkedOn: '2026-03-01' },
      isSubscribed: async () => (isSubscribed() ? 'yes' : 'no'),
      shared: async () => ({ name: 'the page', isThere: there.stands }),
      ...(onlyPushed && { onlyPushed }),
    }
    connector.intake.polling = {
      ...connector.intake.polling!,
      lists: () => [{ name: 'mentions', label: 'comments', pushed: 'all' }],
    }
    connector.onConnected = async () => {
      subscribed.push(name)
      there.stands = true
      if (name === 'pages') there.tellsPages = true
    }
    return connector
  }
  const pages = pushing('pages', () => there.stands && there.tellsPages)
  const photos = pushing('photos', () => there.stands, 'mentions elsewhere')
  const world = await testWorld({ connectors: [pages, photos] })
  const accounts = { pages: await world.account({ platform: 'pages' }), photos: await world.account({ platform: 'photos' }) }
  await world.desk.db.updateTable('accounts').set({ lastPollAt: world.desk.now(), connectedAt: world.desk.now() }).execute()
  const began = world.desk.now().getTime()
  const poll = async (account: AccountRow, mentions: ReturnType<typeof says>[] = []) => {
    const connector = account.platform === 'pages' ? pages : photos
    connector.polls.push(mentions.length ? [{ list: 'mentions', body: JSON.stringify(mentions) }] : [])
    await world.desk.db.updateTable('accounts').set({ nextPollAt: world.desk.now() }).where('id', '=', account.id).execute()
    await pollAccount(world.desk, account.id)
    await readDeliveries(world.desk)
  }
  const push = async (account: AccountRow, externalId: string) => {
    await deliver(world, account, [says('pushed to us', { externalId, postedAt: world.desk.now() })])
    await readDeliveries(world.desk)
  }
  /** In minutes since the world began. */
  const ledger = async (account: AccountRow, source = 'webhook') =>
    (await listSpansSince(world.desk.db, new Date(0)))
      .filter(span => span.source === source && span.accountId === account.id)
      .map(({ fromAt, untilAt, state, cause }) =>
        [`${(fromAt.getTime() - began) / MINUTE}-${(untilAt.getTime() - began) / MINUTE}`, state, cause ?? ''].join(' ').trim(),
      )
  const channel = async (account: AccountRow) =>
    (await findChannels(world.desk, new Date(began - HOUR))).find(one => one.account.id === account.id)!
  return { world, there, subscribed, ...accounts, poll, push, ledger, channel }
}

describe('a subscription that two accounts share', () => {
  test('is uncovered for both from the last time each knew it good, whichever finds it dropped, and polls repair both', async () => {
    const { world, there, subscribed, pages, photos, poll, ledger } = await pushedWorld()
    await poll(pages)
    world.pass(5 * MINUTE)
    await poll(photos)
    world.pass(2 * MINUTE)
    there.stands = false
    world.pass(8 * MINUTE)
    await poll(pages)
    expect(subscribed).toEqual(['pages', 'photos'])
    expect(await ledger(pages)).toEqual(['0-15 open webhook_off'])
    expect(await ledger(photos)).toEqual(['5-15 open webhook_off'])
    for (const { id } of [pages, photos])
      expect((await getAccount(world.desk.db, id)).nextPollAt.getTime()).toBeLessThanOrEqual(world.desk.now().getTime())
    world.pass(6 * MINUTE)
    await poll(pages)
    await poll(photos)
    expect(await ledger(photos)).toEqual(['5-15 repaired webhook_off', '15-21 covered'])
    world.pass(10 * MINUTE)
    await poll(pages)
    expect(await ledger(pages)).toEqual(['0-15 repaired webhook_off', '15-31 covered'])
  })

  test('that stands, and only does not tell of one of them, is uncovered for that one alone', async () => {
    const { world, there, subscribed, pages, photos, poll, ledger } = await pushedWorld()
    await poll(pages)
    await poll(photos)
    there.tellsPages = false
    world.pass(16 * MINUTE)
    await poll(pages)
    await poll(photos)
    expect(subscribed).toEqual(['pages'])
    expect(await ledger(photos)).toEqual(['0-16 covered'])
    expect(await ledger(pages)).toEqual(['0-16 open webhook_off'])
  })

  test('what pushes alone bring is named as perhaps lost, though polls repaired the rest', async () => {
    const { world, there, pages, photos, poll, channel } = await pushedWorld()
    await poll(pages)
    await poll(photos)
    there.stands = false
    world.pass(16 * MINUTE)
    await poll(pages)
    world.pass(16 * MINUTE)
    await poll(photos)
    await poll(pages)
    const { coverage } = await channel(photos)
    expect(coverage.sentence).toContain('Perhaps lost: mentions elsewhere from 10:00 to 10:16, because Photos had stopped pushing to us.')
    expect(coverage).toMatchObject({ tone: 'warn', since: new Date('2026-03-02T10:16:00Z') })
    expect((await channel(pages)).coverage.sentence).toMatch(/^Every mention since 10:00 accounted for\. One gap was repaired/)
  })
})

describe('a webhook that takes nothing while polls go on', () => {
  test('is a gap while our web process is away, and ends when it is back', async () => {
    const { world, pages, poll, ledger, channel } = await pushedWorld()
    await sayAwake(world.desk)
    await poll(pages)
    world.pass(MINUTE)
    await sayAwake(world.desk)
    for (let n = 0; n < 29; n++) {
      world.pass(MINUTE)
      await poll(pages)
      await watchChannels(world.desk)
    }
    expect((await ledger(pages)).at(-1)).toBe('29-30 open web_down')
    world.pass(MINUTE)
    await sayAwake(world.desk)
    await poll(pages)
    expect(await ledger(pages)).toEqual(['1-31 repaired web_down'])
    const { coverage } = await channel(pages)
    expect(coverage.gaps).toMatchObject([{ kind: 'pushes', isGoingOn: false, cause: 'Heed’s web process was not running' }])
    for (let n = 0; n < 16; n++) {
      world.pass(MINUTE)
      await sayAwake(world.desk)
    }
    await poll(pages)
    expect((await ledger(pages)).at(-1)).toBe('31-47 covered')
  })

  test('a restart within a minute is no gap', async () => {
    const { world, pages, poll, ledger } = await pushedWorld()
    await sayAwake(world.desk)
    await poll(pages)
    for (let n = 0; n < 16; n++) {
      world.pass(MINUTE)
      await sayAwake(world.desk)
    }
    await poll(pages)
    expect(await ledger(pages)).toEqual(['0-16 covered'])
  })

  test('what only pushes bring may still come, as long as the platform tries again, and did come afterwards', async () => {
    const { world, photos, poll, channel } = await pushedWorld()
    await sayAwake(world.desk)
    await poll(photos)
    world.pass(20 * MINUTE)
    await sayAwake(world.desk)
    await poll(photos)
    expect((await channel(photos)).coverage.sentence).toContain(
      'Mentions elsewhere from 10:00 to 10:20 may still come. Photos pushes again for 36 h what was not taken.',
    )
    world.pass(37 * HOUR)
    await poll(photos)
    expect((await channel(photos)).coverage.gaps.find(gap => gap.label === 'mentions elsewhere')).toMatchObject({
      span: { state: 'repaired' },
    })
  })

  test('polls that bring what should have been pushed open a gap from the last push on, counted, until one arrives', async () => {
    const { world, pages, poll, push, ledger, channel } = await pushedWorld()
    await poll(pages)
    world.pass(5 * MINUTE)
    await push(pages, 'pushed')
    const missed = [1, 2, 3].map(n =>
      says('never pushed', { externalId: `m${n}`, postedAt: new Date(world.desk.now().getTime() + n * MINUTE) }),
    )
    world.pass(15 * MINUTE)
    await poll(pages, missed)
    await watchChannels(world.desk)
    expect(await ledger(pages)).toEqual(['0-5 covered', '5-20 open push_missing'])
    world.pass(20 * MINUTE)
    await poll(pages)
    await watchChannels(world.desk)
    const during = (await channel(pages)).coverage
    expect(during.sentence).toContain(
      'Pushes are missing since 10:05: polls bring what Pages should have pushed. Polls bring everything meanwhile',
    )
    expect(during.gaps.find(gap => gap.kind === 'pushes')!.repair).toBe(
      'Polls bring what is missing: 3 mentions that were not pushed so far.',
    )
    world.pass(MINUTE)
    await push(pages, 'pushed again')
    world.pass(16 * MINUTE)
    await poll(pages)
    await watchChannels(world.desk)
    expect(await ledger(pages)).toEqual(['0-5 covered', '5-40 repaired push_missing', '40-57 covered'])
    expect((await channel(pages)).coverage.gaps.find(gap => gap.kind === 'pushes')!.repair).toBe(
      'Polls brought all of it, at 10:57: 3 mentions that were not pushed.',
    )
  })
})
