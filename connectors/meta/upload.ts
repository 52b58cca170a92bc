// Uploads pictures to Meta: as photos nobody sees yet, for comments and posts, or as attachments of a private message.
import type { Line, OutgoingPicture, OutgoingPost } from '../connector.ts'
import { PlatformError } from '../connector.ts'
import { uploadAll } from '../uploads.ts'
import { pageGraph, step } from './page-graph.ts'
import type { Product } from './product.ts'
import { maybeId } from './shape.ts'

/** Unpublished photos of the page, by their ids. */
export function uploadPhotos(post: OutgoingPost, line: Line, product: Product): Promise<string[]> {
  return uploadAll(post.pictures, async picture => {
    const { body } = await pageGraph(line, product).post(`${step(line.account.externalId)}/photos`, {
      published: false,
      ...(picture.alt && { alt_text_custom: picture.alt }),
      source: fileOf(picture),
    })
    return named(body.id, product)
  })
}

/** `platform`: whose messages it is for, where that is not Messenger. The id is good for 90 days. */
export async function uploadAttachment(
  picture: OutgoingPicture,
  line: Line,
  product: Product,
  platform?: 'instagram',
): Promise<Record<string, unknown>> {
  const [id] = await uploadAll([picture], async one => {
    const { body } = await pageGraph(line, product).post('me/message_attachments', {
      ...(platform && { platform }),
      message: { attachment: { type: 'image', payload: { is_reusable: true } } },
      filedata: fileOf(one),
    })
    return named(body.attachment_id, product)
  })
  return { type: 'image', payload: { attachment_id: id } }
}

const fileOf = ({ bytes, type }: OutgoingPicture) => ({
  value: Buffer.from(bytes),
  options: { filename: `picture.${type.slice('image/'.length)}`, contentType: type },
})

function named(id: unknown, product: Product): string {
  const known = maybeId(id)
  if (known === null) throw new PlatformError('retry', `${product.name} took a picture without naming it.`, 60_000)
  return known
}
