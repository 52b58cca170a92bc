// The ticket page and what its forms do, without a script.
import { v7 as newId } from 'uuid'
import { expect, test } from 'vitest'
import type { TicketRow } from '../../db/tickets.ts'
import type { Verdict } from '../../domain.ts'
import { snoozeUntil } from '../../web/snooze.ts'
import { answer, openTicket } from '../open-ticket.ts'
import { saidBy, type Visitor, type WebWorld, webWorld } from './web-world.ts'

async function stage(text = 'third time my order is late <script>alert(1)</script>') {
  const world = await webWorld()
  const rep = await world.signIn('rep')
  const at = await world.account({ platform: 'facebook', handle: 'acme', externalId: '4100', secrets: { pageToken: 't' } })
  const ticket = await openTicket(world.web.db, at, {
    startedAt: new Date(world.web.now().getTime() - 48 * 60_000),
    text,
    author: 'maria',
    category: 'complaint',
  })
  return { world, rep, at, ticket, path: `/tickets/${ticket.number}` }
}
const row = (world: WebWorld, ticket: TicketRow) =>
  world.web.db.selectFrom('tickets').selectAll().where('id', '=', ticket.id).executeTakeFirstOrThrow()
/** The form as the page drew it, with the words put in. */
async function formOf(visitor: Visitor, path: string, words: Record<string, string>) {
  const page = await (await visitor.get(path)).text()
  const value = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1] ?? ''
  return { idempotencyKey: value('idempotencyKey'), revision: value('revision'), way: 'public', role: 'answer', then: 'auto', ...words }
}

const complaint: Verdict = {
  category: 'complaint',
  tier: 1,
  priority: 'high',
  confidence: 0.91,
  sentiment: -0.6,
  sentimentLabel: 'negative',
  actionable: 0.9,
  language: 'en',
  tags: [],
  needsReview: false,
  reasons: [{ signal: 'words', points: 3, because: '“third time”: it keeps happening', span: [0, 10] }],
  wouldChange: 'Without “third time”: general reference.',
  model: 'test 1',
}

test('the page shows who wrote, what, why it is here, its cues lit, and what there was before', async () => {
  const { world, rep, at, ticket, path } = await stage()
  await world.web.db
    .updateTable('mentions')
    .set({ verdict: JSON.stringify(complaint) })
    .where('ticketId', '=', ticket.id)
    .execute()
  const earlier = await openTicket(world.web.db, at, {
    startedAt: new Date(Date.now() - 9 * 86_400_000),
    text: 'late parcel',
    status: 'solved',
    assigneeId: world.ben.id,
  })
  await world.web.db.updateTable('tickets').set({ customerId: ticket.customerId }).where('id', '=', earlier.id).execute()
  const page = await (await rep.get(path)).text()
  for (const words of [
    '@maria',
    'Complaint, 91 % sure, because “third time”: it keeps happening. Sounds negative (−0.6).',
    '<mark title="“third time”: it keeps happening">third time</mark>',
    'Without “third time”',
    `#${earlier.number}`,
    'late parcel',
    'Ben Okoro',
    'waited 48 min',
    'due in ',
    'lang="en"',
  ])
    expect(page).toContain(words)
  expect(page).toContain('&lt;script&gt;')
  expect(page).not.toContain('<script>alert')
  expect(page.match(/<h1/g)).toHaveLength(1)
})

test('an unknown number is a clear 404', async () => {
  const { rep } = await stage()
  const page = await rep.get('/tickets/99999')
  expect(page.status).toBe(404)
  expect(await page.text()).toContain('There is no ticket #99999')
  expect((await rep.post('/tickets/nonsense/claim')).status).toBe(404)
})

test('take, give back, pending, hold, reopen, solve: each says what it did and how to take it back', async () => {
  const { world, rep, ticket, path } = await stage()
  const does = async (resource: string, form: Record<string, string> = {}) => saidBy(await rep.post(`${path}/${resource}`, form))
  expect(await does('claim')).toBe(`#${ticket.number}: It is yours.`)
  expect(await row(world, ticket)).toMatchObject({ assigneeId: rep.id, status: 'open' })
  await does('claim/undo')
  expect((await row(world, ticket)).assigneeId).toBeNull()
  await does('pending')
  expect((await row(world, ticket)).status).toBe('pending')
  await does('hold', { reason: 'warehouse' })
  expect(await row(world, ticket)).toMatchObject({ status: 'on_hold', holdReason: 'warehouse' })
  await does('reopening')
  const without = await rep.post(`${path}/solution`)
  expect(without.status).toBe(422)
  expect(await without.text()).toContain('say why it is solved without a reply')
  await does('solution', { reason: 'called them' })
  expect((await row(world, ticket)).status).toBe('solved')
})

