// The composer's pictures without a script: added, described, removed, sent, and shown in the thread.
import { v7 as newId } from 'uuid'
import { expect, test } from 'vitest'
import { insertTemplate } from '../../db/templates.ts'
import { openTicket } from '../open-ticket.ts'
import { gif, jpeg, png } from '../pictures.ts'
import { type Visitor, webWorld } from './web-world.ts'

async function stage(platform = 'bluesky') {
  const world = await webWorld()
  const rep = await world.signIn('rep')
  const account = await world.account({ platform, handle: 'acme', externalId: '4100' })
  const ticket = await openTicket(world.web.db, account, {
    startedAt: new Date(world.web.now().getTime() - 48 * 60_000),
    text: 'where does this tag go?',
    author: 'maria',
    category: 'technical_question',
  })
  // As Bluesky names them.
  const uri = 'at://did:plc:maria/app.bsky.feed.post/3kabcdefghij2'
  await world.web.db.updateTable('mentions').set({ threadKey: uri, externalId: uri }).where('ticketId', '=', ticket.id).execute()
  const path = `/tickets/${ticket.number}`
  const pictures = () =>
    world.web.db.selectFrom('replyPictures').select(['id', 'alt', 'size', 'type', 'replyId']).orderBy('position').execute()
  return { world, rep, path, pictures, page: async () => (await rep.get(path)).text() }
}

function formWith(files: readonly [string, Buffer][], words: Record<string, string> = {}): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries({ way: 'public', role: 'answer', text: 'See the tag', ...words })) form.append(name, value)
  for (const [name, bytes] of files) form.append('pictures', new File([new Uint8Array(bytes)], name))
  return form
}
/** As the page drew it: what its hidden fields say, and the words put in. */
async function drawn(visitor: Visitor, path: string, words: Record<string, string>) {
  const page = await (await visitor.get(path)).text()
  const value = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1] ?? ''
  return { idempotencyKey: value('idempotencyKey'), revision: value('revision'), way: 'public', role: 'answer', then: 'auto', ...words }
}

test('a chosen picture joins the draft with its words, stripped of what a camera wrote into it', async () => {
  const { rep, path, pictures, page } = await stage()
  const answered = await rep.post(`${path}/draft/pictures`, formWith([['tag.jpg', jpeg(40, 30, { secret: 'GPS 52.5163N' })]]))
  expect(answered.status).toBe(303)
  const [kept] = await pictures()
  const html = await page()
  expect(html).toContain('See the tag</textarea>')
  expect(html).toContain(`<img src="/reply-pictures/${kept!.id}" width="40" height="30" alt="Picture 1, not described yet"`)
  expect(html).toMatch(new RegExp(`<textarea id="alt-${kept!.id}" name="alt-${kept!.id}"[^>]* aria-required="true"`))
  const shown = await rep.get(`/reply-pictures/${kept!.id}`)
  expect(Buffer.from(await shown.arrayBuffer()).includes('GPS')).toBe(false)
})

test('what cannot be added is named beside the field, and the words stay', async () => {
  const { rep, path, pictures } = await stage()
  const files: [string, Buffer][] = [
    ['dance.gif', gif()],
    ['page.png', Buffer.from('<script>alert(1)</script>')],
    ['tag.png', png()],
  ]
  const answered = await rep.post(`${path}/draft/pictures`, formWith(files, { text: 'My words', pointerText: '' }))
  const html = await answered.text()
  expect(answered.status).toBe(422)
  expect(html).toContain('“dance.gif” was not added. Bluesky takes no GIF here.')
  expect(html).toContain('“page.png” was not added. It is no JPEG, PNG, GIF or WebP picture')
  expect(html).toMatch(/<input type="file"[^>]*aria-describedby="picture-problems picture-rules"/)
  expect(html).toContain('My words</textarea>')
  expect(await pictures()).toHaveLength(1)
})

test('nothing is sent until each picture is described; then the thread shows it with its description', async () => {
  const { world, rep, path, pictures, page } = await stage()
  await rep.post(`${path}/draft/pictures`, formWith([['tag.png', png()]]))
  const [kept] = await pictures()
  const stopped = await rep.post(`${path}/replies`, await drawn(rep, path, { text: 'See the tag', [`alt-${kept!.id}`]: ' ' }))
  expect(stopped.status).toBe(422)
  expect(await stopped.text()).toContain('Picture 1: it has no description.')
  const sent = await rep.post(`${path}/replies`, await drawn(rep, path, { text: 'See the tag', [`alt-${kept!.id}`]: 'A tag on a handle' }))
  expect(sent.status).toBe(303)
  const [reply] = await world.web.db.selectFrom('replies').select(['id', 'status']).execute()
  expect(reply!.status).toBe('approved')
  expect(await pictures()).toMatchObject([{ alt: 'A tag on a handle', replyId: reply!.id }])
  const html = await page()
  expect(html).toMatch(new RegExp(`class="thumbnail" href="/reply-pictures/${kept!.id}"`))
  expect(html).toContain('<figcaption class="muted">A tag on a handle</figcaption>')
  expect(html).not.toContain('picture-list')
})

test('a file that was chosen and not added is not silently left out', async () => {
  const { world, rep, path } = await stage()
  const answered = await rep.post(`${path}/replies`, await drawn(rep, path, { text: 'See the tag', pictures: 'tag.png' }))
  expect(answered.status).toBe(422)
  expect(await answered.text()).toContain('“tag.png” was chosen and not added, so nothing was sent.')
  expect(await world.web.db.selectFrom('replies').select('id').where('status', '!=', 'draft').execute()).toEqual([])
})

