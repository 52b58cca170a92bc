// Like and hide on the ticket page: who may, what it says, and what its forms do, without a script.
import { expect, test } from 'vitest'
import { findGesture } from '../../db/gestures.ts'
import type { Platform, Role } from '../../domain.ts'
import { openTicket } from '../open-ticket.ts'
import { saidBy, type WebWorld, webWorld } from './web-world.ts'

async function stage(role: Role, platform: Platform = 'facebook') {
  const world = await webWorld()
  const visitor = await world.signIn(role)
  const at = await world.account({ platform, handle: 'acme', externalId: '4100' })
  const ticket = await openTicket(world.web.db, at, { startedAt: new Date(world.web.now().getTime() - 60_000), text: 'you liars' })
  const mentionId = ticket.latestMentionId!
  const path = `/tickets/${ticket.number}`
  return { world, visitor, mentionId, path, base: `${path}/mentions/${mentionId}`, row: row(world, mentionId), bar: barOf(visitor, path) }
}
const row = (world: WebWorld, mentionId: string) => (gesture: 'like' | 'hide') => findGesture(world.web.db, mentionId, gesture)
/** What stands below the customer's words. */
const barOf = (visitor: { get: (path: string) => Promise<Response> }, path: string) => async () =>
  /<footer class="gestures"[\s\S]*?<\/footer>/.exec(await (await visitor.get(path)).text())?.[0] ?? ''

test('a rep likes and takes it back with plain forms; the button says how it stands, and b presses it', async () => {
  const { visitor, base, row, bar, world } = await stage('rep')
  expect(await bar()).toMatch(/action="[^"]*\/like"[\s\S]*aria-pressed="false"[^>]*data-key="b"/)
  const answer = await visitor.post(`${base}/like`)
  expect(answer.status).toBe(303)
  expect(saidBy(answer)).toMatch(/Your like is on its way to Facebook\.$/)
  expect(await row('like')).toMatchObject({ isWished: true, status: 'waiting', teammateId: visitor.id })
  expect(world.rung.at(-1)).toMatchObject({ name: 'setGesture', gesture: 'like' })
  const waiting = await bar()
  expect(waiting).toMatch(/action="[^"]*\/like\/undo"[\s\S]*aria-pressed="true"/)
  expect(waiting).toContain('waits')
  expect((await visitor.post(`${base}/like/undo`)).status).toBe(303)
  expect(await row('like')).toMatchObject({ isWished: false })
  expect(await bar()).toContain('aria-pressed="false"')
})

test('a lead hides with a reason; the words stay to be read, and one click shows them again', async () => {
  const { visitor, base, path, row, bar, world, mentionId } = await stage('lead')
  expect((await visitor.post(`${base}/hide`)).status).toBe(422)
  expect((await visitor.post(`${base}/hide`, { reason: 'a negative comment' })).status).toBe(422)
  expect(await row('hide')).toBeUndefined()
  const answer = await visitor.post(`${base}/hide`, { reason: 'spam' })
  expect(saidBy(answer)).toMatch(/It is being hidden on Facebook\.$/)
  await world.web.db.updateTable('gestures').set({ status: 'done', isSet: true }).where('mentionId', '=', mentionId).execute()
  const page = await (await visitor.get(path)).text()
  expect(page).toMatch(/bubble theirs is-hidden/)
  expect(page).toContain('you liars')
  expect(page).toContain('Hidden: spam')
  expect(await bar()).toContain('Hidden from others on Facebook')
  expect((await visitor.post(`${base}/hide/undo`)).status).toBe(303)
  expect(await row('hide')).toMatchObject({ isWished: false })
})

test('a rep cannot hide, and a read-only teammate can do neither; both are told why', async () => {
  const rep = await stage('rep')
  expect(await rep.bar()).toContain('Hiding is for leads: ask one.')
  expect((await rep.visitor.post(`${rep.base}/hide`, { reason: 'spam' })).status).toBe(403)
  expect((await rep.visitor.post(`${rep.base}/hide/undo`)).status).toBe(403)
  const reader = await stage('readonly')
  const bar = await reader.bar()
  expect(bar).toContain('Read-only: a rep can do this.')
  expect(bar).not.toContain('<form')
  expect((await reader.visitor.post(`${reader.base}/like`)).status).toBe(403)
  expect(await reader.row('like')).toBeUndefined()
})

test('where the platform cannot, it says why instead of offering it', async () => {
  const { bar, visitor, base } = await stage('lead', 'instagram')
  expect(await bar()).toContain('Instagram gives apps no way to like: like it in the app.')
  // The key tells it too.
  expect(await bar()).toMatch(/<details class="menu barred" data-key="b"><summary[^>]*no way to like/)
  const answer = await visitor.post(`${base}/like`)
  expect(answer.status).toBe(422)
  expect(await answer.text()).toContain('Instagram gives apps no way to like')
})

test('on Mastodon it is called a favourite', async () => {
  const { bar } = await stage('rep', 'mastodon')
  expect(await bar()).toMatch(/<\/svg>Favourite<\/button>/)
})

test('what was refused is said with what to do, and can be tried again', async () => {
  const { visitor, base, bar, world, mentionId } = await stage('rep')
  await visitor.post(`${base}/like`)
  const problem = 'It is no longer there, or we may not see it.'
  await world.web.db.updateTable('gestures').set({ status: 'refused', problem }).where('mentionId', '=', mentionId).execute()
  const refused = await bar()
  expect(refused).toContain(`Facebook did not take “Like”: ${problem}`)
  expect(refused).toMatch(/action="[^"]*\/like"[\s\S]*aria-pressed="false"/)
})

test('a mention that is none, or stands on another ticket, is refused', async () => {
  const { visitor, path, world } = await stage('rep')
  const at = await world.account({ platform: 'facebook', handle: 'other', externalId: '4200' })
  const other = await openTicket(world.web.db, at, { startedAt: world.web.now() })
  for (const id of ['nonsense', other.latestMentionId]) expect((await visitor.post(`${path}/mentions/${id}/like`)).status).toBe(422)
  expect(await row(world, other.latestMentionId!)('like')).toBeUndefined()
})
