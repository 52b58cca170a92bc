// The instance's media: uploaded with a description, made ready a little later where a test wants that, then shown below a status.
import { Hono } from 'hono'
import { serve } from '../drawn-pictures.ts'
import { fileIn, pictureTypeOf, type ShownUpload, type Upload } from '../uploads.ts'
import { access } from './access.ts'
import { notFound, refusal } from './errors.ts'
import type { MastodonWorld } from './world.ts'

const mostBytes = 16_777_216
const longestDescription = 1500

export function uploadingRoutes(world: MastodonWorld): Hono {
  const routes = new Hono()
  /** How often each will still say "not yet". */
  const unready = new Map<string, number>()

  routes.post('/api/v2/media', access(world, 'write:media'), async c => {
    const form = await c.req.parseBody()
    const file = await fileIn(form, 'file')
    const alt = typeof form.description === 'string' ? form.description : ''
    const type = file && pictureTypeOf(file.bytes)
    if (!file || !type) return refusal(422, 'Validation failed: File content type is invalid, File is invalid')
    if (file.bytes.length > mostBytes) return refusal(422, 'Validation failed: File must be less than 16 MB')
    if (alt.length > longestDescription) return refusal(422, 'Validation failed: Description is too long (maximum is 1500 characters)')
    const upload = { id: world.ids.next(world.clock.now()), ownerId: c.get('caller').account.id, type, alt, bytes: file.bytes }
    world.uploads.put(upload)
    const looks = Number(world.state.notes.get('slow media') ?? 0)
    if (looks) unready.set(upload.id, looks)
    return c.json(renderUpload(world, upload, looks === 0), looks ? 202 : 200)
  })

  routes.get('/api/v1/media/:id{[0-9]+}', access(world, 'write:media'), c => {
    const upload = world.uploads.get(c.req.param('id'))
    if (upload?.ownerId !== c.get('caller').account.id) return notFound()
    const looks = unready.get(upload!.id) ?? 0
    unready.set(upload!.id, looks - 1)
    return c.json(renderUpload(world, upload!, looks <= 1), looks <= 1 ? 200 : 206)
  })
  return routes
}

function renderUpload({ host }: MastodonWorld, { id, alt, width, height }: ShownUpload, isReady: boolean) {
  const url = isReady ? `https://${host}/media/${id}` : null
  const size = width && height ? { original: { width, height, size: `${width}x${height}`, aspect: width / height } } : {}
  return { id, type: 'image', url, preview_url: url, remote_url: null, description: alt || null, blurhash: null, meta: size }
}

/** Where an instance keeps its files. */
export const fileRoutes = (world: MastodonWorld): Hono => new Hono().get('/media/:id{[0-9]+}', c => serve(world.uploads, c.req.param('id')))

/** What these ids name, each uploaded by this account; or the instance's refusal. */
export function uploadsNamed(world: MastodonWorld, ids: unknown, ownerId: string): ShownUpload[] | Response {
  if (!Array.isArray(ids)) return []
  if (ids.length > 4) return refusal(422, 'Validation failed: Cannot attach more than 4 files')
  const found = ids.flatMap(id => world.uploads.get(String(id)) ?? []).filter((one: Upload) => one.ownerId === ownerId)
  return found.length === ids.length
    ? found.map(({ id, alt }) => ({ id, alt }))
    : refusal(422, 'Validation failed: Media attachments could not be found')
}

/** Below a status. */
export const shownUploads = (world: MastodonWorld, uploads: readonly ShownUpload[] = []) =>
  uploads.map(upload => renderUpload(world, upload, true))
