// The incident pages as a lead, a rep and a stranger see them.
import { expect, test } from 'vitest'
import { openTicket } from '../open-ticket.ts'
import { saidBy, webWorld } from '../web/web-world.ts'

async function withIncident() {
  const world = await webWorld()
  const account = await world.account({ platform: 'x' })
  const lead = await world.signIn('lead')
  const answer = await lead.post('/incidents', [
    ['title', 'Login errors'],
    ['impact', 'log in'],
    ['severity', 'SEV1'],
    ['otherComponents', 'Sign-in'],
  ])
  const { db } = world.desk
  const incident = () => db.selectFrom('incidents').selectAll().executeTakeFirstOrThrow()
  const posts = () => db.selectFrom('replies').selectAll().where('statusUpdateId', 'is not', null).execute()
  const ticket = (minutesAgo: number, given: object = {}) =>
    openTicket(db, account, { startedAt: new Date(world.desk.now().getTime() - minutesAgo * 60_000), ...given })
  const { number } = await incident()
  const hidden = (html: string, name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)![1]!
  const publish = async (path: string, more: Record<string, string> = {}) => {
    const html = await (await lead.get(path)).text()
    const text = 'You know what we know. Next by {{next}}.'
    return {
      form: {
        updateId: hidden(html, 'updateId'),
        kind: hidden(html, 'kind'),
        to: 'investigating',
        nextMinutes: '30',
        text,
        account: account.id,
        [`text-${account.id}`]: text,
        ...more,
      },
      html,
    }
  }
  return { ...world, lead, answer, account, incident, posts, ticket, number, publish }
}

test('declaring leads to the first public words, prefilled', async () => {
  const { answer, lead, number } = await withIncident()
  expect([answer.status, answer.headers.get('location')]).toEqual([303, `/incidents/${number}/update?kind=holding`])
  const html = await (await lead.get(`/incidents/${number}/update?kind=holding`)).text()
  expect(html).toContain('some of you can&#39;t log in')
  expect(html).toContain('{{next}}')
})

test('an incident without a title is not declared, and the form keeps the rest', async () => {
  const world = await webWorld()
  const lead = await world.signIn('lead')
  const answer = await lead.post('/incidents', { title: ' ', impact: 'pay by card', severity: 'SEV2' })
  expect(answer.status).toBe(422)
  expect(await answer.text()).toContain('value="pay by card"')
})

test('publishing posts once, however often the form is sent', async () => {
  const { lead, number, publish, posts } = await withIncident()
  const { form } = await publish(`/incidents/${number}/update?kind=holding`)
  expect(saidBy(await lead.post(`/incidents/${number}/updates`, form))).toContain('1 post')
  expect(saidBy(await lead.post(`/incidents/${number}/updates`, form))).toContain('nothing was posted twice')
  expect((await posts()).map(post => post.text)).toEqual([
    expect.stringMatching(/^You know what we know\. Next by \d\d:\d\d UTC\. \^Team$/),
  ])
})

test('a text over the platform’s limit comes back with what is wrong, and nothing is published', async () => {
  const { lead, number, publish, posts, account } = await withIncident()
  const { form } = await publish(`/incidents/${number}/update`, { [`text-${account.id}`]: 'a'.repeat(300) })
  const answer = await lead.post(`/incidents/${number}/updates`, form)
  expect(answer.status).toBe(422)
  expect(await answer.text()).toMatch(/too long[^<]*of 280/)
  expect(await posts()).toHaveLength(0)
})

test('a second update at once asks for a reason', async () => {
  const { lead, number, publish } = await withIncident()
  await lead.post(`/incidents/${number}/updates`, (await publish(`/incidents/${number}/update`)).form)
  const { form, html } = await publish(`/incidents/${number}/update`)
  expect(html).toContain('name="overrideBecause"')
  expect((await lead.post(`/incidents/${number}/updates`, form)).status).toBe(409)
  expect((await lead.post(`/incidents/${number}/updates`, { ...form, overrideBecause: 'wrong app named' })).status).toBe(303)
})

test('matching reports are shown before they are linked, and unlinked one by one', async () => {
  const { lead, number, ticket, desk } = await withIncident()
  const [report, other] = [await ticket(5), await ticket(5, { category: 'complaint' })]
  const html = await (await lead.get(`/incidents/${number}/matching`)).text()
  expect([html.includes(report.id), html.includes(other.id)]).toEqual([true, false])
  expect(saidBy(await lead.post(`/incidents/${number}/links`, { ticket: report.id }))).toContain('1 ticket linked and held')
  expect(saidBy(await lead.post(`/incidents/${number}/links/${report.number}/undo`))).toContain('due time it had')
  expect((await desk.db.selectFrom('tickets').selectAll().where('id', '=', report.id).executeTakeFirstOrThrow()).responseDueAt).toEqual(
    report.responseDueAt,
  )
})

