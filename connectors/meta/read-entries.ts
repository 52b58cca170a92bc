// Takes a delivery of Meta's apart, each item by itself: what nobody understands keeps nothing else from being read.
import type { Incoming } from '../connector.ts'
import { idOf, type JsonObject, listOf, maybeId, maybeTime, objectOf } from './shape.ts'

export interface Entry {
  /** Whose it is: the page, or the professional account. */
  us: string
  /** Milliseconds. */
  time: number
}
export type ReadItem = (item: unknown, where: string, list: (typeof LISTS)[number], entry: Entry) => Incoming[]

/** One POST may carry entries of several accounts: each entry's own id says whose it is. Throws only where there is no list of entries at all. */
export function readEntries(body: JsonObject, receivedAt: Date, readItem: ReadItem): Incoming[] {
  return listOf(body.entry, 'entry').flatMap((value, nth) => {
    const where = `entry[${nth}]`
    return orUnknown(ownerOf(value), () => {
      const entry = objectOf(value, where)
      const us = idOf(entry.id, `${where}.id`)
      const time = maybeTime(entry.time) ?? receivedAt.getTime()
      const known = LISTS.filter(list => entry[list] !== undefined)
      if (known.length === 0) throw new Error(`${where}: neither ${LISTS.join(' nor ')}`)
      return known.flatMap(list =>
        orUnknown(us, () =>
          listOf(entry[list], `${where}.${list}`).flatMap((item, place) =>
            orUnknown(us, () => readItem(item, `${where}.${list}[${place}]`, list, { us, time })),
          ),
        ),
      )
    })
  })
}

/** What this one item says; where its shape is not known, that, with the place. */
export function orUnknown(account: string | null, read: () => Incoming[]): Incoming[] {
  try {
    return read()
  } catch (error) {
    return [{ kind: 'unknown', account, because: (error as Error).message }]
  }
}

function ownerOf(entry: unknown): string | null {
  return typeof entry === 'object' && entry !== null ? maybeId((entry as JsonObject).id) : null
}

/** `standby`: another app holds the conversation, we only listen. */
const LISTS = ['changes', 'messaging', 'standby'] as const
