// Likes and hides on Bluesky: a like is a record of ours, a hidden answer stands in the thread gate of a thread that we began.
import type { AppBskyFeedLike, AppBskyFeedThreadgate } from '@atproto/api'
import { type Answerable, type GesturePermission, type Gestures, type Line, PlatformError } from '../connector.ts'
import { callBluesky } from './call.ts'
import { partsOf } from './links.ts'
import { cidOf, findRecord } from './own-record.ts'
import { recordKeyOf } from './record-key.ts'

export const gestures: Gestures = {
  like: {
    label: 'Like',
    done: 'Liked',
    may: ({ visibility }) =>
      visibility === 'private' ? no('Heed knows no likes for direct messages.') : yes('Everybody can see it, and Bluesky tells them.'),
    set: (mention, isOn, line) => (isOn ? like(mention, line) : unlike(mention, line)),
  },
  // https://docs.bsky.app/docs/tutorials/thread-gates, checked 2026-11-22.
  hide: {
    label: 'Hide',
    done: 'Hidden on Bluesky, behind “Show hidden replies”',
    may({ visibility, externalId, threadKey }, { externalId: us }) {
      if (visibility === 'private') return no('A direct message is seen by nobody else.')
      if (externalId === threadKey || !threadKey.startsWith(`at://${us}/`))
        return no('Somebody else began this thread: Bluesky lets only them hide answers in it.')
      return yes('Bluesky moves it behind “Show hidden replies” for everybody.')
    },
    set: setHidden,
  },
}

/** The key is made from the post's address: a second attempt is the same record. Written only where it is missing, for writing it anew would tell them again. */
async function like(mention: Answerable, line: Line): Promise<void> {
  const rkey = likeKey(mention)
  if (await findRecord(LIKES, rkey, line)) return
  const record: AppBskyFeedLike.Record = {
    $type: LIKES,
    subject: { uri: mention.externalId, cid: await cidOf(mention, line) },
    createdAt: line.now().toISOString(),
  }
  const repo = line.account.externalId
  await callBluesky(line, 'write', agent => agent.com.atproto.repo.createRecord({ repo, collection: LIKES, rkey, record }))
}

/** Deleting what is not there is no error. */
async function unlike(mention: Answerable, line: Line): Promise<void> {
  const repo = line.account.externalId
  await callBluesky(line, 'write', agent => agent.com.atproto.repo.deleteRecord({ repo, collection: LIKES, rkey: likeKey(mention) }))
}

/** The gate bears the key of the post the thread began with, and may hold rules of who may answer: those stay as they are. */
async function setHidden(mention: Answerable, isOn: boolean, line: Line): Promise<void> {
  const rkey = partsOf(mention.threadKey).rkey
  const gate = await findRecord(GATES, rkey, line)
  const before = (gate?.value ?? null) as AppBskyFeedThreadgate.Record | null
  const hidden = new Set(before?.hiddenReplies)
  if (hidden.has(mention.externalId) === isOn) return
  if (isOn) hidden.add(mention.externalId)
  else hidden.delete(mention.externalId)
  if (hidden.size > MOST_HIDDEN)
    throw new PlatformError('refused', `Bluesky hides ${MOST_HIDDEN} answers in a thread, and they are used up.`)
  const record: AppBskyFeedThreadgate.Record = {
    ...before,
    $type: GATES,
    post: mention.threadKey,
    createdAt: before?.createdAt ?? line.now().toISOString(),
    hiddenReplies: [...hidden],
  }
  // Whoever changes the gate meanwhile is not overwritten: Bluesky then refuses.
  const swap = { repo: line.account.externalId, collection: GATES, rkey, record, swapRecord: gate?.cid ?? null }
  try {
    await callBluesky(line, 'write', agent => agent.com.atproto.repo.putRecord(swap))
  } catch (error) {
    if (!(error instanceof PlatformError) || (error.cause as { error?: string } | undefined)?.error !== 'InvalidSwap') throw error
    throw new PlatformError('retry', 'Somebody changed who may answer in this thread at the same moment.', 1000, {
      cause: error,
      trouble: 'refused',
    })
  }
}

const likeKey = (mention: Answerable) => recordKeyOf(`like ${mention.externalId}`)
const LIKES = 'app.bsky.feed.like'
const GATES = 'app.bsky.feed.threadgate'
/** The lexicon's own limit of `hiddenReplies`. */
const MOST_HIDDEN = 300

const yes = (because: string): GesturePermission => ({ allowed: true, because, costUsd: null })
const no = (because: string): GesturePermission => ({ allowed: false, because, costUsd: null })
