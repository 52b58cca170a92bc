// The queue: SPEC's order out of SQL, further rows, counts that stop, search, cards.
import { v7 as newId } from 'uuid'
import { expect, test } from 'vitest'
import type { AccountRow } from '../../db/accounts.ts'
import { countMine, countViews, listQueue, type QueueCursor, type QueueRow } from '../../db/queue-page.ts'
import { readSearch } from '../../db/queue-search.ts'
import type { Db } from '../../db/schema.ts'
import type { Id } from '../../domain.ts'
import { compareQueued, effectiveRank } from '../../triage/queue-order.ts'
import { placeReason } from '../../web/parts/queue-row.tsx'
import { openTicket } from '../open-ticket.ts'
import { testWorld } from '../world.ts'
import { saidBy, webWorld } from './web-world.ts'

const now = new Date('2026-03-02T12:00:00Z')
const minutes = (n: number) => new Date(now.getTime() + n * 60_000)

test('SPEC’s example: urgent first, an overdue normal with the highs, then who waits longest: D, B, C, E, A', async () => {
  const { desk, account, ana } = await testWorld({ now })
  const at = await account({ platform: 'x' })
  const given = [
    ['A', 'high', 5, '11:05'],
    ['B', 'normal', -30, '10:00'],
    ['C', 'high', -4, '11:00'],
    ['D', 'urgent', 10, '11:55'],
    ['E', 'high', 5, '10:50'],
  ] as const
  for (const [name, priority, left, since] of given)
    await openTicket(desk.db, at, { author: name, priority, startedAt: new Date(`2026-03-02T${since}:00Z`), responseDueAt: minutes(left) })
  const rows = await listQueue(desk.db, { view: 'waiting', teammateId: ana.id, now, limit: 50 })
  expect(rows.map(row => row.handle).join(', ')).toBe('D, B, C, E, A')
})

test('SQL’s order is compareQueued’s, for 300 tickets of any kind, with ties and without clocks', async () => {
  const { desk, account, ana } = await testWorld({ now })
  await insertMany(desk.db, await account({ platform: 'x' }), 300, random(7))
  for (const view of ['waiting', 'unassigned'] as const) {
    const rows = await listQueue(desk.db, { view, teammateId: ana.id, now, limit: 400 })
    expect(rows).toHaveLength(300)
    expect(rows.map(row => row.id)).toEqual([...rows].sort((a, b) => compareQueued(a, b, now)).map(row => row.id))
  }
})

test('further rows go on exactly where the page ended, though time has passed', async () => {
  const { desk, account, ana } = await testWorld({ now })
  await insertMany(desk.db, await account({ platform: 'x' }), 120, random(11))
  const whole = await listQueue(desk.db, { view: 'waiting', teammateId: ana.id, now, limit: 200 })
  const seen: Id[] = []
  let after: QueueCursor | undefined
  for (let page = 0; page < 20; page++) {
    const rows = (await listQueue(desk.db, { view: 'waiting', teammateId: ana.id, now: minutes(page), limit: 9, after })).slice(0, 9)
    if (!rows.length) break
    seen.push(...rows.map(row => row.id))
    after = cursorOf(rows.at(-1)!, after?.asOf ?? now)
  }
  expect(seen).toEqual(whole.map(row => row.id))
})

test('mine comes in the same order, and only mine', async () => {
  const { desk, account, ana, ben } = await testWorld({ now })
  const draw = random(5)
  await insertMany(desk.db, await account({ platform: 'x' }), 60, draw, () => [ana.id, ben.id, null][Math.floor(draw() * 3)]!)
  const rows = await listQueue(desk.db, { view: 'mine', teammateId: ana.id, now, limit: 100 })
  expect(rows.length).toBeGreaterThan(5)
  expect(rows.every(row => row.assigneeId === ana.id)).toBe(true)
  expect(rows.map(row => row.id)).toEqual([...rows].sort((a, b) => compareQueued(a, b, now)).map(row => row.id))
})

test('each ticket is counted in its view, and counting stops at a thousand', async () => {
  const { desk, account, ana } = await testWorld({ now })
  const at = await account({ platform: 'x' })
  await insertMany(desk.db, at, 1100, random(3))
  const one = (given: Parameters<typeof openTicket>[2]) => openTicket(desk.db, at, given)
  await one({ startedAt: now, status: 'pending' })
  await one({ startedAt: now, status: 'on_hold' })
  await one({ startedAt: now, snoozedUntil: minutes(60) })
  await one({ startedAt: now, hasFailedReply: true, assigneeId: ana.id })
  await one({ startedAt: now, isSpam: true })
  expect(await countMine(desk.db, ana.id)).toBe(1)
  expect(await countViews(desk.db, now)).toMatchObject({
    unassigned: 1000,
    waiting: 1000,
    pending: 1,
    hold: 1,
    snoozed: 1,
    incident: 0,
    failed: 1,
    opportunity: 0,
    review: 0,
  })
})

