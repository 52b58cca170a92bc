// Who may come in: strangers, wrong passwords, ended sessions, foreign forms, roles.
import { expect, test } from 'vitest'
import { openDatabase } from '../../db/connect.ts'
import { migrate } from '../../db/migrate.ts'
import { openVault } from '../../vault.ts'
import { createTeammate, openAuth, SIGN_IN_TRIES, setPassword } from '../../web/auth.ts'
import { localPath } from '../../web/sign-in.tsx'
import { describeWith } from '../needs.ts'
import { openTicket } from '../open-ticket.ts'
import { startPostgres } from '../servers.ts'
import { webWorld } from './web-world.ts'

const html = { accept: 'text/html' }
const origin = 'http://localhost:3000'
const form = (fields: Record<string, string>, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { origin, ...html, ...headers },
  body: new URLSearchParams(fields),
})

test('a stranger is led to the sign-in page, which knows the way back', async () => {
  const { request } = await webWorld()
  const answer = await request('/tickets/7?view=mine', { headers: html })
  expect(answer.status).toBe(302)
  expect(answer.headers.get('location')).toBe(`/sign-in?to=${encodeURIComponent('/tickets/7?view=mine')}`)
  expect(await (await request(answer.headers.get('location')!)).text()).toContain('name="to" value="/tickets/7?view=mine"')
})

test('a stream or a script without a session is told 401, not given a page', async () => {
  const { request } = await webWorld()
  expect((await request('/live', { headers: { accept: 'text/event-stream' } })).status).toBe(401)
})

test('a teammate signs in and is brought to where they meant to go', async () => {
  const { request, web } = await webWorld()
  await createTeammate(web, { name: 'Dana', email: 'Dana@heed.test', role: 'rep', initials: 'DA', password: 'a long enough password' })
  const answer = await request('/sign-in', form({ email: ' dana@HEED.test', password: 'a long enough password', to: '/queue?view=mine' }))
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/queue?view=mine'])
  const cookie = answer.headers.getSetCookie().find(one => one.startsWith('heed.session_token='))!
  expect(cookie).toMatch(/HttpOnly/i)
  expect(cookie).toMatch(/SameSite=Lax/i)
})

test('a wrong password says so and gives nothing away', async () => {
  const { request, signIn } = await webWorld()
  await signIn('rep')
  const wrong = await request('/sign-in', form({ email: 'rep@heed.test', password: 'not the password' }))
  const unknown = await request('/sign-in', form({ email: 'nobody@heed.test', password: 'not the password' }))
  expect([wrong.status, unknown.status]).toEqual([401, 401])
  const words = async (answer: Response) => /role="alert">([^<]*)/.exec(await answer.text())?.[1]
  expect(await words(wrong)).toBe(await words(unknown))
  expect(wrong.headers.getSetCookie()).toEqual([])
})

test('too many tries are stopped, whatever address a header claims', async () => {
  const { request } = await webWorld()
  const statuses: number[] = []
  for (let i = 0; i <= SIGN_IN_TRIES.max; i++)
    statuses.push(
      (
        await request(
          '/sign-in',
          form({ email: 'a@heed.test', password: 'guess' }, { 'x-heed-address': `10.0.0.${i}`, 'x-forwarded-for': `10.0.0.${i}` }),
        )
      ).status,
    )
  expect(statuses.slice(0, -1).every(status => status === 401)).toBe(true)
  expect(statuses.at(-1)).toBe(429)
})

test('behind a proxy of ours each caller has tries of their own, and cannot write themselves another address', async () => {
  const { request, web } = await webWorld()
  Object.assign(web.config, { trustedProxies: 1 })
  const tries = (address: string) => request('/sign-in', form({ email: 'a@heed.test', password: 'guess' }, { 'x-forwarded-for': address }))
  for (let i = 0; i < SIGN_IN_TRIES.max; i++) expect((await tries(`10.0.0.${i}, 192.0.2.1`)).status).toBe(401)
  expect((await tries('10.0.0.99, 192.0.2.1')).status).toBe(429)
  expect((await tries('192.0.2.1, 192.0.2.2')).status).toBe(401)
})

