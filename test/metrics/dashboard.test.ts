// The dashboard's numbers over rows counted by hand, and the lists behind them.

import { v7 as newId } from 'uuid'
import { expect, test } from 'vitest'
import { listCountedMentions } from '../../db/dashboard-page.ts'
import { declareIncident, linkTicket } from '../../incidents/incident.ts'
import { ticketsBehind } from '../../metrics/behind.ts'
import { periodOf } from '../../metrics/calendar.ts'
import { noise, readDashboard } from '../../metrics/dashboard.ts'
import { solveTicket } from '../../triage/tickets.ts'
import { answer, happen, openTicket } from '../open-ticket.ts'
import { testWorld } from '../world.ts'

const at = (time: string) => new Date(`2026-03-02T${time}:00Z`)

async function morning() {
  const world = await testWorld({ now: at('12:00') })
  const account = await world.account({ platform: 'x' })
  const { db } = world.desk
  const ticket = (startedAt: Date, given: object = {}) => openTicket(db, account, { startedAt, category: 'complaint', ...given })
  const read = (name: 'today' | 'yesterday' = 'today', zone = 'UTC') =>
    readDashboard(db, periodOf(name, world.desk.now(), zone), world.desk.now())
  const behind = (metric: Parameters<typeof ticketsBehind>[1]) =>
    ticketsBehind(db, metric, periodOf('today', world.desk.now(), 'UTC'), world.desk.now())
  return { ...world, db, ticket, read, behind }
}

test('a morning counted by hand', async () => {
  const { db, ticket, read, behind } = await morning()
  await answer(db, await ticket(at('08:00')), at('08:10'))
  await answer(db, await ticket(at('08:00')), at('08:40'))
  await answer(db, await ticket(at('08:00')), at('10:00'))
  const longest = await ticket(at('09:00'))
  await ticket(at('11:50'), { dueMinutes: 15 })
  const d = await read()
  expect(d.waiting).toEqual({ n: 2, longest: { number: longest.number, since: at('09:00') }, past60: 1, dueIn15: 1, unassigned: 2 })
  expect(d.first).toMatchObject({
    n: 3,
    mean: 170 / 3,
    median: 40,
    p90: 40 + 0.8 * 80,
    stillWaiting: 2,
    within: { part: 2, n: 4, share: 0.5 },
  })
  expect(d.sla).toMatchObject({ part: 2, n: 4 })
  expect(d.answered).toMatchObject({ part: 3, n: 5 })
  expect(d.backlog).toEqual({ n: 5, overdue: 1, incident: 0 })
  expect(d.volume).toMatchObject({ n: 5, excluded: 0 })
  expect(d.volume.byHour.slice(8, 12)).toEqual([3, 1, 0, 1])
  expect((await behind('first-response')).map(row => row.minutes)).toEqual([120, 40, 10])
  expect((await behind('first-late')).map(row => row.minutes)).toEqual([null, 120])
  expect((await behind('sla-breached')).map(row => row.outcome)).toEqual(['breached', 'breached'])
  expect(await behind('backlog-overdue')).toMatchObject([{ ticketId: longest.id }])
})

test('every number has as many rows behind it', async () => {
  const { db, ticket, read, behind } = await morning()
  for (const minute of ['08:01', '08:20', '09:30']) await answer(db, await ticket(at('08:00')), at(minute))
  await ticket(at('09:00'), { hasFailedReply: true, assigneeId: null })
  const d = await read()
  const rows = async (metric: Parameters<typeof ticketsBehind>[1]) => (await behind(metric)).length
  expect([
    await rows('waiting'),
    await rows('first-response'),
    await rows('first-within-60'),
    await rows('first-late'),
    await rows('sla-met'),
    await rows('backlog'),
    await rows('tier-one'),
    await rows('answered'),
    await rows('failed'),
  ]).toEqual([
    d.waiting.n,
    d.first.n,
    d.first.within.part,
    d.first.within.n - d.first.within.part,
    d.sla.part,
    d.backlog.n,
    d.answered.n,
    d.answered.part,
    d.failed,
  ])
})

test('bot reply or bot time counted: an acknowledgement stops no clock', async () => {
  const { db, ticket, read } = await morning()
  const slow = await ticket(at('08:00'))
  const replyId = newId()
  await db
    .insertInto('replies')
    .values({
      id: replyId,
      idempotencyKey: replyId,
      accountId: slow.accountId,
      ticketId: slow.id,
      statusUpdateId: null,
      answersId: null,
      pairedWithId: null,
      text: 'Seen!',
      visibility: 'public',
      role: 'ack',
      status: 'sent',
      writtenById: null,
      responder: 'ack',
      ticketRevision: null,
      afterSending: null,
      sendAt: null,
      sendingAt: null,
      sentAt: at('08:01'),
      nextReadBackAt: null,
      externalId: null,
      url: null,
      problem: null,
    })
    .execute()
  await happen(db, slow, {
    kind: 'answered',
    at: at('08:01'),
    replyId,
    turnStartedAt: at('08:00'),
    turnDueAt: at('09:00'),
    isFirstResponse: true,
  })
  const d = await read()
  expect([d.first.n, d.answered.part, d.sla.part, d.sla.n]).toEqual([0, 0, 0, 1])
})