test('the page shows "999+", the rows, who is there and why each stands where it stands', async () => {
  const { web, account, signIn, ana } = await webWorld()
  const lead = await signIn('lead')
  const at = await account({ platform: 'x' })
  const late = await openTicket(web.db, at, {
    startedAt: new Date(web.now().getTime() - 30 * 3_600_000),
    priority: 'normal',
    dueMinutes: 1440,
    text: '@acme_care where is my parcel?',
  })
  await web.db.insertInto('presence').values({ ticketId: late.id, teammateId: ana.id, isTyping: true, seenAt: new Date() }).execute()
  await insertMany(web.db, at, 1001, random(2))
  const page = await (await lead.get(`/queue?q=%23${late.number}`)).text()
  expect(page).toContain('999+')
  const row = new RegExp(`<a class="queue-row" href="/tickets/${late.number}[?]q=[\\s\\S]*?</a>`).exec(page)![0]
  for (const words of [
    'Normal',
    'promoted: overdue',
    '-06:00',
    'Ana',
    'stands with high: overdue 06:00, waited 30 h',
    '>where is my parcel?<',
  ])
    expect(row).toContain(words)
})

test('a row’s reason names rank, time left and wait', () => {
  expect(
    placeReason({ priority: 'high', responseDueAt: minutes(12), waitingSince: minutes(-48), holdReason: null, status: 'open' }, now),
  ).toBe('high, 12 min left, waited 48 min')
  expect(
    placeReason({ priority: 'urgent', responseDueAt: minutes(-250), waitingSince: minutes(-265), holdReason: null, status: 'open' }, now),
  ).toBe('urgent, overdue 04:10, waited 4 h')
})

test('whoever did something sees it counted on the very next page, though counts are kept for a second', async () => {
  const { web, account, signIn } = await webWorld()
  const rep = await signIn('rep')
  const at = await account({ platform: 'x' })
  await openTicket(web.db, at, { startedAt: web.now() })
  expect(await (await rep.get('/queue')).text()).toMatch(/All waiting<\/span><span class="n">1</)
  await openTicket(web.db, at, { startedAt: web.now() })
  await rep.post('/next')
  const page = await (await rep.get('/queue')).text()
  expect(page).toMatch(/All waiting<\/span><span class="n">2</)
  expect(page).toMatch(/Mine<\/span><span class="n">1</)
})

test('an empty queue says why and what next', async () => {
  const { signIn } = await webWorld()
  const page = await (await (await signIn('rep')).get('/queue')).text()
  expect(page).toContain('Queue clear')
  expect(page).toContain('New mentions appear here by themselves')
})

test('the search finds by number, person, words and filters, and says what it does not know', async () => {
  const { desk, account, ana } = await testWorld({ now })
  const at = await account({ platform: 'x' })
  const parcel = await openTicket(desk.db, at, {
    startedAt: minutes(-90),
    author: 'cleo',
    text: '100% of my parcels are late',
    assigneeId: ana.id,
  })
  await openTicket(desk.db, at, { startedAt: minutes(-5), author: 'walker', text: 'cannot log in', priority: 'urgent', dueMinutes: 15 })
  const found = async (q: string) =>
    (await listQueue(desk.db, { view: 'waiting', teammateId: ana.id, now, limit: 50, search: readSearch(q) })).map(row => row.handle)
  expect(await found(`#${parcel.number}`)).toEqual(['cleo'])
  expect(await found('from:@Walker')).toEqual(['walker'])
  expect(await found('"my parcels"')).toEqual(['cleo'])
  expect(await found('100%')).toEqual(['cleo'])
  expect(await found('100_')).toEqual([])
  expect(await found('assignee:me')).toEqual(['cleo'])
  expect(await found('assignee:none platform:x priority:urgent')).toEqual(['walker'])
  expect(await found('sla:breached')).toEqual(['cleo'])
  expect(await found('waiting>1h')).toEqual(['cleo'])
  expect(await found('is:pending')).toEqual([])
  expect(readSearch('is:asleep https://a.example hello')).toMatchObject({ unknown: ['is:asleep'], words: ['https://a.example', 'hello'] })
})

