// The coverage ledger as polls, pushes, dead sign-ins and switched-off accounts write it.
import { expect, test } from 'vitest'
import { type Connector, PlatformError, type PollPage } from '../../connectors/connector.ts'
import { getAccount, markChecked, markOff } from '../../db/accounts.ts'
import { listSpansSince } from '../../db/coverage.ts'
import { countSeenBy, listHeardHours } from '../../db/heard-hours.ts'
import { watchChannels } from '../../metrics/channel-watch.ts'
import { findChannels } from '../../metrics/channels.ts'
import { readDeliveries } from '../../triage/intake.ts'
import { pollAccount } from '../../triage/poll-account.ts'
import { deliver, plainConnector, says } from '../plain-connector.ts'
import { testWorld } from '../world.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** A platform with two lists, of which one shows only so many mentions. */
async function ledgerWorld(intake: Partial<Connector['intake']['polling']> & { reach?: { mentions?: number; hours?: number } } = {}) {
  const connector = plainConnector()
  const { reach, ...polling } = intake
  const lists = () => [
    { name: 'mentions', label: 'mentions', ...(reach && { reach: { ...reach, source: 'invented', checkedOn: '2026-03-01' } }) },
  ]
  connector.intake.polling = { ...connector.intake.polling!, lists, ...polling }
  const world = await testWorld({ connectors: [connector] })
  const account = await world.account({ platform: 'plain' })
  await world.desk.db.updateTable('accounts').set({ lastPollAt: world.desk.now() }).execute()
  const began = world.desk.now().getTime()
  const poll = async (pages: PollPage[] | PlatformError = []) => {
    connector.polls.push(pages instanceof PlatformError ? { pages: [], fault: pages } : pages)
    await world.desk.db.updateTable('accounts').set({ nextPollAt: world.desk.now() }).execute()
    await pollAccount(world.desk, account.id)
  }
  /** In minutes since the world began. */
  const ledger = async (source = 'poll:mentions') =>
    (await listSpansSince(world.desk.db, new Date(0)))
      .filter(span => span.source === source)
      .map(({ fromAt, untilAt, state, cause }) =>
        [`${(fromAt.getTime() - began) / MINUTE}-${(untilAt.getTime() - began) / MINUTE}`, state, cause ?? ''].join(' ').trim(),
      )
  return { world, connector, account, poll, ledger }
}
const page = (...incoming: ReturnType<typeof says>[]): PollPage => ({ list: 'mentions', body: JSON.stringify(incoming) })
const limited = new PlatformError('retry', 'Slow down, said in words that may change.', 30 * MINUTE, { trouble: 'limit' })

test('polls that end cover from one to the next, in one row', async () => {
  const { world, poll, ledger } = await ledgerWorld()
  for (let n = 0; n < 5; n++) {
    world.pass(MINUTE)
    await poll()
  }
  expect(await ledger()).toEqual(['0-5 covered'])
})

test('a 429 storm is a gap by its code, repaired by the poll that ends it', async () => {
  const { world, account, poll, ledger } = await ledgerWorld()
  world.pass(MINUTE)
  await poll()
  for (let n = 0; n < 3; n++) {
    world.pass(10 * MINUTE)
    await poll(limited)
  }
  expect(await ledger()).toEqual(['0-1 covered', '1-31 open limit'])
  expect(await getAccount(world.desk.db, account.id)).toMatchObject({ inTrouble: 'limit', status: 'connected' })
  world.pass(MINUTE)
  await poll([page(says('said during the storm', { externalId: 'a' }))])
  expect(await ledger()).toEqual(['0-1 covered', '1-31 repaired limit', '31-32 covered'])
  expect(await getAccount(world.desk.db, account.id)).toMatchObject({ inTrouble: null })
})

test('what the platform no longer shows is lost, by hours', async () => {
  const { world, poll, ledger } = await ledgerWorld({ reach: { hours: 2 } })
  world.pass(MINUTE)
  await poll()
  world.pass(5 * HOUR)
  await poll()
  expect(await ledger()).toEqual(['0-1 covered', '1-181 lost we_were_down', '181-301 repaired we_were_down'])
})

test('what the platform no longer shows is lost, by the number of mentions', async () => {
  const { world, poll, ledger } = await ledgerWorld({ reach: { mentions: 3 } })
  world.pass(MINUTE)
  await poll()
  world.pass(HOUR)
  const minutesAgo = (n: number) => says('there', { externalId: `m${n}`, postedAt: new Date(world.desk.now().getTime() - n * MINUTE) })
  await poll([page(minutesAgo(1), minutesAgo(20)), page(minutesAgo(40))])
  expect(await ledger()).toEqual(['0-1 covered', '1-21 lost we_were_down', '21-61 repaired we_were_down'])
})

