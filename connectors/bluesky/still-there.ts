// Is a customer's post still there? Asked before an answer goes out: Bluesky tells nobody of a deletion.
import type { Answerable, Line } from '../connector.ts'
import { callBluesky } from './call.ts'

/** Posts behind a block are left out as well: an answer would be accepted and shown to nobody. */
export async function stillThere(mention: Answerable, line: Line): Promise<boolean> {
  if (mention.visibility === 'private') return true
  const { data } = await callBluesky(line, 'read', agent => agent.app.bsky.feed.getPosts({ uris: [mention.externalId] }))
  return data.posts.some(post => post.uri === mention.externalId)
}
