// A long answer as a thread: by choice, in order, each part at most once, and whole again when it comes back.
import { v7 as newId } from 'uuid'
import { describe, expect, it } from 'vitest'
import { PlatformError } from '../../connectors/connector.ts'
import { findDraft, listDueReplies } from '../../db/replies.ts'
import { saveDraft } from '../../responders/draft.ts'
import { discardReply, resolveUnsure, sendOn } from '../../responders/resolve.ts'
import { sendReply, settleReply } from '../../responders/send.ts'
import { undoReply } from '../../responders/undo.ts'
import { plainConnector } from '../plain-connector.ts'
import { type Bench, bench, UNDO_MS } from './fixture.ts'

const LONG = [
  'So sorry that your parcel is late for the third time, Cleo. I have looked at it with the depot, and it was put on the wrong lorry twice before anybody noticed where it really stood all along.',
  'It leaves tonight with another carrier and reaches you tomorrow before noon. You need not be at home: they leave it where you said, and take a picture of it.',
  'I have also paid back what you spent for express, and a little more for the trouble. You find it on your card within three days, and I look again tomorrow evening.',
].join('\n\n')

/** Everything due, as the sweep rings for it, until nothing moves any more. */
async function sweep(b: Bench) {
  for (let round = 0; round < 8; round++)
    for (const { id } of await listDueReplies(b.desk.db, b.desk.now(), 50)) await sendReply(b.desk, id)
}
async function thread(b: Bench, given = {}) {
  const approval = await b.approve({ text: LONG, posts: 3, ...given })
  if (!approval.ok) throw new Error(JSON.stringify(approval))
  return approval.replies
}
/** Three parts, due now. */
async function due(b: Bench, given = {}) {
  const parts = await thread(b, given)
  b.pass(UNDO_MS)
  return parts
}
const states = async (b: Bench) =>
  (await b.desk.db.selectFrom('replies').select('status').where('status', '!=', 'discarded').orderBy('id').execute()).map(row => row.status)
const sent = (b: Bench) => b.connector.sent.map(post => post.text.slice(-12))

describe('a choice', () => {
  it('is never made by itself: a long answer is stopped, and the choice named', async () => {
    const b = await bench()
    expect(await b.approve({ text: LONG })).toMatchObject({
      problems: [{ kind: 'length', because: expect.stringMatching(/Or send it as 3 posts\.$/) }],
    })
  })

  it('holds for the cuts that were seen, not for others', async () => {
    const b = await bench()
    expect(await b.approve({ text: LONG, posts: 2 })).toMatchObject({
      problems: [{ kind: 'length', because: expect.stringContaining('cut into 3 posts by now, not 2') }],
    })
    expect(await b.approve({ text: 'Short enough.', posts: 3 })).toMatchObject({ ok: true, replies: [{ text: 'Short enough. ^AS' }] })
  })

  it('is there in private where the platform takes more than one message', async () => {
    const connector = plainConnector()
    connector.limits.private.limit = 280
    connector.mayReply = ({ privateReplySent }) => ({
      allowed: !privateReplySent,
      because: 'Only one.',
      until: null,
      instead: [],
      costUsd: null,
    })
    const b = await bench(connector)
    expect(await b.approve({ text: LONG, posts: 3, visibility: 'private' })).toMatchObject({
      problems: [{ kind: 'length', because: expect.stringContaining('Only one private message') }],
    })
    await b.says('In private then', { visibility: 'private' })
    expect(await b.approve({ text: LONG, posts: 3, visibility: 'private' })).toMatchObject({ ok: true })
  })
})

