// Posts to X once, and finds out afterwards whether it was posted when nobody answered.
import type { TweetV2 } from 'twitter-api-v2'
import { type Answerable, type Line, type OutgoingPost, PlatformError, type Sent } from '../connector.ts'
import { refusePictures } from '../uploads.ts'
import { callX } from './call.ts'
import { LEADING_HANDLES } from './length.ts'
import { limits } from './limits.ts'
import { postUrl, privateUrl } from './links.ts'
import { linksToMedia } from './media.ts'
import { problemOfErrors, typeOf, type XProblem } from './problem.ts'
import type { JsonObject } from './shape.ts'
import { shownText } from './text.ts'
import { uploadPictures } from './upload.ts'

export async function send(post: OutgoingPost, line: Line): Promise<Sent> {
  refuseUnsendable(post)
  const below = aboveOf(post)[0]
  const mediaIds = await uploadPictures(post, line)
  if (post.visibility === 'private') return sendPrivately(post, mediaIds, line)
  const shown = mediaIds.length ? { media: { media_ids: mediaIds as MediaIds } } : {}
  const answer = await callX(line, 'write', client =>
    below ? client.v2.reply(post.text, below, shown) : client.v2.tweet(post.text, shown),
  )
  const id = answer?.data?.id
  if (!id) throw new PlatformError('unsure', 'X answered without naming the post: it may have been posted all the same.')
  return { externalId: id, url: postUrl(line.account.handle, id) }
}

async function sendPrivately({ text, inReplyTo }: OutgoingPost, mediaIds: readonly string[], line: Line): Promise<Sent> {
  const them = inReplyTo!.author.externalId
  const shown = mediaIds.length ? { attachments: mediaIds.map(media_id => ({ media_id })) as [{ media_id: string }] } : {}
  // The library's type says the two ids come bare; on the wire they are inside `data`.
  const answer = (await callX(line, 'write', client => client.v2.sendDmToParticipant(them, { text, ...shown }))) as unknown as
    | { data?: { dm_event_id?: string; dm_conversation_id?: string } }
    | undefined
  const id = answer?.data?.dm_event_id
  if (!id) throw new PlatformError('unsure', 'X answered without naming the message: it may have been sent all the same.')
  return { externalId: id, url: privateUrl(line.account.externalId, them) }
}

/** What it goes below; an edited post answers to both its ids, the newest first. */
function aboveOf({ continues, inReplyTo }: OutgoingPost): string[] {
  if (continues) return [continues]
  return inReplyTo ? [inReplyTo.replyToExternalId, inReplyTo.externalId].filter(id => id !== null) : []
}

/** One to four, says the library's type; so does our rule. */
type MediaIds = [string, string, string, string]

function refuseUnsendable(post: OutgoingPost): void {
  const rule = post.visibility === 'private' ? limits.private : post.inReplyTo ? limits.public : limits.status
  const length = rule.count(post.text)
  if (length > rule.limit) throw new PlatformError('refused', `It is ${length} ${rule.unit} long; X takes ${rule.limit}.`)
  if (post.text.trim() === '') throw new PlatformError('refused', 'There is nothing to send.')
  if (post.visibility === 'private' && !post.inReplyTo) throw new PlatformError('refused', 'A private message needs somebody to go to.')
  refusePictures(post, limits, 'X')
}

/** Looks for exactly these words of ours since then. X offers no key of our own to look for. */
export async function findSent(post: OutgoingPost, since: Date, line: Line): Promise<Sent | null> {
  const earliest = since.getTime() - CLOCK_MARGIN_MS
  return post.visibility === 'private' && post.inReplyTo ? findSentPrivately(post, earliest, line) : findPosted(post, earliest, line)
}