test('a form from another site does nothing', async () => {
  const { request, signIn, desk, account } = await webWorld()
  const rep = await signIn('rep')
  const ticket = await openTicket(desk.db, await account({ platform: 'x' }), { startedAt: new Date() })
  const cookie = await cookieOf(request, 'rep@heed.test')
  const foreign = await request(`/tickets/${ticket.number}/claim`, {
    method: 'POST',
    headers: { cookie, origin: 'https://evil.example', ...html },
    body: new URLSearchParams(),
  })
  expect(foreign.status).toBe(403)
  expect(await foreign.text()).toContain('did not come from a page of this Heed')
  expect((await desk.db.selectFrom('tickets').select('assigneeId').executeTakeFirstOrThrow()).assigneeId).toBeNull()
  expect((await rep.post(`/tickets/${ticket.number}/claim`)).status).toBe(303)
})

test('read-only looks, and is told why it may not act', async () => {
  const { signIn, desk, account } = await webWorld()
  const looker = await signIn('readonly')
  const ticket = await openTicket(desk.db, await account({ platform: 'x' }), { startedAt: new Date() })
  const page = await (await looker.get(`/tickets/${ticket.number}`)).text()
  expect(page).toContain('Your role is read-only')
  const refused = await looker.post(`/tickets/${ticket.number}/solution`, { reason: 'because' })
  expect(refused.status).toBe(403)
  expect(await refused.text()).toContain('role “rep”')
  expect((await desk.db.selectFrom('tickets').select('status').executeTakeFirstOrThrow()).status).toBe('new')
})

test('an ended session says so and comes back to the page', async () => {
  const { signIn, desk } = await webWorld()
  const rep = await signIn('rep')
  await desk.db
    .updateTable('sessions')
    .set({ expiresAt: new Date(0) })
    .execute()
  const answer = await rep.get('/queue?view=mine')
  expect(answer.status).toBe(401)
  const page = await answer.text()
  expect(page).toContain('Your session has ended')
  expect(page).toContain('name="to" value="/queue?view=mine"')
})

test('words sent after the session ended are kept, shown, and sent only by a press of the button', async () => {
  const { request, signIn, desk, account } = await webWorld()
  const rep = await signIn('rep')
  const ticket = await openTicket(desk.db, await account({ platform: 'x' }), { startedAt: new Date() })
  await desk.db.deleteFrom('sessions').execute()
  const path = `/tickets/${ticket.number}/replies`
  const answer = await rep.post(path, { way: 'note', text: 'Please do not lose me', revision: '1', idempotencyKey: 'k' })
  expect(answer.status).toBe(401)
  const page = await answer.text()
  expect(page).toContain('Please do not lose me')
  const kept = /name="kept" value="([^"]*)"/.exec(page)![1]!.replaceAll('&quot;', '"')
  const again = await request('/sign-in', form({ email: 'rep@heed.test', password: 'a long enough password', to: path, kept }))
  expect(again.status).toBe(200)
  expect(await again.text()).toMatch(new RegExp(`action="${path}"[\\s\\S]*Please do not lose me`))
  expect(await desk.db.selectFrom('notes').selectAll().execute()).toEqual([])
})

test('a switched-off teammate stays outside, and a new password ends the old sessions', async () => {
  const { request, signIn, desk, web } = await webWorld()
  const rep = await signIn('rep')
  await setPassword(web, rep.id, 'another long password')
  expect((await rep.get('/queue')).status).toBe(401)
  await desk.db.updateTable('teammates').set({ isActive: false }).where('id', '=', rep.id).execute()
  const answer = await request('/sign-in', form({ email: 'rep@heed.test', password: 'another long password' }))
  expect(answer.status).toBe(401)
  expect(await answer.text()).toContain('switched off')
  expect(await desk.db.selectFrom('sessions').selectAll().execute()).toEqual([])
})

