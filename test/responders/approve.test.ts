// Pressing Send: what stops it, what is kept, and the two halves of a move to DM.
import { v7 as newId } from 'uuid'
import { describe, expect, it } from 'vitest'
import { PlatformError } from '../../connectors/connector.ts'
import { insertBroadcasts } from '../../db/incidents.ts'
import { findDraft, lockReply } from '../../db/replies.ts'
import { lockTicket } from '../../db/tickets.ts'
import { saveDraft } from '../../responders/draft.ts'
import { resolveUnsure } from '../../responders/resolve.ts'
import { sendReply, settleReply } from '../../responders/send.ts'
import { undoReply } from '../../responders/undo.ts'
import { confirmEcho, recordNativeAnswer } from '../../triage/answered.ts'
import { plainConnector } from '../plain-connector.ts'
import { type Bench, bench, UNDO_MS } from './fixture.ts'

const blocked = (...kinds: string[]) => ({ ok: false, reason: 'blocked', problems: kinds.map(kind => expect.objectContaining({ kind })) })
const draftOf = (b: Bench) => findDraft(b.desk.db, b.ticketId, b.ana.id)

describe('the traffic cop', () => {
  it('stops a send against a stale thread, with both texts, and keeps the draft', async () => {
    const b = await bench()
    const { revision } = await b.ticket()
    await b.says('Found it at the neighbour’s, sorry')
    const approval = await b.approve({ revision, text: 'We are looking for it' })
    expect(approval).toMatchObject({
      ok: false,
      reason: 'stale',
      revision: revision + 1,
      text: 'We are looking for it',
      since: [{ kind: 'mention', by: '@cleo_writes', text: 'Found it at the neighbour’s, sorry' }],
    })
    expect(await draftOf(b)).toMatchObject({ text: 'We are looking for it' })
  })

  it('stops the second of two teammates, showing what the first one wrote, though it is not out yet', async () => {
    const b = await bench()
    await b.approved({ text: 'Ana’s answer' })
    const approval = await b.approve({ teammateId: b.ben.id, text: 'Ben’s answer' })
    expect(approval).toMatchObject({
      ok: false,
      reason: 'stale',
      since: [{ kind: 'reply', by: 'Ana Silva', text: 'Ana’s answer ^AS', status: 'approved' }],
    })
  })

  it('stops it after the first one is out, too', async () => {
    const b = await bench()
    const { revision } = await b.ticket()
    const reply = await b.approved({ text: 'Ana’s answer' })
    b.pass(UNDO_MS)
    await sendReply(b.desk, reply.id)
    const approval = await b.approve({ teammateId: b.ben.id, revision })
    expect(approval).toMatchObject({
      ok: false,
      reason: 'stale',
      since: [expect.objectContaining({ kind: 'reply', text: 'Ana’s answer ^AS' })],
    })
  })

  it('stops it after an answer from the native app', async () => {
    const b = await bench()
    const { revision } = await b.ticket()
    const own = { id: newId(), postedAt: b.desk.now() }
    await b.desk.db
      .insertInto('mentions')
      .values({
        ...own,
        accountId: b.accountId,
        platform: 'plain',
        visibility: 'public',
        direction: 'outbound',
        externalId: newId(),
        threadKey: 'thread',
        text: 'Answered by hand',
        facts: '{}',
        receivedAt: b.desk.now(),
        ticketId: b.ticketId,
        state: 'triaged',
      } as never)
      .execute()
    await b.desk.db.transaction().execute(async tx => recordNativeAnswer(tx, await lockTicket(tx, b.ticketId), own))
    expect(await b.ticket()).toMatchObject({ status: 'open', waitingSince: null, firstRespondedAt: own.postedAt })
    expect(await b.approve({ revision })).toMatchObject({
      reason: 'stale',
      since: [expect.objectContaining({ kind: 'native_answer', text: 'Answered by hand' })],
    })
  })

  it('lets "Send anyway" through', async () => {
    const b = await bench()
    const { revision } = await b.ticket()
    await b.says('One more thing')
    expect(await b.approve({ revision, anyway: true })).toMatchObject({ ok: true })
  })

  it('does not stop one for their own earlier answer, nor for the ticket being opened by it', async () => {
    const b = await bench()
    const { revision } = await b.ticket()
    const reply = await b.approved()
    b.pass(UNDO_MS)
    await sendReply(b.desk, reply.id)
    expect(await b.approve({ revision, text: 'And this' })).toMatchObject({ ok: true })
  })

  it('finds the customer’s mention even between two answers of one’s own', async () => {
    const b = await bench()
    const { revision } = await b.ticket()
    const first = await b.approved({ text: 'one' })
    b.pass(UNDO_MS)
    await sendReply(b.desk, first.id)
    await b.says('Hm?')
    const second = await b.approved({ text: 'two' })
    b.pass(UNDO_MS)
    await sendReply(b.desk, second.id)
    expect(await b.approve({ revision, text: 'three' })).toMatchObject({
      reason: 'stale',
      since: [expect.objectContaining({ text: 'Hm?' })],
    })
  })
})

