// Posts to Bluesky once: an answer, a status post, or a private message.
import type { AppBskyFeedPost } from '@atproto/api'
import { type Answerable, type Line, type OutgoingPost, PlatformError, type Sent } from '../connector.ts'
import { refusePictures } from '../uploads.ts'
import { callBluesky, callChat } from './call.ts'
import { facetsOf } from './facets.ts'
import { limits } from './limits.ts'
import { convoOf, convoUrl, partsOf, postUrl } from './links.ts'
import { findRecord } from './own-record.ts'
import { NO_DMS } from './permission.ts'
import { recordKeyOf } from './record-key.ts'
import { embedOf } from './upload.ts'

export async function send(post: OutgoingPost, line: Line): Promise<Sent> {
  refuseUnsendable(post, line)
  return post.visibility === 'private' ? sendPrivately(post.text, post.inReplyTo!, line) : sendPublicly(post, line)
}

async function sendPublicly({ key, text, inReplyTo, continues, pictures }: OutgoingPost, line: Line): Promise<Sent> {
  const repo = line.account.externalId
  const facets = await facetsOf(text, knownPeople(inReplyTo, line), line)
  const reply = continues ? await belowOwn(continues, line) : inReplyTo && (await replyRefOf(inReplyTo, line))
  const embed = await embedOf(pictures, line)
  const record: AppBskyFeedPost.Record = {
    $type: 'app.bsky.feed.post',
    text,
    createdAt: line.now().toISOString(),
    ...(facets && { facets }),
    ...(reply && { reply }),
    ...(embed && { embed }),
  }
  const { data } = await callBluesky(line, 'write', agent =>
    agent.com.atproto.repo.createRecord({ repo, collection: 'app.bsky.feed.post', rkey: recordKeyOf(key), record }),
  )
  return { externalId: data.uri, url: postUrl(line.account.handle, data.uri) }
}

/** Read from our own repository: the server that shows posts to people may not know yet what we posted a moment ago. */
async function belowOwn(uri: string, line: Line): Promise<AppBskyFeedPost.ReplyRef> {
  const { collection, rkey } = partsOf(uri)
  const own = await findRecord(collection, rkey, line)
  if (!own?.cid) throw new PlatformError('refused', 'The part before it is gone from Bluesky.')
  const parent = { uri, cid: own.cid }
  return { parent, root: (own.value as Partial<AppBskyFeedPost.Record>).reply?.root ?? parent }
}

/** An answer names the post it answers and the one the thread began with, each by address and by content. */
async function replyRefOf(mention: Answerable, line: Line): Promise<AppBskyFeedPost.ReplyRef> {
  const { cid, rootCid } = mention.facts
  if (typeof cid === 'string' && typeof rootCid === 'string')
    return { parent: { uri: mention.externalId, cid }, root: { uri: mention.threadKey, cid: rootCid } }
  const { data } = await callBluesky(line, 'read', agent => agent.app.bsky.feed.getPosts({ uris: [mention.externalId] }))
  const found = data.posts.find(post => post.uri === mention.externalId)
  if (!found) throw new PlatformError('refused', 'It is gone from Bluesky.')
  const parent = { uri: found.uri, cid: found.cid }
  return { parent, root: (found.record as Partial<AppBskyFeedPost.Record>).reply?.root ?? parent }
}

async function sendPrivately(text: string, inReplyTo: Answerable, line: Line): Promise<Sent> {
  const facets = await facetsOf(text, knownPeople(inReplyTo, line), line)
  const convoId = convoOf(inReplyTo) ?? (await convoWith(inReplyTo.author.externalId, line))
  const { data } = await callChat(line, 'write', agent =>
    agent.chat.bsky.convo.sendMessage({ convoId, message: { text, ...(facets && { facets }) } }),
  )
  return { externalId: `${convoId}/${data.id}`, url: convoUrl(convoId) }
}

/** Bluesky opens the talk if there is none yet: harmless, nobody sees an empty one. */
export async function convoWith(did: string, line: Line): Promise<string> {
  return (await callChat(line, 'read', agent => agent.chat.bsky.convo.getConvoForMembers({ members: [did] }))).data.convo.id
}

/** Those whose DID needs no asking. */
function knownPeople(inReplyTo: Answerable | null, { account }: Line): Map<string, string> {
  const people = [account, ...(inReplyTo ? [inReplyTo.author] : [])]
  return new Map(people.map(person => [person.handle.toLowerCase(), person.externalId]))
}

function refuseUnsendable(post: OutgoingPost, line: Line): void {
  const isPrivate = post.visibility === 'private'
  const rule = isPrivate ? limits.private : post.inReplyTo ? limits.public : limits.status
  const length = rule.count(post.text)
  if (length > rule.limit) throw new PlatformError('refused', `It is ${length} ${rule.unit} long; Bluesky takes ${rule.limit}.`)
  if (post.text.trim() === '') throw new PlatformError('refused', 'There is nothing to send.')
  if (isPrivate && !post.inReplyTo) throw new PlatformError('refused', 'A private message needs somebody to go to.')
  refusePictures(post, limits, 'Bluesky')
  if (isPrivate && line.account.capabilities.dms !== true) throw new PlatformError('refused', NO_DMS)
}
