// What a page of a poll from Bluesky says: notifications, posts of our own, found or answered, or one private talk.
import type { Delivery, Incoming } from '../connector.ts'
import { asContext } from '../context.ts'
import { parseLossless } from '../lossless-json.ts'
import { readPost, reasonIn } from './read-post.ts'
import { readMessage } from './read-private.ts'
import { asList, asObject, asText, type JsonObject } from './shape.ts'

/** Throws when it is none of the shapes Bluesky documents: the delivery is then kept, and read again once we understand it. */
export function read(delivery: Delivery): Incoming[] {
  if (!delivery.account) throw new Error('A poll must say whose it is.')
  const account = delivery.account.externalId
  const page = asObject(parseLossless(delivery.body), 'the page')
  switch (delivery.source.split(':')[1]) {
    case 'notifications':
      return objectsOf(page, 'notifications').flatMap(told =>
        REASONS.has(asText(told.reason, 'reason')) ? readPost(told, account, told.reason as string) : [],
      )
    case 'own':
      return objectsOf(page, 'posts').flatMap(post => readPost(post, account, null))
    case 'search':
      return objectsOf(page, 'posts').flatMap(post => readPost(post, account, reasonIn(post, account)))
    case 'parents':
      return objectsOf(page, 'posts').flatMap(post => readPost(post, account, null).map(asContext))
    case 'dms': {
      const convo = asObject(page.convo, 'convo')
      return objectsOf(page, 'messages').flatMap(message => readMessage(message, convo, account))
    }
  }
  throw new Error(`No poll of ours is called ${delivery.source}`)
}

const objectsOf = (page: JsonObject, name: string) => asList(page[name], name).map(one => asObject(one, `one of ${name}`))

/** Likes, reposts and followers say nothing. */
const REASONS = new Set(['mention', 'reply', 'quote'])
