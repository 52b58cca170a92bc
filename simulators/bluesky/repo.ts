// Writing and reading records on the simulated Bluesky, and who has which handle.
import { jsonToLex, lexicons } from '@atproto/api'
import { cidOf } from './ids.ts'
import { invalid, XrpcProblem } from './problems.ts'
import type { BlueskyPost, BlueskyWorld, PostRecord } from './state.ts'
import type { Method } from './xrpc.ts'

const POSTS = 'app.bsky.feed.post'

export const repoMethods: Record<string, Method> = {
  'com.atproto.repo.createRecord': ({ world, input, caller }) => {
    const { user } = caller()
    if (input.repo !== user.did && input.repo !== user.handle) throw new XrpcProblem(403, 'Forbidden', 'Not your repository')
    if (input.collection !== POSTS) throw invalid(`This simulator keeps ${POSTS} only`)
    const { uri, cid } = publish(world, user.did, input.record as PostRecord, input.rkey as string | undefined)
    return { uri, cid, validationStatus: 'valid' }
  },

  /** Deleting what is not there is no error. */
  'com.atproto.repo.deleteRecord': ({ world, input, caller }) => {
    const { user } = caller()
    if (input.repo !== user.did && input.repo !== user.handle) throw new XrpcProblem(403, 'Forbidden', 'Not your repository')
    const uri = `at://${user.did}/${String(input.collection)}/${String(input.rkey)}`
    if (world.state.posts.has(uri)) world.record({ type: 'removed', uri })
    return {}
  },

  'com.atproto.repo.getRecord': ({ world, params }) => {
    const { users, byHandle, posts } = world.state
    const did = (users.get(String(params.repo)) ?? byHandle.get(String(params.repo)))?.did
    const post = posts.get(`at://${did}/${String(params.collection)}/${String(params.rkey)}`)
    if (!post) throw new XrpcProblem(400, 'RecordNotFound', 'Could not locate record')
    return { uri: post.uri, cid: post.cid, value: post.record }
  },

  'com.atproto.identity.resolveHandle': ({ world, params }) => {
    const user = world.state.byHandle.get(String(params.handle).toLowerCase())
    if (!user) throw invalid('Unable to resolve handle')
    return { did: user.did }
  },
}

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
