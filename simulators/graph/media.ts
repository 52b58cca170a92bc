// Pictures on the simulated Facebook and Instagram as their lists and pushes tell of them, and the content networks that hand them out.
import { Hono } from 'hono'
import { drawPicture, serve } from '../drawn-pictures.ts'
import type { ShownUpload } from '../uploads.ts'
import type { GraphWorld } from './world.ts'

/** *.fbcdn.net and *.cdninstagram.com: what was uploaded, and the photo that every medium on Instagram is. */
export function mediaRoutes(world: GraphWorld): Hono {
  const routes = new Hono()
  routes.get('/v/uploads/:file', c => serve(world.uploads, c.req.param('file').replace(/\.\w+$/, '')))
  routes.get('/v/media/:file', c => {
    const id = c.req.param('file').replace(/\.\w+$/, '')
    if (!world.state.instagram.media.has(id)) return c.notFound()
    return c.body(new Uint8Array(drawPicture(id, 640, 640)), 200, { 'content-type': 'image/png' })
  })
  return routes
}

export const uploadAddress = (id: string) => `https://scontent.xx.fbcdn.net/v/uploads/${id}.png`
export const instagramAddress = (mediaId: string) => `https://scontent.cdninstagram.com/v/media/${mediaId}.png`

/** Of a comment: one. */
export const commentAttachment = ([upload]: readonly ShownUpload[] = []) => (upload ? storyAttachment(upload) : undefined)

/** Of a post: one, or an album. */
export function postAttachments(uploads: readonly ShownUpload[] = []): object | undefined {
  if (uploads.length < 2) return uploads[0] && { data: [storyAttachment(uploads[0])] }
  return { data: [{ ...storyAttachment(uploads[0]!), type: 'album', subattachments: { data: uploads.map(storyAttachment) } }] }
}

const storyAttachment = (upload: ShownUpload) => ({
  type: 'photo',
  media: { image: { src: uploadAddress(upload.id), width: upload.width ?? 640, height: upload.height ?? 480 } },
})

/** As a push tells them. */
export function toldPhotos(item: 'comment' | 'post', uploads: readonly ShownUpload[] = []): object {
  const [first] = uploads
  if (!first) return {}
  return item === 'comment' || uploads.length === 1
    ? { photo: uploadAddress(first.id) }
    : { photos: uploads.map(one => uploadAddress(one.id)) }
}