describe('what must be mended first', () => {
  it.each([
    ['nothing at all', '   ', 'empty'],
    ['an over-long reply, its signature counted', 'x'.repeat(277), 'length'],
    ['a placeholder still open', 'Hi, about {{ask:order number}}', 'placeholder'],
    ['a card number in public', 'Your card 4111 1111 1111 1111 was charged', 'guard'],
  ])('%s', async (_what, text, kind) => {
    const b = await bench()
    expect(await b.approve({ text })).toEqual(blocked(kind))
    expect(b.rung).toEqual([])
  })

  it('lets exactly the limit through', async () => {
    const b = await bench()
    expect(await b.approve({ text: 'x'.repeat(276) })).toMatchObject({ ok: true })
  })

  it('what the platform does not permit, in its own words', async () => {
    const connector = plainConnector()
    connector.mayReply = () => ({ allowed: false, because: 'Only within 7 days.', until: null, instead: ['open'], costUsd: null })
    const b = await bench(connector)
    expect(await b.approve()).toMatchObject({ problems: [{ kind: 'permission', because: 'Only within 7 days.' }] })
  })

  it('a teammate who may only read, a closed ticket, an account that is off', async () => {
    const b = await bench()
    await b.desk.db.updateTable('teammates').set({ role: 'readonly' }).where('id', '=', b.ana.id).execute()
    await b.desk.db.updateTable('tickets').set({ status: 'closed' }).execute()
    await b.desk.db.updateTable('accounts').set({ status: 'off' }).execute()
    expect(await b.approve()).toEqual(blocked('role', 'closed', 'account'))
  })

  it('a ticket of an active incident: only with a reason, which is written down', async () => {
    const b = await bench()
    const incidentId = newId()
    await b.desk.db
      .insertInto('incidents')
      .values({
        id: incidentId,
        title: 'Login errors',
        impact: 'log in',
        severity: 'SEV2',
        declaredById: b.ana.id,
        declaredAt: b.desk.now(),
      })
      .execute()
    await b.desk.db.updateTable('tickets').set({ incidentId }).execute()
    expect(await b.approve()).toMatchObject({ ok: false, reason: 'held', incident: { title: 'Login errors' } })
    const reply = await b.approved({ individuallyBecause: 'vulnerable customer' })
    const event = await b.desk.db.selectFrom('ticketEvents').select('after').where('replyId', '=', reply.id).executeTakeFirstOrThrow()
    expect(event.after).toMatchObject({ individuallyBecause: 'vulnerable customer' })
  })
})

describe('drafts', () => {
  it('are one per person and ticket, and gone once sent', async () => {
    const b = await bench()
    const draft = { ticketId: b.ticketId, teammateId: b.ana.id, visibility: 'public', role: 'answer' } as const
    await saveDraft(b.desk, { ...draft, text: 'So s' })
    await saveDraft(b.desk, { ...draft, text: 'So sorry, we look into it' })
    expect(await draftOf(b)).toMatchObject({ text: 'So sorry, we look into it' })
    await b.approved()
    expect(await draftOf(b)).toBeUndefined()
  })

  it('do not come back by an autosave that arrives after the send', async () => {
    const b = await bench()
    await b.approved()
    expect(
      await saveDraft(b.desk, {
        ticketId: b.ticketId,
        teammateId: b.ana.id,
        text: 'So sorry, we look into it',
        visibility: 'public',
        role: 'answer',
      }),
    ).toBeNull()
    expect(await draftOf(b)).toBeUndefined()
  })
})

