// Pictures of invented customers: small PNGs drawn from a name, kept on the simulator's shelf, and served where the platform would serve them.
import { createHash } from 'node:crypto'
import { crc32, deflateSync } from 'node:zlib'
import type { ShownUpload, UploadShelf } from './uploads.ts'

/** What a customer sends with a post: drawn here, described as they like. */
export interface DrawnPicture {
  alt?: string | undefined
  width?: number | undefined
  height?: number | undefined
}

/** Puts them on the shelf, as if the customer had uploaded them. */
export function drawPictures(
  shelf: UploadShelf,
  pictures: readonly DrawnPicture[] | undefined,
  ownerId: string,
  idOf: (bytes: Uint8Array) => string,
): ShownUpload[] {
  return (pictures ?? []).map(({ alt = '', width = 640, height = 480 }, nth) => {
    const bytes = drawPicture(`${ownerId} ${alt} ${nth}`, width, height)
    const id = idOf(bytes)
    shelf.put({ id, ownerId, type: 'image/png', alt, bytes })
    return { id, alt, width, height }
  })
}

/** A sky, a sun and hills in colours of the name: no two names look alike, and one always looks the same. */
export function drawPicture(name: string, width: number, height: number): Buffer {
  const hash = createHash('sha256').update(name).digest()
  const colour = (at: number, light: number) => [0, 1, 2].map(part => Math.round(light + (hash[at + part]! / 255) * 90))
  const [sky, sun, far, near] = [colour(0, 150), colour(3, 165), colour(6, 70), colour(9, 20)]
  const [sunX, sunY, radius] = [((hash[12]! / 255) * 0.6 + 0.2) * width, height * 0.3, Math.min(width, height) * 0.13]
  const hill = (x: number, at: number, base: number) =>
    height * (base + 0.12 * Math.sin((x / width) * Math.PI * (1 + (hash[at]! % 3)) + hash[at + 1]! / 40))
  const rows = Buffer.alloc((width * 3 + 1) * height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const isSun = (x - sunX) ** 2 + (y - sunY) ** 2 < radius ** 2
      const part = y > hill(x, 13, 0.78) ? near! : y > hill(x, 15, 0.6) ? far! : isSun ? sun! : sky!
      rows.set(part, y * (width * 3 + 1) + 1 + x * 3)
    }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 2, 0, 0, 0], 8)
  return Buffer.concat([SIGNATURE, chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))])
}

/** The bytes, for a route that stands where the platform keeps them. */
export function serve(shelf: UploadShelf, id: string): Response {
  const upload = shelf.get(id)
  if (!upload) return new Response('Not found', { status: 404 })
  return new Response(upload.bytes as Uint8Array<ArrayBuffer>, {
    headers: { 'content-type': upload.type, 'cache-control': 'max-age=86400' },
  })
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), content])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(content.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
