// The pages of triage: what was learnt, how right it is, the sample to look at, similar ones, and the suggested answer on a ticket.
import { v7 as newId } from 'uuid'
import { expect, test } from 'vitest'
import { readConfig } from '../../config.ts'
import { insertTemplate } from '../../db/templates.ts'
import type { Verdict } from '../../domain.ts'
import { openTicket } from '../open-ticket.ts'
import { saidBy, webWorld } from './web-world.ts'

const verdict = (given: Partial<Verdict>): string =>
  JSON.stringify({
    category: 'complaint',
    tier: 1,
    priority: 'high',
    confidence: 0.8,
    sentiment: -0.4,
    sentimentLabel: 'negative',
    actionable: 0.9,
    language: 'en',
    tags: [],
    needsReview: false,
    reasons: [{ signal: 'words', points: 3, because: '“charged twice”: money', span: [0, 13] }],
    wouldChange: null,
    model: 'test 1',
    ...given,
  } satisfies Verdict)

async function stage() {
  const world = await webWorld()
  const account = await world.account({ platform: 'facebook', handle: 'acme', externalId: '4100', secrets: { pageToken: 't' } })
  const { db } = world.web
  const tell = async (text: string, given: Partial<Parameters<typeof openTicket>[2]> = {}) => {
    const ticket = await openTicket(db, account, {
      startedAt: new Date(world.web.now().getTime() - 3_600_000),
      text,
      category: 'complaint',
      ...given,
    })
    await db
      .updateTable('mentions')
      .set({ verdict: verdict({}) })
      .where('ticketId', '=', ticket.id)
      .execute()
    return ticket
  }
  const noise = async (text: string) => {
    const ticket = await tell(text, { mentionCategory: 'spam' })
    const verdictOf = verdict({ category: 'spam', tier: 'noise', priority: 'low' })
    await db.updateTable('mentions').set({ ticketId: null, verdict: verdictOf }).where('ticketId', '=', ticket.id).execute()
  }
  return { world, db, tell, noise, rep: await world.signIn('rep'), lead: await world.signIn('lead') }
}

test('a correction shows on the triage page with before, after, cues and who; before it, the page says what to press', async () => {
  const { rep, tell } = await stage()
  expect(await (await rep.get('/triage')).text()).toContain('Nothing was corrected yet')
  const ticket = await tell('charged twice <i>again</i>')
  await rep.post(`/tickets/${ticket.number}/triage`, { category: 'account_question' })
  const page = await (await rep.get('/triage')).text()
  for (const words of [
    'What 1 correction changed',
    'Complaint → Account question',
    'charged twice &lt;i&gt;',
    '<span class="chip">charged twice</span>',
    `href="/tickets/${ticket.number}"`,
    'Dana rep',
  ])
    expect(page).toContain(words)
  expect(page.match(/<h1/g)).toHaveLength(1)
})

test('undoing from a day on is for leads; tickets stay', async () => {
  const { world, db, rep, lead, tell } = await stage()
  const ticket = await tell('charged twice')
  await rep.post(`/tickets/${ticket.number}/triage`, { category: 'account_question' })
  const since = world.web.now().toISOString().slice(0, 10)
  expect((await rep.post('/triage/corrections/undo', { since })).status).toBe(403)
  expect((await lead.post('/triage/corrections/undo', { since: 'soon' })).status).toBe(422)
  expect(saidBy(await lead.post('/triage/corrections/undo', { since }))).toContain('1 correction undone')
  const page = await (await lead.get('/triage')).text()
  expect(page).toContain('<span class="chip">undone</span>')
  expect((await db.selectFrom('tickets').select('category').where('id', '=', ticket.id).executeTakeFirstOrThrow()).category).toBe(
    'account_question',
  )
})