test('signing out ends the session', async () => {
  const { signIn, desk } = await webWorld()
  const rep = await signIn('rep')
  expect((await rep.post('/sign-out')).headers.get('location')).toBe('/sign-in')
  expect(await desk.db.selectFrom('sessions').selectAll().execute()).toEqual([])
})

test('nobody can register, and the library’s own door is shut', async () => {
  const { request } = await webWorld()
  const answer = await request('/api/auth/sign-up/email', {
    method: 'POST',
    headers: { origin, 'content-type': 'application/json', ...html },
    body: JSON.stringify({ email: 'a@b.test', password: 'a long enough password', name: 'A' }),
  })
  expect([401, 404]).toContain(answer.status)
})

test('the way back leads only to a path of ours', () => {
  expect(['/queue?view=mine', '//evil.example', '/\\evil.example', 'https://evil.example', '/sign-out', undefined].map(localPath)).toEqual([
    '/queue?view=mine',
    '/queue',
    '/queue',
    '/queue',
    '/queue',
    '/queue',
  ])
})

test('a form larger than forms are is refused in words', async () => {
  const { signIn } = await webWorld()
  const rep = await signIn('rep')
  const answer = await rep.post('/tickets/1/replies', { text: 'x'.repeat(300_000) })
  expect(answer.status).toBe(413)
  expect(await answer.text()).toContain('Too much at once')
})

test('every page forbids foreign and inline scripts', async () => {
  const { signIn } = await webWorld()
  const answer = await (await signIn('rep')).get('/queue')
  expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'")
  const page = await answer.text()
  expect(page).not.toMatch(/<script(?![^>]* src=)/)
  expect(page).not.toMatch(/ style="| on[a-z]+="/)
})

describeWith({ PostgreSQL: true }, 'sign-in on PostgreSQL', () => {
  test('signs in, throttles and signs out as on the embedded database', { timeout: 60_000 }, async () => {
    const server = await startPostgres()
    const database = await openDatabase({ databaseUrl: server.url, databasePool: 4, dataDir: '', syncToDisk: false })
    try {
      await migrate(database.db)
      const desk = {
        db: database.db,
        now: () => new Date(),
        vault: openVault('a secret of the test world, long enough to be one'),
        config: { publicUrl: origin },
      }
      await createTeammate(desk, {
        name: 'Dana',
        email: 'dana@heed.test',
        role: 'lead',
        initials: 'DA',
        password: 'a long enough password',
      })
      const auth = openAuth(desk)
      const tries = async (password: string) =>
        auth.handler(
          new Request(`${origin}/api/auth/sign-in/email`, {
            method: 'POST',
            headers: { origin, 'content-type': 'application/json', 'x-heed-address': '127.0.0.1' },
            body: JSON.stringify({ email: 'dana@heed.test', password }),
          }),
        )
      const signedIn = await tries('a long enough password')
      const cookie = signedIn.headers
        .getSetCookie()
        .map(one => one.split(';')[0])
        .join('; ')
      expect((await auth.api.getSession({ headers: new Headers({ cookie }) }))?.user).toMatchObject({
        role: 'lead',
        initials: 'DA',
        undoSeconds: 10,
        isActive: true,
      })
      const statuses = await Promise.all(Array.from({ length: 3 }, () => tries('wrong')))
      expect(statuses.map(answer => answer.status)).toEqual([401, 401, 401])
      for (let i = 4; i < SIGN_IN_TRIES.max; i++) await tries('wrong')
      expect((await tries('a long enough password')).status).toBe(429)
      await auth.api.signOut({ headers: new Headers({ cookie }) })
      expect(await auth.api.getSession({ headers: new Headers({ cookie }) })).toBeNull()
    } finally {
      await database.close()
      await server.stop()
    }
  })
})

async function cookieOf(request: (path: string, init?: RequestInit) => Promise<Response>, email: string): Promise<string> {
  const answer = await request('/sign-in', form({ email, password: 'a long enough password' }))
  return answer.headers
    .getSetCookie()
    .map(one => one.split(';')[0])
    .join('; ')
}
