// Pictures of our own answers: adding them to a draft, taking them out, and showing what is kept.
import type { Context } from 'hono'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { findPictureBytes } from '../db/reply-pictures.ts'
import type { ReplyRole } from '../domain.ts'
import { addPictures, type GivenPicture, removePicture } from '../responders/pictures.ts'
import { picturesIn, writtenIn } from './composer-form.ts'
import type { WebEnv } from './env.ts'
import { idOf } from './ids.ts'
import { redirectSaying } from './parts/flash.ts'
import { placeOf, ticketPath } from './parts/place.ts'
import { refused } from './parts/refused.tsx'
import { SAFELY } from './pictures.ts'
import { drawTicket } from './ticket.tsx'
import { type Form, noSuchTicket, ticketOf } from './ticket-actions.ts'

export function shownReplyPictures() {
  const routes = new Hono<WebEnv>()
  routes.get('/reply-pictures/:id', async c => {
    const picture = await findPictureBytes(c.get('desk').db, idOf(c), c.get('teammate').id)
    if (!picture) return c.text('It is no longer kept here, or never was.', 404)
    // A picture never changes under its id.
    const kept = { 'cache-control': 'private, max-age=86400, immutable' }
    return c.body(new Uint8Array(picture.bytes), 200, { 'content-type': picture.type, ...SAFELY, ...kept })
  })
  return routes
}

/** The only forms that may bring files: whoever asks is signed in and may answer before a byte of them is read. */
export function replyPictureActions() {
  const actions = new Hono<WebEnv>()
  const pictures = '/tickets/:number/draft/pictures'
  actions.use(pictures, bodyLimit({ maxSize: MOST_BYTES, onError: c => tooMuch(c as Context<WebEnv>) }))
  actions.post(pictures, async c => {
    const ticket = await ticketOf(c)
    if (!ticket) return noSuchTicket(c)
    const { form, files } = await formOf(c)
    const written = writtenIn(form)
    if (written.way === 'note')
      return drawTicket(c, {
        status: 422,
        written,
        pictureProblems: ['A note holds words only. Choose Public or Private to add pictures.'],
      })
    const on = { ticketId: ticket.id, teammateId: c.get('teammate').id }
    const draft = { ...on, text: written.text, visibility: written.way, role: written.role as ReplyRole, pictures: picturesIn(form) }
    const { problems } = files.length
      ? await addPictures(c.get('desk'), draft, files)
      : { problems: ['Choose a picture first, then add it.'] }
    if (problems.length) return drawTicket(c, { status: 422, written, pictureProblems: problems })
    // The pointer's words are in no draft: they stay on the page.
    return written.pointerText
      ? drawTicket(c, { status: 200, written })
      : c.redirect(`${ticketPath(ticket.number, placeOf(c))}#composer-pictures`, 303)
  })
  actions.post(`${pictures}/:id/removal`, async c => {
    const ticket = await ticketOf(c)
    if (!ticket) return noSuchTicket(c)
    const { form } = await formOf(c)
    const written = writtenIn(form)
    const { way, text } = written
    const draft = { ticketId: ticket.id, teammateId: c.get('teammate').id, pictures: picturesIn(form) }
    const words = way === 'note' ? {} : { words: { text, visibility: way, role: written.role as ReplyRole } }
    await removePicture(c.get('desk'), { ...draft, ...words }, idOf(c))
    // A note is in no draft: it stays on the page.
    if (way === 'note') return drawTicket(c, { status: 200, written })
    return redirectSaying(c, `${ticketPath(ticket.number, placeOf(c))}#composer-pictures`, 'Picture removed.')
  })
  return actions
}

async function formOf(c: Context<WebEnv>): Promise<{ form: Form; files: GivenPicture[] }> {
  const body = await c.req.parseBody({ all: true })
  const given = [body.pictures ?? []].flat().filter(one => one instanceof File && one.size > 0) as File[]
  const files = await Promise.all(given.map(async file => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })))
  const words = Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return { form: Object.fromEntries(words), files }
}

function tooMuch(c: Context<WebEnv>) {
  const number = Number(c.req.param('number'))
  return refused(
    c,
    413,
    'Too much at once',
    'These pictures are larger than can be taken at once (34 MB). None was added and your draft is as it was. Add them one by one, or make them smaller.',
    { href: ticketPath(number, placeOf(c)), label: `Back to #${number}` },
  )
}

/** Four of the largest any platform takes, and the words. */
const MOST_BYTES = 34 * 1024 * 1024