describe('on its way', () => {
  it('goes out in order, each part below the one before, the last one signed', async () => {
    const b = await bench()
    const parts = await due(b)
    await sendReply(b.desk, parts[2]!.id)
    await sendReply(b.desk, parts[1]!.id)
    expect(b.connector.sent).toEqual([])
    await sweep(b)
    expect(b.connector.sent.map(post => [post.key, post.continues])).toEqual([
      [parts[0]!.id, null],
      [parts[1]!.id, 'ours-1'],
      [parts[2]!.id, 'ours-2'],
    ])
    expect(b.connector.sent.map(post => post.text.match(/\(\d\/\d\)( \^AS)?$/)?.[0])).toEqual(['(1/3)', '(2/3)', '(3/3) ^AS'])
    expect(b.connector.sent.every(post => post.inReplyTo?.author.handle === 'cleo_writes')).toBe(true)
  })

  it('says of each part that a person wrote it, and when the customer last wrote in private; of what is automatic, neither', async () => {
    const b = await bench()
    const { postedAt } = await b.says('In private then', { visibility: 'private' })
    const short = plainConnector().limits.private
    b.connector.limits.private = { ...short, limit: 280 }
    const [first] = await due(b, { visibility: 'private' })
    await sweep(b)
    expect(b.connector.sent).toMatchObject([1, 2, 3].map(() => ({ isByHuman: true, lastPrivateInboundAt: postedAt })))
    const automatic = {
      id: newId(),
      idempotencyKey: 'ack',
      writtenById: null,
      responder: 'ack',
      status: 'approved' as const,
      text: 'We got it',
    }
    const { accountId, ticketId, answersId, visibility, sendAt } = first!
    const same = { accountId, ticketId, answersId, visibility, sendAt, role: 'ack' as const }
    await b.desk.db
      .insertInto('replies')
      .values({ ...same, ...automatic })
      .execute()
    await sweep(b)
    expect(b.connector.sent.at(-1)).toMatchObject({ text: 'We got it', isByHuman: false })
  })

  it('rings for the next part as soon as one is out', async () => {
    const b = await bench()
    const parts = await due(b)
    b.rung.length = 0
    await sendReply(b.desk, parts[0]!.id)
    expect(b.rung).toEqual([{ name: 'sendReply', replyId: parts[1]!.id, at: b.desk.now() }])
  })

  it('is one answer: the first part ends the turn, the last one changes the status', async () => {
    const b = await bench()
    const parts = await due(b, { afterSending: 'solved' })
    await sendReply(b.desk, parts[0]!.id)
    expect(await b.ticket()).toMatchObject({ waitingSince: null, firstRespondedAt: b.desk.now(), status: 'open' })
    await sweep(b)
    expect(await b.ticket()).toMatchObject({ status: 'solved' })
    expect((await b.events()).filter(kind => kind === 'answered')).toHaveLength(1)
  })

  it('is one thread for a double click', async () => {
    const b = await bench()
    const idempotencyKey = newId()
    await due(b, { idempotencyKey })
    await thread(b, { idempotencyKey })
    await sweep(b)
    expect(b.connector.sent).toHaveLength(3)
  })

  it('is sent once by two workers at once', async () => {
    const b = await bench()
    await due(b)
    await Promise.all([sweep(b), sweep(b), sweep(b)])
    expect(sent(b)).toHaveLength(3)
  })

  it('is held as a whole when the customer writes before the first part', async () => {
    const b = await bench()
    await due(b)
    await b.says('Never mind, it came!')
    await sweep(b)
    expect(b.connector.sent).toEqual([])
    expect(await findDraft(b.desk.db, b.ticketId, b.ana.id)).toMatchObject({ text: LONG, problem: expect.stringMatching(/^Held/) })
    expect(await states(b)).toEqual(['draft'])
  })

  it('goes on when the customer writes, or deletes, after the first part', async () => {
    const connector = plainConnector()
    connector.stillThere = async () => connector.sent.length === 0
    const b = await bench(connector)
    const parts = await due(b)
    await sendReply(b.desk, parts[0]!.id)
    await b.says('And another thing')
    await b.desk.db.updateTable('mentions').set({ removedAt: b.desk.now() }).where('id', '=', b.firstMentionId).execute()
    await sweep(b)
    expect(await states(b)).toEqual(['sent', 'sent', 'sent'])
    expect(await b.ticket()).toMatchObject({ waitingSince: expect.any(Date) })
  })
})

