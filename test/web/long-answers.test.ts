// What a send would take and cost, said before it is sent: the offer of a thread, its price, and the month's cap.
import { expect, test } from 'vitest'
import { addSpending } from '../../db/spending.ts'
import { sendReply } from '../../responders/send.ts'
import { undoReply } from '../../responders/undo.ts'
import { openTicket } from '../open-ticket.ts'
import { saidBy, webWorld } from './web-world.ts'

const LONG = `${'So sorry that your parcel is late. '.repeat(7)}\n\n${'It reaches you tomorrow before noon. '.repeat(7)}\n\nI look again tonight.`

async function stage() {
  const world = await webWorld()
  const rep = await world.signIn('rep')
  const account = await world.account({ platform: 'x', handle: 'heron_air', capabilities: { tier: 'self-serve' } })
  const ticket = await openTicket(world.web.db, account, { startedAt: new Date(world.web.now().getTime() - 60_000), author: 'maria' })
  await world.web.db.updateTable('mentions').set({ addressesUs: true }).execute()
  const path = `/tickets/${ticket.number}`
  const page = async () => (await rep.get(path)).text()
  const form = async (words: Record<string, string>) => {
    const html = await page()
    const value = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? ''
    const drawn = { idempotencyKey: value('idempotencyKey'), revision: value('revision'), continuesId: value('continuesId') }
    return { ...drawn, way: 'public', role: 'answer', then: 'auto', ...words }
  }
  const types = async (words: Record<string, string>) =>
    (await (await rep.post(`${path}/draft`, { way: 'public', role: 'answer', ...words })).json()) as {
      price: { words: string; cap: string | null } | null
    }
  const replies = () => world.web.db.selectFrom('replies').selectAll().orderBy('id').execute()
  return { world, rep, account, ticket, path, page, form, types, replies }
}
const offerIn = (html: string) => /<section class="thread-offer"[^>]*>.*?<\/section>/s.exec(html)![0]

test('without a script: stopped as too long, the page shows the cuts and the choice; chosen, it goes out as a thread', async () => {
  const { rep, path, form, page, replies } = await stage()
  expect(offerIn(await page())).toMatch(/^<section[^>]* hidden/)
  const stopped = await rep.post(`${path}/replies`, await form({ text: LONG }))
  expect(stopped.status).toBe(422)
  const html = await stopped.text()
  expect(html).toContain('Or send it as 3 posts.')
  const offer = offerIn(html)
  expect(offer).not.toMatch(/^<section[^>]* hidden/)
  expect(offer).toMatch(/name="posts" value="3"/)
  expect(offer.match(/\(\d\/3\)/g)).toEqual(['(1/3)', '(2/3)', '(3/3)'])
  expect(await replies()).toMatchObject([{ status: 'draft' }])
  const sent = await rep.post(`${path}/replies`, await form({ text: LONG, posts: '3' }))
  expect(sent.status).toBe(303)
  expect((await replies()).map(one => [one.status, one.text.slice(-9)])).toEqual([
    ['approved', 'te. (1/3)'],
    ['approved', expect.stringContaining('(2/3)')],
    ['approved', '(3/3) ^RE'],
  ])
})

test('a choice that was made is kept when something else stops the send', async () => {
  const { rep, path, form } = await stage()
  const html = await (await rep.post(`${path}/replies`, await form({ text: `${LONG} {{ask:when}}`, posts: '3' }))).text()
  expect(offerIn(html)).toMatch(/name="posts" value="3" checked/)
})

