// Teammates and one's own settings: passwords shown once, initials unique, nobody locked out by mistake.
import { expect, test } from 'vitest'
import { webWorld } from './web-world.ts'

const NEW = { name: 'Sam Birch', email: 'Sam@Heed.test', initials: 'sb', role: 'rep' }

async function team() {
  const world = await webWorld({ connectors: [] })
  const admin = await world.signIn('admin')
  const signInAs = (email: string, password: string) =>
    world.request('/sign-in', {
      method: 'POST',
      headers: { origin: 'http://localhost:3000' },
      body: new URLSearchParams({ email, password }),
    })
  return {
    ...world,
    admin,
    signInAs,
    people: () => world.desk.db.selectFrom('teammates').selectAll().orderBy('createdAt').execute(),
  }
}
const passwordOn = (page: string) => /<code class="password">([^<]+)</.exec(page)![1]!

test('a new teammate signs in with the password that was shown once', async () => {
  const { admin, signInAs, people, desk } = await team()
  const answer = await admin.post('/teammates', NEW)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  const password = passwordOn(await answer.text())
  expect((await signInAs('sam@heed.test', password)).status).toBe(303)
  expect((await people()).at(-1)).toMatchObject({
    name: 'Sam Birch',
    email: 'sam@heed.test',
    initials: 'SB',
    role: 'rep',
  })
  expect(await (await admin.get('/teammates')).text()).not.toContain(password)
  const audit = JSON.stringify(await desk.db.selectFrom('auditEntries').selectAll().execute())
  expect(audit).toContain('teammate.added')
  expect(audit).not.toContain(password)
})

test.each([
  ['initials somebody has', { initials: 'AS' }, 'Ana Silva already signs ^AS.'],
  ['an e-mail somebody has', { email: 'AS@heed.test' }, 'Somebody with this e-mail is here already.'],
  ['no e-mail', { email: 'sam' }, 'That is not an e-mail address.'],
  ['initials of five letters', { initials: 'SAMBI' }, 'Initials are one to four letters or digits.'],
  ['a role that is none', { role: 'owner' }, 'There is no such role.'],
])('%s is refused by name', async (_, wrong, because) => {
  const { admin, people } = await team()
  const before = (await people()).length
  const answer = await admin.post('/teammates', { ...NEW, ...wrong })
  expect(answer.status).toBe(422)
  expect(await answer.text()).toContain(because)
  expect((await people()).length).toBe(before)
})

test('a changed role is in force at the next click', async () => {
  const { admin, signIn } = await team()
  const rep = await signIn('rep')
  expect((await rep.post('/teammates', NEW)).status).toBe(403)
  await admin.post(`/teammates/${rep.id}`, { name: 'Dana rep', initials: 'DR', role: 'admin' })
  expect((await rep.post('/teammates', NEW)).status).toBe(200)
})

test('whoever is deactivated is out at once, and cannot come back in', async () => {
  const { admin, signIn, signInAs } = await team()
  const rep = await signIn('rep')
  expect((await rep.get('/teammates')).status).toBe(200)
  await admin.post(`/teammates/${rep.id}/deactivate`)
  expect((await rep.get('/teammates')).status).toBe(401)
  expect((await signInAs('rep@heed.test', 'a long enough password')).status).toBe(401)
  await admin.post(`/teammates/${rep.id}/activate`)
  expect((await signInAs('rep@heed.test', 'a long enough password')).status).toBe(303)
})

test('a new password ends the old one and its sessions', async () => {
  const { admin, signIn, signInAs } = await team()
  const rep = await signIn('rep')
  const password = passwordOn(await (await admin.post(`/teammates/${rep.id}/password`)).text())
  expect((await rep.get('/teammates')).status).toBe(401)
  expect((await signInAs('rep@heed.test', 'a long enough password')).status).toBe(401)
  expect((await signInAs('rep@heed.test', password)).status).toBe(303)
})

test('the last admin can neither step down nor switch themselves off', async () => {
  const { admin, people } = await team()
  expect((await admin.post(`/teammates/${admin.id}`, { name: 'Dana admin', initials: 'AD', role: 'rep' })).status).toBe(422)
  expect((await admin.post(`/teammates/${admin.id}/deactivate`)).status).toBe(422)
  expect((await people()).find(one => one.id === admin.id)).toMatchObject({ role: 'admin', isActive: true })
})

test('a rep sees the team, with the reason why not to change it', async () => {
  const { signIn } = await team()
  const rep = await signIn('rep')
  expect(await (await rep.get('/teammates')).text()).toContain('Only an admin can change teammates.')
})

test.each([
  ['0', 303],
  ['60', 303],
  ['61', 422],
  ['-1', 422],
  ['1.5', 422],
  ['soon', 422],
])('an undo time of %s answers %i', async (undoSeconds, status) => {
  const { admin, people } = await team()
  expect((await admin.post('/me', { undoSeconds })).status).toBe(status)
  expect((await people()).find(one => one.id === admin.id)!.undoSeconds).toBe(status === 303 ? Number(undoSeconds) : 10)
})

test('a password is changed only by whoever knows the present one', async () => {
  const { admin, signInAs } = await team()
  expect((await admin.post('/me/password', { current: 'a guess', wanted: 'another long password' })).status).toBe(422)
  expect((await admin.post('/me/password', { current: 'a long enough password', wanted: 'short' })).status).toBe(422)
  expect((await admin.post('/me/password', { current: 'a long enough password', wanted: 'another long password' })).status).toBe(303)
  expect((await signInAs('admin@heed.test', 'another long password')).status).toBe(303)
})
