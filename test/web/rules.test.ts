// The rules' pages: who may write them, what is refused in words, and the time-machine in the page before anything is stored.
import { expect, test } from 'vitest'
import { readDeliveries } from '../../triage/intake.ts'
import { triageMentions } from '../../triage/triage.ts'
import { deliver, plainConnector, says } from '../plain-connector.ts'
import { saidBy, type WebWorld, webWorld } from './web-world.ts'

async function stage(...texts: string[]) {
  const world = await webWorld({ connectors: [plainConnector()] })
  const account = await world.account({ platform: 'plain' })
  await deliver(
    world,
    account,
    texts.map((text, i) =>
      says(text, {
        externalId: `m${i}`,
        postedAt: world.desk.now(),
        author: { externalId: `a${i}`, handle: `person_${i}`, name: `Person ${i}`, followers: 5 },
      }),
    ),
  )
  await readDeliveries(world.desk)
  await triageMentions(world.desk)
  return { world, lead: await world.signIn('lead') }
}
const stored = (world: WebWorld) => world.desk.db.selectFrom('rules').selectAll().orderBy('position').execute()
const parcels = { name: 'Parcels', isActive: '1', anyWords: 'parcel\nshipment', priority: 'urgent', tags: 'parcels, winter' }

test('a lead writes a rule; the list says in one sentence when it holds and what it does', async () => {
  const { world, lead } = await stage()
  const saved = await lead.post('/rules/new', { ...parcels, followersAtLeast: '1000', isVip: 'yes', then: 'save' })
  expect(saidBy(saved)).toContain('“Parcels” holds from the next mention on')
  expect(await stored(world)).toMatchObject([
    {
      name: 'Parcels',
      conditions: { anyWords: ['parcel', 'shipment'], followersAtLeast: 1000, isVip: true },
      actions: { priority: 'urgent', tags: ['parcels', 'winter'] },
    },
  ])
  const page = await (await lead.get('/rules')).text()
  expect(page).toContain('it says “parcel” or “shipment”, and the author is a VIP, and the author has 1,000 followers or more')
  expect(page).toContain('priority urgent, tagged parcels and winter')
  expect(page.match(/<h1/g)).toHaveLength(1)
})

test('a rep sees the rules and may not change them', async () => {
  const { world } = await stage()
  const rep = await world.signIn('rep')
  expect(await (await rep.get('/rules')).text()).toContain('Only a lead or an admin can change rules.')
  expect((await rep.post('/rules/new', { ...parcels, then: 'save' })).status).toBe(403)
  expect(await stored(world)).toEqual([])
})

test.each<[string, Record<string, string>, string]>([
  ['without a name', { ...parcels, name: '' }, 'Give it a name'],
  ['without a condition', { name: 'a', tags: 'b' }, 'Say when it holds'],
  ['without an action', { name: 'a', anyWords: 'b' }, 'Say what it does'],
  ['with a number that is none', { ...parcels, followersAtLeast: 'many' }, 'Followers: a number from 0'],
  ['with more than all certainty', { ...parcels, confidenceAtLeast: '300' }, 'Sure at least: a number from 0 to 100'],
  ['that never is a ticket and has a priority', { ...parcels, neverTicket: '1' }, 'choose one or the other'],
])('a rule %s is refused, with what was typed kept', async (_name, form, words) => {
  const { world, lead } = await stage()
  for (const then of ['save', 'look']) {
    // A name is needed only to store it.
    if (then === 'look' && words.startsWith('Give')) continue
    const answer = await lead.post('/rules/new', { ...form, then })
    expect(answer.status).toBe(422)
    const page = await answer.text()
    expect(page).toContain(words)
    expect(page).toContain('Nothing was stored')
    if (form.anyWords) expect(page).toContain(form.anyWords.split('\n')[0])
  }
  expect(await stored(world)).toEqual([])
})

test('before saving, the time-machine shows what would change, what would be missed, and the load; nothing is stored', async () => {
  const { world, lead } = await stage(
    'Where is my parcel? It is three weeks late',
    'Why was my card charged twice?',
    'My parcel <b>never</b> came, third time!',
  )
  const answer = await lead.post('/rules/new', { anyWords: 'parcel', neverTicket: '1', then: 'look' })
  expect(answer.status).toBe(200)
  const page = await answer.text()
  for (const words of [
    '2 of 3 mentions would have changed',
    'All mentions of the last 30 days',
    'Would be missed',
    'Noise: Irrelevant',
    'href="/tickets/',
    'My parcel &lt;b&gt;never',
    'As a table',
    'class="trial-progress"',
    '</html>',
  ])
    expect(page).toContain(words)
  expect(page).toMatch(/<strong class="late">2<\/strong>/)
  expect(page).toContain('>parcel</textarea>')
  expect(await stored(world)).toEqual([])
})

test('a changed rule is compared with itself as it stands', async () => {
  const { world, lead } = await stage('Where is my parcel? It is three weeks late')
  await lead.post('/rules/new', { ...parcels, then: 'save' })
  const [rule] = await stored(world)
  expect(await (await lead.post(`/rules/${rule!.id}`, { ...parcels, then: 'look' })).text()).toContain('Nothing would have changed')
  expect(await (await lead.post(`/rules/${rule!.id}`, { ...parcels, priority: 'normal', then: 'look' })).text()).toContain(
    '1 of 1 mention would have changed',
  )
})

test('thresholds are tried and stored within their bounds', async () => {
  const { lead } = await stage('Where is my parcel? It is three weeks late')
  expect(await (await lead.post('/rules/thresholds', { noise: '95', review: '95', then: 'look' })).text()).toContain(
    'mention would have changed',
  )
  expect(saidBy(await lead.post('/rules/thresholds', { noise: '95', review: '40', then: 'save' }))).toContain('thresholds hold')
  expect(await (await lead.get('/rules')).text()).toContain('Noise less than 95 % sure goes to Review')
  const refusal = await lead.post('/rules/thresholds', { noise: '20', review: '40', then: 'save' })
  expect(refusal.status).toBe(422)
})

test('order, off and on, remove; an unknown rule is a clear 404', async () => {
  const { world, lead } = await stage()
  await lead.post('/rules/new', { ...parcels, then: 'save' })
  await lead.post('/rules/new', { ...parcels, name: 'Second', then: 'save' })
  const [first, second] = await stored(world)
  expect(saidBy(await lead.post(`/rules/${second!.id}/up`))).toContain('one higher')
  expect((await stored(world)).map(rule => rule.name)).toEqual(['Second', 'Parcels'])
  await lead.post(`/rules/${first!.id}/off`)
  expect((await stored(world))[1]!.isActive).toBe(false)
  await lead.post(`/rules/${first!.id}/remove`)
  expect(await stored(world)).toHaveLength(1)
  expect((await lead.get('/rules/nonsense')).status).toBe(404)
  expect((await lead.post(`/rules/${first!.id}/up`)).status).toBe(404)
})
