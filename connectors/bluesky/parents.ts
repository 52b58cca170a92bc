// Fetches posts that mentions answer from Bluesky, up to 25 with one call.
import { stringifyLex } from '@atproto/api'
import type { Parents } from '../connector.ts'
import { callBluesky } from './call.ts'

/** https://docs.bsky.app/docs/api/app-bsky-feed-get-posts, checked 2026-11-22: what is deleted, or behind a block, is left out without a word. */
export const parents: Parents = {
  atOnce: 25,
  async find(line, wanted) {
    const uris = wanted.map(one => one.externalId)
    const { data } = await callBluesky(line, 'read', agent => agent.app.bsky.feed.getPosts({ uris }))
    const found = new Set(data.posts.map(post => post.uri))
    return {
      pages: data.posts.length ? [{ list: 'parents', body: stringifyLex({ posts: data.posts }) }] : [],
      missing: uris
        .filter(uri => !found.has(uri))
        .map(externalId => ({ externalId, because: 'It was deleted on Bluesky, or its author does not show it to us.' })),
    }
  },
}
