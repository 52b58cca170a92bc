// X's media upload: begun, appended to in pieces, finished, described; and what a post or message may show of it.
import { Hono } from 'hono'
import { partOf, pictureTypeOf, type ShownUpload } from '../uploads.ts'
import { access, type Caller } from './access.ts'
import { readJson } from './posts.ts'
import { invalidRequest, problem, unauthorized } from './problems.ts'
import type { XWorld } from './world.ts'

const mostBytes = 5 * 1024 * 1024
const livesSeconds = 86_400
const categories = new Set(['tweet_image', 'dm_image'])

export function uploadingRoutes(world: XWorld): Hono<{ Variables: { caller: Caller } }> {
  const routes = new Hono<{ Variables: { caller: Caller } }>()
  const begun = new Map<string, { ownerId: string; category: string; total: number; pieces: Map<number, Uint8Array> }>()

  routes.post('/2/media/upload/initialize', access(world, 'POST /2/media/upload/initialize', 'user', 'media.write'), async c => {
    const { user } = c.get('caller')
    if (!user) return unauthorized()
    const body = await readJson(c.req.raw)
    if (body instanceof Response) return body
    const { media_type: type, media_category: category = 'tweet_image', total_bytes: total } = body as Record<string, unknown>
    if (typeof total !== 'number' || total < 1) return invalidRequest('total_bytes is missing')
    if (!/^image\/(jpeg|png|webp)$/.test(String(type)) || !categories.has(String(category)))
      return invalidRequest('The media type or category is not simulated.')
    if (total > mostBytes) return invalidRequest('File size exceeds 5242880 bytes.')
    const id = world.ids.next(world.clock.now())
    begun.set(id, { ownerId: user.id, category: String(category), total, pieces: new Map() })
    return c.json({ data: { id, media_key: `3_${id}`, expires_after_secs: livesSeconds } })
  })

  routes.post('/2/media/upload/:id/append', access(world, 'POST /2/media/upload/:id/append', 'user', 'media.write'), async c => {
    const upload = begun.get(c.req.param('id'))
    if (!upload) return invalidRequest('The media id is not valid.')
    const body = Buffer.from(await c.req.arrayBuffer())
    const type = c.req.header('content-type') ?? ''
    const piece = partOf(body, type, 'media')
    const nth = Number(partOf(body, type, 'segment_index') ?? Number.NaN)
    if (!piece || !Number.isInteger(nth)) return invalidRequest('media or segment_index is missing')
    upload.pieces.set(nth, piece)
    return c.json({ data: { expires_at: Math.floor(world.clock.now() / 1000) + livesSeconds } })
  })

  routes.post('/2/media/upload/:id/finalize', access(world, 'POST /2/media/upload/:id/finalize', 'user', 'media.write'), c => {
    const id = c.req.param('id')
    const upload = begun.get(id)
    if (!upload) return invalidRequest('The media id is not valid.')
    const bytes = Buffer.concat([...upload.pieces].sort(([a], [b]) => a - b).map(([, piece]) => piece))
    const type = pictureTypeOf(bytes)
    if (bytes.length !== upload.total || !type) return invalidRequest('The media is not complete, or no picture.')
    world.uploads.put({ id, ownerId: upload.ownerId, kind: upload.category, type, alt: '', bytes })
    return c.json({ data: { id, media_key: `3_${id}`, size: bytes.length, expires_after_secs: livesSeconds } })
  })

  routes.post('/2/media/metadata', access(world, 'POST /2/media/metadata', 'user', 'media.write'), async c => {
    const body = await readJson(c.req.raw)
    if (body instanceof Response) return body
    const { id = '', metadata } = body as { id?: string; metadata?: { alt_text?: { text?: string } } }
    const upload = world.uploads.get(id)
    const text = metadata?.alt_text?.text ?? ''
    if (!upload || upload.ownerId !== c.get('caller').user?.id) return invalidRequest('The media id is not valid.')
    if (text.length > 1000) return invalidRequest('The alt text is longer than 1000 characters.')
    world.uploads.put({ ...upload, alt: text })
    return c.json({ data: { id, associated_metadata: { alt_text: { text } } } })
  })
  return routes
}

/** The uploads these ids name, or X's refusal. */
export function uploadsNamed(world: XWorld, ids: unknown, ownerId: string, category: 'tweet_image' | 'dm_image'): ShownUpload[] | Response {
  if (ids === undefined) return []
  if (!Array.isArray(ids) || ids.length < 1 || ids.length > (category === 'dm_image' ? 1 : 4))
    return invalidRequest('The number of media ids is not valid.')
  const found = ids.map(id => world.uploads.get(String(id)))
  if (found.some(one => !one || one.ownerId !== ownerId || one.kind !== category))
    return problem(400, {
      title: 'Invalid Request',
      detail: 'Your media IDs are invalid.',
      type: 'https://api.x.com/2/problems/invalid-request',
      status: 400,
    })
  return found.map(one => ({ id: one!.id, alt: one!.alt }))
}
