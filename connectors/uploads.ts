// Uploads pictures before the post they belong to is made. Nothing is posted by that, so what fails here may be tried again.
import { type Limits, type OutgoingPicture, type OutgoingPost, PlatformError } from './connector.ts'

/** One after the other, in their order. A post that is long in the making would be taken for dead, so in time this gives up. */
export async function uploadAll<T>(
  pictures: readonly OutgoingPicture[] | undefined,
  upload: (picture: OutgoingPicture) => Promise<T>,
): Promise<T[]> {
  if (!pictures?.length) return []
  const { promise: late, reject } = Promise.withResolvers<never>()
  let isLate = false
  const patience = setTimeout(() => {
    isLate = true
    reject(new PlatformError('retry', 'The pictures took too long to upload.', 60_000, { trouble: 'outage' }))
  }, LONGEST_MS)
  const oneByOne = async () => {
    const uploaded: T[] = []
    for (const picture of pictures) if (!isLate) uploaded.push(await upload(picture).catch(asUpload))
    return uploaded
  }
  return Promise.race([oneByOne(), late]).finally(() => clearTimeout(patience))
}

/** Whoever made the connector's calls speaks of answers: an upload whose end nobody saw is no answer that may be there. */
function asUpload(error: unknown): never {
  if (!(error instanceof PlatformError) || error.kind !== 'unsure') throw error
  throw new PlatformError('retry', 'The picture could not be uploaded.', error.retryAfterMs ?? 60_000, {
    cause: error,
    trouble: error.trouble,
  })
}

/** The page has asked before; what is not allowed never leaves all the same. */
export function refusePictures(post: OutgoingPost, limits: Limits, label: string): void {
  const pictures = post.pictures ?? []
  if (!pictures.length) return
  const rule = limits.pictures[post.visibility === 'private' ? 'private' : post.inReplyTo ? 'public' : 'status']
  const refuse = (because: string): never => {
    throw new PlatformError('refused', because)
  }
  if ('because' in rule) throw new PlatformError('refused', rule.because)
  const most = rule.isApart ? 1 : rule.most
  if (pictures.length > most) refuse(`${label} takes ${most === 1 ? 'one picture' : `${most} pictures`} here.`)
  if (rule.isApart && post.text.trim() !== '') refuse(`A message on ${label} holds words or a picture, not both.`)
  for (const { type, bytes, alt, width, height } of pictures) {
    if (!rule.types.includes(type)) refuse(`${label} takes no ${type} here.`)
    if (bytes.length > rule.maxBytes) refuse(`A picture has ${bytes.length} bytes; ${label} takes ${rule.maxBytes}.`)
    if (width * height > (rule.maxPixels ?? Number.POSITIVE_INFINITY)) refuse(`A picture has more pixels than ${label} takes.`)
    if (alt.length > (rule.altLimit ?? Number.POSITIVE_INFINITY))
      refuse(`A description is longer than the ${rule.altLimit} ${label} takes.`)
  }
}

/** Far below the two minutes after which a send is taken for dead: one picture may be several calls, and the post itself comes after. */
const LONGEST_MS = 60_000
