// What was not pushed is asked for again: each gap once, when it has ended, and only where the platform allows it.
import { expect, test } from 'vitest'
import { PlatformError } from '../../connectors/connector.ts'
import { getAccount } from '../../db/accounts.ts'
import type { GapCause, Span } from '../../db/coverage.ts'
import { findChannels } from '../../metrics/channels.ts'
import { sayAwake } from '../../triage/awake.ts'
import { readDeliveries } from '../../triage/intake.ts'
import { pollAccount } from '../../triage/poll-account.ts'
import { closedGaps, replayMissed } from '../../triage/replay.ts'
import { deliver, plainConnector, says } from '../plain-connector.ts'
import { testWorld } from '../world.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

test('a webhook that was off is asked for once, whole, after the platform says that it pushes again', async () => {
  const { world, there, poll, asked, words } = await replayingWorld()
  await poll()
  world.pass(15 * MINUTE)
  there.stands = false
  world.pass(5 * MINUTE)
  await poll()
  expect(asked).toEqual([])
  for (const _ of [1, 2, 3]) {
    world.pass(MINUTE)
    await poll()
  }
  expect(asked).toEqual(['0-20'])
  expect((await words()).gaps[0]!.repair).toContain('Plain was asked to push it all again as well.')
})

test('so is the time in which nobody of ours was there, and what comes both ways is one mention', async () => {
  const { world, account, poll, asked, mentions } = await replayingWorld()
  await poll()
  await sayAwake(world.desk)
  await poll()
  world.pass(40 * MINUTE)
  const mention = says('where is my bag?', { externalId: '77', postedAt: world.desk.now() })
  await sayAwake(world.desk)
  await poll([mention])
  expect(asked).toEqual(['0-40'])
  await deliver(world, account, [mention])
  await readDeliveries(world.desk)
  expect(await mentions()).toEqual([{ externalId: '77' }])
})

test('two processes at once ask once, and so does one that was killed while it asked', async () => {
  const { world, there, account, poll, asked, line } = await replayingWorld()
  await poll()
  await sayAwake(world.desk)
  world.pass(10 * MINUTE)
  await sayAwake(world.desk)
  there.answers.push(() => Promise.reject(new Error('killed')))
  const row = await getAccount(world.desk.db, account.id)
  await Promise.all([1, 2, 3].map(() => replayMissed(world.desk, row, line)))
  await poll()
  expect(asked).toEqual(['0-10'])
})

test('accounts of one app that missed the same time ask once', async () => {
  const { world, account, poll, asked, line } = await replayingWorld()
  await poll()
  await sayAwake(world.desk)
  world.pass(10 * MINUTE)
  await sayAwake(world.desk)
  const row = await getAccount(world.desk.db, account.id)
  await replayMissed(world.desk, row, line)
  const { id } = await world.account({ platform: 'plain', externalId: '112' })
  await world.desk.db.updateTable('accounts').set({ appId: row.appId }).where('id', '=', id).execute()
  await world.desk.db.updateTable('coverageSpans').set({ accountId: id }).where('source', '=', 'webhook').execute()
  await replayMissed(world.desk, await getAccount(world.desk.db, id), line)
  expect(asked).toEqual(['0-10'])
})

test('a plan without it is asked once, and health says that polls filled the gap', async () => {
  const { world, there, poll, asked, words } = await replayingWorld()
  there.answers.push(() => Promise.reject(new PlatformError('refused', 'Not on this plan.')))
  await poll()
  await sayAwake(world.desk)
  for (const _ of [1, 2]) {
    world.pass(10 * MINUTE)
    await sayAwake(world.desk)
    await poll()
    await poll()
  }
  expect(asked).toEqual(['0-10'])
  expect((await words()).gaps[0]!.repair).toMatch(/^Polls brought all of it.* Plain does not push again what was missed on this plan\.$/)
})

test('one that asks us to wait is asked again a quarter of an hour later', async () => {
  const { world, there, poll, asked } = await replayingWorld()
  there.answers.push(() => Promise.reject(new PlatformError('retry', 'Slow down.', MINUTE)))
  await poll()
  await sayAwake(world.desk)
  world.pass(10 * MINUTE)
  await sayAwake(world.desk)
  await poll()
  await poll()
  expect(asked).toEqual(['0-10'])
  for (let minute = 0; minute < 16; minute++) {
    world.pass(MINUTE)
    await sayAwake(world.desk)
  }
  await poll()
  expect(asked).toEqual(['0-10', '0-10'])
})