test('reply-time after a reopen: the reopened turn is minutes, and is no first response', async () => {
  const { db, ticket, read } = await morning()
  const old = await ticket(new Date('2026-02-20T08:00:00Z'))
  await answer(db, old, new Date('2026-02-20T08:05:00Z'))
  await happen(db, old, { kind: 'solved', at: new Date('2026-02-20T09:00:00Z'), before: {} })
  await happen(db, old, { kind: 'reopened', at: at('08:00') })
  await happen(db, old, { kind: 'answered', at: at('08:10'), turnStartedAt: at('08:00'), turnDueAt: at('10:00') })
  const d = await read()
  expect([d.first.n, d.sla.part, d.sla.n]).toEqual([0, 1, 1])
})

test('outbound-first conversation inflated: a ticket we started has no first response', async () => {
  const { db, ticket, read } = await morning()
  await answer(db, await ticket(at('06:00'), { isProactive: true }), at('11:00'))
  expect((await read()).first).toMatchObject({ n: 0, excluded: { proactive: 1 } })
})

test('spam, noise and backfilled count nowhere and are said to be left out', async () => {
  const { db, ticket, read } = await morning()
  await answer(db, await ticket(at('08:00'), { isSpam: true }), at('08:10'))
  await answer(db, await ticket(at('08:00'), { isBackfilled: true }), at('08:10'))
  await ticket(at('08:00'), { mentionCategory: 'thanks_only', waitingSince: null })
  const d = await read()
  expect(d.first).toMatchObject({ n: 0, excluded: { spam: 1, backfilled: 1 } })
  expect([d.backlog.n, d.volume.n, d.volume.excluded]).toEqual([1, 1, 2])
})

test('linked to an incident: out of durations and targets, in the backlog’s own slice', async () => {
  const { desk, ana, ticket, read } = await morning()
  const held = await ticket(at('08:00'))
  const declared = await declareIncident(desk, { title: 'Down', impact: 'log in', severity: 'SEV2', components: [], teammateId: ana.id })
  if (declared.ok) await linkTicket(desk, { ticketId: held.id, incidentId: declared.incident.id, teammateId: ana.id })
  // Linked at this very instant: a moment later it is in the past.
  await desk.db
    .updateTable('ticketEvents')
    .set({ at: at('11:59') })
    .where('kind', '=', 'linked')
    .execute()
  const d = await read()
  expect(d.backlog).toEqual({ n: 0, overdue: 0, incident: 1 })
  expect([d.waiting.n, d.sla.n, d.answered.n, d.first.within.n]).toEqual([0, 0, 0, 0])
})

test('solved without an answer after its due time stays breached', async () => {
  const { desk, ana, ticket, read } = await morning()
  const { id } = await ticket(at('08:00'))
  await solveTicket(desk, { ticketId: id, teammateId: ana.id, reason: 'sold the product' })
  expect((await read()).sla).toMatchObject({ part: 0, n: 1 })
})

test('a closed day does not change when its tickets are answered and solved later', async () => {
  const { db, desk, ana, ticket, read, setNow } = await morning()
  const open = await ticket(at('09:00'))
  await answer(db, await ticket(at('08:00')), at('08:30'))
  setNow(new Date('2026-03-03T08:00:00Z'))
  const before = await read('yesterday')
  await answer(db, open, new Date('2026-03-03T08:30:00Z'))
  setNow(new Date('2026-03-03T09:00:00Z'))
  await solveTicket(desk, { ticketId: open.id, teammateId: ana.id, reason: 'done' })
  const after = await read('yesterday')
  expect([after.first.n, after.first.within, after.sla, after.answered, after.backlog]).toEqual([
    before.first.n,
    before.first.within,
    before.sla,
    before.answered,
    before.backlog,
  ])
  expect(after).toMatchObject({ first: { n: 1, within: { part: 1, n: 2 } }, backlog: { n: 2, overdue: 1 } })
})

test('hours are those of the zone: half past five ahead of UTC', async () => {
  const { ticket, read, db, desk } = await morning()
  await ticket(at('03:40'))
  await ticket(new Date('2026-03-01T18:40:00Z'))
  await ticket(new Date('2026-03-01T18:20:00Z'))
  const d = await read('today', 'Asia/Kolkata')
  expect([d.volume.n, d.volume.byHour[9], d.volume.byHour[0]]).toEqual([2, 1, 1])
  const rows = await listCountedMentions(db, periodOf('today', desk.now(), 'Asia/Kolkata'), noise, 0, { limit: 10, offset: 0 })
  expect(rows.map(row => row.postedAt.toISOString())).toEqual(['2026-03-01T18:40:00.000Z'])
})