describe('a part that does not go out', () => {
  it('refused: the rest is not sent and says so', async () => {
    const b = await bench()
    await due(b)
    b.connector.answers.push({ externalId: 'ours-1', url: null }, new PlatformError('refused', 'Plain takes no such words.'))
    await sweep(b)
    expect(await states(b)).toEqual(['sent', 'refused', 'refused'])
    const problems = await b.desk.db.selectFrom('replies').select('problem').orderBy('id').execute()
    expect(problems.map(row => row.problem)).toEqual([
      null,
      'Plain takes no such words.',
      'The part before it did not go out, so this part was not sent either.',
    ])
    expect((await b.ticket()).hasFailedReply).toBe(true)
  })

  async function refusedAfterOne(b: Bench) {
    const parts = await due(b)
    b.connector.answers.push({ externalId: 'theirs-1', url: null }, new PlatformError('refused', 'Plain takes no such words.'))
    await sweep(b)
    b.connector.sent.length = 0
    return parts
  }

  it('is sent on as it is, from there', async () => {
    const b = await bench()
    const parts = await refusedAfterOne(b)
    expect(await sendOn(b.desk, parts[1]!.id, b.ana.id)).toEqual({ ok: true, status: 'approved' })
    await sweep(b)
    expect(b.connector.sent.map(post => [post.key, post.continues])).toEqual([
      [parts[1]!.id, 'theirs-1'],
      [parts[2]!.id, 'ours-1'],
    ])
    expect((await b.ticket()).hasFailedReply).toBe(false)
    expect(await sendOn(b.desk, parts[1]!.id, b.ana.id)).toMatchObject({ ok: false })
  })

  it('comes back with those behind it, and mended goes on below what is out, counted on', async () => {
    const b = await bench()
    const parts = await refusedAfterOne(b)
    const undone = await undoReply(b.desk, parts[2]!.id, b.ana.id)
    expect(undone).toMatchObject({ ok: true, draft: { text: LONG.slice(LONG.indexOf('It leaves')), continuesId: parts[0]!.id } })
    expect(await b.approve({ text: 'It leaves tonight, and your money is back.' })).toMatchObject({ ok: true })
    b.pass(UNDO_MS)
    await b.says('Hm?')
    await sweep(b)
    expect(b.connector.sent).toMatchObject([{ text: 'It leaves tonight, and your money is back. (2/2) ^AS', continues: 'theirs-1' }])
    expect((await b.events()).filter(kind => kind === 'answered')).toHaveLength(1)
    expect((await b.ticket()).hasFailedReply).toBe(false)
  })

  it('mended in private it is a message of its own', async () => {
    const b = await bench()
    const parts = await refusedAfterOne(b)
    await undoReply(b.desk, parts[1]!.id, b.ana.id)
    await b.approved({ text: 'The rest here.', visibility: 'private' })
    b.pass(UNDO_MS)
    await sweep(b)
    expect(b.connector.sent).toMatchObject([{ text: 'The rest here. ^AS', continues: null }])
  })

  it('is put away with those behind it', async () => {
    const b = await bench()
    const parts = await refusedAfterOne(b)
    expect(await discardReply(b.desk, parts[1]!.id, b.ana.id)).toMatchObject({ ok: true })
    expect(await states(b)).toEqual(['sent'])
    expect((await b.ticket()).hasFailedReply).toBe(false)
  })

  it('unsure: holds the rest, is found by its own words, and the rest follows', async () => {
    const b = await bench()
    const parts = await due(b)
    b.connector.answers.push({ externalId: 'ours-1', url: null }, new PlatformError('unsure', 'The connection broke.'))
    await sweep(b)
    expect(await states(b)).toEqual(['sent', 'unsure', 'approved'])
    expect(await b.reply(parts[2]!.id)).toMatchObject({ problem: expect.stringContaining('nobody knows yet') })
    expect(await undoReply(b.desk, parts[2]!.id, b.ana.id)).toMatchObject({ ok: false, because: expect.stringContaining('may be out') })
    b.connector.overThere.push({ externalId: 'theirs-2', url: null })
    const asked: unknown[] = []
    const { findSent } = b.connector
    b.connector.findSent = async (post, since, line) => {
      asked.push([post.text.slice(-5), post.continues])
      return findSent!(post, since, line)
    }
    b.pass(15_000)
    await settleReply(b.desk, parts[1]!.id)
    expect(asked).toEqual([['(2/3)', 'ours-1']])
    await sweep(b)
    expect(await states(b)).toEqual(['sent', 'sent', 'sent'])
    expect(b.connector.sent.at(-1)).toMatchObject({ key: parts[2]!.id, continues: 'theirs-2' })
  })

  it('killed while a part was being sent: it is looked up, and the rest goes out once', async () => {
    const b = await bench()
    const parts = await due(b)
    await sendReply(b.desk, parts[0]!.id)
    await b.desk.db.updateTable('replies').set({ status: 'sending', sendingAt: b.desk.now() }).where('id', '=', parts[1]!.id).execute()
    await sweep(b)
    expect(b.connector.sent).toHaveLength(1)
    b.pass(120_000)
    await settleReply(b.desk, parts[1]!.id)
    b.connector.overThere.push({ externalId: 'theirs-2', url: null })
    b.pass(15_000)
    await settleReply(b.desk, parts[1]!.id)
    await sweep(b)
    expect(b.connector.sent.map(post => post.key)).toEqual([parts[0]!.id, parts[2]!.id])
    expect(await states(b)).toEqual(['sent', 'sent', 'sent'])
  })

  it('found by hand, without its place over there: the rest goes below the part whose place is known', async () => {
    const b = await bench()
    const parts = await due(b)
    b.connector.answers.push({ externalId: 'ours-1', url: null }, new PlatformError('unsure', 'The connection broke.'))
    await sweep(b)
    await resolveUnsure(b.desk, parts[1]!.id, 'it_is_there', b.ana.id)
    await sweep(b)
    expect(b.connector.sent.at(-1)).toMatchObject({ key: parts[2]!.id, continues: 'ours-1' })
  })

  it('discarded as not there: the rest is not sent, and can be sent on below what is out', async () => {
    const b = await bench()
    const parts = await due(b)
    b.connector.answers.push({ externalId: 'ours-1', url: null }, new PlatformError('unsure', 'The connection broke.'))
    await sweep(b)
    await resolveUnsure(b.desk, parts[1]!.id, 'discard', b.ana.id)
    await sweep(b)
    expect(await states(b)).toEqual(['sent', 'refused'])
    await sendOn(b.desk, parts[2]!.id, b.ana.id)
    await sweep(b)
    expect(b.connector.sent.at(-1)).toMatchObject({ key: parts[2]!.id, continues: 'ours-1' })
  })

  it('an account that must be connected again: the rest waits, and goes on once', async () => {
    const b = await bench()
    await due(b)
    b.connector.answers.push({ externalId: 'ours-1', url: null }, new PlatformError('account', 'The token died.'))
    await sweep(b)
    expect(await states(b)).toEqual(['sent', 'approved', 'approved'])
    await b.desk.db.updateTable('accounts').set({ status: 'connected' }).execute()
    await sweep(b)
    expect(b.connector.sent.map(post => post.text.match(/\d\/\d/)![0])).toEqual(['1/3', '2/3', '2/3', '3/3'])
    expect(await states(b)).toEqual(['sent', 'sent', 'sent'])
  })
})