test('assign, priority, correction, snooze, spam and its way back', async () => {
  const { world, rep, ticket, path } = await stage()
  const does = async (resource: string, form: Record<string, string> = {}) => (await rep.post(`${path}/${resource}`, form)).status
  expect([
    await does('assignment', { assigneeId: world.ben.id }),
    await does('priority', { priority: 'urgent' }),
    await does('snooze', { for: '1h' }),
  ]).toEqual([303, 303, 303])
  expect(await row(world, ticket)).toMatchObject({ assigneeId: world.ben.id, priority: 'urgent' })
  expect((await row(world, ticket)).snoozedUntil?.getTime()).toBeGreaterThan(Date.now())
  expect([
    await does('snooze/undo'),
    await does('triage', { category: 'account_question' }),
    await does('spam', { reason: 'sells followers' }),
  ]).toEqual([303, 303, 303])
  expect(await row(world, ticket)).toMatchObject({ snoozedUntil: null, category: 'account_question', isSpam: true })
  expect([
    await does('spam/undo'),
    await does('priority', { priority: 'immense' }),
    await does('triage', { category: 'nonsense' }),
    await does('snooze', { for: 'custom', until: 'x' }),
  ]).toEqual([303, 422, 422, 422])
  expect((await row(world, ticket)).isSpam).toBe(false)
})

test('a note is kept, marked as internal, and guards no customer', async () => {
  const { rep, path } = await stage()
  expect(saidBy(await rep.post(`${path}/replies`, { way: 'note', text: 'Asked the warehouse.' }))).toBe('Note kept.')
  const page = await (await rep.get(path)).text()
  expect(page).toMatch(/bubble note[\s\S]*Internal[\s\S]*Asked the warehouse\./)
})

test('a reply goes to the outbox with its signature, and one press takes it back into the composer', async () => {
  const { world, rep, path } = await stage()
  const sent = await rep.post(`${path}/replies`, await formOf(rep, path, { text: 'So sorry! Which order is it?' }))
  expect(sent.status).toBe(303)
  expect(saidBy(sent)).toMatch(/sending in 10 s/)
  const reply = await world.web.db.selectFrom('replies').selectAll().executeTakeFirstOrThrow()
  expect(reply).toMatchObject({
    status: 'approved',
    text: 'So sorry! Which order is it? ^RE',
    afterSending: 'pending',
    visibility: 'public',
  })
  expect(await (await rep.get(path)).text()).toContain('sending in')
  expect(saidBy(await rep.post(`${path}/replies/${reply.id}/undo`))).toContain('Taken back')
  expect(await (await rep.get(path)).text()).toMatch(/<textarea name="text"[^>]*>So sorry! Which order is it\?<\/textarea>/)
})

test('the same form twice is one reply', async () => {
  const { world, rep, path } = await stage()
  const form = await formOf(rep, path, { text: 'We are on it.' })
  await Promise.all([rep.post(`${path}/replies`, form), rep.post(`${path}/replies`, form)])
  expect(await world.web.db.selectFrom('replies').selectAll().execute()).toHaveLength(1)
})

test('two people on one ticket: the second send is stopped, with both texts and three ways on', async () => {
  const { world, rep, path } = await stage()
  const lead = await world.signIn('lead')
  const [mine, theirs] = [await formOf(rep, path, { text: 'Let me look at this.' }), await formOf(lead, path, { text: 'We are on it.' })]
  expect((await rep.post(`${path}/replies`, mine)).status).toBe(303)
  const stopped = await lead.post(`${path}/replies`, theirs)
  expect(stopped.status).toBe(409)
  const page = await stopped.text()
  for (const words of ['something was said since you began', 'Let me look at this. ^RE', 'We are on it.', 'Send anyway', 'Edit', 'Discard'])
    expect(page).toContain(words)
  const anyway = { ...theirs, anyway: '1', idempotencyKey: /name="idempotencyKey" value="([^"]*)"/.exec(page)![1]! }
  expect((await lead.post(`${path}/replies`, anyway)).status).toBe(303)
})

