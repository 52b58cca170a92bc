// A dead sign-in loses nothing: what is pushed is stored, replies wait in sight, and the first poll afterwards brings the rest.
import { expect, test } from 'vitest'
import { PlatformError } from '../../connectors/connector.ts'
import { getAccount, listDueAccounts, markChecked, markReconnect } from '../../db/accounts.ts'
import { readDeliveries } from '../../triage/intake.ts'
import { pollAccount } from '../../triage/poll-account.ts'
import { triageMentions } from '../../triage/triage.ts'
import { deliver, plainConnector, says } from '../plain-connector.ts'
import { testWorld } from '../world.ts'

async function deadWorld() {
  const connector = plainConnector()
  const world = await testWorld({ connectors: [connector] })
  const account = await world.account({ platform: 'plain' })
  connector.polls.push({ pages: [], fault: new PlatformError('account', 'The sign-in is over.') })
  await pollAccount(world.desk, account.id)
  const reconnect = () =>
    markChecked(world.desk.db, account.id, { handle: 'acme_care', name: 'Acme Care', capabilities: {}, at: world.desk.now() })
  const mentions = () => world.desk.db.selectFrom('mentions').select(['text', 'isBackfilled', 'ticketId']).orderBy('text').execute()
  return { world, connector, account, reconnect, mentions }
}

test('what is pushed meanwhile is stored, judged and on a ticket', async () => {
  const { world, account, mentions } = await deadWorld()
  await deliver(world, account, [says('My order never came, third time now!', { externalId: 'a' })])
  await readDeliveries(world.desk)
  await triageMentions(world.desk)
  expect(await mentions()).toMatchObject([{ text: 'My order never came, third time now!', ticketId: expect.any(String) }])
})

test('nobody asks with a dead sign-in, and what is wrong stands in both directions', async () => {
  const { world, account } = await deadWorld()
  world.pass(3_600_000)
  expect(await listDueAccounts(world.desk.db, world.desk.now())).toEqual([])
  expect(await getAccount(world.desk.db, account.id)).toMatchObject({ status: 'reconnect', inTrouble: 'token', outTrouble: 'token' })
})

test('after the reconnection the next poll goes on where the last one ended', async () => {
  const { world, connector, account, reconnect, mentions } = await deadWorld()
  const before = (await getAccount(world.desk.db, account.id)).pollCursor
  world.pass(3_600_000)
  await reconnect()
  connector.polls.push([{ list: 'mentions', body: JSON.stringify([says('said while it was dead', { externalId: 'b' })]) }])
  const asked: unknown[] = []
  const { poll } = connector.intake.polling!
  connector.intake.polling!.poll = (line, cursor) => {
    asked.push(cursor)
    return poll(line, cursor)
  }
  await pollAccount(world.desk, account.id)
  await readDeliveries(world.desk)
  expect(asked).toEqual([before])
  expect(await mentions()).toMatchObject([{ text: 'said while it was dead', isBackfilled: false }])
  expect(await getAccount(world.desk.db, account.id)).toMatchObject({ inTrouble: null, outTrouble: null })
})

test('what is older than the connection is marked as read back, what was said since is not', async () => {
  const { world, connector, account, reconnect, mentions } = await deadWorld()
  const { connectedAt } = await getAccount(world.desk.db, account.id)
  await reconnect()
  const said = (text: string, ms: number) => says(text, { externalId: text, postedAt: new Date(connectedAt.getTime() + ms) })
  connector.polls.push([{ list: 'mentions', body: JSON.stringify([said('before', -60_000), said('since', 60_000)]) }])
  await pollAccount(world.desk, account.id)
  await readDeliveries(world.desk)
  expect(await mentions()).toMatchObject([
    { text: 'before', isBackfilled: true },
    { text: 'since', isBackfilled: false },
  ])
})

test('a sign-in that dies again in the middle of a burst keeps what came before it', async () => {
  const { world, connector, account, reconnect, mentions } = await deadWorld()
  await reconnect()
  connector.polls.push({
    pages: [{ list: 'mentions', body: JSON.stringify([says('the first page', { externalId: 'p1' })]) }],
    fault: new PlatformError('account', 'The sign-in is over.'),
  })
  await pollAccount(world.desk, account.id)
  await deliver(world, account, [says('pushed after it', { externalId: 'p2' })])
  await readDeliveries(world.desk)
  expect((await mentions()).map(one => one.text)).toEqual(['pushed after it', 'the first page'])
  await markReconnect(world.desk.db, account.id, world.desk.now(), 'again')
  await reconnect()
  connector.polls.push([
    {
      list: 'mentions',
      body: JSON.stringify([says('the first page', { externalId: 'p1' }), says('the second page', { externalId: 'p3' })]),
    },
  ])
  await pollAccount(world.desk, account.id)
  await readDeliveries(world.desk)
  expect((await mentions()).map(one => one.text)).toEqual(['pushed after it', 'the first page', 'the second page'])
})
