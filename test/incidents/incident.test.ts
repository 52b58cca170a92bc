// An outage from declaration to all-clear: links hold, unlinks restore, updates go out once, exceptions stay.

import { v7 as newId } from 'uuid'
import { expect, test } from 'vitest'
import { solveLinked } from '../../incidents/all-clear.ts'
import { declareIncident, incidentFor, linkTicket, linkTickets, moveIncident, unlinkTicket } from '../../incidents/incident.ts'
import { publishUnchanged, publishUpdate, retryBroadcast } from '../../incidents/status-update.ts'
import { proposeUpdate } from '../../incidents/wording.ts'
import { openTicket } from '../open-ticket.ts'
import { testWorld } from '../world.ts'

async function outage() {
  const world = await testWorld()
  const account = await world.account({ platform: 'x' })
  const { desk, ana } = world
  const declared = await declareIncident(desk, {
    title: 'Login errors',
    impact: 'log in to the app.',
    severity: 'SEV1',
    components: ['Sign-in'],
    teammateId: ana.id,
  })
  if (!declared.ok) throw new Error(declared.because)
  const { incident } = declared
  const ticket = (minutesAgo: number, given: Parameters<typeof openTicket>[2] | object = {}) =>
    openTicket(desk.db, account, { startedAt: new Date(desk.now().getTime() - minutesAgo * 60_000), ...given })
  const row = (id: string) => desk.db.selectFrom('tickets').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  const update = async (more: Partial<Parameters<typeof publishUpdate>[1]> = {}) => {
    const proposal = await proposeUpdate(desk, incident, 'holding')
    return publishUpdate(desk, {
      updateId: newId(),
      incidentId: incident.id,
      kind: 'holding',
      to: 'investigating',
      text: proposal.text,
      renditions: proposal.renditions,
      nextUpdateAt: new Date(desk.now().getTime() + 30 * 60_000),
      zone: 'UTC',
      teammateId: ana.id,
      ...more,
    })
  }
  const posts = () => desk.db.selectFrom('replies').selectAll().where('statusUpdateId', 'is not', null).execute()
  return { ...world, account, incident, ticket, row, update, posts }
}

test('a linked ticket is held, becomes Open, and its clock is covered', async () => {
  const { desk, ana, incident, ticket, row } = await outage()
  const { id, waitingSince } = await ticket(30)
  expect(await linkTicket(desk, { ticketId: id, incidentId: incident.id, teammateId: ana.id })).toEqual({ ok: true })
  expect(await row(id)).toMatchObject({ isHeld: true, status: 'open', incidentId: incident.id, responseDueAt: null, waitingSince })
})

test('an unlinked ticket has the due time it had', async () => {
  const { desk, ana, incident, ticket, row } = await outage()
  const { id, responseDueAt } = await ticket(30)
  await linkTicket(desk, { ticketId: id, incidentId: incident.id, teammateId: ana.id })
  expect(await unlinkTicket(desk, { ticketId: id, teammateId: ana.id })).toEqual({ ok: true })
  expect(await row(id)).toMatchObject({ isHeld: false, incidentId: null, responseDueAt })
})

test('what the customer wrote while it was held starts a clock of its own at the unlink', async () => {
  const { desk, ana, incident, ticket, row } = await outage()
  const { id } = await ticket(30, { waitingSince: null, responseDueAt: null, firstRespondedAt: new Date('2026-03-02T09:40:00Z') })
  await linkTicket(desk, { ticketId: id, incidentId: incident.id, teammateId: ana.id })
  const waitingSince = desk.now()
  await desk.db.updateTable('tickets').set({ waitingSince }).where('id', '=', id).execute()
  await unlinkTicket(desk, { ticketId: id, teammateId: ana.id })
  expect((await row(id)).responseDueAt).toEqual(new Date(waitingSince.getTime() + 120 * 60_000))
})

