// Where mentions go: a ticket opened, a ticket joined, or nowhere but the lists.
import { sql } from 'kysely'
import { v7 as newId } from 'uuid'
import { expect, onTestFinished, test } from 'vitest'
import { listQueue } from '../../db/queue-page.ts'
import type { Verdict } from '../../domain.ts'
import { fileMentions } from '../../triage/filing.ts'
import { readDeliveries } from '../../triage/intake.ts'
import { setPriority } from '../../triage/tickets.ts'
import { triageMentions } from '../../triage/triage.ts'
import { deliver, plainConnector, says } from '../plain-connector.ts'
import { cleo, testWorld, type World } from '../world.ts'

const HOUR = 3_600_000

async function plainWorld() {
  const world = await testWorld({ connectors: [plainConnector()] })
  const account = await world.account({ platform: 'plain' })
  /** One customer mention, judged as given, filed now. */
  const hear = async (text: string, verdict: Partial<Verdict>, given: Parameters<typeof says>[1] = {}) => {
    await deliver(world, account, [says(text, { postedAt: world.desk.now(), ...given })])
    await readDeliveries(world.desk)
    await world.desk.db.transaction().execute(async tx => {
      const mentions = await tx.selectFrom('mentions').selectAll().where('state', '=', 'waiting').execute()
      await fileMentions(
        tx,
        mentions.map(mention => ({ mention, verdict: { ...complaint, ...verdict } })),
        world.desk.now(),
      )
    })
  }
  return { world, account, hear }
}
const complaint: Verdict = {
  category: 'complaint',
  tier: 1,
  priority: 'high',
  confidence: 0.9,
  sentiment: -0.5,
  sentimentLabel: 'negative',
  actionable: 0.9,
  language: 'en',
  tags: [],
  needsReview: false,
  reasons: [],
  wouldChange: null,
  model: 'test',
}
const noise = (category: Verdict['category']): Partial<Verdict> => ({ category, tier: 'noise', priority: 'low', confidence: 0.95 })
const tickets = (world: World) => world.desk.db.selectFrom('tickets').selectAll().orderBy('number').execute()
const kinds = async (world: World) =>
  (await world.desk.db.selectFrom('ticketEvents').select('kind').orderBy('id').execute()).map(e => e.kind)
const set = (world: World, change: object) => world.desk.db.updateTable('tickets').set(change).execute()

test('a tier 1 mention opens a ticket whose clock starts when it was posted, not when it came', async () => {
  const { world, hear } = await plainWorld()
  const postedAt = new Date(world.desk.now().getTime() - 20 * 60_000)
  await hear('Third time my order is late', {}, { postedAt })
  const [ticket] = await tickets(world)
  expect(ticket).toMatchObject({ status: 'new', priority: 'high', category: 'complaint', startedAt: postedAt, waitingSince: postedAt })
  expect(ticket!.responseDueAt).toEqual(new Date(postedAt.getTime() + HOUR))
  expect(await kinds(world)).toEqual(['opened'])
})

test('noise opens nothing', async () => {
  const { world, hear } = await plainWorld()
  for (const category of ['spam', 'irrelevant', 'thanks_only', 'peer_answered', 'duplicate'] as const)
    await hear(`${category} said in words`, noise(category))
  expect(await tickets(world)).toEqual([])
})

test('tier 2 opens a ticket when it speaks to us, and is an opportunity card when it does not', async () => {
  const { world, hear } = await plainWorld()
  await hear('Thinking about switching', { category: 'general_reference', tier: 2, priority: 'normal' }, { addressesUs: false })
  expect(await tickets(world)).toEqual([])
  await hear('Love the new shop', { category: 'positive_feedback', tier: 2, priority: 'normal' })
  expect((await tickets(world)).map(t => t.priority)).toEqual(['normal'])
})

test('unsure in public goes to Review, unsure in private opens a ticket', async () => {
  const { world, hear } = await plainWorld()
  await hear('hmm, about that thing', { needsReview: true, confidence: 0.3 })
  expect(await tickets(world)).toEqual([])
  await hear('hmm, about that thing', { needsReview: true, confidence: 0.3 }, { visibility: 'private' })
  expect(await tickets(world)).toHaveLength(1)
})

