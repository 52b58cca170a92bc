// Sessions with the PDS's real tokens: renewed early, renewed when refused, ended when the app password is deleted.
import { createHmac } from 'node:crypto'
import { v7 as newId } from 'uuid'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { bluesky } from '../../connectors/bluesky/connector.ts'
import type { Secrets } from '../../connectors/connector.ts'
import { findAnswerable } from '../../db/thread.ts'
import { openLine, openSecrets, sealSecrets } from '../../line.ts'
import { asAnswerable } from '../../responders/permission.ts'
import { type Person, recordsOf, signUp } from './people.ts'
import { appPasswordOf, openProduct, type Product } from './product.ts'

let brand: Person, cleo: Person, bob: Person, heed: Product
beforeAll(async () => {
  ;[brand, cleo, bob] = [await signUp('gannet-gas'), await signUp('cleo-heats'), await signUp('bob-heats')]
  heed = await openProduct(brand)
})
afterAll(() => heed?.close())

test('a session is renewed once before it dies, for all calls at once, and its new tokens are stored and good', async () => {
  await heed.poll()
  const before = await stored()
  expect(lifeOf(before.accessJwt!)).toBe(2 * 3_600)
  // A minute before its end; the PDS would still take it.
  const ending = endingIn(60, before.accessJwt!)
  await keep({ accessJwt: ending })
  const start = heed.wire.calls.length
  const lines = await Promise.all([1, 2, 3].map(() => openLine(heed.desk, heed.accountId)))
  await Promise.all(lines.map(line => bluesky.stillThere!(someMention(), line)))
  expect(heed.wire.calls.slice(start).filter(name => name.startsWith('com.atproto.server'))).toEqual(['com.atproto.server.refreshSession'])
  const after = await stored()
  expect(after.accessJwt).not.toBe(ending)
  expect(after.refreshJwt).not.toBe(before.refreshJwt)
  await heed.poll()
  expect((await stored()).accessJwt).toBe(after.accessJwt)
})

test('a token that the PDS calls expired is renewed under way, and the answer goes out once', async () => {
  await cleo.post('@gannet-gas.test our heating is out since Friday and it is freezing')
  const heard = await heed.heard('our heating is out')
  await keep({ accessJwt: endingIn(-3_600, (await stored()).accessJwt!) })
  const line = await openLine(heed.desk, heed.accountId)
  const answerable = asAnswerable((await findAnswerable(heed.desk.db, heard.id))!)
  const post = {
    key: newId(),
    text: 'A technician comes at 18:00.',
    visibility: 'public',
    inReplyTo: answerable,
    isPrivateReply: false,
  } as const
  const start = heed.wire.calls.length
  // By our clock, which is slow, the token is still good.
  const sent = await bluesky.send(post, { ...line, now: () => new Date(Date.now() - 86_400_000) })
  expect(heed.wire.calls.slice(start)).toEqual([
    'com.atproto.repo.createRecord',
    'com.atproto.server.refreshSession',
    'com.atproto.repo.createRecord',
  ])
  expect((await recordsOf(brand)).map(one => one.uri)).toEqual([sent.externalId])
})

test('with its app password deleted the account waits to be connected again, loses nothing, and then answers', async () => {
  await cleo.post('@gannet-gas.test the technician did not come either')
  const heard = await heed.heard('the technician did not come')
  for (const { name } of (await brand.agent.com.atproto.server.listAppPasswords()).data.passwords)
    await brand.agent.com.atproto.server.revokeAppPassword({ name })
  await keep({ accessJwt: endingIn(60, (await stored()).accessJwt!) })
  await heed.poll()
  expect(await accountRow()).toMatchObject({ status: 'reconnect', statusReason: expect.stringContaining('app password') })
  await bob.post('@gannet-gas.test hello? it is four degrees in here')
  const reply = await heed.answer(heard, 'They are on their way now.')
  await heed.tick()
  const held = await heed.reply(reply.id)
  expect(held.status).toBe('approved')

  await keep({ ...(await appPasswordOf(brand, false)), accessJwt: '', refreshJwt: '' })
  await heed.desk.db.updateTable('accounts').set({ status: 'connected', statusReason: null }).where('id', '=', heed.accountId).execute()
  const cold = await heed.heard('it is four degrees')
  expect(cold.ticketId).not.toBeNull()
  const sent = await heed.becomes(reply.id, 'sent')
  expect((await recordsOf(brand)).filter(one => one.value.text === sent.text).map(one => one.uri)).toEqual([sent.externalId])
})

const someMention = () => ({ visibility: 'public', externalId: `at://${brand.did}/app.bsky.feed.post/3kaaaaaaaaa2a` }) as never
const accountRow = () => heed.desk.db.selectFrom('accounts').selectAll().where('id', '=', heed.accountId).executeTakeFirstOrThrow()
const stored = async (): Promise<Secrets> => openSecrets(heed.desk.vault, (await accountRow()).secrets)

async function keep(changed: Secrets): Promise<void> {
  const secrets = sealSecrets(heed.desk.vault, { ...(await stored()), ...changed })
  await heed.desk.db
    .updateTable('accounts')
    .set(eb => ({ secrets, secretsVersion: eb('secretsVersion', '+', 1) }))
    .where('id', '=', heed.accountId)
    .execute()
}

/** Seconds. */
function lifeOf(token: string): number {
  const { iat, exp } = claimsOf(token)
  return exp - iat
}

/** The same token as if made earlier, signed as the PDS signs. */
function endingIn(seconds: number, token: string): string {
  const [head] = token.split('.')
  const exp = Math.floor(Date.now() / 1000) + seconds
  const claims = Buffer.from(JSON.stringify({ ...claimsOf(token), iat: exp - 7_200, exp })).toString('base64url')
  const signature = createHmac('sha256', inject('network').jwtSecret).update(`${head}.${claims}`).digest('base64url')
  return `${head}.${claims}.${signature}`
}

const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { iat: number; exp: number }
