// Records in our own repository, and what a record of ours must name of somebody's post.
import { type Answerable, type Line, PlatformError } from '../connector.ts'
import { callBluesky } from './call.ts'

/** Undefined: there is none. Our own repository knows at once; what shows posts to people learns of it a little later. */
export async function findRecord(
  collection: string,
  rkey: string,
  line: Line,
): Promise<{ uri: string; cid?: string; value: object } | undefined> {
  const repo = line.account.externalId
  try {
    const { data } = await callBluesky(line, 'read', agent => agent.com.atproto.repo.getRecord({ repo, collection, rkey }))
    return data
  } catch (error) {
    if (error instanceof PlatformError && (error.cause as { error?: string } | undefined)?.error === 'RecordNotFound') return undefined
    throw error
  }
}

/** A post is named by its address and by its content. */
export async function cidOf(mention: Answerable, line: Line): Promise<string> {
  if (typeof mention.facts.cid === 'string') return mention.facts.cid
  const { data } = await callBluesky(line, 'read', agent => agent.app.bsky.feed.getPosts({ uris: [mention.externalId] }))
  const found = data.posts.find(post => post.uri === mention.externalId)
  if (!found) throw new PlatformError('refused', 'It is gone from Bluesky.')
  return found.cid
}
