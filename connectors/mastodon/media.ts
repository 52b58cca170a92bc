// Pictures, GIFs, videos and sounds of a status: where its instance keeps them, and what their authors say they show.
import type { Attachment } from '../../domain.ts'
import type { PictureHosts } from '../connector.ts'
import type { JsonObject } from './shape.ts'

/** https://docs.joinmastodon.org/entities/MediaAttachment/, checked 2026-11-22. An edit may have taken them away. */
export function attachmentsOf(status: JsonObject, isEdit: boolean): Attachment[] | undefined {
  const media = Array.isArray(status.mediaAttachments) ? (status.mediaAttachments as JsonObject[]) : []
  const all = media.map((one): Attachment => {
    const kind = KINDS.get(one.type) ?? 'file'
    return {
      kind,
      url: pictureOf(one, kind),
      alt: typeof one.description === 'string' && one.description.trim() ? one.description.trim() : null,
      ...sizeIn(one.meta as JsonObject | null | undefined),
    }
  })
  return all.length || isEdit ? all : undefined
}

/** Of what moves or sounds, the still: a preview that is the thing itself is none. A picture's own preview is small. */
function pictureOf({ url, previewUrl }: JsonObject, kind: Attachment['kind']): string | null {
  const shown = kind === 'picture' ? (url ?? previewUrl) : previewUrl === url ? null : previewUrl
  return typeof shown === 'string' ? shown : null
}

/** Every instance keeps its files where it likes, and copies of others' too. */
export const pictureHosts: PictureHosts = { hosts: null }

function sizeIn(meta: JsonObject | null | undefined): Pick<Attachment, 'width' | 'height'> {
  const { width, height } = (meta?.original ?? meta?.small ?? {}) as JsonObject
  return { width: positive(width), height: positive(height) }
}

const positive = (value: unknown) => (typeof value === 'number' && value > 0 ? value : null)
const KINDS = new Map<unknown, Attachment['kind']>([
  ['image', 'picture'],
  ['gifv', 'gif'],
  ['video', 'video'],
  ['audio', 'audio'],
])
