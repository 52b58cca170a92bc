// Writing and reading records on the simulated Bluesky, and who has which handle.
import { jsonToLex, lexicons } from '@atproto/api'
import { pictureTypeOf } from '../uploads.ts'
import { blobCidOf, cidOf } from './ids.ts'
import { invalid, XrpcProblem } from './problems.ts'
import { type BlueskyPost, type BlueskyRecord, type BlueskyWorld, imagesOf, likesOf, linkOf, type PostRecord } from './state.ts'
import type { Method } from './xrpc.ts'

const POSTS = 'app.bsky.feed.post'

export const repoMethods: Record<string, Method> = {
  /** Taken as it is: what it is used for decides what it may be. */
  'com.atproto.repo.uploadBlob': ({ world, body, caller }) => {
    const { user } = caller()
    if (!body.bytes.length) throw invalid('Request encoding (Content-Type) required but not provided')
    const id = blobCidOf(body.bytes)
    world.uploads.put({ id, ownerId: user.did, type: pictureTypeOf(body.bytes) ?? body.type, alt: '', bytes: body.bytes })
    return { blob: { $type: 'blob', ref: { $link: id }, mimeType: body.type, size: body.bytes.length } }
  },

  'com.atproto.repo.createRecord': ({ world, input, caller }) => {
    const { user } = caller()
    if (input.repo !== user.did && input.repo !== user.handle) throw new XrpcProblem(403, 'Forbidden', 'Not your repository')
    if (input.collection !== POSTS) {
      const { uri, cid } = keep(world, user.did, input, true)
      return { uri, cid, validationStatus: 'valid' }
    }
    refuseUnknownBlobs(world, user.did, input.record as PostRecord)
    const { uri, cid } = publish(world, user.did, input.record as PostRecord, input.rkey as string | undefined)
    return { uri, cid, validationStatus: 'valid' }
  },

  'com.atproto.repo.putRecord': ({ world, input, caller }) => {
    const { user } = caller()
    if (input.repo !== user.did && input.repo !== user.handle) throw new XrpcProblem(403, 'Forbidden', 'Not your repository')
    const { uri, cid } = keep(world, user.did, input, false)
    return { uri, cid, validationStatus: 'valid' }
  },

  /** Deleting what is not there is no error. */
  'com.atproto.repo.deleteRecord': ({ world, input, caller }) => {
    const { user } = caller()
    if (input.repo !== user.did && input.repo !== user.handle) throw new XrpcProblem(403, 'Forbidden', 'Not your repository')
    const uri = `at://${user.did}/${String(input.collection)}/${String(input.rkey)}`
    if (world.state.posts.has(uri) || world.state.records.has(uri)) world.record({ type: 'removed', uri })
    return {}
  },

  'com.atproto.repo.getRecord': ({ world, params }) => {
    const { users, byHandle, posts, records } = world.state
    const did = (users.get(String(params.repo)) ?? byHandle.get(String(params.repo)))?.did
    const uri = `at://${did}/${String(params.collection)}/${String(params.rkey)}`
    const post = posts.get(uri) ?? records.get(uri)
    if (!post) throw new XrpcProblem(400, 'RecordNotFound', 'Could not locate record')
    return { uri, cid: post.cid, value: post.record }
  },

  'com.atproto.identity.resolveHandle': ({ world, params }) => {
    const user = world.state.byHandle.get(String(params.handle).toLowerCase())
    if (!user) throw invalid('Unable to resolve handle')
    return { did: user.did }
  },
}

/** A like, or the gate of a thread. As on a real server, a like of the same post under another key goes when a new one is made. */
function keep(world: BlueskyWorld, did: string, input: Record<string, unknown>, isNew: boolean): BlueskyRecord {
  const collection = String(input.collection)
  const record = input.record as BlueskyRecord['record']
  if (!KEPT.has(collection)) throw invalid(`This simulator keeps ${[POSTS, ...KEPT].join(', ')} only`)
  try {
    lexicons.assertValidRecord(collection, jsonToLex(record as never))
  } catch (error) {
    throw invalid(`Invalid ${collection} record: ${(error as Error).message}`)
  }
  const rkey = String(input.rkey ?? world.ids.next(world.clock.now()))
  if (!/^[234567abcdefghij][2-7a-z]{12}$/.test(rkey)) throw invalid(`Invalid record key for ${collection}: ${rkey}`)
  const uri = `at://${did}/${collection}/${rkey}`
  const before = world.state.records.get(uri)
  if (isNew && before) throw new XrpcProblem(500, 'InternalServerError', 'Internal Server Error')
  if (input.swapRecord !== undefined && input.swapRecord !== (before?.cid ?? null))
    throw new XrpcProblem(400, 'InvalidSwap', `Record was at ${before?.cid ?? 'null'}`)
  if (isNew && record.subject)
    for (const like of likesOf(world.state, record.subject.uri)) if (like.did === did) world.record({ type: 'removed', uri: like.uri })
  const made = { uri, cid: cidOf(record), did, record }
  world.record({ type: 'record', record: made })
  return made
}

const KEPT = new Set(['app.bsky.feed.like', 'app.bsky.feed.threadgate'])

/** The one way by which a post comes to be, for the API and for the control. */
export function publish(world: BlueskyWorld, did: string, record: PostRecord, rkey?: string): BlueskyPost {
  try {
    lexicons.assertValidRecord(POSTS, jsonToLex(record as never))
  } catch (error) {
    throw invalid(`Invalid ${POSTS} record: ${(error as Error).message}`)
  }
  const now = world.clock.now()
  const key = rkey ?? world.ids.next(now)
  if (!/^[234567abcdefghij][2-7a-z]{12}$/.test(key)) throw invalid(`Invalid record key for ${POSTS}: ${key}`)
  const uri = `at://${did}/${POSTS}/${key}`
  // A real server fails just so when the key is taken.
  if (world.state.posts.has(uri)) throw new XrpcProblem(500, 'InternalServerError', 'Internal Server Error')
  const post = { uri, cid: cidOf(record), did, rkey: key, record, indexedAt: now }
  world.record({ type: 'post', post })
  return post
}

/** A record may name only blobs its repository has, as large and of the kind that was uploaded. */
function refuseUnknownBlobs(world: BlueskyWorld, did: string, record: PostRecord): void {
  for (const { image } of imagesOf(record)) {
    const blob = world.uploads.get(linkOf(image))
    if (blob?.ownerId !== did) throw new XrpcProblem(400, 'BlobNotFound', `Could not find blob: ${linkOf(image)}`)
    if (blob.bytes.length > 2_000_000) throw invalid('This file is too large. It is limited to 2000000 bytes')
    if (!blob.type.startsWith('image/')) throw invalid(`Wrong type of file. It is ${blob.type} but it must match image/*.`)
  }
}
