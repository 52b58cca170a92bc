// What a delivery from X says: a pushed activity event, or one page of a poll.
import type { Delivery, Incoming } from '../connector.ts'
import { asContext } from '../context.ts'
import { parseLossless } from '../lossless-json.ts'
import { readPost } from './read-post.ts'
import { readChat, readPrivateEvent, readPrivateMessage } from './read-private.ts'
import { asId, asList, asObject, type JsonObject, peopleOf } from './shape.ts'

/** Throws when it is none of the shapes X documents: the delivery is then kept, and read again once we understand it. */
export function read(delivery: Delivery): Incoming[] {
  const root = asObject(parseLossless(delivery.body), 'the delivery')
  return delivery.source.startsWith('poll:')
    ? readPage(root, delivery)
    : asList(root.data, 'data').flatMap(event => readEvent({ includes: root.includes, ...asObject(event, 'data') }))
}

// https://docs.x.com/x-api/activity/event-payloads, checked 2026-11-21.
function readEvent(event: JsonObject): Incoming[] {
  const type = event.event_type
  const payload = () => asObject(event.payload, 'payload')
  const account = () => asId(asObject(event.filter, 'filter').user_id, 'filter.user_id')
  switch (type) {
    case 'post.create':
    case 'post.mention.create':
    case 'post.reply.create':
    case 'post.quote.create':
      return readPost(payload(), {
        account: account(),
        handle: null,
        people: peopleOf(event.includes),
        includes: event.includes,
      })
    case 'post.delete':
      return [
        {
          kind: 'removal',
          account: account(),
          visibility: 'public',
          externalId: asId(payload().id, 'payload.id'),
          at: null,
        },
      ]
    case 'dm.received':
    case 'dm.sent':
      return asList(payload().direct_message_events, 'direct_message_events').flatMap(message =>
        readPrivateMessage(asObject(message, 'direct message'), account(), peopleOf({ users: payload().users })),
      )
    case 'chat.received':
      return readChat(payload(), account(), peopleOf(event.includes))
    case 'oauth.revoke':
      // The filter is empty here: the payload names who took it away.
      return [
        {
          kind: 'revoked',
          account: asId(payload().user_id, 'payload.user_id'),
          reason: 'The account took our permission away on X.',
        },
      ]
  }
  if (typeof type === 'string' && (HARMLESS.has(type) || HARMLESS_FAMILIES.has(type.split('.')[0]!))) return []
  throw new Error(`X sent an event we do not know: ${String(type)}`)
}

/** About us and our readers, not words of a customer. */
const HARMLESS = new Set(['chat.sent', 'chat.conversation_join', 'dm.read', 'dm.indicate_typing'])
const HARMLESS_FAMILIES = new Set(['profile', 'like', 'follow', 'mute', 'block', 'spaces', 'news'])

function readPage(page: JsonObject, delivery: Delivery): Incoming[] {
  if (!delivery.account) throw new Error('A poll must say whose it is.')
  // An empty page has no `data`; only its `meta` says that it is one.
  if (page.data === undefined) asObject(page.meta, 'meta')
  const items = page.data === undefined ? [] : asList(page.data, 'data')
  const { externalId: account, handle } = delivery.account
  const people = peopleOf(page.includes)
  people.set(account, people.get(account) ?? { externalId: account, handle, name: handle, followers: null })
  const posts = () => items.flatMap(post => readPost(asObject(post, 'post'), { account, handle, people, includes: page.includes }))
  switch (delivery.source.split(':')[1]) {
    case 'mentions':
    case 'search':
    case 'stream':
      return posts()
    case 'parents':
      return posts().map(asContext)
    case 'dms':
      return items.flatMap(event => readPrivateEvent(asObject(event, 'dm event'), account, people, page.includes))
  }
  throw new Error(`No poll of ours is called ${delivery.source}`)
}
