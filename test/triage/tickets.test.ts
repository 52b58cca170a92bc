// What people do with tickets, and what is refused in words.
import { expect, test } from 'vitest'
import { readDeliveries } from '../../triage/intake.ts'
import {
  assignTicket,
  correctTriage,
  dismissMention,
  holdTicket,
  markSpam,
  noteTicket,
  openFromMention,
  reopenTicket,
  setPending,
  setPriority,
  snoozeTicket,
  solveTicket,
  takeTicket,
} from '../../triage/tickets.ts'
import { triageMentions } from '../../triage/triage.ts'
import { deliver, plainConnector, says } from '../plain-connector.ts'
import { testWorld } from '../world.ts'

async function withTicket() {
  const world = await testWorld({ connectors: [plainConnector()] })
  const account = await world.account({ platform: 'plain' })
  await deliver(world, account, [says('My order never came, this is the third time I ask. Where is it?', { externalId: 'a' })])
  await readDeliveries(world.desk)
  await triageMentions(world.desk)
  const { id } = await world.desk.db.selectFrom('tickets').select('id').executeTakeFirstOrThrow()
  const ticket = () => world.desk.db.selectFrom('tickets').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  const events = async () =>
    (await world.desk.db.selectFrom('ticketEvents').select(['kind', 'teammateId']).where('ticketId', '=', id).orderBy('id').execute()).map(
      e => e.kind,
    )
  return { world, account, ticket, events, on: { ticketId: id, teammateId: world.ana.id } }
}

test('taking a New ticket assigns and opens it, in the events too', async () => {
  const { world, ticket, events, on } = await withTicket()
  expect(await takeTicket(world.desk, on)).toEqual({ ok: true })
  expect(await ticket()).toMatchObject({ status: 'open', assigneeId: world.ana.id })
  expect(await events()).toEqual(['opened', 'assigned', 'status_changed'])
})

test('a read-only teammate is not assigned work', async () => {
  const { world, on } = await withTicket()
  await world.desk.db.updateTable('teammates').set({ role: 'readonly' }).where('id', '=', world.ben.id).execute()
  expect(await assignTicket(world.desk, { ...on, assigneeId: world.ben.id })).toEqual({
    ok: false,
    because: expect.stringContaining('may only read'),
  })
})

test('moving to Pending without a reply does not stop the clock', async () => {
  const { world, ticket, on } = await withTicket()
  const { waitingSince } = await ticket()
  await setPending(world.desk, on)
  expect(await ticket()).toMatchObject({ status: 'pending', waitingSince })
})

test('on hold needs a reason', async () => {
  const { world, ticket, on } = await withTicket()
  expect((await holdTicket(world.desk, { ...on, reason: ' ' })).ok).toBe(false)
  await holdTicket(world.desk, { ...on, reason: 'warehouse looks for it' })
  expect(await ticket()).toMatchObject({ status: 'on_hold', holdReason: 'warehouse looks for it' })
})

test('solving without any reply needs a reason, and assigns the solver', async () => {
  const { world, ticket, on } = await withTicket()
  expect(await solveTicket(world.desk, on)).toEqual({ ok: false, because: expect.stringContaining('without a reply') })
  await solveTicket(world.desk, { ...on, reason: 'answered by phone' })
  expect(await ticket()).toMatchObject({ status: 'solved', assigneeId: world.ana.id, waitingSince: null, solvedAt: world.desk.now() })
})

test('reopening what was solved unanswered runs the clock from where it was', async () => {
  const { world, ticket, on } = await withTicket()
  const before = await ticket()
  await solveTicket(world.desk, { ...on, reason: 'by mistake' })
  world.pass(60_000)
  await reopenTicket(world.desk, on)
  expect(await ticket()).toMatchObject({
    status: 'open',
    reopenedCount: 1,
    waitingSince: before.waitingSince,
    responseDueAt: before.responseDueAt,
  })
})

test('a priority changes the target, never the start', async () => {
  const { world, ticket, on } = await withTicket()
  const { waitingSince } = await ticket()
  await setPriority(world.desk, { ...on, priority: 'urgent' })
  expect(await ticket()).toMatchObject({ waitingSince, responseDueAt: new Date(waitingSince!.getTime() + 15 * 60_000) })
})

test('a correction re-prioritises, is logged with before and after, and noise leaves the queue reversibly', async () => {
  const { world, ticket, on } = await withTicket()
  const { category } = await ticket()
  await correctTriage(world.desk, { ...on, category: 'general_reference' })
  expect(await ticket()).toMatchObject({ category: 'general_reference', priority: 'normal', isSpam: false })
  await correctTriage(world.desk, { ...on, category: 'spam' })
  expect((await ticket()).isSpam).toBe(true)
  await correctTriage(world.desk, { ...on, category: 'complaint' })
  expect(await ticket()).toMatchObject({ isSpam: false, priority: 'high' })
  const first = await world.desk.db
    .selectFrom('ticketEvents')
    .selectAll()
    .where('kind', '=', 'category_changed')
    .orderBy('id')
    .executeTakeFirstOrThrow()
  expect(first).toMatchObject({ before: { category }, after: { category: 'general_reference' }, teammateId: world.ana.id })
})

test('snooze wants a time to come; spam wants a reason', async () => {
  const { world, on } = await withTicket()
  expect((await snoozeTicket(world.desk, { ...on, until: world.desk.now() })).ok).toBe(false)
  expect((await markSpam(world.desk, { ...on, reason: '' })).ok).toBe(false)
})

test('a note masks card digits and changes nothing a reply was written against', async () => {
  const { world, ticket, on } = await withTicket()
  const { revision } = await ticket()
  await noteTicket(world.desk, { ...on, text: 'card 4111 1111 1111 1111 was charged twice' })
  const note = await world.desk.db.selectFrom('notes').selectAll().executeTakeFirstOrThrow()
  expect(note.text).not.toContain('4111 1111')
  expect(note.text).toContain('1111')
  expect((await ticket()).revision).toBe(revision)
})

test('an opportunity becomes a proactive ticket without a clock, once', async () => {
  const { world, account, on } = await withTicket()
  await deliver(world, account, [
    says('Thinking of changing my provider this autumn', {
      externalId: 'o',
      addressesUs: false,
      author: { externalId: '7009', handle: 'ola', name: 'Ola', followers: null },
    }),
  ])
  await readDeliveries(world.desk)
  await triageMentions(world.desk)
  const { id } = await world.desk.db.selectFrom('mentions').select('id').where('externalId', '=', 'o').executeTakeFirstOrThrow()
  const [first, again] = [
    await openFromMention(world.desk, { mentionId: id, teammateId: on.teammateId }),
    await openFromMention(world.desk, { mentionId: id, teammateId: on.teammateId }),
  ]
  expect(first.ok && again.ok && first.ticketId === again.ticketId).toBe(true)
  const opened = await world.desk.db.selectFrom('tickets').selectAll().where('isProactive', '=', true).execute()
  expect(opened).toHaveLength(1)
  expect(opened[0]).toMatchObject({ waitingSince: null, responseDueAt: null })
})

test('only a kind of noise dismisses a card', async () => {
  const { world, on } = await withTicket()
  expect((await dismissMention(world.desk, { mentionId: on.ticketId, teammateId: on.teammateId, category: 'complaint' })).ok).toBe(false)
})