test('get next takes the first ticket nobody is looking at', async () => {
  const { web, account, signIn, ana } = await webWorld()
  const rep = await signIn('rep')
  const at = await account({ platform: 'x' })
  const first = await openTicket(web.db, at, { startedAt: new Date(), priority: 'urgent' })
  const second = await openTicket(web.db, at, { startedAt: new Date() })
  await web.db.insertInto('presence').values({ ticketId: first.id, teammateId: ana.id, isTyping: false, seenAt: new Date() }).execute()
  const answer = await rep.post('/next')
  expect(answer.headers.get('location')).toBe(`/tickets/${second.number}`)
  expect((await web.db.selectFrom('tickets').select('assigneeId').where('id', '=', second.id).executeTakeFirstOrThrow()).assigneeId).toBe(
    rep.id,
  )
})

test('a card becomes a ticket, or noise with its kind', async () => {
  const { web, account, signIn } = await webWorld()
  const rep = await signIn('rep')
  const at = await account({ platform: 'x' })
  const [first, second] = [await insertCard(web.db, at, 'Acme or Zenith, which is better?'), await insertCard(web.db, at, 'acme acme acme')]
  expect(await (await rep.get('/queue?view=opportunity')).text()).toContain('Acme or Zenith, which is better?')
  const opened = await rep.post(`/mentions/${first}/ticket?view=opportunity`)
  expect(opened.headers.get('location')).toMatch(/^\/tickets\/\d+$/)
  const dismissed = await rep.post(`/mentions/${second}/dismissal?view=opportunity`, { category: 'spam' })
  expect(saidBy(dismissed)).toContain('Dismissed')
  const cards = await (await rep.get('/queue?view=opportunity')).text()
  expect(cards).toContain('No opportunities right now')
  expect(await (await rep.get('/queue?view=noise')).text()).toContain('acme acme acme')
})

const cursorOf = (row: QueueRow, asOf: Date): QueueCursor => ({
  rank: effectiveRank(row, asOf),
  due: row.responseDueAt,
  since: row.waitingSince,
  id: row.id,
  asOf,
})

/** The same numbers every time. */
function random(seed: number) {
  return () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return seed / 2_147_483_648
  }
}

async function insertMany(db: Db, account: AccountRow, count: number, draw: () => number, assigneeOf: () => Id | null = () => null) {
  const customerId = newId()
  await db
    .insertInto('customers')
    .values({
      id: customerId,
      accountId: account.id,
      externalId: `many ${newId()}`,
      handle: 'many',
      name: 'Many',
      followers: null,
      doNotEngageUntil: null,
    })
    .execute()
  const rows = Array.from({ length: count }, () => {
    const startedAt = minutes(-Math.floor(draw() * 50) * 10)
    return {
      id: newId(),
      accountId: account.id,
      platform: account.platform,
      customerId,
      status: (['new', 'open'] as const)[Math.floor(draw() * 2)]!,
      priority: (['urgent', 'high', 'normal'] as const)[Math.floor(draw() * 3)]!,
      category: 'complaint' as const,
      originVisibility: 'public' as const,
      startedAt,
      lastInboundAt: startedAt,
      assigneeId: assigneeOf(),
      waitingSince: draw() < 0.8 ? startedAt : null,
      responseDueAt: draw() < 0.8 ? minutes(Math.floor((draw() - 0.5) * 40) * 5) : null,
    }
  })
  await db.insertInto('tickets').values(rows).execute()
}

async function insertCard(db: Db, account: AccountRow, text: string): Promise<Id> {
  const [id, customerId] = [newId(), newId()]
  await db
    .insertInto('customers')
    .values({
      id: customerId,
      accountId: account.id,
      externalId: customerId,
      handle: 'walker',
      name: 'Kim Walker',
      followers: 3,
      doNotEngageUntil: null,
    })
    .execute()
  const verdict = {
    category: 'untargeted_comment',
    tier: 2,
    priority: 'normal',
    confidence: 0.7,
    sentiment: 0,
    sentimentLabel: 'neutral',
    actionable: 0.1,
    language: 'en',
    tags: [],
    needsReview: false,
    reasons: [],
    wouldChange: null,
    model: 'test',
  }
  await db
    .insertInto('mentions')
    .values({
      id,
      accountId: account.id,
      platform: account.platform,
      visibility: 'public',
      direction: 'inbound',
      externalId: id,
      replyToExternalId: null,
      threadKey: id,
      parentExternalId: null,
      customerId,
      text,
      url: null,
      facts: '{}',
      postedAt: new Date(),
      receivedAt: new Date(),
      editedAt: null,
      removedAt: null,
      unreadableBecause: null,
      problem: null,
      triagedAt: new Date(),
      state: 'triaged',
      category: 'untargeted_comment',
      language: 'en',
      verdict: JSON.stringify(verdict),
      ticketId: null,
      replyId: null,
    })
    .execute()
  return id
}
