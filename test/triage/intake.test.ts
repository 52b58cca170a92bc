// What came in becomes mentions, each once, in whatever order and however often the platform says it.
import { expect, test } from 'vitest'
import { PlatformError, type PointerKey } from '../../connectors/connector.ts'
import { readAgain } from '../../db/deliveries.ts'
import { readDeliveries } from '../../triage/intake.ts'
import { pollAccount } from '../../triage/poll-account.ts'
import { triageMentions } from '../../triage/triage.ts'
import { deliver, plainConnector, says } from '../plain-connector.ts'
import { cleo, testWorld, type World } from '../world.ts'

async function plainWorld() {
  const connector = plainConnector()
  const world = await testWorld({ connectors: [connector] })
  return { world, connector, account: await world.account({ platform: 'plain' }) }
}
const texts = async (world: World) =>
  (await world.desk.db.selectFrom('mentions').select('text').orderBy('externalId').execute()).map(m => m.text)
const tickets = (world: World) => world.desk.db.selectFrom('tickets').selectAll().orderBy('number').execute()

test('a batch of 3 in one POST is three mentions', async () => {
  const { world, account } = await plainWorld()
  await deliver(world, account, [says('one', { externalId: 'a' }), says('two', { externalId: 'b' }), says('three', { externalId: 'c' })])
  await readDeliveries(world.desk)
  expect(await texts(world)).toEqual(['one', 'two', 'three'])
})

test('the same event delivered twice, also within one batch, is one mention', async () => {
  const { world, account } = await plainWorld()
  await deliver(world, account, [says('once', { externalId: 'a' }), says('once', { externalId: 'a' })])
  await deliver(world, account, [says('once', { externalId: 'a' })])
  await readDeliveries(world.desk)
  await deliver(world, account, [says('once', { externalId: 'a' })])
  await readDeliveries(world.desk)
  expect(await texts(world)).toEqual(['once'])
})

test('the same event on two workers at once is one mention and one ticket', async () => {
  const { world, account } = await plainWorld()
  for (let n = 0; n < 20; n++)
    await deliver(world, account, [says('My order never came, third time!', { externalId: `a${n % 5}`, threadKey: 't' })])
  await Promise.all([readDeliveries(world.desk), readDeliveries(world.desk)])
  await Promise.all([triageMentions(world.desk), triageMentions(world.desk)])
  expect(await texts(world)).toHaveLength(5)
  expect(await tickets(world)).toHaveLength(1)
})

test('remove-before-add: the late mention stays removed and no word of it is kept', async () => {
  const { world, account } = await plainWorld()
  await deliver(world, account, [{ kind: 'removal', account: '111', visibility: 'public', externalId: 'a', at: null }])
  await readDeliveries(world.desk)
  await deliver(world, account, [says('I regret this', { externalId: 'a' })])
  await readDeliveries(world.desk)
  const row = await world.desk.db.selectFrom('mentions').selectAll().executeTakeFirstOrThrow()
  expect(row.removedAt).not.toBeNull()
  expect(row.text).toBe('')
  expect((await world.desk.db.selectFrom('deliveries').select('body').execute()).map(d => d.body)).toEqual([null, null])
})

test('a removal erases the words everywhere: mention, versions, raw delivery, quoted reasons', async () => {
  const { world, account } = await plainWorld()
  await deliver(world, account, [says('my internet is down and I said something private', { externalId: 'a' })])
  await readDeliveries(world.desk)
  await triageMentions(world.desk)
  await deliver(world, account, [
    says('my internet is down and I said something very private', { externalId: 'a', version: 2, isEdit: true }),
  ])
  await readDeliveries(world.desk)
  await deliver(world, account, [{ kind: 'removal', account: '111', visibility: 'public', externalId: 'a', at: null }])
  await readDeliveries(world.desk)
  const mention = await world.desk.db.selectFrom('mentions').selectAll().executeTakeFirstOrThrow()
  expect(mention.text).toBe('')
  expect(JSON.stringify(mention.verdict)).not.toContain('down')
  expect(await world.desk.db.selectFrom('mentionVersions').selectAll().execute()).toEqual([])
  const bodies = await world.desk.db.selectFrom('deliveries').select('body').orderBy('id').execute()
  expect(bodies.slice(0, 2).map(d => d.body)).toEqual([null, null])
})

test('an edit replaces the words and keeps the old ones as a version; an older edit arriving late changes nothing', async () => {
  const { world, account } = await plainWorld()
  await deliver(world, account, [says('first', { externalId: 'a', version: 1 })])
  await readDeliveries(world.desk)
  await deliver(world, account, [says('third', { externalId: 'a', version: 3, isEdit: true })])
  await readDeliveries(world.desk)
  await deliver(world, account, [says('second', { externalId: 'a', version: 2, isEdit: true })])
  await readDeliveries(world.desk)
  expect(await texts(world)).toEqual(['third'])
  expect((await world.desk.db.selectFrom('mentionVersions').select('text').execute()).map(v => v.text)).toEqual(['first'])
})