test('the same conversation joins, however late; another one within 24 hours joins; after that it opens a new ticket', async () => {
  const { world, hear } = await plainWorld()
  await hear('one', {}, { threadKey: 't1' })
  world.pass(23 * HOUR)
  await hear('two, elsewhere', {}, { threadKey: 't2' })
  world.pass(30 * HOUR)
  await hear('three, in the first place', {}, { threadKey: 't1' })
  expect(await tickets(world)).toHaveLength(1)
  world.pass(25 * HOUR)
  await hear('four, about something else', {}, { threadKey: 't3' })
  expect(await tickets(world)).toHaveLength(2)
})

test('another customer in the same conversation has a ticket of their own', async () => {
  const { world, hear } = await plainWorld()
  await hear('it is broken', {}, { threadKey: 't' })
  await hear('for me too', {}, { threadKey: 't', author: { ...cleo, externalId: '7002', handle: 'dora' } })
  expect(await tickets(world)).toHaveLength(2)
})

test('a thank-you neither reopens nor starts a clock', async () => {
  const { world, hear } = await plainWorld()
  await hear('where is it', {}, { threadKey: 't' })
  await set(world, { status: 'solved', solvedAt: world.desk.now(), waitingSince: null, responseDueAt: null })
  await hear('thank you!', noise('thanks_only'), { threadKey: 't' })
  expect((await tickets(world))[0]).toMatchObject({ status: 'solved', waitingSince: null, reopenedCount: 0 })
})

test('any other word of theirs reopens a solved ticket and starts a turn', async () => {
  const { world, hear } = await plainWorld()
  await hear('where is it', {}, { threadKey: 't' })
  await set(world, {
    status: 'solved',
    solvedAt: world.desk.now(),
    waitingSince: null,
    responseDueAt: null,
    firstRespondedAt: world.desk.now(),
  })
  world.pass(HOUR)
  await hear('still nothing', {}, { threadKey: 't' })
  const [ticket] = await tickets(world)
  expect(ticket).toMatchObject({ status: 'open', reopenedCount: 1, solvedAt: null, waitingSince: world.desk.now() })
  expect(ticket!.responseDueAt).toEqual(new Date(world.desk.now().getTime() + 2 * HOUR))
  expect(await kinds(world)).toEqual(['opened', 'mention_joined', 'reopened'])
})

test('a ticket reopened after the all-clear stands outside its incident, with a clock of its own', async () => {
  const { world, hear } = await plainWorld()
  await hear('everything is down', {}, { threadKey: 't' })
  const incident = {
    id: newId(),
    title: 'Down',
    impact: 'log in',
    severity: 'SEV2' as const,
    declaredById: world.ana.id,
    declaredAt: world.desk.now(),
  }
  await world.desk.db.insertInto('incidents').values(incident).execute()
  await set(world, {
    status: 'solved',
    solvedAt: world.desk.now(),
    waitingSince: null,
    responseDueAt: null,
    incidentId: incident.id,
    isHeld: true,
  })
  await hear('still nothing here', {}, { threadKey: 't' })
  expect((await tickets(world))[0]).toMatchObject({ status: 'open', incidentId: null, isHeld: false, waitingSince: world.desk.now() })
  expect((await tickets(world))[0]!.responseDueAt).not.toBeNull()
  expect(await kinds(world)).toContain('unlinked')
})

test('a closed ticket is immutable: what they write later opens a new one', async () => {
  const { world, hear } = await plainWorld()
  await hear('where is it', {}, { threadKey: 't' })
  await set(world, { status: 'closed' })
  await hear('again', {}, { threadKey: 't' })
  expect((await tickets(world)).map(t => t.status)).toEqual(['closed', 'new'])
})

test('the turn runs from the oldest unanswered mention, also when an older one arrives late', async () => {
  const { world, hear } = await plainWorld()
  const late = new Date(world.desk.now().getTime() - HOUR)
  await hear('second', {}, { threadKey: 't' })
  await hear('first, arriving late', {}, { threadKey: 't', postedAt: late })
  expect((await tickets(world))[0]!.waitingSince).toEqual(late)
})

