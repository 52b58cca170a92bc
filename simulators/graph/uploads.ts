// Meta's uploads: photos of a page that nobody sees yet, and attachments for private messages; and what a comment, post or message may show of them.
import { Hono } from 'hono'
import { fileIn, pictureTypeOf, type ShownUpload } from '../uploads.ts'
import { type GraphContext, type GraphEnv, nested } from './access.ts'
import { self, speaksFor } from './answers.ts'
import { badParameter, graphError, noSuchObject, notPermitted } from './errors.ts'
import { uploadAddress } from './media.ts'
import type { GraphWorld } from './world.ts'

const mostPhotoBytes = 10_000_000
const mostAttachmentBytes = 25_000_000

export function uploadingRoutes(world: GraphWorld): Hono<GraphEnv> {
  const routes = new Hono<GraphEnv>()

  routes.post('/:id/photos', async c => {
    const page = world.state.pages.get(self(c, c.req.param('id')))
    if (!page) return noSuchObject(c.req.param('id'), 'post')
    if (!speaksFor(c, page.id, 'pages_manage_posts')) return notPermitted('The permission(s) pages_manage_posts are not available.')
    if (c.get('params').published !== 'false') return badParameter('Only unpublished photos are simulated.')
    const picture = await pictureIn(c, 'source', mostPhotoBytes)
    if (picture instanceof Response) return picture
    const id = world.nextId()
    world.uploads.put({ id, ownerId: page.id, kind: 'photo', alt: c.get('params').alt_text_custom ?? '', ...picture })
    return c.json({ id })
  })

  routes.post('/:id/message_attachments', async c => {
    const { platform, message } = c.get('params')
    const page = world.state.pages.get(self(c, c.req.param('id')))
    if (!page) return noSuchObject(c.req.param('id'), 'post')
    const scope = platform === 'instagram' ? 'instagram_manage_messages' : 'pages_messaging'
    if (!speaksFor(c, page.id, scope)) return notPermitted(`Requires ${scope} permission to manage the object`)
    const attachment = nested(message).attachment as { type?: unknown } | undefined
    if (attachment?.type !== 'image') return badParameter('Param message[attachment][type] must be image')
    const picture = await pictureIn(c, 'filedata', platform === 'instagram' ? 8_000_000 : mostAttachmentBytes)
    if (picture instanceof Response) return picture
    if (platform === 'instagram' && !/png|jpeg/.test(picture.type))
      return graphError({ code: 100, subcode: 2534037, message: '(#100) Unsupported attachment format' })
    const id = world.nextId()
    world.uploads.put({ id, ownerId: page.id, kind: platform === 'instagram' ? 'direct' : 'messenger', alt: '', ...picture })
    return c.json({ attachment_id: id })
  })
  return routes
}

async function pictureIn(c: GraphContext, name: string, most: number): Promise<{ bytes: Uint8Array; type: string } | Response> {
  const file = await fileIn(await c.req.parseBody(), name)
  const type = file && pictureTypeOf(file.bytes)
  if (!file || !type) return graphError({ code: 324, message: '(#324) Missing or invalid image file' })
  return file.bytes.length > most ? badParameter('The file is too large.') : { bytes: file.bytes, type }
}

/** Photos of this page by their ids, or Meta's refusal. */
export function photosNamed(world: GraphWorld, ids: readonly string[], pageId: string): ShownUpload[] | Response {
  const found = ids.map(id => world.uploads.get(id))
  return found.every(one => one?.ownerId === pageId && one.kind === 'photo')
    ? found.map(one => ({ id: one!.id, alt: one!.alt }))
    : badParameter('Invalid attachment_id')
}

/** What a message shows: words, or one picture. */
export function contentOf(
  world: GraphWorld,
  message: Record<string, unknown>,
  kind: 'messenger' | 'direct',
  pageId: string,
): { text: string; uploads: ShownUpload[] } | Response {
  const { text, attachment } = message
  if (attachment === undefined)
    return typeof text === 'string' && text ? { text, uploads: [] } : badParameter('Param message[text] must be non-empty')
  if (text !== undefined)
    return graphError({ code: 100, subcode: 2018018, message: '(#100) Only one of text or attachment can be specified' })
  const id = (attachment as { payload?: { attachment_id?: string } }).payload?.attachment_id
  const upload = world.uploads.get(String(id))
  if (upload?.ownerId !== pageId || upload.kind !== kind)
    return graphError({ code: 100, subcode: 2018074, message: '(#100) Invalid Attachment ID' })
  return { text: '', uploads: [{ id: upload.id, alt: '' }] }
}

/** As a message's `attachments` are listed. */
export function listedUploads(world: GraphWorld, uploads: readonly ShownUpload[] | undefined): object | undefined {
  if (!uploads?.length) return undefined
  const data = uploads.map(({ id }) => ({ id, mime_type: world.uploads.get(id)?.type, image_data: { url: uploadAddress(id) } }))
  return { data }
}

/** As a push tells them. */
export const toldUploads = (uploads: readonly ShownUpload[] | undefined) =>
  uploads?.length ? { attachments: uploads.map(({ id }) => ({ type: 'image', payload: { url: uploadAddress(id) } })) } : {}
