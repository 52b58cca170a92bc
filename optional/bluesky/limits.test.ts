// The PDS's own rate limits: what is left is read from its answers, calls wait for the reset, and nothing is lost.
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { bluesky } from '../../connectors/bluesky/connector.ts'
import { openLine } from '../../line.ts'
import { eventually } from '../../test/processes.ts'
import { type Person, recordsOf, signUp } from './people.ts'
import { openProduct, type Product } from './product.ts'

let brand: Person, cleo: Person, bob: Person, heed: Product
beforeAll(async () => {
  ;[brand, cleo, bob] = [await signUp('tern-rail'), await signUp('cleo-rides'), await signUp('bob-rides')]
  heed = await openProduct(brand)
})
afterAll(() => heed?.close())

test('at the end of the 3,000 calls of five minutes polls wait unasked, an answer waits for the reset, and then all arrives once', async () => {
  await cleo.post('@tern-rail.test the 7:40 was cancelled again and I missed my exam')
  const first = await heed.heard('the 7:40 was cancelled')
  const [budget] = await budgets('app.bsky.notification.listNotifications')
  expect(budget).toMatchObject({ most: 3000, holdsUpPolls: true, scope: 'account' })
  expect(budget!.remaining).toBeLessThan(3000)
  expect(budget!.resetAt.getTime() - Date.now()).toBeLessThanOrEqual(300_000)

  // Somebody else at this address uses up the rest.
  await useUp()
  await bob.post('@tern-rail.test the 8:10 stands in a field, nobody tells us anything')
  await heed.poll()
  const account = await accountRow()
  expect(account).toMatchObject({ status: 'connected', inTrouble: 'limit' })
  expect(account.nextPollAt.getTime()).toBeGreaterThan(Date.now() + 30_000)
  expect((await budgets('app.bsky.notification.listNotifications'))[0]).toMatchObject({ remaining: 0 })

  // Now it is known: not even asked.
  const before = heed.wire.calls.length
  await heed.poll()
  expect(heed.wire.calls.length).toBe(before)

  const reply = await heed.answer(first, 'So sorry. We write to your school at once.')
  const waiting = await untilRefused(reply.id)
  expect(waiting).toMatchObject({ status: 'approved', attempts: 1, problem: expect.stringContaining('slow down') })
  expect(waiting.sendAt!.getTime() - heed.desk.now().getTime()).toBeGreaterThan(30_000)
  expect((await recordsOf(brand)).map(one => one.value.text)).toEqual([])

  // The PDS keeps its counts in memory: a new one has the whole window again, and our clock moves past the reset we were told.
  await restart()
  heed.pass(300_000)
  const sent = await heed.becomes(reply.id, 'sent')
  expect((await recordsOf(brand)).map(one => one.uri)).toEqual([sent.externalId])
  expect(await heed.heard('stands in a field')).toMatchObject({ addressesUs: true })
  expect(await accountRow()).toMatchObject({ status: 'connected', inTrouble: null })
})

test('the 31st sign-in within five minutes is refused as a limit, and not as a wrong password', async () => {
  const { desk, wire, accountId } = heed
  const { secrets, ...line } = await openLine(desk, accountId)
  const { accessJwt: _, refreshJwt: __, ...pasted } = secrets
  const sessionless = { ...line, secrets: pasted, apiBase: wire.url, now: desk.now, renewSecrets: undefined as never }
  let refusal: unknown
  for (let nth = 0; nth < 31 && !refusal; nth++)
    refusal = await bluesky.whoAmI(sessionless).then(
      () => null,
      error => error,
    )
  expect(refusal).toMatchObject({ kind: 'retry', trouble: 'limit', retryAfterMs: expect.any(Number) })
})

const budgets = (endpoint: string) => heed.desk.db.selectFrom('budgets').selectAll().where('endpoint', '=', endpoint).execute()
const accountRow = () => heed.desk.db.selectFrom('accounts').selectAll().where('id', '=', heed.accountId).executeTakeFirstOrThrow()

const untilRefused = (replyId: string) =>
  eventually('the answer to be refused for now', async () => {
    await heed.tick()
    const reply = await heed.reply(replyId)
    return reply.attempts > 0 && reply.status === 'approved' ? reply : null
  })

async function useUp(): Promise<void> {
  const { pdsUrl } = inject('network')
  let isUsedUp = false
  const ask = async () => {
    while (!isUsedUp) {
      const answer = await fetch(`${pdsUrl}/xrpc/com.atproto.server.describeServer`)
      await answer.arrayBuffer()
      isUsedUp ||= answer.status === 429
    }
  }
  await Promise.all(Array.from({ length: 10 }, ask))
}

async function restart(): Promise<void> {
  for (const path of ['kill', 'start']) await fetch(`${inject('network').controlUrl}/${path}`, { method: 'POST' })
}
