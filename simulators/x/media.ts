// Pictures on the simulated X as its API tells of them and as its picture hosts hand them out: in private only to whoever may read the message.
import { Hono } from 'hono'
import { serve } from '../drawn-pictures.ts'
import type { ShownUpload } from '../uploads.ts'
import type { XMessage, XPost } from './state.ts'
import type { XWorld } from './world.ts'

/** pbs.twimg.com and ton.twitter.com. */
export function mediaRoutes(world: XWorld): Hono {
  const routes = new Hono()
  routes.get('/media/:file', c => serve(world.uploads, idIn(c.req.param('file'))))
  routes.get('/1.1/ton/data/dm/:message/:media/:file', c => {
    const grant = world.state.grants.get((c.req.header('authorization') ?? '').replace(/^Bearer /, ''))
    const message = world.state.messages.find(one => one.id === c.req.param('message'))
    const mayRead = grant && message && [message.from, message.to].includes(grant.userId) && grant.expiresAt > world.clock.now()
    return mayRead ? serve(world.uploads, c.req.param('media')) : new Response('Unauthorized', { status: 401 })
  })
  return routes
}

const idIn = (file: string) => file.replace(/\.\w+$/, '')
export const keyOf = ({ id }: ShownUpload) => `3_${id}`

/** The `media` of a page's `includes`. */
export function includedMedia(said: readonly (XPost | XMessage)[], isAskedFor: (name: string) => boolean): object[] {
  const media = said.flatMap(one => (one.uploads ?? []).map(upload => renderMedia(one, upload)))
  return media.map(one =>
    Object.fromEntries(Object.entries(one).filter(([name]) => name === 'media_key' || name === 'type' || isAskedFor(name))),
  )
}

function renderMedia(said: XPost | XMessage, upload: ShownUpload) {
  return {
    media_key: keyOf(upload),
    type: 'photo',
    url: 'to' in said ? privateAddress(said, upload) : `https://pbs.twimg.com/media/${upload.id}.png`,
    ...(upload.alt && { alt_text: upload.alt }),
    ...sizeOf(upload),
  }
}

const sizeOf = ({ width, height }: ShownUpload) => (width && height ? { width, height } : {})
const privateAddress = (message: XMessage, { id }: ShownUpload) => `https://ton.twitter.com/1.1/ton/data/dm/${message.id}/${id}/${id}.png`

/** In API v1.1's shape, as private messages are pushed. */
export function olderAttachment(message: XMessage, shortLink: string): object | undefined {
  const [upload] = message.uploads ?? []
  if (!upload) return undefined
  return {
    type: 'media',
    media: {
      id_str: upload.id,
      media_url_https: privateAddress(message, upload),
      url: shortLink,
      type: 'photo',
      ...(upload.alt && { ext_alt_text: upload.alt }),
      ...(upload.width && { sizes: { large: { w: upload.width, h: upload.height, resize: 'fit' } } }),
    },
  }
}
