// Pictures that were uploaded to a simulator: kept beside its journal, shown on its public page.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Hono } from 'hono'

export interface Upload {
  id: string
  /** Who uploaded it: nobody else may use it. */
  ownerId: string
  type: string
  alt: string
  /** What it was uploaded for, where a platform asks. */
  kind?: string
  bytes: Uint8Array
}
/** As a post shows it; its pixels where they are known. */
export type ShownUpload = Pick<Upload, 'id' | 'alt'> & { width?: number; height?: number }
export type UploadShelf = ReturnType<typeof uploadShelf>

/** `journalDir`: none: in memory only. */
export function uploadShelf(journalDir: string | undefined, name: string) {
  const kept = new Map<string, Upload>()
  const folder = journalDir && join(journalDir, `${name}-uploads`)
  const pathOf = (id: string) => (folder && /^[\w-]+$/.test(id) ? join(folder, id) : null)
  return {
    put(upload: Upload): void {
      kept.set(upload.id, upload)
      const path = pathOf(upload.id)
      if (!folder || !path) return
      mkdirSync(folder, { recursive: true })
      const { bytes, ...told } = upload
      writeFileSync(path, bytes)
      writeFileSync(`${path}.json`, JSON.stringify(told))
    },
    get(id: string): Upload | undefined {
      const path = pathOf(id)
      if (!kept.has(id) && path && existsSync(`${path}.json`))
        kept.set(id, { ...(JSON.parse(readFileSync(`${path}.json`, 'utf8')) as Omit<Upload, 'bytes'>), bytes: readFileSync(path) })
      return kept.get(id)
    },
  }
}

/** What pages show: `/_page/uploads/:id`. */
export function uploadRoutes(shelf: UploadShelf): Hono {
  return new Hono().get('/_page/uploads/:id', c => {
    const upload = shelf.get(c.req.param('id'))
    if (!upload) return c.notFound()
    return c.body(upload.bytes as Uint8Array<ArrayBuffer>, 200, { 'content-type': upload.type, 'x-content-type-options': 'nosniff' })
  })
}

/** By its first bytes: what calls itself a picture and is none is refused, as platforms do. */
export function pictureTypeOf(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.subarray(0, 12)).toString('latin1')
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg'
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png'
  if (/^GIF8[79]a/.test(head)) return 'image/gif'
  return head.startsWith('RIFF') && head.endsWith('WEBP') ? 'image/webp' : null
}

/** One file of a multipart form, or null. */
export async function fileIn(form: Record<string, unknown>, name: string): Promise<{ bytes: Uint8Array; type: string } | null> {
  const file = form[name]
  return file instanceof File ? { bytes: new Uint8Array(await file.arrayBuffer()), type: file.type } : null
}

/** The bytes of one part of a multipart body that need not call itself a file: FormData would read such a part as text. */
export function partOf(body: Buffer, contentType: string, name: string): Buffer | null {
  const boundary = /boundary=(?:"([^"]+)"|([^;]+))/.exec(contentType)
  const mark = Buffer.from(`--${boundary?.[1] ?? boundary?.[2] ?? ''}`)
  for (let at = body.indexOf(mark); at >= 0; ) {
    const next = body.indexOf(mark, at + mark.length)
    if (next < 0) return null
    const part = body.subarray(at + mark.length + 2, next - 2)
    const split = part.indexOf('\r\n\r\n')
    if (part.subarray(0, Math.max(0, split)).toString().includes(`name="${name}"`)) return part.subarray(split + 4)
    at = next
  }
  return null
}
