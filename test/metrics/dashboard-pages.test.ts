// The dashboard as a page: its numbers, its links, its rows and its CSV.
import { expect, test } from 'vitest'
import { readCalendar } from '../../metrics/zone.ts'
import { csv } from '../../web/parts/csv.ts'
import { duration, percent } from '../../web/parts/duration.ts'
import { answer, openTicket } from '../open-ticket.ts'
import { webWorld } from '../web/web-world.ts'

async function day() {
  const world = await webWorld()
  world.setNow(new Date('2026-03-02T12:00:00Z'))
  const account = await world.account({ platform: 'x' })
  const at = (time: string) => new Date(`2026-03-02T${time}:00Z`)
  const slow = await openTicket(world.desk.db, account, {
    startedAt: at('08:00'),
    author: 'cleo',
    category: 'complaint',
    text: '=HYPERLINK("http://evil")',
  })
  await answer(world.desk.db, slow, at('10:00'))
  const waiting = await openTicket(world.desk.db, account, { startedAt: at('09:00'), category: 'complaint' })
  return { ...world, rep: await world.signIn('rep'), slow, waiting }
}

test('each number links to its rows', async () => {
  const { rep, slow, waiting } = await day()
  const html = await (await rep.get('/dashboard')).text()
  expect(html).toContain('times in UTC')
  expect(html).toContain(`/tickets/${waiting.number}`)
  const links = [...html.matchAll(/href="(\/dashboard\/(?:tickets|mentions)[^"]*)"/g)].map(match => match[1]!.replaceAll('&amp;', '&'))
  expect(new Set(links).size).toBeGreaterThan(15)
  for (const link of new Set(links)) expect((await rep.get(link)).status, link).toBe(200)
  expect(await (await rep.get('/dashboard/tickets?metric=first-late')).text()).toContain(`#${slow.number}`)
})

test('below ten values a p90 is not shown, the values are', async () => {
  const { rep } = await day()
  const html = await (await rep.get('/dashboard')).text()
  expect(html).toContain('Too few for a p90')
  expect(html).toContain('2 h')
})

test('the CSV has the rows of the page', async () => {
  const { rep, slow } = await day()
  const answer = await rep.get('/dashboard/tickets.csv?metric=sla&period=today')
  const lines = (await answer.text()).replace('\uFEFF', '').trim().split('\r\n')
  expect(answer.headers.get('content-type')).toContain('text/csv')
  expect(lines).toHaveLength(3)
  expect(lines[2]).toContain(
    `${slow.number},cleo,cleo,x,complaint,high,new,,2026-03-02T08:00:00.000Z,2026-03-02T09:00:00.000Z,2026-03-02T10:00:00.000Z,120,breached`,
  )
})

test('a customer’s formula is text in the CSV', async () => {
  const { rep } = await day()
  expect(await (await rep.get('/dashboard/mentions.csv?hour=8')).text()).toContain(`"'=HYPERLINK(""http://evil"")"`)
  expect(csv(['a'], [['@x'], [-1], [null]])).toBe("a\r\n'@x\r\n-1\r\n\r\n")
})

test('an unknown number is a page that says so; an unknown period is today', async () => {
  const { rep } = await day()
  expect((await rep.get('/dashboard/tickets?metric=nonsense')).status).toBe(404)
  expect((await rep.get('/dashboard?period=century')).status).toBe(200)
})

test('a stranger is sent to sign in', async () => {
  const { request } = await day()
  expect((await request('/dashboard')).status).not.toBe(200)
})

test('a lead sets zone and hours; a rep may only look; nonsense changes nothing', async () => {
  const world = await webWorld()
  const [lead, rep] = [await world.signIn('lead'), await world.signIn('rep')]
  const form = { zone: 'Asia/Kolkata', 'from-1': '09:00', 'to-1': '17:30', holidays: '2026-12-25' }
  expect((await rep.post('/dashboard/hours', form)).status).toBe(403)
  expect((await lead.post('/dashboard/hours', form)).status).toBe(303)
  const saved = await readCalendar(world.desk.db)
  expect(saved).toMatchObject({ zone: 'Asia/Kolkata' })
  expect(saved.versions.at(-1)).toMatchObject({ weekly: [{ weekday: 1, from: '09:00', to: '17:30' }], holidays: ['2026-12-25'] })
  expect((await lead.post('/dashboard/hours', { ...form, zone: 'Mars/Olympus' })).status).toBe(422)
  expect((await lead.post('/dashboard/hours', { ...form, 'to-1': '08:00' })).status).toBe(422)
  expect(await readCalendar(world.desk.db)).toEqual(saved)
})

test.each([
  [0, '0 min'],
  [0.4, '<1 min'],
  [46, '46 min'],
  [504, '8 h 24 min'],
  [4560, '3 d 4 h'],
  [60, '1 h'],
])('%f minutes are “%s”', (minutes, words) => expect(duration(minutes)).toBe(words))
test.each([
  [null, '–'],
  [1, '100 %'],
  [0.999, '>99 %'],
  [0.001, '<1 %'],
  [0, '0 %'],
  [0.5, '50 %'],
])('a share of %s is “%s”', (share, words) => expect(percent(share)).toBe(words))
