// Posts to an instance once, and finds out afterwards whether it was posted when nobody answered.
import type { mastodon } from 'masto'
import { type Answerable, type Line, type OutgoingPost, PlatformError, type Sent } from '../connector.ts'
import { refusePictures } from '../uploads.ts'
import { callMastodon } from './call.ts'
import { FULL_HANDLE, LEADING_HANDLES, mastodonLength } from './length.ts'
import { answerLimitOf, limitOf, limits } from './limits.ts'
import { isGone } from './problem.ts'
import { numberOf } from './shape.ts'
import { plainText } from './text.ts'
import { uploadPictures } from './upload.ts'

export async function send(post: OutgoingPost, line: Line): Promise<Sent> {
  const words = statusFor(post, line)
  refusePictures(post, limits, 'Mastodon')
  const mediaIds = await uploadPictures(post.pictures, line)
  const status = mediaIds.length ? { ...words, mediaIds } : words
  // The key makes the instance answer with the first status, for an hour, should the same post ever come twice.
  const requestInit = { headers: { 'Idempotency-Key': post.key } }
  const { data } = await callMastodon(line, 'write', client => client.v1.statuses.create.$raw(status, { requestInit }))
  const made = data as mastodon.v1.Status | undefined
  if (!made?.id) throw new PlatformError('unsure', 'The instance answered without naming the post: it may have been posted all the same.')
  return sentAs(made)
}

function statusFor(post: OutgoingPost, line: Line): Omit<mastodon.rest.v1.CreateStatusParamsWithStatus, 'mediaIds' | 'poll'> {
  const { inReplyTo, text } = post
  const limit = limitOf(line.account)
  if (text.trim() === '') throw new PlatformError('refused', 'There is nothing to send.')
  if (!inReplyTo) {
    if (post.visibility === 'private') throw new PlatformError('refused', 'A private message needs somebody to go to.')
    refuseLonger(mastodonLength(text), limit)
    return { status: text, visibility: 'public', ...(post.continues && { inReplyToId: post.continues }) }
  }
  refuseLonger(mastodonLength(text.replace(LEADING_HANDLES, '')), answerLimitOf(line.account))
  const warning = String(inReplyTo.facts.contentWarning ?? '')
  const room = limit - mastodonLength(warning)
  return {
    // An answer that names nobody is shown to nobody: the author first, then, in public, who else was spoken to, if there is room.
    status: [withHandles(text, inReplyTo, post.visibility === 'public'), withHandles(text, inReplyTo, false)].find((words, nth) =>
      nth === 1 ? refuseLonger(mastodonLength(words), room) : mastodonLength(words) <= room,
    )!,
    inReplyToId: post.continues ?? inReplyTo.externalId,
    visibility: visibilityOf(post, inReplyTo),
    // Who hides his words behind a warning means the answers too; Mastodon's own page does the same.
    ...(warning && { spoilerText: warning }),
  }
}

/** True when it fits: nothing longer ever leaves. */
function refuseLonger(length: number, limit: number): true {
  if (length > limit) throw new PlatformError('refused', `It is ${length} characters long; there is room for ${limit} here.`)
  return true
}

function withHandles(text: string, { author, facts }: Answerable, withOthers: boolean): string {
  const others = withOthers
    ? String(facts.others ?? '')
        .split(' ')
        .filter(Boolean)
    : []
  const named = new Set((LEADING_HANDLES.exec(text)?.[0] ?? '').toLowerCase().split(/\s+/))
  const missing = [author.handle, ...others].map(handle => `@${handle}`).filter(handle => !named.has(handle.toLowerCase()))
  return [...missing, text].join(' ')
}

/** Never seen by more people than what it answers. */
function visibilityOf(post: OutgoingPost, inReplyTo: Answerable): mastodon.v1.StatusVisibility {
  if (post.visibility === 'private') return 'direct'
  const { visibility } = inReplyTo.facts
  return visibility === 'unlisted' || visibility === 'private' ? visibility : 'public'
}

/** Looks for exactly these words of ours since then. The Idempotency-Key cannot be asked for, and is forgotten after an hour. */
export async function findSent(post: OutgoingPost, since: Date, line: Line): Promise<Sent | null> {
  const earliest = since.getTime() - CLOCK_MARGIN_MS
  let maxId: string | undefined
  for (let page = 0; page < PAGES_BACK; page++) {
    const query = { limit: PAGE_SIZE, excludeReblogs: true, ...(maxId && { maxId }) }
    const { data } = await callMastodon(line, 'read', async client => {
      const step = await client.v1.accounts.$select(numberOf(line.account.externalId)).statuses.list.$raw(query).values().next()
      return step.value as { headers: Headers; data: mastodon.v1.Status[] }
    })
    if (!Array.isArray(data)) throw new PlatformError('retry', 'The Mastodon instance answered something that is not a list.', 60_000)
    const found = data.find(status => Date.parse(status.createdAt) >= earliest && isOurPost(status, post))
    if (found) return sentAs(found)
    maxId = data.at(-1)?.id
    if (!maxId || data.some(status => Date.parse(status.createdAt) < earliest)) return null
  }
  throw new PlatformError('retry', `We posted more than ${PAGES_BACK * PAGE_SIZE} times since: look on Mastodon.`, 60_000)
}

function isOurPost(status: mastodon.v1.Status, post: OutgoingPost): boolean {
  return (
    (status.inReplyToId ?? null) === (post.continues ?? post.inReplyTo?.externalId ?? null) &&
    (status.visibility === 'direct') === (post.visibility === 'private') &&
    bare(plainText(status.content)) === bare(post.text)
  )
}

/** Without the handles in front, with short handles inside, and with the spaces of a browser: HTML forgets the others. */
function bare(text: string): string {
  return text
    .normalize('NFC')
    .replace(LEADING_HANDLES, '')
    .replace(FULL_HANDLE, '$1')
    .replaceAll(/[ \t]+/g, ' ')
    .replaceAll(/ *\r?\n */g, '\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
}

/** Before an answer goes out: who deletes a status tells nobody who only polls. */
export async function stillThere(mention: Answerable, line: Line): Promise<boolean> {
  try {
    const { data } = await callMastodon(line, 'read', client => client.v1.statuses.$select(mention.externalId).fetch.$raw())
    if (data?.id) return true
    throw new PlatformError('retry', 'The Mastodon instance answered with something that is not a status.', 60_000)
  } catch (error) {
    if (isGone(error)) return false
    throw error
  }
}

const sentAs = (status: mastodon.v1.Status): Sent => ({ externalId: status.id, url: status.url ?? status.uri ?? null })

const PAGE_SIZE = 40
const PAGES_BACK = 5
/** The instance's clock and ours may differ. */
const CLOCK_MARGIN_MS = 2 * 60_000
