// Tells every open page that something changed: PostgreSQL NOTIFY, or Redis pub/sub when there is one.
import { Redis } from 'ioredis'
import { sql } from 'kysely'
import type { Database } from './db/connect.ts'

/** What changed: pages decide whether it concerns them. Never carries words of a customer. */
export interface Change {
  topic: 'queue' | 'ticket' | 'incident' | 'account'
  /** The ticket's or incident's id, where one is meant. */
  id?: string
}
export interface Live {
  /** After the commit. The first goes out at once, what follows within 100 ms is one message; a lost one costs a page its freshness, nothing else. */
  tell: (change: Change) => void
  /** @returns how to stop hearing */
  hear: (listener: (changes: Change[]) => void) => () => void
  close: () => Promise<void>
}

const CHANNEL = 'heed_live'

export async function openLive(database: Database, redisUrl: string | undefined, onProblem: (error: unknown) => void): Promise<Live> {
  const listeners = new Set<(changes: Change[]) => void>()
  const heard = (payload: string) => {
    const changes = JSON.parse(payload) as Change[]
    for (const listener of listeners) listener(changes)
  }
  const bus = redisUrl ? await redisBus(redisUrl, heard, onProblem) : await databaseBus(database, heard)
  const waiting = new Map<string, Change>()
  // Open from a message until 100 ms passed in which nothing was told.
  let isGathering = false
  let isClosed = false
  let timer: NodeJS.Timeout | undefined
  let published = Promise.resolve()
  const flush = () => {
    isGathering = waiting.size > 0
    if (!isGathering) return
    timer = setTimeout(flush, 100)
    const changes = [...waiting.values()]
    waiting.clear()
    // NOTIFY takes 8000 bytes; beyond that many tickets, "the queue changed" says it all.
    const payload = JSON.stringify(changes.length > 80 ? [{ topic: 'queue' }] : changes)
    published = bus.publish(payload).catch(onProblem)
  }
  return {
    tell(change) {
      waiting.set(`${change.topic}:${change.id ?? ''}`, change)
      if (isGathering || isClosed) return
      isGathering = true
      // Not in this very turn of the loop: a batch tells of many tickets in one go.
      timer = setTimeout(flush, 0)
    },
    hear(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async close() {
      isClosed = true
      clearTimeout(timer)
      await published
      await bus.close()
    },
  }
}

async function databaseBus(database: Database, heard: (payload: string) => void) {
  await database.listen(CHANNEL, heard)
  return {
    publish: async (payload: string) => void (await sql`select pg_notify(${CHANNEL}, ${payload})`.execute(database.db)),
    close: async () => {},
  }
}

async function redisBus(url: string, heard: (payload: string) => void, onProblem: (error: unknown) => void) {
  const [publisher, ear] = [new Redis(url), new Redis(url)]
  publisher.on('error', onProblem)
  ear.on('error', onProblem)
  ear.on('message', (_channel: string, payload: string) => heard(payload))
  await ear.subscribe(CHANNEL)
  return {
    publish: async (payload: string) => void (await publisher.publish(CHANNEL, payload)),
    close: async () => {
      publisher.disconnect()
      ear.disconnect()
    },
  }
}
