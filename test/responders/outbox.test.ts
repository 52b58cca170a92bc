// The outbox: sent at most once, and every end of a send is a row a person can read.
import { v7 as newId } from 'uuid'
import { describe, expect, it } from 'vitest'
import { PlatformError } from '../../connectors/connector.ts'
import { listDueReplies, listUnsettledReplies } from '../../db/replies.ts'
import { resolveUnsure } from '../../responders/resolve.ts'
import { sendReply, settleReply } from '../../responders/send.ts'
import { undoReply } from '../../responders/undo.ts'
import { plainConnector } from '../plain-connector.ts'
import { type Bench, bench, UNDO_MS } from './fixture.ts'

const dropped = () => new PlatformError('unsure', 'The connection to Plain broke: it may have been posted all the same.')
async function due(b: Bench, given = {}) {
  const reply = await b.approved(given)
  b.pass(UNDO_MS)
  return reply
}
/** Accepted over there, and the connection dropped before the answer. */
async function unsure(b: Bench, isThere: boolean) {
  b.connector.answers.push(dropped())
  if (isThere) b.connector.overThere.push({ externalId: 'theirs-1', url: 'https://plain.test/1' })
  const reply = await due(b)
  await sendReply(b.desk, reply.id)
  return reply
}

describe('sending', () => {
  it('sends the signed words once the undo delay is over', async () => {
    const b = await bench()
    const reply = await due(b)
    await sendReply(b.desk, reply.id)
    expect(b.connector.sent.map(post => post.text)).toEqual(['So sorry, we look into it ^AS'])
    expect(await b.reply(reply.id)).toMatchObject({ status: 'sent', externalId: 'ours-1', problem: null })
  })

  it('rings again instead of sending while the undo delay runs', async () => {
    const b = await bench()
    const reply = await b.approved()
    b.rung.length = 0
    await sendReply(b.desk, reply.id)
    expect(b.connector.sent).toEqual([])
    expect(b.rung).toEqual([{ name: 'sendReply', replyId: reply.id, at: reply.sendAt }])
  })

  it('sends once for a double click', async () => {
    const b = await bench()
    const idempotencyKey = newId()
    const [first, second] = await Promise.all([b.approved({ idempotencyKey }), b.approved({ idempotencyKey })])
    b.pass(UNDO_MS)
    await sendReply(b.desk, first.id)
    await sendReply(b.desk, second.id)
    expect(second.id).toBe(first.id)
    expect(b.connector.sent).toHaveLength(1)
  })

  it('same event on two workers at once: sends once', async () => {
    const b = await bench()
    const reply = await due(b)
    await Promise.all([sendReply(b.desk, reply.id), sendReply(b.desk, reply.id), sendReply(b.desk, reply.id)])
    expect(b.connector.sent).toHaveLength(1)
  })

  it.each([
    [
      'finds its account gone',
      () => {
        throw new PlatformError('account', 'the token died')
      },
    ],
    ['finds the mention gone', () => false],
  ] as const)('a second worker that %s leaves alone what the first is just sending', async (_, look) => {
    const b = await bench()
    const reply = await due(b)
    const [firstSends, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const { send } = b.connector
    let looks = 0
    b.connector.stillThere = async () => {
      // The second one looks only once the first has begun to send.
      if (looks++ === 0) return true
      await firstSends.promise
      return look()
    }
    b.connector.send = async (post, line) => {
      firstSends.resolve()
      await goOn.promise
      return send(post, line)
    }
    const first = sendReply(b.desk, reply.id)
    const second = sendReply(b.desk, reply.id)
    await second
    goOn.resolve()
    await first
    expect(await b.reply(reply.id)).toMatchObject({ status: 'sent', externalId: 'ours-1' })
    await sendReply(b.desk, reply.id)
    expect(b.connector.sent).toHaveLength(1)
  })

  it('names the reply as the key the platform may know it by, and the mention it answers', async () => {
    const b = await bench()
    const reply = await due(b)
    await sendReply(b.desk, reply.id)
    expect(b.connector.sent[0]).toMatchObject({
      key: reply.id,
      visibility: 'public',
      isPrivateReply: false,
      inReplyTo: { author: { handle: 'cleo_writes' } },
    })
  })
})

describe('undo', () => {
  it('takes a reply back before it is due, words and all, and nothing is sent', async () => {
    const b = await bench()
    const reply = await b.approved()
    expect(await undoReply(b.desk, reply.id, b.ana.id)).toMatchObject({
      ok: true,
      draft: { text: 'So sorry, we look into it', status: 'draft' },
    })
    b.pass(UNDO_MS)
    await sendReply(b.desk, reply.id)
    expect(b.connector.sent).toEqual([])
    expect(await b.events()).toContain('reply_undone')
  })

  it('loses no words when another draft was begun meanwhile', async () => {
    const b = await bench()
    const { saveDraft } = await import('../../responders/draft.ts')
    const reply = await b.approved()
    await saveDraft(b.desk, {
      ticketId: b.ticketId,
      teammateId: b.ana.id,
      text: 'And one more thing',
      visibility: 'public',
      role: 'answer',
    })
    const undone = await undoReply(b.desk, reply.id, b.ana.id)
    expect(undone).toMatchObject({ ok: true, draft: { text: 'So sorry, we look into it\n\nAnd one more thing' } })
  })

  it('is too late once it is out, and says so', async () => {
    const b = await bench()
    const reply = await due(b)
    await sendReply(b.desk, reply.id)
    expect(await undoReply(b.desk, reply.id, b.ana.id)).toEqual({ ok: false, because: 'It is out already: too late to take it back.' })
  })

  it('is for its writer or a lead: a colleague’s is left alone', async () => {
    const b = await bench()
    const bens = await b.approved({ teammateId: b.ben.id })
    const anas = await b.approved({ anyway: true })
    expect(await undoReply(b.desk, anas.id, b.ben.id)).toEqual({ ok: false, because: 'Only its writer or a lead can take it back.' })
    expect(await undoReply(b.desk, bens.id, b.ana.id)).toMatchObject({ ok: true, draft: { writtenById: b.ben.id } })
  })

  it('does not let a late second click send what was taken back', async () => {
    const b = await bench()
    const idempotencyKey = newId()
    const reply = await b.approved({ idempotencyKey })
    await undoReply(b.desk, reply.id, b.ana.id)
    expect(await b.approve({ idempotencyKey })).toMatchObject({ ok: false, reason: 'blocked', problems: [{ kind: 'taken_back' }] })
  })
})

describe('a mention during the delay', () => {
  it('holds the send and brings the words back', async () => {
    const b = await bench()
    const reply = await b.approved()
    await b.says('Never mind, it came!')
    b.pass(UNDO_MS)
    await sendReply(b.desk, reply.id)
    expect(b.connector.sent).toEqual([])
    expect(await b.reply(reply.id)).toMatchObject({
      status: 'draft',
      text: 'So sorry, we look into it',
      problem: expect.stringMatching(/^Held: the customer wrote again/),
    })
    expect(await b.events()).toContain('reply_held')
  })

  it('holds it even before the mention got its verdict', async () => {
    const b = await bench()
    const reply = await b.approved()
    await b.says('Wait, another thing', { isFiled: false })
    b.pass(UNDO_MS)
    await sendReply(b.desk, reply.id)
    expect(b.connector.sent).toEqual([])
  })

  it.each([
    ['words', { text: 'Third time my parcel is EARLY' }],
    ['pictures', { attachments: JSON.stringify([{ kind: 'picture', url: null, alt: null, width: null, height: null }]) }],
  ])('edit of the %s after reply drafted: holds it too', async (_, edit) => {
    const b = await bench()
    const reply = await b.approved()
    await b.desk.db
      .updateTable('mentions')
      .set({ ...edit, version: 2 })
      .where('id', '=', b.firstMentionId)
      .execute()
    b.pass(UNDO_MS)
    await sendReply(b.desk, reply.id)
    expect(await b.reply(reply.id)).toMatchObject({ status: 'draft', problem: expect.stringMatching(/edited/) })
  })

  it('is not held by our own doings', async () => {
    const b = await bench()
    const first = await b.approved()
    const second = await b.approved({ text: 'One more detail for you' })
    b.pass(UNDO_MS)
    await sendReply(b.desk, first.id)
    await sendReply(b.desk, second.id)
    expect(b.connector.sent).toHaveLength(2)
  })
})

describe('what an answer changes', () => {
  it('ends the turn at the moment the platform took it, and says when it was due', async () => {
    const b = await bench()
    const before = await b.ticket()
    const reply = await due(b, { afterSending: 'pending' })
    b.pass(20_000)
    await sendReply(b.desk, reply.id)
    const after = await b.ticket()
    expect(after).toMatchObject({
      status: 'pending',
      waitingSince: null,
      responseDueAt: null,
      firstRespondedAt: b.desk.now(),
      revision: before.revision + 1,
    })
    const event = await b.desk.db.selectFrom('ticketEvents').selectAll().where('kind', '=', 'answered').executeTakeFirstOrThrow()
    expect(event).toMatchObject({
      at: b.desk.now(),
      turnStartedAt: before.waitingSince,
      turnDueAt: before.responseDueAt,
      isFirstResponse: true,
      teammateId: b.ana.id,
      replyId: reply.id,
    })
  })

  it('solves, with the sender as the one who did', async () => {
    const b = await bench()
    const reply = await due(b, { afterSending: 'solved' })
    await sendReply(b.desk, reply.id)
    expect(await b.ticket()).toMatchObject({ status: 'solved', assigneeId: b.ana.id, solvedAt: b.desk.now() })
  })

  it('leaves the clock running for an acknowledgement', async () => {
    const b = await bench()
    const { waitingSince, responseDueAt } = await b.ticket()
    const reply = await due(b, { role: 'ack' })
    await sendReply(b.desk, reply.id)
    expect(await b.ticket()).toMatchObject({ waitingSince, responseDueAt, firstRespondedAt: null })
    expect(await b.events()).toEqual(['mention_joined', 'reply_approved', 'status_changed', 'reply_sent'])
  })

  it('keeps waiting for what the customer said while it was on its way, and does not solve over it', async () => {
    const b = await bench()
    const { send } = b.connector
    let later: Date | undefined
    b.connector.send = async (post, line) => {
      later = (await b.says('And it is broken, too')).postedAt
      return send(post, line)
    }
    const reply = await due(b, { afterSending: 'solved' })
    await sendReply(b.desk, reply.id)
    expect(await b.ticket()).toMatchObject({
      status: 'open',
      waitingSince: later,
      responseDueAt: new Date(later!.getTime() + 120 * 60_000),
    })
  })

  it('opens a New ticket at the first human action', async () => {
    const b = await bench()
    await b.approved()
    expect(await b.ticket()).toMatchObject({ status: 'open', assigneeId: null })
  })
})

describe('an unknown end', () => {
  it('accepted-then-dropped: unsure, looked up, found, and never sent a second time', async () => {
    const b = await bench()
    const reply = await unsure(b, true)
    expect(await b.reply(reply.id)).toMatchObject({ status: 'unsure', externalId: null })
    await sendReply(b.desk, reply.id)
    b.pass(15_000)
    await settleReply(b.desk, reply.id)
    await sendReply(b.desk, reply.id)
    expect(await b.reply(reply.id)).toMatchObject({ status: 'sent', externalId: 'theirs-1' })
    expect(b.connector.sent).toHaveLength(1)
    expect(await b.events()).toEqual(['mention_joined', 'reply_approved', 'status_changed', 'reply_unsure', 'answered'])
  })

  it('is looked up after 15 seconds, a minute and five minutes, then left to a person', async () => {
    const b = await bench()
    const reply = await unsure(b, false)
    let looks = 0
    b.connector.findSent = async () => {
      looks++
      return null
    }
    for (const wait of [15_000, 60_000, 300_000, 3_600_000]) {
      b.pass(wait - 1)
      await settleReply(b.desk, reply.id)
      b.pass(1)
      await settleReply(b.desk, reply.id)
    }
    expect(looks).toBe(3)
    expect(await b.reply(reply.id)).toMatchObject({
      status: 'unsure',
      nextReadBackAt: null,
      problem: expect.stringMatching(/Look yourself/),
    })
    expect((await b.ticket()).hasFailedReply).toBe(true)
    expect(b.connector.sent).toHaveLength(1)
  })

  it('is left to a person as well where the platform lets nobody look: what it answers is gone', async () => {
    const b = await bench()
    const reply = await unsure(b, false)
    let looks = 0
    b.connector.findSent = async () => {
      looks++
      throw new PlatformError('refused', 'There is no such comment.')
    }
    for (const wait of [15_000, 60_000, 300_000, 3_600_000]) {
      b.pass(wait)
      await settleReply(b.desk, reply.id)
    }
    expect(looks).toBe(3)
    expect(await b.reply(reply.id)).toMatchObject({
      status: 'unsure',
      nextReadBackAt: null,
      problem: expect.stringMatching(/Look yourself/),
    })
    expect((await b.ticket()).hasFailedReply).toBe(true)
  })

  it('died while sending: the row becomes unsure after two minutes and is looked up, not sent', async () => {
    const b = await bench()
    const reply = await due(b)
    // What a process leaves that is killed between `sending` and `sent`.
    await b.desk.db.updateTable('replies').set({ status: 'sending', sendingAt: b.desk.now() }).where('id', '=', reply.id).execute()
    b.connector.overThere.push({ externalId: 'theirs-1', url: null })
    b.pass(119_000)
    await settleReply(b.desk, reply.id)
    expect((await b.reply(reply.id)).status).toBe('sending')
    b.pass(1_000)
    await settleReply(b.desk, reply.id)
    expect((await b.reply(reply.id)).status).toBe('unsure')
    b.pass(15_000)
    expect(await listUnsettledReplies(b.desk.db, new Date(0), b.desk.now(), 10)).toEqual([{ id: reply.id, status: 'unsure' }])
    await settleReply(b.desk, reply.id)
    expect((await b.reply(reply.id)).status).toBe('sent')
    expect(b.connector.sent).toEqual([])
  })

  it('takes a break it does not understand for unsure', async () => {
    const b = await bench()
    b.connector.send = async () => {
      throw new TypeError('cannot read properties of undefined')
    }
    const reply = await due(b)
    await sendReply(b.desk, reply.id)
    expect((await b.reply(reply.id)).status).toBe('unsure')
  })

  it('does not take another reply’s post for this one', async () => {
    const b = await bench()
    const first = await due(b)
    await sendReply(b.desk, first.id)
    const second = await unsure(b, false)
    b.connector.overThere.push({ externalId: 'ours-1', url: null })
    b.pass(15_000)
    await settleReply(b.desk, second.id)
    expect((await b.reply(second.id)).status).toBe('unsure')
  })

  it('looks once more before a person’s "send again", and finds it', async () => {
    const b = await bench()
    const reply = await unsure(b, true)
    expect(await resolveUnsure(b.desk, reply.id, 'send_again', b.ana.id)).toEqual({ ok: true, status: 'sent' })
    expect(b.connector.sent).toHaveLength(1)
  })

  it('sends again when a person says so and it is not there', async () => {
    const b = await bench()
    const reply = await unsure(b, false)
    expect(await resolveUnsure(b.desk, reply.id, 'send_again', b.ana.id)).toEqual({ ok: true, status: 'approved' })
    await sendReply(b.desk, reply.id)
    expect((await b.reply(reply.id)).status).toBe('sent')
    expect(b.connector.sent).toHaveLength(2)
  })

  it('does not send again while looking fails', async () => {
    const b = await bench()
    const reply = await unsure(b, false)
    b.connector.findSent = async () => {
      throw new PlatformError('retry', 'Plain cannot be reached.')
    }
    expect(await resolveUnsure(b.desk, reply.id, 'send_again', b.ana.id)).toMatchObject({ ok: false })
    expect((await b.reply(reply.id)).status).toBe('unsure')
  })

  it('is sent when a person found it there', async () => {
    const b = await bench()
    const reply = await unsure(b, false)
    await resolveUnsure(b.desk, reply.id, 'it_is_there', b.ana.id)
    expect(await b.ticket()).toMatchObject({ waitingSince: null })
    expect((await b.reply(reply.id)).status).toBe('sent')
  })
})

describe('a failure', () => {
  it('429 storm: goes later, at the time the platform named, and then once', async () => {
    const b = await bench()
    b.connector.answers.push(
      new PlatformError('retry', 'Plain asks us to slow down.', 900_000),
      new PlatformError('retry', 'Plain asks us to slow down.'),
    )
    const reply = await due(b)
    await sendReply(b.desk, reply.id)
    const waits = await b.reply(reply.id)
    expect(waits).toMatchObject({
      status: 'approved',
      sendAt: new Date(b.desk.now().getTime() + 900_000),
      problem: expect.stringMatching(/slow down/),
    })
    expect(b.rung.at(-1)).toEqual({ name: 'sendReply', replyId: reply.id, at: waits.sendAt })
    b.pass(900_000)
    await sendReply(b.desk, reply.id)
    b.pass(60_000)
    expect(await listDueReplies(b.desk.db, b.desk.now(), 10)).toHaveLength(1)
    await sendReply(b.desk, reply.id)
    expect(await b.reply(reply.id)).toMatchObject({ status: 'sent', problem: null })
    expect(b.connector.sent).toHaveLength(3)
  })

  it('gives up after ten tries, in words', async () => {
    const b = await bench()
    const reply = await due(b)
    b.connector.send = async () => {
      throw new PlatformError('retry', 'Plain failed (503).')
    }
    for (let i = 0; i < 12; i++) {
      b.pass(24 * 3_600_000)
      await sendReply(b.desk, reply.id)
    }
    expect(await b.reply(reply.id)).toMatchObject({
      status: 'refused',
      attempts: 10,
      problem: 'Plain failed (503). Tried 10 times, now given up: nothing was sent.',
    })
  })

  it('shows a refusal on the ticket, and a later answer clears it', async () => {
    const b = await bench()
    b.connector.answers.push(new PlatformError('refused', 'Plain lets us answer only those who mentioned us.'))
    const reply = await due(b)
    await sendReply(b.desk, reply.id)
    expect(await b.reply(reply.id)).toMatchObject({ status: 'refused', problem: 'Plain lets us answer only those who mentioned us.' })
    expect(await b.ticket()).toMatchObject({ hasFailedReply: true, waitingSince: expect.any(Date) })
    const other = await due(b, { text: 'Other words' })
    await sendReply(b.desk, other.id)
    expect((await b.ticket()).hasFailedReply).toBe(false)
  })

  it('token revoked during a burst: every reply waits, none is lost, all go once the account is back', async () => {
    const b = await bench()
    b.connector.answers.push(new PlatformError('account', 'Plain no longer accepts this sign-in.'))
    const replies = [await b.approved({ text: 'one' }), await b.approved({ text: 'two' }), await b.approved({ text: 'three' })]
    b.pass(UNDO_MS)
    for (const reply of replies) await sendReply(b.desk, reply.id)
    expect(b.connector.sent).toHaveLength(1)
    for (const reply of replies)
      expect(await b.reply(reply.id)).toMatchObject({ status: 'approved', problem: expect.stringMatching(/^Waits/) })
    await b.desk.db.updateTable('accounts').set({ status: 'connected' }).execute()
    for (const { id } of await listDueReplies(b.desk.db, b.desk.now(), 10)) await sendReply(b.desk, id)
    expect(b.connector.sent.map(post => post.text)).toEqual(['one ^AS', 'one ^AS', 'two ^AS', 'three ^AS'])
  })

  it('is refused in words when the customer deleted what it answers', async () => {
    const connector = plainConnector()
    connector.stillThere = async () => false
    const b = await bench(connector)
    const reply = await due(b)
    await sendReply(b.desk, reply.id)
    expect(await b.reply(reply.id)).toMatchObject({
      status: 'refused',
      problem: 'The customer deleted what this answers. Nothing was sent.',
    })
    expect(b.connector.sent).toEqual([])
  })
})