test('solved, spam and already linked tickets are left as they are', async () => {
  const { desk, ana, incident, ticket } = await outage()
  const ids = [(await ticket(5)).id, (await ticket(5, { status: 'solved' })).id, (await ticket(5, { isSpam: true })).id]
  expect(await linkTickets(desk, { ticketIds: ids, incidentId: incident.id, teammateId: ana.id })).toEqual({ ok: true, linked: 1 })
  expect(await linkTickets(desk, { ticketIds: ids, incidentId: incident.id, teammateId: ana.id })).toEqual({ ok: true, linked: 0 })
})

test('an outage report opened during an incident is said to belong to it; another question is not', async () => {
  const { desk, incident, ticket } = await outage()
  expect(await incidentFor(desk, await ticket(10))).toMatchObject({ incident: { id: incident.id }, isLinked: false })
  expect(await incidentFor(desk, await ticket(10, { category: 'account_question' }))).toBeNull()
  expect(await incidentFor(desk, await ticket(180))).toBeNull()
})

test('the same form sent twice posts once', async () => {
  const { update, posts, rung } = await outage()
  const updateId = newId()
  expect(await update({ updateId })).toEqual({ ok: true, posts: 1, isRepeat: false })
  expect(await update({ updateId })).toEqual({ ok: true, posts: 0, isRepeat: true })
  expect(await posts()).toHaveLength(1)
  expect(rung.filter(job => job.name === 'sendReply')).toHaveLength(1)
})

test('a post says what, until when in which zone, and who', async () => {
  const { update, posts } = await outage()
  await update()
  expect((await posts())[0]).toMatchObject({
    role: 'broadcast',
    status: 'approved',
    visibility: 'public',
    ticketId: null,
    text: "We know some of you can't log in to the app. We're on it and will update here by 10:30 UTC. ^Team",
  })
})

test('a second update waits ten minutes or has a reason', async () => {
  const { update, pass } = await outage()
  await update()
  pass(9 * 60_000)
  expect(await update()).toMatchObject({ ok: false, where: 'override', because: expect.stringContaining('wait 1 min') })
  expect(await update({ overrideBecause: 'the first named the wrong app' })).toMatchObject({ ok: true })
})

test('too long for a platform, a placeholder left open and a time gone by are refused, and nothing is published', async () => {
  const { update, posts, account, desk } = await outage()
  expect(await update({ renditions: [{ accountId: account.id, text: 'a'.repeat(290) }] })).toMatchObject({
    ok: false,
    where: account.id,
    because: expect.stringContaining('too long'),
  })
  expect(await update({ text: 'Since {{ask:time}} we know.' })).toMatchObject({ ok: false, where: 'text' })
  expect(await update({ nextUpdateAt: desk.now() })).toMatchObject({ ok: false, where: 'next' })
  expect(await posts()).toHaveLength(0)
})

test('no change yet is one call, and moves the promise on', async () => {
  const { desk, ana, incident, pass, posts } = await outage()
  pass(20 * 60_000)
  expect(await publishUnchanged(desk, { updateId: newId(), incident, zone: 'UTC', teammateId: ana.id })).toMatchObject({
    ok: true,
    posts: 1,
  })
  expect((await posts())[0]!.text).toContain('No change yet')
  expect((await desk.db.selectFrom('incidents').selectAll().executeTakeFirstOrThrow()).nextUpdateDueAt).toEqual(
    new Date('2026-03-02T10:50:00Z'),
  )
})

test('only a refused post is tried again', async () => {
  const { desk, ana, incident, update, posts } = await outage()
  await update()
  const [post] = await posts()
  const retry = () => retryBroadcast(desk, { replyId: post!.id, incidentId: incident.id, teammateId: ana.id })
  await desk.db.updateTable('replies').set({ status: 'unsure' }).execute()
  expect(await retry()).toMatchObject({ ok: false, because: expect.stringContaining('may be out already. Look on the platform') })
  await desk.db.updateTable('replies').set({ status: 'sending' }).execute()
  expect(await retry()).toMatchObject({ ok: false, because: expect.stringContaining('being sent at this moment') })
  await desk.db.updateTable('replies').set({ status: 'refused', problem: 'no' }).execute()
  expect(await retry()).toEqual({ ok: true })
  expect((await posts())[0]).toMatchObject({ status: 'approved', problem: null })
})