test('edit after reply drafted: the ticket has a new revision, so the reply is stopped', async () => {
  const { world, account } = await plainWorld()
  await deliver(world, account, [says('Where is my parcel?', { externalId: 'a' })])
  await readDeliveries(world.desk)
  await triageMentions(world.desk)
  const [before] = await tickets(world)
  await deliver(world, account, [says('Where is my refund?', { externalId: 'a', version: 2, isEdit: true })])
  await readDeliveries(world.desk)
  const [after] = await tickets(world)
  expect(after!.revision).toBeGreaterThan(before!.revision)
})

test('cross-tenant same ids: two accounts with the same external ids keep their own mentions', async () => {
  const { world, account } = await plainWorld()
  const other = await world.account({ platform: 'plain', externalId: '222', handle: 'other_care' })
  await deliver(world, account, [says('to the first', { externalId: 'a' })])
  await deliver(world, other, [says('to the second', { externalId: 'a' }, '222')])
  await readDeliveries(world.desk)
  const rows = await world.desk.db.selectFrom('mentions').select(['accountId', 'text']).orderBy('text').execute()
  expect(rows).toEqual([
    { accountId: account.id, text: 'to the first' },
    { accountId: other.id, text: 'to the second' },
  ])
})

test('poll/webhook overlap: what both ways bring is stored once', async () => {
  const { world, account, connector } = await plainWorld()
  await deliver(world, account, [says('hello?', { externalId: 'a' })])
  connector.polls.push([
    { list: 'mentions', body: JSON.stringify([says('hello?', { externalId: 'a' }), says('anyone?', { externalId: 'b' })]) },
  ])
  await pollAccount(world.desk, account.id)
  await readDeliveries(world.desk)
  expect(await texts(world)).toEqual(['hello?', 'anyone?'])
})

test('a poll cut off by a 429 keeps the pages it had and asks again from the same place', async () => {
  const { world, account, connector } = await plainWorld()
  const page = { list: 'mentions', body: JSON.stringify([says('from page one', { externalId: 'a' })]) }
  connector.polls.push({ pages: [page], fault: new PlatformError('retry', 'too many requests', 120_000) })
  await pollAccount(world.desk, account.id)
  await readDeliveries(world.desk)
  const row = await world.desk.db.selectFrom('accounts').selectAll().executeTakeFirstOrThrow()
  expect(await texts(world)).toEqual(['from page one'])
  expect(row.pollCursor).toEqual({})
  expect(row.nextPollAt.getTime()).toBe(world.desk.now().getTime() + 120_000)
})

test('429 storm: many refused polls delay, and then everything is there', async () => {
  const { world, account, connector } = await plainWorld()
  for (let n = 0; n < 5; n++) connector.polls.push({ pages: [], fault: new PlatformError('retry', 'too many requests', 60_000) })
  connector.polls.push([{ list: 'mentions', body: JSON.stringify([says('still here', { externalId: 'a' })]) }])
  for (let n = 0; n < 6; n++) {
    await pollAccount(world.desk, account.id)
    world.pass(60_000)
  }
  await readDeliveries(world.desk)
  expect(await texts(world)).toEqual(['still here'])
})

test('token revoked during a burst: deliveries are still stored, polling waits, nothing is lost', async () => {
  const { world, account } = await plainWorld()
  await deliver(world, account, [says('before', { externalId: 'a' })])
  await deliver(world, account, [{ kind: 'revoked', account: '111', reason: 'the owner took our permission away' }])
  await deliver(world, account, [says('during', { externalId: 'b' })])
  await readDeliveries(world.desk)
  const row = await world.desk.db.selectFrom('accounts').selectAll().executeTakeFirstOrThrow()
  expect(row.status).toBe('reconnect')
  expect(await texts(world)).toEqual(['before', 'during'])
})

test('an unreadable delivery is kept with its problem, and read again after the fix', async () => {
  const { world, account } = await plainWorld()
  await deliver(world, account, 'not json at all')
  await deliver(world, account, [says('fine', { externalId: 'a' })])
  await readDeliveries(world.desk)
  const rows = await world.desk.db.selectFrom('deliveries').select(['status', 'problem']).orderBy('id').execute()
  expect(rows.map(r => r.status)).toEqual(['unreadable', 'read'])
  expect(rows[0]!.problem).toMatch(/JSON/)
  expect(await texts(world)).toEqual(['fine'])
})

