// Reads what Meta sent, or what we fetched, into mentions and removals.
import type { Delivery, Incoming } from '../connector.ts'
import { parseLossless } from '../lossless-json.ts'
import { readChange } from './read-change.ts'
import { readMessaging } from './read-messaging.ts'
import { readPoll } from './read-poll.ts'
import { idOf, listOf, maybeTime, objectOf } from './shape.ts'

/** Throws on a shape it does not know; what is known and says nothing (likes, receipts) is left out. */
export function read(delivery: Delivery): Incoming[] {
  const body = objectOf(parseLossless(delivery.body), 'body')
  if (delivery.source.startsWith('poll:')) return readPoll(delivery.source.slice('poll:'.length), body)
  if (body.object !== 'page') throw new Error(`object: "page" was expected, not ${JSON.stringify(body.object)}`)
  return listOf(body.entry, 'entry').flatMap((entry, nth) => readEntry(entry, `entry[${nth}]`, delivery.receivedAt))
}

/** One POST may carry entries of several pages: each entry's own id says whose it is. */
function readEntry(value: unknown, where: string, receivedAt: Date): Incoming[] {
  const entry = objectOf(value, where)
  const page = idOf(entry.id, `${where}.id`)
  const entryTime = maybeTime(entry.time) ?? receivedAt.getTime()
  const known = LISTS.filter(list => entry[list] !== undefined)
  if (known.length === 0) throw new Error(`${where}: neither ${LISTS.join(' nor ')}`)
  return known.flatMap(list =>
    listOf(entry[list], `${where}.${list}`).flatMap((item, nth): Incoming[] => {
      const at = `${where}.${list}[${nth}]`
      return list === 'changes' ? readChange(item, at, page, entryTime) : readMessaging(item, at, page, list === 'standby')
    }),
  )
}

/** `standby`: another app holds the conversation, we only listen. */
const LISTS = ['changes', 'messaging', 'standby'] as const