test('a corrected ticket offers similar open ones; the preview comes first, the ticked ones are corrected, undo puts them back', async () => {
  const { db, rep, tell } = await stage()
  const ticket = await tell('charged twice for nothing')
  const [one, two] = [await tell('I was Charged Twice!'), await tell('why was I charged twice')]
  await tell('the shop was closed')
  await rep.post(`/tickets/${ticket.number}/triage`, { category: 'account_question' })
  const page = await (await rep.get(`/tickets/${ticket.number}`)).text()
  const path = /href="(\/triage\/corrections\/\d+\/similar)"/.exec(page)![1]!
  expect(page).toContain('Apply to 2 similar open ones?')
  const preview = await (await rep.get(path)).text()
  expect(preview).toContain('also says “charged twice”')
  expect(preview).not.toContain('the shop was closed')
  const categoriesOf = async () =>
    (await db.selectFrom('tickets').select('category').where('id', 'in', [one.id, two.id]).orderBy('number').execute()).map(
      row => row.category,
    )
  expect(await categoriesOf()).toEqual(['complaint', 'complaint'])
  // A number that was not offered is not touched.
  const answer = await rep.post(path, [
    ['ticket', String(two.number)],
    ['ticket', '9999'],
  ])
  expect(saidBy(answer)).toContain('1 ticket corrected to Account question')
  expect(await categoriesOf()).toEqual(['complaint', 'account_question'])
  const undo = /"path":"([^"]+)"/.exec(decodeURIComponent(decodeURIComponent(answer.headers.getSetCookie().join())))![1]!
  expect(saidBy(await rep.post(undo))).toContain('1 ticket put back')
  expect(await categoriesOf()).toEqual(['complaint', 'complaint'])
})

test('an unknown correction is a clear 404', async () => {
  const { rep } = await stage()
  expect((await rep.get('/triage/corrections/77/similar')).status).toBe(404)
  expect((await rep.get('/triage/corrections/x/similar')).status).toBe(404)
})

test('accuracy: nothing is claimed without judgements; with them precision, recall and n', async () => {
  const { lead, rep, tell, noise } = await stage()
  const empty = await (await lead.get('/triage/accuracy')).text()
  expect(empty).toContain('nobody looked at a sample yet')
  const [a] = [
    await tell('charged twice', { status: 'solved' }),
    await tell('late', { status: 'open' }),
    await tell('broken', { status: 'open' }),
  ]
  await noise('buy followers')
  await rep.post(`/tickets/${a.number}/triage`, { category: 'account_question' })
  const page = await (await lead.get('/triage/accuracy')).text()
  for (const words of ['2 of 3', '67 %', 'needs the sample', 'buy followers', 'Confirm this one', 'Week by week'])
    expect(page).toContain(words)
  expect(page.match(/<h1/g)).toHaveLength(1)
})

test('the sample: a lead confirms noise and rescues what is none; a rep may only look', async () => {
  const { db, lead, rep, noise } = await stage()
  await noise('buy followers')
  await noise('my contract was cancelled without asking')
  const fields = async () =>
    [...(await (await lead.get('/triage/accuracy')).text()).matchAll(/name="category\.([0-9a-f-]+)"/g)].map(found => found[1]!)
  const [first, second] = await fields()
  expect((await rep.post('/triage/sample', { [`category.${first}`]: 'spam' })).status).toBe(403)
  expect((await lead.post('/triage/sample', { nonsense: 'x' })).status).toBe(422)
  expect(saidBy(await lead.post('/triage/sample', { [`category.${first}`]: 'spam', [`category.${second}`]: 'complaint' }))).toContain(
    '2 mentions looked at, 1 ticket opened',
  )
  expect(await fields()).toEqual([])
  expect((await db.selectFrom('mentions').select('ticketId').where('id', '=', second!).executeTakeFirstOrThrow()).ticketId).not.toBeNull()
  expect(await (await lead.get('/triage/accuracy')).text()).toContain('1 of 2 drawn by lot')
})

test('a ticket shows the suggested answer with its reason; pressing it makes a draft and sends nothing', async () => {
  const { world, db, rep, tell } = await stage()
  const ticket = await tell('charged twice')
  await insertTemplate(db, {
    id: newId(),
    name: 'Sorry',
    kind: 'answer',
    language: 'en',
    text: 'Hi {{customer.first_name|there}}, sorry',
    platform: null,
    ownerId: null,
    updatedAt: world.web.now(),
  })
  const page = await (await rep.get(`/tickets/${ticket.number}`)).text()
  expect(page).toContain('Suggested:')
  expect(page).toContain('because a complaint wants an answer')
  const [{ id } = { id: '' }] = await db.selectFrom('templates').select('id').execute()
  await rep.post(`/tickets/${ticket.number}/draft`, { template: id, way: 'public', text: '', role: 'answer' })
  expect(await db.selectFrom('replies').select(['status']).execute()).toEqual([{ status: 'draft' }])
  expect(await (await rep.get(`/tickets/${ticket.number}`)).text()).not.toContain('Suggested:')
})

