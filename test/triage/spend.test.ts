// What reading and sending cost is counted from what was done; the cap stops searches first and own mentions never.
import { expect, test } from 'vitest'
import { x } from '../../connectors/x/connector.ts'
import { getAccount, setMonthlyCap } from '../../db/accounts.ts'
import { listSpending } from '../../db/spending.ts'
import type { Account } from '../../domain.ts'
import { readDeliveries } from '../../triage/intake.ts'
import { pollAccount } from '../../triage/poll-account.ts'
import { mayStillSearch, spendOf } from '../../triage/spend.ts'
import { deliver, plainConnector, says } from '../plain-connector.ts'
import { testWorld } from '../world.ts'

const prices = { read: () => 0.01, send: () => 0.1, source: 'https://prices.example', checkedOn: '2026-03-01' }
async function paidWorld() {
  const connector = { ...plainConnector(), prices: () => prices }
  const world = await testWorld({ connectors: [connector] })
  return { world, connector, account: await world.account({ platform: 'plain' }) }
}

test('a mention is paid for once, however often and by whichever way it comes', async () => {
  const { world, account } = await paidWorld()
  await deliver(world, account, [says('one', { externalId: 'a' })])
  await readDeliveries(world.desk)
  await deliver(world, account, [says('one', { externalId: 'a' }), says('two', { externalId: 'b' })], 'poll:mentions')
  await readDeliveries(world.desk)
  expect(await listSpending(world.desk.db, new Date(0))).toEqual([
    { accountId: account.id, day: '2026-03-02', item: 'poll:mentions', count: 1, usd: 0.01 },
    { accountId: account.id, day: '2026-03-02', item: 'webhook', count: 1, usd: 0.01 },
  ])
})

test('over the cap searches wait for the next month, and own mentions are polled on', async () => {
  const { world, connector, account } = await paidWorld()
  await deliver(world, account, [says('one'), says('two')])
  await readDeliveries(world.desk)
  await setMonthlyCap(world.desk.db, account.id, 0.02)
  const capped = await getAccount(world.desk.db, account.id)
  expect(await mayStillSearch(world.desk.db, capped, world.desk.now())).toMatchObject({
    ok: false,
    until: new Date('2026-04-01T00:00:00Z'),
  })
  connector.polls.push([{ list: 'mentions', body: JSON.stringify([says('still heard')]) }])
  await pollAccount(world.desk, account.id)
  await readDeliveries(world.desk)
  expect((await world.desk.db.selectFrom('mentions').select('text').execute()).map(one => one.text)).toContain('still heard')
})

test('without a cap, and below it, searches go on', async () => {
  const { world, account } = await paidWorld()
  expect(await mayStillSearch(world.desk.db, account, world.desk.now())).toEqual({ ok: true })
  expect(await mayStillSearch(world.desk.db, { ...account, monthlyCapUsd: 5 }, world.desk.now())).toEqual({ ok: true })
})

const now = new Date('2026-03-11T00:00:00Z')
const days = (usd: number) =>
  Array.from({ length: 10 }, (_, n) => ({
    accountId: 'a',
    day: `2026-03-${String(n + 1).padStart(2, '0')}`,
    item: 'webhook',
    count: 10,
    usd,
  }))

test('the forecast goes on at the pace of the last seven days', () => {
  const { soFar, forecast } = spendOf(days(1), null, now)
  expect(soFar).toBe(10)
  expect(forecast).toBeCloseTo(31, 5)
})

test("last month's days make the pace and not the sum", () => {
  const spend = spendOf([{ accountId: 'a', day: '2026-02-28', item: 'webhook', count: 5, usd: 3 }], null, new Date('2026-03-02T00:00:00Z'))
  expect(spend.soFar).toBe(0)
  expect(spend.forecast).toBeGreaterThan(20)
  expect(spend.items).toEqual([])
})

test.each([
  [null, 'calm'],
  [100, 'calm'],
  [20, 50],
  [12.5, 80],
  [10.5, 95],
  [10, 'over'],
  [9, 'over'],
] as const)('ten dollars spent of a cap of %s: %s', (cap, level) => expect(spendOf(days(1), cap, now).level).toBe(level))

test("X's prices: owned reads are cheap, searches and links are not, and Enterprise pays by contract", () => {
  const account = (tier: string) => ({ capabilities: { tier } }) as unknown as Account
  const selfServe = x.prices!(account('self-serve'))!
  expect(selfServe.read('poll:mentions', 'public')).toBe(0.001)
  expect(selfServe.read('poll:search:0198', 'public')).toBe(0.005)
  expect(selfServe.read('webhook', 'private')).toBe(0.01)
  expect(selfServe.send({ text: 'See https://help.example', visibility: 'public', inReplyTo: null })).toBe(0.2)
  expect(x.prices!(account('enterprise'))).toBeNull()
})