test('what must not be public stops the send and keeps the words', async () => {
  const { world, rep, path } = await stage()
  const stopped = await rep.post(`${path}/replies`, await formOf(rep, path, { text: 'Is your card 4111 1111 1111 1111?' }))
  expect(stopped.status).toBe(422)
  const page = await stopped.text()
  expect(page).toContain('payment card number')
  expect(page).toContain('Is your card 4111 1111 1111 1111?</textarea>')
  expect(await world.web.db.selectFrom('replies').selectAll().where('status', '=', 'approved').execute()).toEqual([])
})

test('a draft is kept as one types, answered with what the guard thinks, and seen only by its writer', async () => {
  const { world, rep, path } = await stage()
  const saved = await rep.post(`${path}/draft`, { way: 'public', text: 'Unfortunately our policy', role: 'answer' })
  expect(((await saved.json()) as { warnings: string[] }).warnings.join()).toContain('Say what is possible first')
  expect(await (await rep.get(path)).text()).toContain('Unfortunately our policy</textarea>')
  expect(await (await (await world.signIn('lead')).get(path)).text()).not.toContain('Unfortunately')
})

test('a template without a script puts its words into the draft', async () => {
  const { world, rep, path } = await stage()
  const id = newId()
  await world.web.db
    .insertInto('templates')
    .values({
      id,
      name: 'Hello',
      kind: 'answer',
      platform: null,
      text: 'Hi {{customer.first_name|there}}, {{ask:order number}}?',
      ownerId: null,
    })
    .execute()
  expect(await (await rep.get(path)).text()).toContain('data-text="Hi there, {{ask:order number}}?"')
  expect((await rep.post(`${path}/draft`, { way: 'public', text: '', role: 'answer', template: id })).status).toBe(303)
  expect(await (await rep.get(path)).text()).toContain('Hi there, {{ask:order number}}?</textarea>')
  expect((await rep.post(`${path}/draft`, { way: 'public', text: '', template: newId() })).status).toBe(404)
})

test('a failed and an unsure reply say so and offer the ways on', async () => {
  const { world, rep, ticket, path } = await stage()
  const put = (status: 'refused' | 'unsure', problem: string | null) =>
    world.web.db
      .insertInto('replies')
      .values({
        id: newId(),
        idempotencyKey: newId(),
        accountId: ticket.accountId,
        ticketId: ticket.id,
        text: `I am ${status} ^RE`,
        visibility: 'public',
        role: 'answer',
        status,
        writtenById: rep.id,
        problem,
        createdAt: new Date(),
      })
      .execute()
  await put('refused', 'The comment is gone.')
  await put('unsure', null)
  const page = await (await rep.get(path)).text()
  for (const words of [
    'The comment is gone. It was not sent.',
    'Edit and send again',
    'It may have arrived',
    'It arrived',
    'It did not: send again',
    'It did not: discard',
  ])
    expect(page).toContain(words)
})

test('what the customer deleted is gone and said to be; what they edited is marked', async () => {
  const { world, rep, ticket, path } = await stage('first words')
  await world.web.db.updateTable('mentions').set({ editedAt: new Date() }).where('ticketId', '=', ticket.id).execute()
  expect(await (await rep.get(path)).text()).toMatch(/edited <time/)
  await world.web.db.updateTable('mentions').set({ removedAt: new Date(), text: '' }).where('ticketId', '=', ticket.id).execute()
  const page = await (await rep.get(path)).text()
  expect(page).toContain('Deleted by the customer.')
  expect(page).toContain('Nothing of theirs is left to answer')
})