test('the form corrects priority and feeling too; the page of what was learnt tells each part, and the ticket what a person said', async () => {
  const { db, rep, lead, tell } = await stage()
  const ticket = await tell('charged twice')
  const answer = await rep.post(`/tickets/${ticket.number}/triage`, { category: 'complaint', priority: 'urgent', sentiment: 'positive' })
  expect(saidBy(answer)).toContain('Corrected to urgent priority')
  expect((await db.selectFrom('tickets').select('priority').where('id', '=', ticket.id).executeTakeFirstOrThrow()).priority).toBe('urgent')
  expect(await (await rep.get(`/tickets/${ticket.number}`)).text()).toContain('A person says it sounds positive.')
  const page = await (await lead.get('/triage')).text()
  for (const words of ['→ Urgent priority', 'Sounds negative → positive', 'sounds negative →']) expect(page).toContain(words)
  const undo = /"path":"([^"]+)"/.exec(decodeURIComponent(decodeURIComponent(answer.headers.getSetCookie().join())))![1]!
  expect(saidBy(await rep.post(undo))).toContain(`#${ticket.number} is as before`)
  expect((await db.selectFrom('tickets').select('priority').where('id', '=', ticket.id).executeTakeFirstOrThrow()).priority).toBe(
    ticket.priority,
  )
})

test.each<[Record<string, string>, string]>([
  [{ category: 'nonsense' }, 'Choose one of the categories.'],
  [{ priority: 'low' }, 'Choose urgent, high or normal.'],
  [{ sentiment: 'furious' }, 'Choose negative, neutral or positive.'],
  [{}, 'Choose what it really is.'],
])('a correction %j is refused in words', async (form, words) => {
  const { rep, tell } = await stage()
  const ticket = await tell('charged twice')
  const answer = await rep.post(`/tickets/${ticket.number}/triage`, form)
  expect(answer.status).toBe(422)
  expect(await answer.text()).toContain(words)
})

test('a customer is marked as VIP from a ticket, and back, and the audit knows', async () => {
  const { db, rep, tell } = await stage()
  const ticket = await tell('charged twice')
  const isVip = async () =>
    (await db.selectFrom('customers').select('isVip').where('id', '=', ticket.customerId).executeTakeFirstOrThrow()).isVip
  await rep.post(`/tickets/${ticket.number}/vip`, {})
  expect(await isVip()).toBe(true)
  expect(await (await rep.get(`/tickets/${ticket.number}`)).text()).toContain('No longer VIP')
  await rep.post(`/tickets/${ticket.number}/vip/undo`, {})
  expect(await isVip()).toBe(false)
  expect(await db.selectFrom('auditEntries').select('action').where('subject', '=', ticket.customerId).orderBy('id').execute()).toEqual([
    { action: 'marked as VIP' },
    { action: 'no longer VIP' },
  ])
})

test.each<[Record<string, string>, string[]]>([
  [{}, ['heed-linear', 'No second opinion is asked']],
  [{ TRIAGE_SCORER: 'lexicon' }, ['The plain word list']],
  [
    {
      TRIAGE_SCORER: 'endpoint',
      TRIAGE_ENDPOINT_URL: 'https://models.example/v1',
      TRIAGE_ENDPOINT_MODEL: 'm-1',
      TRIAGE_ENDPOINT_KEY: 'hush',
    },
    ['heed-linear', 'm-1 at models.example', '0 questions', '0 of 1,000,000 tokens'],
  ],
])('the page says who judges: %j', async (env, expected) => {
  const world = await webWorld({ web: { config: readConfig(env) } })
  const page = await (await (await world.signIn('lead')).get('/triage')).text()
  for (const words of expected) expect(page).toContain(words)
  expect(page).not.toContain('hush')
})