test('what was refused elsewhere is not sent from an incident’s page', async () => {
  const { desk, ana, account, incident, ticket, update, posts } = await outage()
  await update()
  const [post] = await posts()
  const { id: ticketId } = await ticket(30)
  const answer = { id: newId(), idempotencyKey: 'answer', accountId: account.id, ticketId, text: 'Hello', visibility: 'public' as const }
  await desk.db
    .insertInto('replies')
    .values({ ...answer, role: 'answer', status: 'refused', writtenById: ana.id })
    .execute()
  await desk.db.updateTable('replies').set({ status: 'refused' }).execute()
  const retry = (replyId: string, incidentId: string) => retryBroadcast(desk, { replyId, incidentId, teammateId: ana.id })
  expect(await retry(answer.id, incident.id)).toMatchObject({ ok: false })
  expect(await retry(post!.id, newId())).toMatchObject({ ok: false })
  expect(await desk.db.selectFrom('replies').select('status').distinct().execute()).toEqual([{ status: 'refused' }])
})

test('the all-clear needs monitoring, resolves, and solves all but the exceptions', async () => {
  const { desk, ana, ben, incident, ticket, row, update, pass } = await outage()
  const held = [await ticket(20), await ticket(15, { assigneeId: ben.id }), await ticket(10)]
  await linkTickets(desk, { ticketIds: held.map(t => t.id), incidentId: incident.id, teammateId: ana.id })
  const clear = () => update({ kind: 'allclear', to: 'resolved', text: 'You can log in again.', renditions: [] })
  expect(await clear()).toMatchObject({ ok: false, where: 'override' })
  await moveIncident(desk, { incidentId: incident.id, to: 'monitoring', teammateId: ana.id })
  pass(15 * 60_000)
  expect(await clear()).toMatchObject({ ok: true })
  const [first, second, exception] = held.map(t => t.id) as [string, string, string]
  expect(await solveLinked(desk, { incidentId: incident.id, solve: [first, second], exceptions: [exception], teammateId: ana.id })).toEqual(
    { ok: true, solved: 2, released: 1 },
  )
  expect(await row(first)).toMatchObject({ status: 'solved', isHeld: false, assigneeId: ana.id, incidentId: incident.id })
  expect(await row(second)).toMatchObject({ status: 'solved', assigneeId: ben.id })
  expect(await row(exception)).toMatchObject({ status: 'open', isHeld: false, incidentId: null, responseDueAt: held[2]!.responseDueAt })
  expect(await desk.db.selectFrom('notes').selectAll().execute()).toHaveLength(2)
  expect(await desk.db.selectFrom('replies').selectAll().where('ticketId', 'is not', null).execute()).toHaveLength(0)
  expect(await solveLinked(desk, { incidentId: incident.id, solve: [first, second], exceptions: [], teammateId: ana.id })).toMatchObject({
    solved: 0,
  })
})

test('a link without a chosen incident is refused in words', async () => {
  const { desk, ana, ticket } = await outage()
  expect(await linkTicket(desk, { ticketId: (await ticket(5)).id, incidentId: '', teammateId: ana.id })).toMatchObject({
    ok: false,
    because: expect.stringContaining('Choose'),
  })
})

test('nothing is linked to an incident that is over, nor solved by one that still runs', async () => {
  const { desk, ana, incident, ticket } = await outage()
  const { id } = await ticket(5)
  expect(await solveLinked(desk, { incidentId: incident.id, solve: [id], exceptions: [], teammateId: ana.id })).toMatchObject({ ok: false })
  await desk.db.updateTable('incidents').set({ resolvedAt: desk.now() }).execute()
  expect(await linkTicket(desk, { ticketId: id, incidentId: incident.id, teammateId: ana.id })).toMatchObject({ ok: false })
})