describe('a move to DM', () => {
  const handoff = {
    visibility: 'private',
    role: 'handoff',
    text: 'Could you tell us your order number?',
    pointerText: 'I just sent you a message',
    afterSending: 'pending',
  } as const
  const pair = async (b: Bench) => {
    const approval = await b.approve(handoff)
    if (!approval.ok) throw new Error('stopped')
    b.pass(UNDO_MS)
    return approval.replies as [(typeof approval.replies)[0], (typeof approval.replies)[0]]
  }

  it('sends the private answer first and the public pointer after it, as one answer', async () => {
    const b = await bench()
    const [answer, pointer] = await pair(b)
    await sendReply(b.desk, pointer.id)
    expect(b.connector.sent).toEqual([])
    await sendReply(b.desk, answer.id)
    expect(b.rung.at(-1)).toMatchObject({ name: 'sendReply', replyId: pointer.id })
    await sendReply(b.desk, pointer.id)
    expect(b.connector.sent.map(post => [post.visibility, post.isPrivateReply])).toEqual([
      ['private', true],
      ['public', false],
    ])
    expect((await b.events()).filter(kind => kind === 'answered' || kind === 'reply_sent')).toEqual(['answered', 'reply_sent'])
    expect(await b.ticket()).toMatchObject({ status: 'pending', waitingSince: null })
  })

  it('posts no pointer to a private message that was refused', async () => {
    const b = await bench()
    const [answer, pointer] = await pair(b)
    b.connector.answers.push(new PlatformError('refused', 'They take no messages.'))
    await sendReply(b.desk, answer.id)
    await sendReply(b.desk, pointer.id)
    expect(b.connector.sent).toHaveLength(1)
    expect(await b.reply(pointer.id)).toMatchObject({
      status: 'refused',
      problem: 'The private message did not go out, so this pointer to it was not posted either.',
    })
  })

  it('waits with the pointer while nobody knows about the private message', async () => {
    const b = await bench()
    const [answer, pointer] = await pair(b)
    b.connector.answers.push(new PlatformError('unsure', 'The connection broke.'))
    await sendReply(b.desk, answer.id)
    await sendReply(b.desk, pointer.id)
    expect(await b.reply(pointer.id)).toMatchObject({ status: 'approved', problem: expect.stringMatching(/nobody knows yet/) })
    await resolveUnsure(b.desk, answer.id, 'it_is_there', b.ana.id)
    await sendReply(b.desk, pointer.id)
    expect((await b.reply(pointer.id)).status).toBe('sent')
  })

  it.each(['answer', 'pointer'])('is taken back whole, from its %s', async which => {
    const b = await bench()
    const [answer, pointer] = await pair(b)
    const undone = await undoReply(b.desk, which === 'answer' ? answer.id : pointer.id, b.ana.id)
    expect(undone).toMatchObject({ ok: true, draft: { text: 'Could you tell us your order number?', visibility: 'private' } })
    expect(await b.reply(pointer.id)).toMatchObject({ status: 'discarded', text: 'I just sent you a message ^AS' })
  })

  it('stops both halves when one of them may not go', async () => {
    const connector = plainConnector()
    connector.mayReply = question => ({
      allowed: question.visibility === 'public',
      because: 'No private messages here.',
      until: null,
      instead: ['public'],
      costUsd: null,
    })
    const b = await bench(connector)
    expect(await b.approve(handoff)).toMatchObject({ problems: [{ kind: 'permission', field: 'text' }] })
    expect(
      await b.approve({ ...handoff, visibility: 'public', text: 'Please write to us privately', pointerText: undefined }),
    ).toMatchObject({ ok: true, replies: [{ role: 'handoff', visibility: 'public' }] })
  })
})

describe('our own words coming back', () => {
  const echo = (b: Bench, replyId: string) =>
    b.desk.db
      .transaction()
      .execute(async tx =>
        confirmEcho(tx, (await lockReply(tx, replyId))!, { externalId: 'theirs-9', url: 'https://plain.test/9', postedAt: b.desk.now() }),
      )

  it('settle an unsure reply at the platform’s own time', async () => {
    const b = await bench()
    b.connector.answers.push(new PlatformError('unsure', 'The connection broke.'))
    const reply = await b.approved()
    b.pass(UNDO_MS)
    await sendReply(b.desk, reply.id)
    expect(await echo(b, reply.id)).toBe(true)
    expect(await b.reply(reply.id)).toMatchObject({ status: 'sent', externalId: 'theirs-9', sentAt: b.desk.now() })
    b.pass(15_000)
    await settleReply(b.desk, reply.id)
    expect((await b.events()).filter(kind => kind === 'answered')).toHaveLength(1)
  })

  it('that arrive before the send’s own answer count once', async () => {
    const b = await bench()
    const reply = await b.approved()
    const { send } = b.connector
    b.connector.send = async (post, line) => {
      await echo(b, reply.id)
      return send(post, line)
    }
    b.pass(UNDO_MS)
    await sendReply(b.desk, reply.id)
    expect(await b.reply(reply.id)).toMatchObject({ status: 'sent', externalId: 'theirs-9' })
    expect((await b.events()).filter(kind => kind === 'answered')).toHaveLength(1)
  })
})

describe('a status update', () => {
  it('goes out once per account, however often it is published, and stops no clock', async () => {
    const b = await bench()
    const [incidentId, statusUpdateId] = [newId(), newId()]
    await b.desk.db
      .insertInto('incidents')
      .values({
        id: incidentId,
        title: 'Login errors',
        impact: 'log in',
        severity: 'SEV2',
        declaredById: b.ana.id,
        declaredAt: b.desk.now(),
      })
      .execute()
    await b.desk.db
      .insertInto('statusUpdates')
      .values({
        id: statusUpdateId,
        incidentId,
        kind: 'holding',
        incidentStatus: 'investigating',
        text: 'We are on it',
        writtenById: b.ana.id,
      })
      .execute()
    const post = { accountId: b.accountId, statusUpdateId, text: 'We are on it ^Team', writtenById: b.ana.id, sendAt: b.desk.now() }
    const publish = () => insertBroadcasts(b.desk.db, [{ ...post, id: newId(), idempotencyKey: newId() }])
    const [first, second] = [await publish(), await publish()]
    expect(second).toEqual([])
    await Promise.all([sendReply(b.desk, first[0]!), sendReply(b.desk, first[0]!)])
    expect(b.connector.sent).toMatchObject([{ text: 'We are on it ^Team', inReplyTo: null }])
    expect(await b.ticket()).toMatchObject({ waitingSince: expect.any(Date), revision: 2 })
  })
})
