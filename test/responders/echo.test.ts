// Our own words coming back: whose they are when two customers are told the same.
import { v7 as newId } from 'uuid'
import { describe, expect, it } from 'vitest'
import { PlatformError } from '../../connectors/connector.ts'
import { getAccount } from '../../db/accounts.ts'
import type { ReplyRow } from '../../db/replies.ts'
import type { Visibility } from '../../domain.ts'
import { sendReply, settleReply } from '../../responders/send.ts'
import { readDeliveries } from '../../triage/intake.ts'
import { deliver, says } from '../plain-connector.ts'
import { bench } from './fixture.ts'

const SORRY = 'Sorry! We look into it.'

interface Spot {
  visibility?: Visibility
  threadKey?: string
  externalId?: string
  parentExternalId?: string | null
}

/** Nobody hears how the sends end. Cleo is the bench's customer; anybody else is made when named. */
async function stage() {
  const b = await bench()
  const { db } = b.desk
  const { customerId: cleoId } = await db.selectFrom('tickets').select('customerId').where('id', '=', b.ticketId).executeTakeFirstOrThrow()
  const customers = new Map([['7001', cleoId]])
  async function customer(externalId: string) {
    const id = customers.get(externalId) ?? newId()
    if (!customers.has(externalId))
      await db
        .insertInto('customers')
        .values({ id, accountId: b.accountId, externalId, handle: externalId, name: externalId, followers: 0 })
        .execute()
    customers.set(externalId, id)
    return id
  }
  async function mention(who: string, spot: Spot = {}) {
    const customerId = await customer(who)
    const externalId = spot.externalId ?? newId()
    const row = { ...(await db.selectFrom('mentions').selectAll().where('id', '=', b.firstMentionId).executeTakeFirstOrThrow()) }
    const facts = JSON.stringify(row.facts)
    const added = {
      id: newId(),
      customerId,
      externalId,
      visibility: 'public',
      threadKey: externalId,
      parentExternalId: null,
      ticketId: null,
      ...spot,
    }
    return db
      .insertInto('mentions')
      .values({ ...row, facts, verdict: null, attachments: null, deliveryIds: [], ...added } as never)
      .returningAll()
      .executeTakeFirstOrThrow()
  }
  /** A reply with the same words to this mention, in this way, of which nobody heard how it ended. */
  async function unsure(answersId: string, visibility: Visibility = 'public'): Promise<ReplyRow> {
    b.connector.answers.push(new PlatformError('unsure', 'The connection broke.'))
    const reply = await db
      .insertInto('replies')
      .values({
        id: newId(),
        idempotencyKey: newId(),
        accountId: b.accountId,
        ticketId: b.ticketId,
        answersId,
        text: SORRY,
        visibility,
        isPrivateReply: false,
        role: 'answer',
        status: 'approved',
        sendAt: b.desk.now(),
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    await sendReply(b.desk, reply.id)
    return b.reply(reply.id)
  }
  /** Our words are told of by the platform. */
  async function back(spot: Spot & { postedAt?: Date }) {
    const us = { externalId: '111', handle: 'acme_care', name: 'Acme Care', followers: 0 }
    const own = says(SORRY, { direction: 'outbound', author: us, postedAt: b.desk.now(), ...spot })
    await deliver(b, await getAccount(db, b.accountId), [own])
    await readDeliveries(b.desk)
  }
  const statuses = async (...replies: ReplyRow[]) => Promise.all(replies.map(async one => (await b.reply(one.id)).status))
  return { ...b, mention, unsure, back, statuses }
}

describe('the same words to two customers', () => {
  it('are told apart by the thread they stand in', async () => {
    const s = await stage()
    const [cleos, danas] = [await s.mention('7001'), await s.mention('dana')]
    const [toCleo, toDana] = [await s.unsure(cleos.id), await s.unsure(danas.id)]
    await s.back({ externalId: 'there', threadKey: danas.threadKey, parentExternalId: danas.externalId })
    expect(await s.statuses(toCleo, toDana)).toEqual(['unsure', 'sent'])
    expect(await s.reply(toDana.id)).toMatchObject({ externalId: 'there' })
  })

  it('are told apart within one thread by what they stand below', async () => {
    const s = await stage()
    const [cleos, danas] = [await s.mention('7001', { threadKey: 'long' }), await s.mention('dana', { threadKey: 'long' })]
    const [toCleo, toDana] = [await s.unsure(cleos.id), await s.unsure(danas.id)]
    await s.back({ threadKey: 'long', parentExternalId: danas.externalId })
    expect(await s.statuses(toCleo, toDana)).toEqual(['unsure', 'sent'])
  })

  it('are told apart by the chat, also where a public mention was answered in private', async () => {
    const s = await stage()
    const [cleos, danas] = [await s.mention('7001', { visibility: 'private', threadKey: 'dm:7001' }), await s.mention('dana')]
    const [toCleo, toDana] = [await s.unsure(cleos.id, 'private'), await s.unsure(danas.id, 'private')]
    await s.back({ visibility: 'private', threadKey: 'dm:dana' })
    expect(await s.statuses(toCleo, toDana)).toEqual(['unsure', 'sent'])
    await s.back({ visibility: 'private', threadKey: 'dm:7001' })
    expect(await s.statuses(toCleo)).toEqual(['sent'])
  })

  it('are those of a chat that is named otherwise, once the customer wrote in it', async () => {
    const s = await stage()
    const danas = await s.mention('dana')
    const toDana = await s.unsure(danas.id, 'private')
    await s.back({ visibility: 'private', threadKey: 'talk-9' })
    expect(await s.statuses(toDana)).toEqual(['unsure'])
    await s.mention('dana', { visibility: 'private', threadKey: 'talk-8' })
    await s.back({ visibility: 'private', threadKey: 'talk-8' })
    expect(await s.statuses(toDana)).toEqual(['sent'])
  })

  it('are not told apart below one top comment: neither is called sent, and nobody is taken for answered', async () => {
    const s = await stage()
    const top = await s.mention('zoe', { externalId: 'top', threadKey: 'top' })
    await s.desk.db.updateTable('mentions').set({ ticketId: s.ticketId }).where('id', '=', top.id).execute()
    const below = { threadKey: 'top', parentExternalId: 'top' }
    const [cleos, danas] = [await s.mention('7001', below), await s.mention('dana', below)]
    const [toCleo, toDana] = [await s.unsure(cleos.id), await s.unsure(danas.id)]
    await s.back({ externalId: 'there', ...below })
    expect(await s.statuses(toCleo, toDana)).toEqual(['unsure', 'unsure'])
    expect(await s.events()).not.toContain('answered')
    // A look tells: the words that came before are then that reply's.
    s.connector.overThere.push({ externalId: 'there', url: null })
    s.pass(15_000)
    await settleReply(s.desk, toDana.id)
    const own = await s.desk.db.selectFrom('mentions').select('replyId').where('externalId', '=', 'there').executeTakeFirstOrThrow()
    expect(own.replyId).toBe(toDana.id)
  })
})

describe('words that are the same and not an echo', () => {
  it('settle nothing in another way than it was sent, elsewhere, or from before', async () => {
    const s = await stage()
    const cleos = await s.mention('7001')
    const reply = await s.unsure(cleos.id)
    const there = { threadKey: cleos.threadKey, parentExternalId: cleos.externalId }
    await s.back({ ...there, visibility: 'private' })
    await s.back({})
    await s.back({ threadKey: 'elsewhere', parentExternalId: 'other' })
    await s.back({ ...there, postedAt: new Date(s.desk.now().getTime() - 10 * 60_000) })
    expect(await s.statuses(reply)).toEqual(['unsure'])
    await s.back(there)
    expect(await s.statuses(reply)).toEqual(['sent'])
  })

  it('of two sends to one mention, the echo is that of the nearer in time', async () => {
    const s = await stage()
    const cleos = await s.mention('7001')
    const earlier = await s.unsure(cleos.id)
    s.pass(60_000)
    const later = await s.unsure(cleos.id)
    await s.back({ threadKey: cleos.threadKey, parentExternalId: cleos.externalId })
    expect(await s.statuses(earlier, later)).toEqual(['unsure', 'sent'])
  })

  it('are told without what they stand below: the thread is enough for one, and not for two', async () => {
    const s = await stage()
    const cleos = await s.mention('7001', { threadKey: 'long', parentExternalId: 'top' })
    const toCleo = await s.unsure(cleos.id)
    const danas = await s.mention('dana', { threadKey: 'long', parentExternalId: 'top' })
    const toDana = await s.unsure(danas.id)
    await s.back({ threadKey: 'long' })
    expect(await s.statuses(toCleo, toDana)).toEqual(['unsure', 'unsure'])
    await s.desk.db.updateTable('replies').set({ status: 'discarded' }).where('id', '=', toDana.id).execute()
    await s.back({ threadKey: 'long' })
    expect(await s.statuses(toCleo)).toEqual(['sent'])
  })

  it('are a part of a thread where they stand below the part before', async () => {
    const s = await stage()
    const cleos = await s.mention('7001')
    const [first, next] = [await s.unsure(cleos.id), await s.unsure(cleos.id)]
    const { db } = s.desk
    await db.updateTable('replies').set({ status: 'sent', externalId: 'part-1' }).where('id', '=', first.id).execute()
    await db.updateTable('replies').set({ continuesId: first.id }).where('id', '=', next.id).execute()
    await s.back({ threadKey: cleos.threadKey, parentExternalId: 'part-1' })
    expect(await s.statuses(next)).toEqual(['sent'])
  })
})