test('the price is there before a word is typed, and follows what is typed', async () => {
  const { page, types } = await stage()
  expect(await page()).toContain('<span>Costs $0.01.</span>')
  const said = async (words: Record<string, string>) => (await types(words)).price?.words
  expect(await said({ text: 'See https://heron.example/bags' })).toBe('Costs $0.20 because of the link; $0.01 without it.')
  expect(await said({ text: LONG })).toBe('3 posts cost $0.04.')
  expect(await said({ text: `${LONG} https://heron.example/bags` })).toBe('3 posts cost $0.225 because of the link; $0.04 without it.')
  expect(await said({ text: 'In private', way: 'private', pointerText: 'See your messages' })).toBe(
    'Together $0.025. Costs $0.015. The public pointer costs $0.01.',
  )
  expect((await types({ text: 'A note', way: 'note' })).price).toBeNull()
})

test('near the cap, and over it, the price says so', async () => {
  const { world, account, types, page } = await stage()
  const { db, now } = world.web
  await db.updateTable('accounts').set({ monthlyCapUsd: 50 }).where('id', '=', account.id).execute()
  const cap = async () => (await types({ text: 'Hello' })).price!.cap
  const spend = (usd: number) => addSpending(db, [{ accountId: account.id, at: now(), item: 'send', count: 1, usd }])
  expect(await cap()).toBeNull()
  await spend(41)
  expect(await cap()).toBe('82 % used: $41.00 of this month’s cap of $50.00.')
  await spend(7)
  expect(await page()).toContain('<strong>96 % used: $48.00 of this month’s cap of $50.00.</strong>')
  await spend(3)
  expect(await cap()).toBe('The cap is used up: $51.00 of this month’s cap of $50.00. It is sent all the same.')
})

test('where nothing is charged by use, no price is shown', async () => {
  const { world, account, page, types } = await stage()
  await world.web.db
    .updateTable('accounts')
    .set({ capabilities: JSON.stringify({ tier: 'enterprise' }) })
    .where('id', '=', account.id)
    .execute()
  expect(await page()).not.toContain('Costs $')
  expect((await types({ text: 'Hello' })).price).toBeNull()
})

test('what is left of a thread says what it goes on below, counts on, and can be sent on as it is', async () => {
  const { world, rep, path, form, page, replies } = await stage()
  await rep.post(`${path}/replies`, await form({ text: LONG, posts: '3' }))
  const { db } = world.web
  const [first, second, third] = await replies()
  const set = (id: string, status: 'sent' | 'refused') =>
    db
      .updateTable('replies')
      .set({ status, problem: status === 'sent' ? null : 'X says no.' })
      .where('id', '=', id)
      .execute()
  await set(first!.id, 'sent')
  await set(second!.id, 'refused')
  world.pass(60_000)
  await sendReply(world.web, third!.id)
  const html = await page()
  expect(html.match(/Edit and send again/g)).toHaveLength(1)
  expect(html.match(/Send on from here/g)).toHaveLength(1)
  expect(html).toContain('The part before it did not go out, so this part was not sent either.')
  expect(saidBy(await rep.post(`${path}/replies/${second!.id}/sending`))).toBe('Sending on from there.')
  expect((await replies()).map(one => one.status)).toEqual(['sent', 'approved', 'approved'])

  await undoReply(world.web, second!.id, rep.id)
  expect(await page()).toContain('This goes on below 1 part that is out.')
  expect((await rep.post(`${path}/replies`, await form({ text: 'Shorter now.' }))).status).toBe(303)
  expect((await replies()).at(-1)).toMatchObject({ text: 'Shorter now. (2/2) ^RE', continuesId: first!.id })
})

test('an id that is none, in an address or a form, is an id of nothing', async () => {
  const { rep, path, form } = await stage()
  const none = '-'.repeat(36)
  expect((await rep.post(`${path}/replies/${none}/undo`)).status).toBe(409)
  expect((await rep.post(`${path}/mentions/${none}/like`)).status).toBe(422)
  expect((await rep.post(`${path}/draft`, { way: 'public', text: 'Hello', continuesId: none, [`alt-${none}`]: 'x' })).status).toBe(200)
  expect((await rep.post(`${path}/replies`, await form({ text: 'Hello', continuesId: none }))).status).toBe(303)
})