test('our own words coming back stand once, as the reply they echo', async () => {
  const { world, rep, ticket, at, path } = await stage()
  const replyId = newId()
  await world.web.db
    .insertInto('replies')
    .values({
      id: replyId,
      idempotencyKey: 'k',
      accountId: at.id,
      ticketId: ticket.id,
      text: 'Only once ^RE',
      visibility: 'public',
      role: 'answer',
      status: 'sent',
      writtenById: rep.id,
      sentAt: new Date(),
      url: 'https://example.com/answer',
      createdAt: new Date(),
    })
    .execute()
  await world.web.db
    .insertInto('mentions')
    .values({
      id: newId(),
      accountId: at.id,
      platform: at.platform,
      visibility: 'public',
      direction: 'outbound',
      externalId: 'echo',
      replyToExternalId: null,
      threadKey: 't',
      parentExternalId: null,
      customerId: null,
      text: 'Only once ^RE',
      url: null,
      facts: '{}',
      postedAt: new Date(),
      receivedAt: new Date(),
      editedAt: null,
      removedAt: null,
      unreadableBecause: null,
      problem: null,
      triagedAt: null,
      state: 'triaged',
      category: null,
      language: null,
      verdict: null,
      ticketId: ticket.id,
      replyId,
    })
    .execute()
  const page = await (await rep.get(path)).text()
  expect(page.match(/Only once \^RE/g)).toHaveLength(1)
  expect(page).toContain('href="https://example.com/answer"')
})

test('an answered ticket is solved by one press', async () => {
  const { world, rep, ticket, path } = await stage()
  await answer(world.web.db, ticket, new Date())
  await world.web.db
    .insertInto('replies')
    .values({
      id: newId(),
      idempotencyKey: 'k',
      accountId: ticket.accountId,
      ticketId: ticket.id,
      text: 'Done',
      visibility: 'public',
      role: 'answer',
      status: 'sent',
      writtenById: rep.id,
      sentAt: new Date(),
      createdAt: new Date(),
    })
    .execute()
  expect((await rep.post(`${path}/solution`)).status).toBe(303)
})

test('links and forms carry the place in the queue on', async () => {
  const { rep, path } = await stage()
  await rep.post(`${path}/claim`)
  const page = await (await rep.get(`${path}?view=mine`)).text()
  expect(page).toContain(`action="${path}/solution?view=mine"`)
  expect((await rep.post(`${path}/pending?view=mine`)).headers.get('location')).toBe(`${path}?view=mine`)
})

test('a snooze ends at the hour of the one who set it', () => {
  const now = new Date('2026-03-02T12:00:00Z')
  const inBerlin = { offset: '-60' }
  expect(snoozeUntil({ for: 'tonight', ...inBerlin }, now)).toEqual(new Date('2026-03-02T17:00:00Z'))
  expect(snoozeUntil({ for: 'tomorrow', ...inBerlin }, now)).toEqual(new Date('2026-03-03T08:00:00Z'))
  expect(snoozeUntil({ for: 'tonight', offset: '0' }, new Date('2026-03-02T19:00:00Z'))).toEqual(new Date('2026-03-03T18:00:00Z'))
  expect(snoozeUntil({ for: 'custom', until: '2026-03-05T10:30', ...inBerlin }, now)).toEqual(new Date('2026-03-05T09:30:00Z'))
  expect(snoozeUntil({ for: 'custom', until: '' }, now)).toBeUndefined()
})

test('the newest words do not tell why it is urgent: the page does, and calls nothing corrected that nobody corrected', async () => {
  const { world, rep, ticket, path } = await stage()
  const { db } = world.web
  const { id, ...first } = await db.selectFrom('mentions').selectAll().where('ticketId', '=', ticket.id).executeTakeFirstOrThrow()
  await db
    .updateTable('mentions')
    .set({ verdict: JSON.stringify(complaint) })
    .where('id', '=', id)
    .execute()
  const calm = { ...complaint, category: 'general_reference', reasons: [], priority: 'normal', wouldChange: null }
  const later = { id: newId(), externalId: 'later', text: 'will do', postedAt: new Date(first.postedAt.getTime() + 60_000) }
  await db
    .insertInto('mentions')
    .values({
      ...first,
      ...later,
      facts: JSON.stringify(first.facts),
      attachments: null,
      deliveryIds: [],
      verdict: JSON.stringify(calm),
    } as never)
    .execute()
  await db.updateTable('tickets').set({ priority: 'urgent', priorityMentionId: id, latestMentionId: later.id }).execute()
  const wordsOf = async (address: string) => (await (await rep.get(address)).text()).replace(/<[^>]+>/g, '').replace(/\s+/g, ' ')
  const page = await wordsOf(path)
  expect(page).toContain('Urgent by earlier words: Complaint, 91 % sure, because “third time”: it keeps happening.')
  expect(page).toContain('The ticket began as Complaint.')
  expect(page).not.toContain('Corrected to')
  expect(await wordsOf('/queue')).toContain('Urgent by “third time my order is late')
})
