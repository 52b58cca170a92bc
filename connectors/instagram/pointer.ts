// The place of a mention, as Instagram tells it: a medium, and the comment below it where it was not the caption.
import type { Cursor, PointerKey } from '../connector.ts'

export interface Place {
  mediaId: string
  commentId: string | null
}

export function pointerTo({ mediaId, commentId }: Place): PointerKey {
  return `pointer:${mediaId}${commentId === null ? '' : `:${commentId}`}`
}

export function placesIn(cursor: Cursor): { key: string; place: Place }[] {
  return Object.keys(cursor)
    .filter(key => key.startsWith('pointer:'))
    .map(key => {
      const [, mediaId = '', commentId = null] = key.split(':')
      return { key, place: { mediaId, commentId } }
    })
}