test('a worse mention raises the priority and pulls the target in; the start stays', async () => {
  const { world, hear } = await plainWorld()
  const start = world.desk.now()
  await hear('a question', { category: 'general_reference', tier: 2, priority: 'normal' }, { threadKey: 't' })
  world.pass(5 * 60_000)
  await hear('my account was hacked', { category: 'urgent_request', priority: 'urgent' }, { threadKey: 't' })
  const [ticket] = await tickets(world)
  expect(ticket).toMatchObject({ priority: 'urgent', waitingSince: start, responseDueAt: new Date(start.getTime() + 15 * 60_000) })
})

test('the queue tells by which words a ticket is urgent, where the newest do not; what a person set is nobody’s word', async () => {
  const { world, hear } = await plainWorld()
  const { db } = world.desk
  const raisedBy = async () =>
    (await listQueue(db, { view: 'waiting', teammateId: world.ana.id, now: world.desk.now(), limit: 5 })).map(row => row.raisedBy)
  await hear('@acme my account was hacked', { category: 'urgent_request', priority: 'urgent' }, { threadKey: 't' })
  expect(await raisedBy()).toEqual([null])
  await hear('will do', { category: 'general_reference', tier: 2, priority: 'normal' }, { threadKey: 't' })
  expect(await raisedBy()).toEqual(['@acme my account was hacked'])
  await hear('and now my bank too', { category: 'urgent_request', priority: 'urgent' }, { threadKey: 't' })
  expect(await raisedBy()).toEqual([null])
  await hear('ok', { category: 'general_reference', tier: 2, priority: 'normal' }, { threadKey: 't' })
  expect(await raisedBy()).toEqual(['and now my bank too'])
  const [ticket] = await tickets(world)
  await setPriority(world.desk, { ticketId: ticket!.id, teammateId: world.ana.id, priority: 'high' })
  expect(await raisedBy()).toEqual([null])
})

test('history from before the account was connected is flagged and runs no clock', async () => {
  const { world, account, hear } = await plainWorld()
  await hear('old story', {}, { postedAt: new Date(account.connectedAt.getTime() - HOUR) })
  expect((await tickets(world))[0]).toMatchObject({ isBackfilled: true, waitingSince: null, responseDueAt: null })
})

test('own answers read back together with the mention they answer close its turn (reply before parent)', async () => {
  const { world, account } = await plainWorld()
  const postedAt = new Date(world.desk.now().getTime() - HOUR)
  const answeredAt = new Date(world.desk.now().getTime() - HOUR / 2)
  const own = says('Sorry! On its way.', {
    externalId: 'b',
    threadKey: 't',
    parentExternalId: 'a',
    direction: 'outbound',
    author: null,
    postedAt: answeredAt,
  })
  await deliver(world, account, [own, says('Where is my parcel?', { externalId: 'a', threadKey: 't', postedAt })])
  await readDeliveries(world.desk)
  await world.desk.db.transaction().execute(async tx => {
    const mentions = await tx.selectFrom('mentions').selectAll().where('state', '=', 'waiting').execute()
    await fileMentions(
      tx,
      mentions.map(mention => ({ mention, verdict: complaint })),
      world.desk.now(),
    )
  })
  expect((await tickets(world))[0]).toMatchObject({ waitingSince: null, firstRespondedAt: answeredAt })
  expect(await kinds(world)).toContain('answered')
})

test('a mention that cannot be filed is set aside alone and its batch goes on', async () => {
  const { world, account } = await plainWorld()
  await deliver(world, account, [
    says('My parcel never came, I want an answer', { externalId: 'a' }),
    says('Why was I charged twice?', { externalId: 'b', author: { ...cleo, externalId: '7002' } }),
  ])
  await readDeliveries(world.desk)
  // Text that no verdict can be stored for: the judge's own fault, here made by hand.
  await world.desk.db
    .updateTable('mentions')
    .set({ facts: JSON.stringify({}), platform: 'nowhere' })
    .where('externalId', '=', 'a')
    .execute()
  await world.desk.db.schema.alterTable('tickets').addCheckConstraint('only_plain', sql`platform <> 'nowhere'`).execute()
  onTestFinished(() => world.desk.db.schema.alterTable('tickets').dropConstraint('only_plain').execute())
  await triageMentions(world.desk)
  const rows = await world.desk.db.selectFrom('mentions').select(['externalId', 'state']).orderBy('externalId').execute()
  expect(rows).toEqual([
    { externalId: 'a', state: 'set_aside' },
    { externalId: 'b', state: 'triaged' },
  ])
})

