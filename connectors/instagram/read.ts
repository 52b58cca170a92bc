// Reads what Meta sent, or what we fetched, into mentions, removals, and places where mentions stand.
import type { Delivery, Incoming } from '../connector.ts'
import { parseLossless } from '../lossless-json.ts'
import { readEntries } from '../meta/read-entries.ts'
import { readMessaging } from '../meta/read-messaging.ts'
import { objectOf } from '../meta/shape.ts'
import { product } from './product.ts'
import { readChange } from './read-change.ts'
import { readPoll } from './read-poll.ts'

/** Throws where nothing can be read; an item nobody knows is `unknown`, beside the others; what is known and says nothing (receipts) is left out. */
export function read(delivery: Delivery): Incoming[] {
  const body = objectOf(parseLossless(delivery.body), 'body')
  if (delivery.source.startsWith('poll:')) return readPoll(delivery.source.slice('poll:'.length), body)
  if (body.object !== 'instagram')
    throw new Error(
      `object: "instagram" was expected, not ${JSON.stringify(body.object)}: each object of the Meta app has its own webhook address here`,
    )
  return readEntries(body, delivery.receivedAt, (item, where, list, entry) =>
    list === 'changes' ? readChange(item, where, entry) : readMessaging(item, where, entry.us, list === 'standby', product),
  )
}