test('the all-clear asks why when it is early, then leads to the review, where the exception is unticked', async () => {
  const { lead, number, ticket, publish, incident, desk } = await withIncident()
  const [report, question] = [await ticket(5), await ticket(5, { category: 'account_question' })]
  await lead.post(`/incidents/${number}/links`, [
    ['ticket', report.id],
    ['ticket', question.id],
  ])
  const { form } = await publish(`/incidents/${number}/all-clear`, { text: 'Fixed.' })
  expect((await lead.post(`/incidents/${number}/updates`, form)).status).toBe(409)
  const cleared = await lead.post(`/incidents/${number}/updates`, { ...form, overrideBecause: 'the vendor confirmed' })
  expect(cleared.headers.get('location')).toBe(`/incidents/${number}/review`)
  expect((await incident()).status).toBe('resolved')
  const html = await (await lead.get(`/incidents/${number}/review`)).text()
  expect(html).toMatch(new RegExp(`name="solve" value="${report.id}" checked`))
  expect(html).not.toMatch(new RegExp(`name="solve" value="${question.id}" checked`))
  expect(
    saidBy(
      await lead.post(`/incidents/${number}/review`, [
        ['shown', report.id],
        ['shown', question.id],
        ['solve', report.id],
      ]),
    ),
  ).toContain('1 ticket solved, 1 back in the queue')
  expect((await desk.db.selectFrom('tickets').select('status').where('id', '=', report.id).executeTakeFirstOrThrow()).status).toBe('solved')
})

test('an exception of another incident is not unlinked by this review', async () => {
  const { lead, number, ticket, publish, desk } = await withIncident()
  const elsewhere = await ticket(5)
  const { form } = await publish(`/incidents/${number}/all-clear`, { text: 'Fixed.', overrideBecause: 'tested' })
  await lead.post(`/incidents/${number}/updates`, form)
  await lead.post('/incidents', [
    ['title', 'Payments'],
    ['impact', 'pay'],
    ['severity', 'SEV2'],
  ])
  await lead.post(`/incidents/${number + 1}/links`, { ticket: elsewhere.id })
  await lead.post(`/incidents/${number}/review`, { shown: elsewhere.id })
  expect((await desk.db.selectFrom('tickets').select('isHeld').where('id', '=', elsewhere.id).executeTakeFirstOrThrow()).isHeld).toBe(true)
})

test('a rep sees everything, may link, and may not publish', async () => {
  const { signIn, number, ticket } = await withIncident()
  const rep = await signIn('rep')
  const report = await ticket(5)
  expect((await rep.get(`/incidents/${number}`)).status).toBe(200)
  expect((await rep.get(`/incidents/${number}/update`)).status).toBe(403)
  expect((await rep.post('/incidents', { title: 'x', impact: 'y', severity: 'SEV1' })).status).toBe(403)
  expect((await rep.post(`/incidents/${number}/links`, { ticket: report.id })).status).toBe(303)
})

test('a reader may not link, a stranger sees nothing, and an unknown number is a page that says so', async () => {
  const { signIn, request, number, lead } = await withIncident()
  const reader = await signIn('readonly')
  expect((await reader.post(`/incidents/${number}/links`, { number: '1' })).status).toBe(403)
  expect((await request(`/incidents/${number}`)).status).not.toBe(200)
  expect((await lead.get('/incidents/9999')).status).toBe(404)
  expect((await lead.get('/incidents/99999999999999999999')).status).toBe(404)
})

test('a status update too long for one post says what it takes and costs, and goes out as a thread when that is chosen', async () => {
  const { lead, number, publish, posts, account, desk } = await withIncident()
  const long = `${'Two teams are on their way with a generator. '.repeat(8)}See https://heron.example/status. Next by {{next}}.`
  const { form, html } = await publish(`/incidents/${number}/update`, { [`text-${account.id}`]: long })
  expect(html).toContain('Publishing it costs $0.015.')
  const priced = await (await lead.post(`/incidents/${number}/updates/price`, form)).json()
  expect(priced).toMatchObject({
    total: 'Publishing it costs $0.215.',
    each: { [account.id]: { words: '2 posts cost $0.215 because of the link; $0.03 without it.', cap: null } },
  })
  const stopped = await lead.post(`/incidents/${number}/updates`, form)
  expect([stopped.status, await posts()]).toEqual([422, []])
  const drawn = await stopped.text()
  expect(drawn).toContain('post it as 2 posts')
  expect(drawn).toContain(`name="posts-${account.id}" value="2"`)
  const chosen = { ...form, [`posts-${account.id}`]: '2' }
  await lead.post(`/incidents/${number}/updates`, chosen)
  await lead.post(`/incidents/${number}/updates`, chosen)
  const parts = (await posts()).sort((a, b) => (a.id < b.id ? -1 : 1))
  expect(parts.map(one => one.text.match(/\(\d\/\d\).*/)![0])).toEqual(['(1/2)', '(2/2) ^Team'])
  expect(parts.map(one => one.continuesId)).toEqual([null, parts[0]!.id])

  const refused = { status: 'refused' as const, problem: 'X says no.' }
  await desk.db.updateTable('replies').set(refused).where('statusUpdateId', 'is not', null).execute()
  const page = await (await lead.get(`/incidents/${number}`)).text()
  expect(page).toContain('part 2 of 2')
  expect(page.match(/\/retry"/g)).toHaveLength(1)
  await lead.post(`/incidents/${number}/posts/${parts[0]!.id}/retry`)
  expect((await posts()).map(one => one.status)).toEqual(['approved', 'approved'])
})
