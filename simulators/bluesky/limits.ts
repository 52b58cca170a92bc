// Bluesky's rate limits: per endpoint and caller, told in four headers.
import type { Clock } from '../clock.ts'

/** https://docs.bsky.app/docs/advanced-guides/rate-limits, checked 2026-11-21: [requests, window in ms]. */
const STANDARD: Record<string, [limit: number, windowMs: number]> = {
  'com.atproto.server.createSession': [30, 5 * 60_000],
  // 5,000 points an hour, three for each record.
  'com.atproto.repo.createRecord': [1_666, 3_600_000],
}
const OTHERS: [number, number] = [3_000, 5 * 60_000]

export interface BlueskyLimits {
  set: (endpoint: string, limit: number) => void
  count: (endpoint: string, who: string) => { headers: Record<string, string>; exceeded: boolean }
}

export function blueskyLimits(clock: Clock): BlueskyLimits {
  const overridden = new Map<string, number>()
  const windows = new Map<string, { resetAt: number; used: number }>()
  return {
    set: (endpoint, limit) => {
      overridden.set(endpoint, limit)
    },
    count: (endpoint, who) => {
      const [usual, windowMs] = STANDARD[endpoint] ?? OTHERS
      const limit = overridden.get(endpoint) ?? overridden.get('*') ?? usual
      const key = `${endpoint} ${who}`
      let window = windows.get(key)
      if (!window || window.resetAt <= clock.now()) windows.set(key, (window = { resetAt: clock.now() + windowMs, used: 0 }))
      window.used++
      return { exceeded: window.used > limit, headers: limitHeaders(limit, limit - window.used, window.resetAt, windowMs) }
    },
  }
}

export function limitHeaders(limit: number, left: number, resetAt: number, windowMs: number): Record<string, string> {
  return {
    'ratelimit-limit': String(limit),
    'ratelimit-remaining': String(Math.max(0, left)),
    'ratelimit-reset': String(Math.ceil(resetAt / 1000)),
    'ratelimit-policy': `${limit};w=${windowMs / 1000}`,
  }
}
