// Looks on Facebook for an answer whose sending ended in the unknown, and for a mention that may be gone.
import type { Answerable, Line, OutgoingPost, Sent } from '../connector.ts'
import { findIn, findMessage, isThere, type Search, searchFor } from '../meta/find-words.ts'
import { pageGraph, step } from '../meta/page-graph.ts'
import { maybeText } from '../meta/shape.ts'
import { product } from './product.ts'
import { answeredId, urlOf } from './send.ts'

/** Null: looked at everything of ours since then, and these words are not among it. */
export async function findSent(post: OutgoingPost, since: Date, line: Line): Promise<Sent | null> {
  const us = line.account.externalId
  const search: Search = {
    ...searchFor(post, since),
    graph: pageGraph(line, product),
    us,
    words: 'message',
    time: 'created_time',
    urlOf: (item, id) => (post.visibility === 'private' ? null : (maybeText(item.permalink_url) ?? urlOf(id, post, line))),
  }
  if (post.visibility === 'private') return findMessage(search, post, product, us)
  if (!post.inReplyTo && !post.continues) return findIn(search, `${step(us)}/feed`, { fields: PUBLIC_FIELDS, limit: 25 })
  const params = { filter: 'stream', order: 'reverse_chronological', fields: PUBLIC_FIELDS, limit: 100 }
  // An answer to an answer is listed below the top comment.
  const places = new Set([answeredId(post), ...(post.inReplyTo ? [post.inReplyTo.threadKey] : [])])
  for (const place of places) {
    const sent = await findIn(search, `${step(place)}/comments`, params)
    if (sent) return sent
  }
  return null
}

/** Facebook tells of removals, but a push may be lost. */
export async function stillThere(mention: Answerable, line: Line): Promise<boolean> {
  return isThere(pageGraph(line, product), mention.externalId)
}

const PUBLIC_FIELDS = 'id,message,from,created_time,permalink_url'