test('who says that it is over waits no longer on top: the priority that triage set goes back, with its reason and its due time', async () => {
  const { world, hear } = await plainWorld()
  await hear('Nothing loads since noon', { priority: 'urgent' })
  const [before] = await tickets(world)
  await hear('works again', { priority: 'normal', saysSolved: true })
  const [after] = await tickets(world)
  expect(after).toMatchObject({ id: before!.id, priority: 'normal', status: 'new', waitingSince: before!.waitingSince })
  expect(after!.responseDueAt!.getTime()).toBeGreaterThan(before!.responseDueAt!.getTime())
  const changed = await world.desk.db.selectFrom('ticketEvents').selectAll().where('kind', '=', 'priority_changed').execute()
  expect(changed).toMatchObject([{ before: { priority: 'urgent' }, after: { priority: 'normal', because: 'they say that it is over' } }])
  // And up again when it was not.
  await hear('dead again', { priority: 'urgent' })
  expect((await tickets(world))[0]!.priority).toBe('urgent')
})

test('a rule that holds it up is stronger than words of relief, and nothing goes down and up again', async () => {
  const { world, hear } = await plainWorld()
  await hear('Nothing loads since noon', { priority: 'urgent' })
  await hear('works again', { priority: 'urgent', saysSolved: true })
  expect(await tickets(world)).toMatchObject([{ priority: 'urgent' }])
  expect(await kinds(world)).not.toContain('priority_changed')
})

test('thanks that say so lower it too, and start no clock', async () => {
  const { world, hear } = await plainWorld()
  await hear('Nothing loads since noon', { priority: 'urgent' }, { threadKey: 't' })
  await set(world, { waitingSince: null, responseDueAt: null, status: 'pending' })
  await hear('all working again, thank you', { ...noise('thanks_only'), saysSolved: true }, { threadKey: 't' })
  expect(await tickets(world)).toMatchObject([{ priority: 'normal', status: 'pending', waitingSince: null }])
})

test.each<[string, (world: World) => Promise<unknown>, Partial<Verdict>]>([
  [
    'a person set',
    world =>
      world.desk.db
        .insertInto('ticketEvents')
        .values(eb => ({
          ticketId: eb.selectFrom('tickets').select('id'),
          kind: 'priority_changed',
          at: world.desk.now(),
          actor: 'teammate',
          teammateId: eb.selectFrom('teammates').select('id').limit(1),
        }))
        .execute(),
    {},
  ],
  ['of somebody in danger', async () => {}, { reasons: [{ signal: 'selfHarm', points: 9, because: 'words of despair' }] }],
])('a priority %s stays, whatever they say', async (_, firmly, verdict) => {
  const { world, hear } = await plainWorld()
  await hear('I cannot go on with this', { priority: 'urgent', ...verdict })
  await firmly(world)
  await hear('never mind, all sorted', { priority: 'normal', saysSolved: true })
  expect(await tickets(world)).toMatchObject([{ priority: 'urgent' }])
})

test('said in one batch, the later word holds, and an older one that comes late lowers nothing', async () => {
  const { world, account, hear } = await plainWorld()
  const at = (minutes: number) => new Date(world.desk.now().getTime() - minutes * 60_000)
  await deliver(world, account, [says('down', { postedAt: at(20) }), says('works again', { postedAt: at(10) })])
  await readDeliveries(world.desk)
  await world.desk.db.transaction().execute(async tx => {
    const mentions = await tx.selectFrom('mentions').selectAll().where('state', '=', 'waiting').execute()
    const verdictFor = (text: string): Verdict =>
      text === 'down' ? { ...complaint, priority: 'urgent' } : { ...complaint, priority: 'normal', saysSolved: true }
    await fileMentions(
      tx,
      mentions.map(mention => ({ mention, verdict: verdictFor(mention.text) })),
      world.desk.now(),
    )
  })
  expect(await tickets(world)).toMatchObject([{ priority: 'normal' }])
  await hear('down for good', { priority: 'urgent' }, { postedAt: at(5) })
  await hear('it works now', { priority: 'normal', saysSolved: true }, { postedAt: at(15) })
  expect(await tickets(world)).toMatchObject([{ priority: 'urgent' }])
})