test('what is older than the platform keeps is not asked for, and a longer gap only as far as it reaches', async () => {
  const { world, poll, asked } = await replayingWorld()
  await poll()
  await sayAwake(world.desk)
  world.pass(30 * HOUR)
  await sayAwake(world.desk)
  await poll()
  expect(asked).toEqual([`${6 * 60 + 1}-${30 * 60}`])
  world.pass(25 * HOUR)
  await sayAwake(world.desk)
  await poll()
  expect(asked).toHaveLength(2)
  expect(asked[1]).toBe(`${31 * 60 + 1}-${55 * 60}`)
})

test('over the month’s cap nothing is asked for', async () => {
  const { world, account, poll, asked } = await replayingWorld()
  await poll()
  await sayAwake(world.desk)
  world.pass(10 * MINUTE)
  await sayAwake(world.desk)
  await world.desk.db.updateTable('accounts').set({ monthlyCapUsd: 0 }).where('id', '=', account.id).execute()
  await poll()
  expect(asked).toEqual([])
})

test.each<[string, [number, number, Span['state'], GapCause | null][], boolean, string[]]>([
  ['nothing missed', [[0, 9, 'covered', null]], true, []],
  [
    'parts that polls repaired one after the other',
    [
      [0, 2, 'covered', null],
      [2, 4, 'repaired', 'webhook_off'],
      [4, 5, 'open', 'webhook_off'],
      [5, 9, 'covered', null],
    ],
    true,
    ['2-5'],
  ],
  [
    'one that goes on',
    [
      [0, 2, 'repaired', 'web_down'],
      [2, 4, 'covered', null],
      [4, 9, 'open', 'push_missing'],
    ],
    false,
    ['0-2'],
  ],
  ['one in which nobody only looked', [[0, 9, 'repaired', 'we_were_down']], true, []],
])('gaps that ended: %s', (_what, rows, isLastOver, gaps) => {
  const spans = rows.map(([from, until, state, cause]) => ({
    fromAt: new Date(from),
    untilAt: new Date(until),
    state,
    cause,
    repairedAt: null,
  }))
  expect(closedGaps(spans, isLastOver).map(({ from, until }) => `${from.getTime()}-${until.getTime()}`)).toEqual(gaps)
})

/** A platform that pushes, and pushes again when asked; `there` is what the test sets over there. */
async function replayingWorld() {
  const there = { stands: true, answers: [] as (() => Promise<void>)[] }
  const asked: string[] = []
  const connector = plainConnector()
  const world = await testWorld({ connectors: [connector] })
  const began = world.desk.now().getTime()
  connector.prices = () => ({ read: () => 0.01, send: () => 0, source: 'invented', checkedOn: '2026-03-01' })
  connector.onConnected = async () => void (there.stands = true)
  connector.intake.webhook = {
    verify: () => true,
    handshake: () => null,
    isSubscribed: async () => (there.stands ? 'yes' : 'no'),
    replay: {
      withinMs: 24 * HOUR,
      ask: async (_line, _url, { from, until }) => {
        asked.push(`${(from.getTime() - began) / MINUTE}-${(until.getTime() - began) / MINUTE}`)
        await there.answers.shift()?.()
      },
    },
  }
  const account = await world.account({ platform: 'plain' })
  await world.desk.db.updateTable('accounts').set({ lastPollAt: world.desk.now(), connectedAt: world.desk.now() }).execute()
  return {
    world,
    there,
    account,
    asked,
    line: null as never,
    poll: async (mentions: ReturnType<typeof says>[] = []) => {
      connector.polls.push(mentions.length ? [{ list: 'mentions', body: JSON.stringify(mentions) }] : [])
      await world.desk.db.updateTable('accounts').set({ nextPollAt: world.desk.now() }).where('id', '=', account.id).execute()
      await pollAccount(world.desk, account.id)
      await readDeliveries(world.desk)
    },
    mentions: () => world.desk.db.selectFrom('mentions').select('externalId').execute(),
    words: async () => (await findChannels(world.desk, new Date(began - HOUR)))[0]!.coverage,
  }
}
