// Uploads pictures to an instance, with their descriptions, and waits until it has made them ready.
import type { mastodon } from 'masto'
import { type Line, type OutgoingPicture, PlatformError } from '../connector.ts'
import { uploadAll } from '../uploads.ts'
import { callMastodon } from './call.ts'

/** @returns the instance's media ids, in the pictures' order. What is never posted an instance forgets after a day. */
export function uploadPictures(pictures: readonly OutgoingPicture[] | undefined, line: Line): Promise<string[]> {
  return uploadAll(pictures, async picture => {
    try {
      const { data } = await callMastodon(line, 'read', client => client.v2.media.create.$raw(formOf(picture)))
      const made = data as mastodon.v1.MediaAttachment | undefined
      if (!made?.id) throw new PlatformError('retry', 'The instance took a picture without naming it.', 60_000)
      if (!made.url) await untilReady(made.id, line)
      return made.id
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error
      const { statusCode } = (error.cause as { statusCode?: number } | undefined) ?? {}
      // Sign-ins from before pictures lack `write:media`; they may do all the rest, so the account goes on.
      if (statusCode === 403) throw refused('This sign-in may not upload pictures: sign in with Mastodon again, or answer without.', error)
      throw statusCode === 413 ? refused('A picture is larger than this instance takes: make it smaller.', error) : error
    }
  })
}

/** masto would wait by itself, a second at least, and up to a minute for each. */
function formOf({ bytes, type, alt }: OutgoingPicture) {
  const file = new File([bytes as Uint8Array<ArrayBuffer>], `picture.${type.slice('image/'.length)}`, { type })
  return { file, ...(alt && { description: alt }), skipPolling: true }
}

/** 202 means: taken, and being made ready. `url` stays empty until that is done. */
async function untilReady(id: string, line: Line): Promise<void> {
  for (const ms of WAITS_MS) {
    await new Promise(resolve => setTimeout(resolve, ms))
    const { data } = await callMastodon(line, 'read', client => client.v1.media.$select(id).fetch.$raw())
    if ((data as mastodon.v1.MediaAttachment | undefined)?.url) return
  }
  throw new PlatformError('retry', 'The instance was long in making a picture ready.', 60_000)
}

const refused = (because: string, cause: unknown) => new PlatformError('refused', because, undefined, { cause })

/** 15 seconds in all. */
const WAITS_MS = [200, 300, 500, 1000, 1000, 2000, 2000, 4000, 4000]
