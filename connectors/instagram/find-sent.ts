// Looks on Instagram for an answer whose sending ended in the unknown, and for a mention that may be gone.
import type { Answerable, Line, OutgoingPost, Sent } from '../connector.ts'
import { findMessage, foundAs, isGone, isOurs, isThere, type Search, searchFor } from '../meta/find-words.ts'
import { pageGraph, step } from '../meta/page-graph.ts'
import { isObject, listOf } from '../meta/shape.ts'
import { walk } from '../meta/walk.ts'
import { captionAt, commentAt } from './mentioned.ts'
import { product } from './product.ts'
import { urlOf } from './send.ts'

/** Null: these words are not among ours since then, or stand where Instagram lets us not look (below others' comments). */
export async function findSent(post: OutgoingPost, since: Date, line: Line): Promise<Sent | null> {
  const graph = pageGraph(line, product)
  const us = line.account.externalId
  const answered = post.inReplyTo
  const search: Search = {
    ...searchFor(post, since),
    graph,
    us,
    words: 'message',
    time: 'created_time',
    urlOf: (_item, id) => (answered && post.visibility === 'public' ? urlOf(id, answered) : null),
  }
  if (post.visibility === 'private') return findMessage(search, post, product, 'me')
  if (!answered) return null
  const among = { ...search, words: 'text', time: 'timestamp' }
  if (answered.facts.elsewhere !== true) return findAnswer(among, answered.threadKey)
  return answered.facts.kind === 'caption' ? findBelowCaption(among, answered, line) : null
}

/** Instagram promises no order of answers, so all are looked through. */
async function findAnswer(search: Search, topId: string): Promise<Sent | null> {
  for await (const { items } of walk(search.graph, `${step(topId)}/replies`, { fields: 'id,text,timestamp,from', limit: 50 })) {
    const found = items.find(item => isOurs(item, search))
    if (found) return foundAs(found, search)
  }
  return null
}

/** On others' media comments name nobody but by username. */
async function findBelowCaption(search: Search, { externalId }: Answerable, { account }: Line): Promise<Sent | null> {
  const media = await captionAt(search.graph, search.us, externalId, 'id,comments{id,text,timestamp,username}')
  const comments = isObject(media.comments) ? listOf(media.comments.data, 'comments.data').filter(isObject) : []
  const ours = comments.filter(one => one.username === account.handle).map(one => ({ ...one, from: { id: search.us } }))
  const found = ours.find(item => isOurs(item, search))
  return found ? foundAs(found, search) : null
}

/** Instagram tells nobody of removed comments. */
export async function stillThere(mention: Answerable, line: Line): Promise<boolean> {
  const graph = pageGraph(line, product)
  const { externalId: us } = line.account
  if (mention.facts.elsewhere !== true) return isThere(graph, mention.externalId)
  // A medium that only tags us cannot be asked for by its id.
  if (mention.facts.mentioned !== true) return true
  try {
    await (mention.facts.kind === 'caption' ? captionAt(graph, us, mention.externalId) : commentAt(graph, us, mention.externalId))
    return true
  } catch (error) {
    if (isGone(error)) return false
    throw error
  }
}
