// Uploads pictures to Bluesky and shows them below a post, each with its description and its shape.
import type { AppBskyEmbedImages } from '@atproto/api'
import type { Line, OutgoingPicture } from '../connector.ts'
import { uploadAll } from '../uploads.ts'
import { callBluesky } from './call.ts'

/** Null: there are none. A blob that no record names is gone within minutes. */
export async function embedOf(
  pictures: readonly OutgoingPicture[] | undefined,
  line: Line,
): Promise<(AppBskyEmbedImages.Main & { $type: 'app.bsky.embed.images' }) | null> {
  const images = await uploadAll(pictures, async ({ bytes, type, alt, width, height }) => {
    const { data } = await callBluesky(line, 'read', agent => agent.com.atproto.repo.uploadBlob(bytes, { encoding: type }))
    return { image: data.blob, alt, aspectRatio: { width, height } }
  })
  return images.length ? { $type: 'app.bsky.embed.images', images } : null
}