describe('taken back', () => {
  it('before the first part: all of it, in its own words and paragraphs', async () => {
    const b = await bench()
    const parts = await thread(b)
    expect(await undoReply(b.desk, parts[1]!.id, b.ana.id)).toMatchObject({ ok: true, draft: { text: LONG, continuesId: null } })
    b.pass(UNDO_MS)
    await sweep(b)
    expect(b.connector.sent).toEqual([])
    expect(await states(b)).toEqual(['draft'])
  })

  it('with its public pointer, where it moves the talk to private', async () => {
    const connector = plainConnector()
    connector.limits.private.limit = 280
    const b = await bench(connector)
    const rows = await thread(b, { visibility: 'private', pointerText: 'We wrote to you' })
    expect(rows.map(row => [row.visibility, row.pairedWithId !== null, row.continuesId !== null])).toEqual([
      ['private', true, false],
      ['public', true, false],
      ['private', false, true],
      ['private', false, true],
    ])
    expect(await undoReply(b.desk, rows[1]!.id, b.ana.id)).toMatchObject({ ok: true, draft: { text: LONG, visibility: 'private' } })
    expect(await states(b)).toEqual(['draft'])
  })

  it('a late autosave does not bring back what was sent as a thread', async () => {
    const b = await bench()
    await thread(b)
    const late = { ticketId: b.ticketId, teammateId: b.ana.id, text: LONG, visibility: 'public' as const, role: 'answer' as const }
    expect(await saveDraft(b.desk, late)).toBeNull()
  })
})
