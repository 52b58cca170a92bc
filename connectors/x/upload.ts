// Uploads pictures to X, with their descriptions, for a post or a private message that is made right after.
import type { EUploadMimeType } from 'twitter-api-v2'
import { type Line, type OutgoingPost, PlatformError } from '../connector.ts'
import { uploadAll } from '../uploads.ts'
import { callX } from './call.ts'

/** @returns X's media ids, in the pictures' order. What is never posted X forgets within a day. */
export function uploadPictures({ pictures, visibility }: OutgoingPost, line: Line): Promise<string[]> {
  const isPrivate = visibility === 'private'
  return uploadAll(pictures, async ({ bytes, type, alt }) => {
    try {
      const id = await callX(line, 'read', client =>
        client.v2.uploadMedia(Buffer.from(bytes), {
          media_type: type as EUploadMimeType,
          media_category: isPrivate ? 'dm_image' : 'tweet_image',
        }),
      )
      if (!id) throw new PlatformError('retry', 'X took a picture without naming it.', 60_000)
      if (alt && !isPrivate) await callX(line, 'read', client => client.v2.createMediaMetadata(id, { alt_text: { text: alt } }))
      return id
    } catch (error) {
      throw lacksUploads(error)
        ? new PlatformError('refused', 'This sign-in may not upload pictures to X: sign in with X again, or answer without.', undefined, {
            cause: error,
          })
        : error
    }
  })
}

/** Sign-ins from before pictures lack `media.write`; they may do all the rest, so the account goes on. */
function lacksUploads(error: unknown): boolean {
  return error instanceof PlatformError && (error.cause as { code?: number } | undefined)?.code === 403
}
