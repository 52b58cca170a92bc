// The templates pages: writing, trying out and retiring, by those who may.
import { expect, test } from 'vitest'
import { saidBy, webWorld } from './web-world.ts'

const FORM = {
  name: 'Late parcel',
  kind: 'answer',
  platform: '',
  language: 'en',
  text: 'Hi {{customer.first_name|there}}, your {{ask:order number}} is on its way.',
}

async function desk() {
  const world = await webWorld()
  const lead = await world.signIn('lead')
  return { ...world, lead, templates: () => world.desk.db.selectFrom('templates').selectAll().execute() }
}

test('a template is written, changed into its next version, and retired', async () => {
  const { lead, templates } = await desk()
  expect(saidBy(await lead.post('/templates/new', FORM))).toContain('ready to use')
  const [{ id } = { id: '' }] = await templates()
  expect(saidBy(await lead.post(`/templates/${id}`, { ...FORM, text: 'Hello {{customer.first_name|there}}!' }))).toContain('version 2')
  await lead.post(`/templates/${id}/retire`)
  expect(await templates()).toMatchObject([{ version: 2, text: 'Hello {{customer.first_name|there}}!', isActive: false, ownerId: lead.id }])
})

test.each([
  ['an unknown placeholder', { text: 'Hi {{customer.shoe_size}}' }, 'Heed does not know {{customer.shoe_size}}'],
  ['no words', { text: ' ' }, 'Write what it says.'],
  ['a kind that is none', { kind: 'poem' }, 'Choose one of'],
])('%s is refused with the reason, and the words are kept in the form', async (_, wrong, because) => {
  const { lead, templates } = await desk()
  const answer = await lead.post('/templates/new', { ...FORM, ...wrong })
  expect(answer.status).toBe(422)
  const page = await answer.text()
  expect(page).toContain(because)
  expect(page).toContain('value="Late parcel"')
  expect(await templates()).toEqual([])
})

test('the preview fills what is known, marks the gaps, signs, and counts by each platform', async () => {
  const { lead, templates } = await desk()
  const words = await (
    await lead.post('/templates/preview', {
      ...FORM,
      text: 'Hi {{customer.first_name|there}} 👍 https://example.com/a/long/way/to/the/help {{ask:order number}}',
    })
  ).text()
  expect(words).toContain('Hi Robin 👍')
  expect(words).toContain('<span class="gap">{{ask:order number}}</span> ^LE')
  // X counts any link as 23.
  expect(words).toMatch(/>60<\/span><span class="muted"> \/ 280/)
  expect(words).toMatch(/>79<\/span><span class="muted"> \/ 8,000/)
  expect(await templates()).toEqual([])
})

test('a template too long for a platform says by how much', async () => {
  const { lead } = await desk()
  expect(await (await lead.post('/templates/preview', { ...FORM, text: 'a'.repeat(290) })).text()).toContain('14 too long')
})

test('a rep reads and tries out, with the reason why not to change', async () => {
  const { lead, signIn, templates } = await desk()
  await lead.post('/templates/new', FORM)
  const [{ id } = { id: '' }] = await templates()
  const rep = await signIn('rep')
  expect(await (await rep.get(`/templates/${id}`)).text()).toContain('Only a lead or an admin can change templates.')
  expect((await rep.post('/templates/preview', FORM)).status).toBe(200)
  expect((await rep.post(`/templates/${id}`, { ...FORM, text: 'mine' })).status).toBe(403)
  expect((await rep.post(`/templates/${id}/retire`)).status).toBe(403)
  expect((await templates())[0]).toMatchObject({ version: 1, isActive: true })
})

test('an unknown template is 404 in words', async () => {
  const { lead } = await desk()
  for (const path of ['/templates/nonsense', '/templates/00000000-0000-7000-8000-000000000000']) {
    const answer = await lead.get(path)
    expect([answer.status, (await answer.text()).includes('No such template')]).toEqual([404, true])
  }
})