test('descriptions are kept as they are typed, and a picture can be taken out again', async () => {
  const { rep, path, pictures } = await stage()
  await rep.post(
    `${path}/draft/pictures`,
    formWith([
      ['a.png', png(8, 6)],
      ['b.png', png(9, 6)],
    ]),
  )
  const [a, b] = await pictures()
  const form = { way: 'public', role: 'answer', text: 'See', [`alt-${a!.id}`]: 'First', [`alt-${b!.id}`]: 'Second' }
  expect((await rep.post(`${path}/draft`, form)).status).toBe(200)
  expect(await pictures()).toMatchObject([{ alt: 'First' }, { alt: 'Second' }])
  expect((await rep.post(`${path}/draft/pictures/${a!.id}/removal`, { ...form, [`alt-${b!.id}`]: 'Second, better' })).status).toBe(303)
  expect(await pictures()).toMatchObject([{ id: b!.id, alt: 'Second, better' }])
})

test('a note takes no pictures, and leaves those of the answer where they are', async () => {
  const { rep, path, pictures } = await stage()
  await rep.post(`${path}/draft/pictures`, formWith([['a.png', png()]]))
  const refused = await rep.post(`${path}/draft/pictures`, formWith([['b.png', png()]], { way: 'note' }))
  expect(await refused.text()).toContain('A note holds words only.')
  expect((await rep.post(`${path}/replies`, await drawn(rep, path, { way: 'note', text: 'Only for us' }))).status).toBe(303)
  expect(await pictures()).toHaveLength(1)
})

test('the words of a note are never those of the answer: they stay on the page while a picture goes or a template comes', async () => {
  const { world, rep, path, pictures } = await stage()
  await rep.post(`${path}/draft`, { way: 'public', role: 'answer', text: 'Dear customer' })
  await rep.post(`${path}/draft/pictures`, formWith([['a.png', png()]], { text: 'Dear customer' }))
  const [one] = await pictures()
  const note = { way: 'note', role: 'answer', text: 'He threatens to sue' }
  const draft = () => world.web.db.selectFrom('replies').select(['text', 'visibility']).where('status', '=', 'draft').execute()
  const removed = await rep.post(`${path}/draft/pictures/${one!.id}/removal`, note)
  expect(await removed.text()).toMatch(/data-way="note"[\s\S]*He threatens to sue<\/textarea>/)
  expect(await pictures()).toEqual([])
  const template = { name: 'Hello', kind: 'answer', text: 'Hi there', platform: null, ownerId: null, updatedAt: world.web.now() } as const
  const { id } = await insertTemplate(world.web.db, { id: newId(), ...template })
  const filled = await rep.post(`${path}/draft`, { ...note, template: id })
  expect(await filled.text()).toMatch(/data-way="note"[\s\S]*He threatens to sue Hi there<\/textarea>/)
  expect(await draft()).toEqual([{ text: 'Dear customer', visibility: 'public' }])
})

test('a way without pictures says so before anybody chooses one', async () => {
  const { page } = await stage()
  expect(await page()).toContain('Bluesky’s private messages hold words only. Answer in public to send a picture.')
})

test('a picture is shown safely, and a draft’s to its writer alone', async () => {
  const { world, rep, path, pictures } = await stage()
  await rep.post(`${path}/draft/pictures`, formWith([['tag.png', png()]]))
  const [kept] = await pictures()
  const shown = await rep.get(`/reply-pictures/${kept!.id}`)
  expect(shown.status).toBe(200)
  expect(Object.fromEntries(shown.headers)).toMatchObject({
    'content-type': 'image/png',
    'x-content-type-options': 'nosniff',
    'content-disposition': 'inline',
    'content-security-policy': "default-src 'none'; sandbox",
    'cache-control': 'private, max-age=86400, immutable',
  })
  const lead = await world.signIn('lead')
  expect((await lead.get(`/reply-pictures/${kept!.id}`)).status).toBe(404)
  expect((await world.request(`/reply-pictures/${kept!.id}`)).status).not.toBe(200)
  expect((await rep.get('/reply-pictures/none')).status).toBe(404)
})

test('only this form may be large, and only for those who may answer', async () => {
  const { world, rep, path, pictures } = await stage('mastodon')
  const large = png(8, 6, [['iCCP', 'x'.repeat(600_000)]])
  expect((await rep.post(`${path}/draft/pictures`, formWith([['large.png', large]]))).status).toBe(303)
  expect(await pictures()).toHaveLength(1)
  for (const elsewhere of [`${path}/replies`, `${path}/draft`, `${path}/notes`])
    expect((await rep.post(elsewhere, formWith([['large.png', large]]))).status).toBe(413)
  const tooLarge = formWith(Array.from({ length: 5 }, (_, nth) => [`${nth}.png`, Buffer.alloc(7_500_000)]))
  const answered = await rep.post(`${path}/draft/pictures`, tooLarge)
  expect(answered.status).toBe(413)
  expect(await answered.text()).toContain('Add them one by one, or make them smaller.')
  await world.web.db.updateTable('teammates').set({ role: 'readonly' }).where('id', '=', rep.id).execute()
  expect((await rep.post(`${path}/draft/pictures`, formWith([['large.png', large]]))).status).toBe(403)
  expect(await pictures()).toHaveLength(1)
})

test('pictures of what is long out are told of in words', async () => {
  const { world, rep, path, pictures, page } = await stage()
  await rep.post(`${path}/draft/pictures`, formWith([['tag.png', png()]]))
  const [kept] = await pictures()
  await rep.post(`${path}/replies`, await drawn(rep, path, { text: 'See the tag', [`alt-${kept!.id}`]: 'A blue tag' }))
  await world.web.db.updateTable('replies').set({ status: 'sent' }).execute()
  await world.web.db.updateTable('replyPictures').set({ bytes: null }).execute()
  expect(await page()).toContain('A picture, no longer kept here: A blue tag')
})
