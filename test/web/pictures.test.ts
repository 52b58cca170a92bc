// Customers' pictures on our pages: shown through our own server alone, with what they are said to show, or with the reason why not.
import { expect, onTestFinished, test } from 'vitest'
import type { Attachment } from '../../domain.ts'
import { startXSimulator } from '../../simulators/x/start.ts'
import { openTicket } from '../open-ticket.ts'
import { webWorld } from './web-world.ts'

const picture: Attachment = {
  kind: 'picture',
  url: 'https://pbs.twimg.com/media/1.png',
  alt: 'A router, its light red',
  width: 900,
  height: 600,
}
const HEIGHT = 160

/** A ticket with these beside its words, on an account whose platform is a simulator. */
async function stage(attachments: Attachment[], { text = 'look at this', apiBase = 'http://127.0.0.1:1' as string | null } = {}) {
  const world = await webWorld()
  const at = await world.account({ platform: 'x', handle: 'acme', externalId: '41', apiBase, secrets: { accessToken: 'ours' } })
  const ticket = await openTicket(world.web.db, at, { text, author: 'maria', startedAt: world.web.now() })
  await world.web.db
    .updateTable('mentions')
    .set({ attachments: JSON.stringify(attachments), url: 'https://x.com/maria/status/7' })
    .execute()
  const mention = await world.web.db.selectFrom('mentions').select('id').executeTakeFirstOrThrow()
  const rep = await world.signIn('rep')
  return { world, rep, path: `/tickets/${ticket.number}`, mentionId: mention.id, src: `/mentions/${mention.id}/pictures/0` }
}

/** A simulator on which somebody sent it; `url` is where it stands on the platform. */
async function simulatedPicture() {
  const simulator = await startXSimulator()
  onTestFinished(simulator.stop)
  const { control } = simulator
  control.post({ from: 'maria', text: 'look', pictures: [{ width: 200, height: HEIGHT }] })
  return { apiBase: simulator.url, url: `https://pbs.twimg.com/media/${control.posts()[0]!.uploads![0]!.id}.png` }
}

async function onSimulator() {
  const { apiBase, url } = await simulatedPicture()
  return stage([{ ...picture, url }], { apiBase })
}

test('a thumbnail has its place, its description for everybody to read, and leads to its full size', async () => {
  const { rep, path, src } = await stage([picture, { ...picture, alt: null, width: null, height: null }])
  const page = await (await rep.get(path)).text()
  expect(page).toMatch(
    new RegExp(`<a class="thumbnail" href="${src}" target="_blank" rel="noopener" aria-label="Picture 1 of 2, in full size"`),
  )
  expect(page).toMatch(new RegExp(`<img src="${src}" alt="A router, its light red" width="240" height="160"[^>]*loading="lazy"`))
  expect(page).toContain('They say it shows:</span> A router, its light red')
  expect(page).toContain('alt="Picture, not described" width="240" height="180"')
  expect(page).not.toContain('pbs.twimg.com')
})

test('a video is its still and the way to the platform; what has no picture is named', async () => {
  const { rep, path } = await stage([
    { ...picture, kind: 'video' },
    { kind: 'audio', url: null, alt: null, width: null, height: null },
  ])
  const page = await (await rep.get(path)).text()
  expect(page).toContain('aria-label="Still of the video 1 of 2, in full size"')
  expect(page).toMatch(/href="https:\/\/x\.com\/maria\/status\/7"[^>]*>\s*video – open on X/)
  expect(page).toContain('sound – open on X')
})

test('what only stands for words is not shown beside the picture itself, and the queue says what is there', async () => {
  const { rep, path } = await stage(
    [
      { ...picture, alt: null },
      { ...picture, alt: null },
    ],
    { text: '[attachment]' },
  )
  const page = await (await rep.get(path)).text()
  expect(page.slice(page.indexOf('id="thread"'))).not.toContain('[attachment]')
  expect(page).toContain('no words')
  expect(page).toMatch(/2 pictures<\/span>/)
})

test('a card without a ticket shows them too', async () => {
  const { world, rep, src } = await stage([picture])
  await world.web.db.updateTable('mentions').set({ ticketId: null, needsReview: true, category: 'general_reference' }).execute()
  expect(await (await rep.get('/queue?view=review')).text()).toContain(`<img src="${src}"`)
})

test('its bytes come from the platform through us, as what they are, to be run by nobody and kept by this browser alone', async () => {
  const { rep, src } = await onSimulator()
  const answer = await rep.get(src)
  expect(answer.status).toBe(200)
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'image/png',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cache-control': 'private, max-age=3600',
    'cross-origin-resource-policy': 'same-origin',
  })
  expect(Buffer.from(await answer.arrayBuffer()).readUInt32BE(20)).toBe(HEIGHT)
})

test('nobody who is not signed in sees one', async () => {
  const { world, src } = await onSimulator()
  const answer = await world.request(src, { headers: { accept: 'image/*' } })
  expect(answer.status).not.toBe(200)
  expect(answer.headers.get('content-type') ?? '').not.toContain('image')
})

test('what was deleted, never was, or has no address is said to be so', async () => {
  const { world, rep, mentionId, src } = await stage([{ ...picture, url: null }])
  expect([(await rep.get(src)).status, (await rep.get(`/mentions/${mentionId}/pictures/7`)).status]).toEqual([404, 404])
  expect((await rep.get('/mentions/no-id/pictures/0')).status).toBe(404)
  await world.web.db
    .updateTable('mentions')
    .set({ removedAt: world.web.now(), attachments: JSON.stringify([picture]) })
    .execute()
  expect(await (await rep.get(src)).text()).toContain('It was deleted')
})

test('what cannot be had says why, in words, and leads to the platform; a thumbnail gets one sentence', async () => {
  const { rep, src } = await stage([picture])
  const page = await rep.get(src)
  expect([page.status, page.headers.get('cache-control')]).toEqual([502, 'no-store'])
  const words = await page.text()
  expect(words).toContain('cannot be reached just now')
  expect(words).toContain('href="https://x.com/maria/status/7"')
  expect(words).toContain('Open on X')
  expect(await (await rep.get(src, 'text/plain')).text()).toBe('Where it is kept cannot be reached just now.')
})

test('what failed is not asked for again at once, though it could be had by now', async () => {
  const { apiBase, url } = await simulatedPicture()
  const { world, rep, src } = await stage([{ ...picture, url }])
  expect((await rep.get(src)).status).toBe(502)
  await world.web.db.updateTable('platformApps').set({ apiBase }).execute()
  expect((await rep.get(src)).status).toBe(502)
})

test.each(['https://evil.test/1.png', 'https://127.0.0.1/1.png', 'http://pbs.twimg.com/1.png', 'https://[::1]/1.png'])(
  'an address a stranger put there is never asked: %s',
  async url => {
    const { rep, src } = await stage([{ ...picture, url }], { apiBase: null })
    const answer = await rep.get(src)
    expect(answer.status).toBe(502)
    expect(await answer.text()).toMatch(/none of the platform|never fetched|secure web/)
  },
)