test('one unknown item keeps nothing else from coming in, and its delivery is shown and read again', async () => {
  const { world, account } = await plainWorld()
  const odd = { kind: 'unknown' as const, account: '111', because: 'entry[0].changes[1]: a hologram is not known' }
  const id = await deliver(world, account, [
    says('one', { externalId: 'a' }),
    odd,
    says('two', { externalId: 'b' }),
    { ...odd, account: null },
  ])
  await readDeliveries(world.desk)
  expect(await texts(world)).toEqual(['one', 'two'])
  const row = () => world.desk.db.selectFrom('deliveries').select(['status', 'problem']).where('id', '=', id).executeTakeFirstOrThrow()
  expect(await row()).toEqual({ status: 'unreadable', problem: `${odd.because}; ${odd.because}` })
  await readAgain(world.desk.db, [id])
  await readDeliveries(world.desk)
  expect(await texts(world)).toEqual(['one', 'two'])
  expect((await row()).status).toBe('unreadable')
})

test('a pointer waits in the cursor and makes the account due, until a poll says it is fetched', async () => {
  const { world, account, connector } = await plainWorld()
  const cursor = async () => (await world.desk.db.selectFrom('accounts').select('pollCursor').executeTakeFirstOrThrow()).pollCursor
  const at = new Date('2026-03-02T09:00:00Z')
  const points = (key: PointerKey) => deliver(world, account, [{ kind: 'pointer', account: '111', key, at }])
  await pollAccount(world.desk, account.id)
  await points('pointer:one')
  await readDeliveries(world.desk)
  expect(await cursor()).toEqual({ seen: '0', 'pointer:one': String(at.getTime()) })
  const asked: object[] = []
  connector.intake.polling!.poll = async function* (_line, given) {
    asked.push(given)
    // Another one is told of while this poll runs.
    await points('pointer:two')
    await readDeliveries(world.desk)
    yield { list: 'mentions', body: JSON.stringify([says('fetched', { externalId: 'a' })]) }
    return { seen: '1', 'pointer:one': '' }
  }
  await pollAccount(world.desk, account.id)
  expect(asked).toHaveLength(1)
  expect(await cursor()).toEqual({ seen: '1', 'pointer:two': String(at.getTime()) })
  // Nobody waits until the next poll would have been due.
  expect((await world.desk.db.selectFrom('accounts').select('nextPollAt').executeTakeFirstOrThrow()).nextPollAt).toEqual(world.desk.now())
})

test('a delivery for an account that is not connected is kept, and its mentions come in once it is', async () => {
  const { world, account } = await plainWorld()
  const id = await deliver(world, account, [says('too early', { externalId: 'a' }, '999')])
  await readDeliveries(world.desk)
  expect(await texts(world)).toEqual([])
  await world.account({ platform: 'plain', externalId: '999' })
  await world.desk.db.updateTable('deliveries').set({ status: 'waiting' }).where('id', '=', id).execute()
  await readDeliveries(world.desk)
  expect(await texts(world)).toEqual(['too early'])
})

test('card digits are masked in the mention and in the stored body, ids and phone numbers are not', async () => {
  const { world, account } = await plainWorld()
  const id = await deliver(world, account, [
    says('my card 4111 1111 1111 1111 was charged, call +49 30 901820', { externalId: '4111111111111111' }),
  ])
  await readDeliveries(world.desk)
  expect(await texts(world)).toEqual([expect.stringMatching(/1111 was charged, call \+49 30 901820$/)])
  expect((await texts(world))[0]).not.toContain('4111 1111 1111 1111')
  const { body } = await world.desk.db.selectFrom('deliveries').select('body').where('id', '=', id).executeTakeFirstOrThrow()
  const raw = world.desk.vault.open(body!).toString('utf8')
  expect(raw).not.toContain('4111 1111')
  expect(raw).toContain('"4111111111111111"')
})

test('text the database cannot hold as it is (NUL, half an emoji) is stored, not lost', async () => {
  const { world, account } = await plainWorld()
  await deliver(world, account, [says('broken \0 here \ud83d end', { externalId: 'a' })])
  await readDeliveries(world.desk)
  expect(await texts(world)).toEqual(['broken  here \ufffd end'])
})

test('two thousand mentions of one wave are all stored, each once', async () => {
  const { world, account } = await plainWorld()
  for (let batch = 0; batch < 20; batch++)
    await deliver(
      world,
      account,
      Array.from({ length: 100 }, (_, n) =>
        says('is it just me or is everything down?', { externalId: `w${batch}-${n}`, author: { ...cleo, externalId: `p${batch}-${n}` } }),
      ),
    )
  await readDeliveries(world.desk)
  const { n } = await world.desk.db
    .selectFrom('mentions')
    .select(eb => eb.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow()
  expect(n).toBe(2000)
})
