// Counts refused webhooks in memory and writes the sums once a second: a flood of bad signatures is not a flood of writes.
import { countRefusal } from '../db/deliveries.ts'
import type { Platform } from '../domain.ts'
import type { WebDesk } from './env.ts'
import { webhooksRefused } from './meters.ts'

export type RefusalReason = 'signature missing' | 'signature wrong' | 'too large' | 'handshake refused'

export interface RefusalCounter {
  count: (platform: Platform, reason: RefusalReason) => void
  /** Writes what is not written yet, now. */
  flush: () => Promise<void>
}

export function refusalCounter(desk: WebDesk): RefusalCounter {
  let counts = new Map<string, { platform: Platform; reason: RefusalReason; count: number }>()
  let timer: NodeJS.Timeout | undefined
  return { count, flush }

  function count(platform: Platform, reason: RefusalReason) {
    webhooksRefused.inc({ platform, reason })
    const key = `${platform} ${reason}`
    const sum = counts.get(key)
    if (sum) sum.count++
    else counts.set(key, { platform, reason, count: 1 })
    if (!timer) timer = setTimeout(flush, WRITE_EVERY_MS)
  }

  async function flush() {
    clearTimeout(timer)
    timer = undefined
    const sums = [...counts.values()]
    counts = new Map()
    const writes = sums.map(sum =>
      countRefusal(desk.db, sum.platform, sum.reason, desk.now(), sum.count).catch(error =>
        desk.log.error({ err: error, ...sum }, 'refused webhooks could not be counted'),
      ),
    )
    await Promise.all(writes)
  }
}

const WRITE_EVERY_MS = 1_000