test('fewer mentions than the platform shows means that all of them came', async () => {
  const { world, poll, ledger } = await ledgerWorld({ reach: { mentions: 3 } })
  world.pass(MINUTE)
  await poll()
  world.pass(HOUR)
  await poll([page(says('there', { postedAt: world.desk.now() }), says('there', { postedAt: world.desk.now() }))])
  expect(await ledger()).toEqual(['0-1 covered', '1-61 repaired we_were_down'])
})

test('a list that was not walked to its end is not covered until it is', async () => {
  let isWhole = false
  const { world, poll, ledger } = await ledgerWorld({ unfinished: () => (isWhole ? [] : ['mentions']) })
  world.pass(20 * MINUTE)
  await poll()
  expect(await ledger()).toEqual(['0-20 open unfinished'])
  isWhole = true
  world.pass(MINUTE)
  await poll()
  expect(await ledger()).toEqual(['0-20 repaired unfinished', '20-21 covered'])
})

test('while the sign-in is dead the ledger says so each minute, and the first poll afterwards repairs it', async () => {
  const { world, account, poll, ledger } = await ledgerWorld()
  world.pass(MINUTE)
  await poll()
  world.pass(MINUTE)
  await poll(new PlatformError('account', 'The sign-in is over.'))
  for (let n = 0; n < 30; n++) {
    world.pass(MINUTE)
    await watchChannels(world.desk)
  }
  expect(await ledger()).toEqual(['0-1 covered', '1-32 open token'])
  await markChecked(world.desk.db, account.id, { handle: 'acme_care', name: 'Acme', capabilities: {}, at: world.desk.now() })
  world.pass(MINUTE)
  await poll([page(says('said meanwhile', { externalId: 'm' }))])
  await readDeliveries(world.desk)
  expect(await ledger()).toEqual(['0-1 covered', '1-32 repaired token', '32-33 covered'])
  expect(await world.desk.db.selectFrom('mentions').select('text').execute()).toEqual([{ text: 'said meanwhile' }])
})

test('switched off is a gap of its own making', async () => {
  const { world, account, poll, ledger } = await ledgerWorld()
  world.pass(MINUTE)
  await poll()
  await markOff(world.desk.db, account.id, 'Switched off by Ana.')
  world.pass(HOUR)
  await watchChannels(world.desk)
  expect(await ledger()).toEqual(['0-1 covered', '1-61 open not_connected'])
})

test('pushes are checked, repaired over there, and what they missed was brought by polls', async () => {
  const { world, connector, poll, ledger } = await ledgerWorld()
  const states: ('yes' | 'no')[] = ['yes', 'no', 'yes']
  let subscribed = 0
  connector.intake.webhook = { verify: () => true, handshake: () => null, isSubscribed: async () => states.shift() ?? 'yes' }
  connector.onConnected = async () => void subscribed++
  for (let n = 0; n < 3; n++) {
    await poll()
    world.pass(15 * MINUTE)
  }
  await poll()
  expect(subscribed).toBe(1)
  expect(await ledger('webhook')).toEqual(['0-15 repaired webhook_off', '15-45 covered'])
})

test('what only one way brought is counted, and each mention by the way it came first', async () => {
  const { world, account, poll } = await ledgerWorld()
  const said = (externalId: string) => says('hello there', { externalId, postedAt: new Date(world.desk.now().getTime() - 5 * MINUTE) })
  await deliver(world, account, [said('both'), said('pushed only')])
  await readDeliveries(world.desk)
  await poll([page(said('both'), said('polled only'))])
  await readDeliveries(world.desk)
  const now = world.desk.now()
  expect(await countSeenBy(world.desk.db, new Date(now.getTime() - HOUR), now)).toEqual([
    { accountId: account.id, both: 1, onlyPushed: 1, onlyPolled: 1 },
  ])
  expect(await listHeardHours(world.desk.db, new Date(0))).toMatchObject([{ pushed: 2, polled: 1 }])
})

test('two accounts keep their own ledgers', async () => {
  const { world, account, poll } = await ledgerWorld()
  const other = await world.account({ platform: 'plain', externalId: '222', handle: 'acme_other' })
  await world.desk.db.updateTable('accounts').set({ lastPollAt: world.desk.now() }).execute()
  world.pass(20 * MINUTE)
  await poll()
  const states = await findChannels(world.desk, new Date(world.desk.now().getTime() - HOUR))
  expect(states.find(one => one.account.id === account.id)!.coverage.tone).toBe('good')
  expect(states.find(one => one.account.id === other.id)!.coverage.tone).toBe('neutral')
})