async function findPosted(post: OutgoingPost, earliest: number, line: Line): Promise<Sent | null> {
  const above = aboveOf(post)
  let pagination_token: string | undefined
  for (let page = 0; page < PAGES_BACK; page++) {
    const { data, meta } = await callX(line, 'read', client =>
      client.v2.get<Timeline<TweetV2>>(
        'users/:id/tweets',
        {
          max_results: 100,
          'tweet.fields': 'author_id,created_at,entities,note_tweet,referenced_tweets',
          ...(pagination_token && { pagination_token }),
        },
        { params: { id: line.account.externalId } },
      ),
    ).then(answer => checked(answer, line))
    for (const candidate of data) {
      const parent = candidate.referenced_tweets?.find(one => one.type === 'replied_to')?.id
      const isThere = Date.parse(candidate.created_at!) >= earliest && isSameText(wordsOf(candidate), post.text)
      if (isThere && (above.length ? above.includes(parent ?? '') : parent === undefined))
        return { externalId: candidate.id, url: postUrl(line.account.handle, candidate.id) }
    }
    pagination_token = meta?.next_token
    if (!pagination_token || data.some(candidate => Date.parse(candidate.created_at!) < earliest)) return null
  }
  throw new PlatformError('retry', `We posted more than ${PAGES_BACK * 100} times since: look on X.`, 60_000)
}

async function findSentPrivately(post: OutgoingPost, earliest: number, line: Line): Promise<Sent | null> {
  const { data } = await callX(line, 'read', client =>
    client.v2.get<Timeline<PrivateEvent>>(
      'dm_conversations/with/:participant_id/dm_events',
      {
        max_results: 100,
        event_types: 'MessageCreate',
        'dm_event.fields': 'created_at,dm_conversation_id,entities,sender_id,text',
      },
      { params: { participant_id: post.inReplyTo!.author.externalId } },
    ),
  ).then(answer => checked(answer, line))
  const found = data.find(
    event =>
      event.sender_id === line.account.externalId &&
      Date.parse(event.created_at ?? '') >= earliest &&
      isSameText(wordsOf(event), post.text),
  )
  return found ? { externalId: found.id, url: privateUrl(line.account.externalId, post.inReplyTo!.author.externalId) } : null
}

/** Before an answer goes out: X tells nobody when a customer deletes a post. */
export async function stillThere(mention: Answerable, line: Line): Promise<boolean> {
  if (mention.visibility === 'private') return true
  try {
    const { data, errors } = (await callX(line, 'read', client => client.v2.singleTweet(mention.externalId))) as {
      data?: TweetV2
      errors?: XProblem[]
    }
    if (data) return true
    if (errors?.length && errors.every(problem => UNSEEN.has(typeOf(problem)))) return false
    throw problemOfErrors(errors ?? [], line.now())
  } catch (error) {
    if (error instanceof PlatformError && (error.cause as { code?: number } | undefined)?.code === 404) return false
    throw error
  }
}

interface Timeline<T> {
  data?: T[]
  errors?: XProblem[]
  meta?: { next_token?: string; result_count?: number }
}
interface PrivateEvent {
  id: string
  text?: string
  sender_id?: string
  created_at?: string
  dm_conversation_id?: string
}

/** An empty list has no `data`; one that could not be read has none either, but says why. */
function checked<T>(answer: Timeline<T> | undefined, line: Line): { data: T[]; meta: Timeline<T>['meta'] } {
  if (answer?.data) return { data: answer.data, meta: answer.meta }
  if (answer?.errors?.length) throw problemOfErrors(answer.errors, line.now())
  if (answer?.meta) return { data: [], meta: answer.meta }
  throw new PlatformError('retry', 'X answered something that is not a list.', 60_000)
}

/** Without the short link that X puts behind them for pictures. */
const wordsOf = (there: TweetV2 | PrivateEvent) => shownText(there, linksToMedia(there as unknown as JsonObject))

/** X puts the handles answered to in front of what we wrote, composes accents, and gives a bare example.com its http://. */
function isSameText(there: string, ours: string): boolean {
  const bare = (text: string) =>
    text
      .normalize('NFC')
      .replace(LEADING_HANDLES, '')
      .replaceAll(/https?:\/\//gi, '')
      .trim()
  return bare(there) === bare(ours)
}

/** Gone, hidden, or behind a lock now: for us it is not there. */
const UNSEEN = new Set(['resource-not-found', 'resource-unavailable', 'not-authorized-for-resource'])
const PAGES_BACK = 5
/** X's clock and ours may differ. */
const CLOCK_MARGIN_MS = 2 * 60_000
