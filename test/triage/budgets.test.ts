// Limits are queues: polls wait inside what the platform allows, share it, and lose nothing.
import { expect, test } from 'vitest'
import type { Line } from '../../connectors/connector.ts'
import { getAccount, listDueAccounts } from '../../db/accounts.ts'
import { listBudgets, saveBudgets } from '../../db/budgets.ts'
import { pollAccount } from '../../triage/poll-account.ts'
import { plainConnector } from '../plain-connector.ts'
import { testWorld } from '../world.ts'

const MINUTE = 60_000

/** `tell`: what the platform's headers say during each poll. */
async function budgetWorld(tell: (line: Line) => void = () => {}) {
  const connector = plainConnector()
  let polls = 0
  connector.intake.polling = {
    everyMs: MINUTE,
    async *poll(line, cursor) {
      polls++
      tell(line)
      yield* []
      return cursor
    },
  }
  const world = await testWorld({ connectors: [connector] })
  const account = await world.account({ platform: 'plain' })
  const nextIn = async () => (await getAccount(world.desk.db, account.id)).nextPollAt.getTime() - world.desk.now().getTime()
  return { world, connector, account, nextIn, polls: () => polls }
}
const inMs = (line: Line, ms: number) => new Date(line.now().getTime() + ms)

test('what the headers say is kept, per account and per app', async () => {
  const { world, account } = await budgetWorld(line => {
    line.onBudget?.('GET mentions', 299, inMs(line, 15 * MINUTE), { limit: 300 })
    line.onBudget?.('per day', 9000, inMs(line, 60 * MINUTE), { limit: 10_000, scope: 'app' })
  })
  await pollAccount(world.desk, account.id)
  expect(await listBudgets(world.desk.db, [account.id, account.appId], world.desk.now())).toMatchObject([
    { ownerId: account.id, endpoint: 'GET mentions', remaining: 299, most: 300 },
    { ownerId: account.appId, endpoint: 'per day', scope: 'app', remaining: 9000 },
  ])
})

test('a poll that used up its calls waits until the window begins anew', async () => {
  const { world, account, nextIn } = await budgetWorld(line => line.onBudget?.('GET mentions', 0, inMs(line, 12 * MINUTE), { limit: 300 }))
  await pollAccount(world.desk, account.id)
  expect(await nextIn()).toBe(12 * MINUTE)
})

test('what one account of the app used up holds up the other, without a call and with its cause in the ledger', async () => {
  const { world, account, polls, nextIn } = await budgetWorld()
  const now = world.desk.now()
  const resetAt = new Date(now.getTime() + 7 * MINUTE)
  await saveBudgets(world.desk.db, [
    { ownerId: account.appId, endpoint: 'app', scope: 'app', remaining: 0, limit: 100, resetAt, seenAt: now, holdsUpPolls: true },
  ])
  await pollAccount(world.desk, account.id)
  expect(polls()).toBe(0)
  expect(await nextIn()).toBe(7 * MINUTE)
  expect(await world.desk.db.selectFrom('coverageSpans').select(['state', 'cause']).execute()).toEqual([{ state: 'open', cause: 'limit' }])
  world.pass(7 * MINUTE)
  await pollAccount(world.desk, account.id)
  expect(polls()).toBe(1)
})

test('a list with a limit of its own holds up no other', async () => {
  const { world, connector, account, nextIn } = await budgetWorld(line =>
    line.onBudget?.('GET messages', 0, inMs(line, 12 * MINUTE), { limit: 15 }),
  )
  connector.intake.polling = { ...connector.intake.polling!, isHeldUpBy: endpoint => endpoint === 'GET mentions' }
  await pollAccount(world.desk, account.id)
  expect(await nextIn()).toBe(MINUTE)
})

test('who has waited longest is asked first', async () => {
  const { world, account } = await budgetWorld()
  const other = await world.account({ platform: 'plain', externalId: '222' })
  const set = (id: string, minutes: number) =>
    world.desk.db
      .updateTable('accounts')
      .set({ nextPollAt: new Date(world.desk.now().getTime() - minutes * MINUTE) })
      .where('id', '=', id)
      .execute()
  await set(account.id, 1)
  await set(other.id, 5)
  expect((await listDueAccounts(world.desk.db, world.desk.now())).map(one => one.id)).toEqual([other.id, account.id])
})

test('an account whose secrets cannot be opened says so, and is asked again later', async () => {
  const { world, account, nextIn } = await budgetWorld()
  await world.desk.db
    .updateTable('accounts')
    .set({ secrets: Buffer.from('sealed with another key') })
    .execute()
  await expect(pollAccount(world.desk, account.id)).rejects.toThrow()
  expect(await getAccount(world.desk.db, account.id)).toMatchObject({
    lastError: 'the poll failed; see the log',
    inTrouble: 'fault',
    pollingUntil: null,
  })
  expect(await nextIn()).toBe(MINUTE)
})
