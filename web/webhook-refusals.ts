// Counts refused webhooks in memory and writes the sums once a second: a flood of bad signatures is not a flood of writes.
import { countRefusal } from '../db/deliveries.ts'
import type { Platform } from '../domain.ts'
import type { WebDesk } from './env.ts'
import { webhooksRefused } from './meters.ts'

export type RefusalReason = 'signature missing' | 'signature wrong' | 'too large' | 'handshake refused'

export function refusalCounter(desk: WebDesk): (platform: Platform, reason: RefusalReason) => void {
  let counts = new Map<string, { platform: Platform; reason: RefusalReason; count: number }>()
  let timer: NodeJS.Timeout | undefined
  return (platform, reason) => {
    webhooksRefused.inc({ platform, reason })
    const key = `${platform} ${reason}`
    const sum = counts.get(key)
    if (sum) sum.count++
    else counts.set(key, { platform, reason, count: 1 })
    timer ??= setTimeout(write, WRITE_EVERY_MS)
  }

  function write() {
    timer = undefined
    const sums = [...counts.values()]
    counts = new Map()
    for (const { platform, reason, count } of sums)
      countRefusal(desk.db, platform, reason, desk.now(), count).catch(error =>
        desk.log.error({ err: error, platform, reason, count }, 'refused webhooks could not be counted'),
      )
  }
}

const WRITE_EVERY_MS = 1_000
