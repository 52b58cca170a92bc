// The public status page: for strangers, without customers' data, and alive when the database is not.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as newId } from 'uuid'
import { expect, onTestFinished, test } from 'vitest'
import { declareIncident, linkTicket } from '../../incidents/incident.ts'
import { publishUpdate } from '../../incidents/status-update.ts'
import { buildApp } from '../../web/app.ts'
import type { WebDesk } from '../../web/env.ts'
import { openTicket } from '../open-ticket.ts'
import { webWorld } from '../web/web-world.ts'

async function outage() {
  const dataDir = mkdtempSync(join(tmpdir(), 'heed-status-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  const world = await webWorld({ web: { config: { publicUrl: 'http://localhost:3000', dataDir } as WebDesk['config'] } })
  const { desk, ana } = world
  const declared = await declareIncident(desk, {
    title: 'Login <errors>',
    impact: 'log in',
    severity: 'SEV2',
    components: ['Sign-in'],
    teammateId: ana.id,
  })
  if (!declared.ok) throw new Error(declared.because)
  const { incident } = declared
  await publishUpdate(desk, {
    updateId: newId(),
    incidentId: incident.id,
    kind: 'holding',
    to: 'identified',
    text: 'We know. Next by {{next}}.',
    renditions: [],
    nextUpdateAt: new Date(desk.now().getTime() + 3_600_000),
    zone: 'UTC',
    teammateId: ana.id,
  })
  return { ...world, incident, dataDir }
}

/** A database that answers every question of the page with an error. */
async function whileBroken({ db }: Awaited<ReturnType<typeof outage>>['database'], run: () => Promise<void>) {
  await db.schema.alterTable('incidents').renameTo('incidents_away').execute()
  try {
    await run()
  } finally {
    await db.schema.alterTable('incidents_away').renameTo('incidents').execute()
  }
}

test('a stranger reads what is wrong, since when, and when the next word comes', async () => {
  const { request } = await outage()
  const answer = await request('/status')
  const html = await answer.text()
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, expect.stringContaining('public')])
  for (const words of ['Login &lt;errors&gt;', 'Identified', 'Next update by', 'Sign-in', 'Partial outage', 'We know. Next by'])
    expect(html).toContain(words)
  expect(html).not.toContain('<script')
})

test('nothing of customers or teammates is on it, in no form', async () => {
  const { request, desk, account, ana, incident } = await outage()
  const ticket = await openTicket(desk.db, await account({ platform: 'x' }), {
    startedAt: desk.now(),
    text: 'my secret words',
    author: 'secret_person',
  })
  await linkTicket(desk, { ticketId: ticket.id, incidentId: incident.id, teammateId: ana.id })
  for (const path of ['/status', '/status.json', '/status.atom']) {
    const body = await (await request(path)).text()
    for (const secret of ['secret', ana.name, ana.id, incident.id]) expect(body).not.toContain(secret)
  }
})

test('the JSON and the feed say the same', async () => {
  const { request } = await outage()
  expect(await (await request('/status.json')).json()).toMatchObject({
    state: 'partial',
    components: [{ name: 'Sign-in', state: 'partial' }],
    active: [{ title: 'Login <errors>', status: 'identified', updates: [{}] }],
  })
  expect(await (await request('/status.atom')).text()).toContain('<title>Login &lt;errors&gt;: Identified</title>')
})

test('the last copy outlives the database, even in a process that never saw it up', async () => {
  const { request, database, web, dataDir } = await outage()
  const before = await (await request('/status')).text()
  await expect.poll(() => JSON.parse(readFileSync(join(dataDir, 'status-page.json'), 'utf8')).html).toBe(before)
  await whileBroken(database, async () => {
    // Another app is another process: it has nothing in memory.
    const again = await buildApp({ ...web }).request('http://localhost:3000/status')
    expect([again.status, again.headers.get('x-status-copy'), await again.text()]).toEqual([200, 'last known', before])
  })
})

test('without a database and without a copy it says so', async () => {
  const { request, database } = await outage()
  await whileBroken(database, async () => expect((await request('/status')).status).toBe(503))
})

test('an unchanged page is not sent twice', async () => {
  const { request } = await outage()
  const etag = (await request('/status')).headers.get('etag')!
  expect((await request('/status', { headers: { 'if-none-match': etag } })).status).toBe(304)
})
