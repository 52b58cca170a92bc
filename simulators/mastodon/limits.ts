// The instance's rate limit: 300 calls in five minutes for each account, told in three headers.
import type { Clock } from '../clock.ts'

const windowMs = 5 * 60_000

export interface MastodonLimits {
  set: (limit: number) => void
  /** Counts one call: the headers to send, and whether it is one too many. */
  count: (accountId: string) => { headers: Record<string, string>; exceeded: boolean }
}

/** docs.joinmastodon.org/api/rate-limits, checked on 2026-11-21. */
export function mastodonLimits(clock: Clock): MastodonLimits {
  let limit = 300
  const windows = new Map<string, { startedAt: number; used: number }>()
  return {
    set: wanted => {
      limit = wanted
    },
    count: accountId => {
      // Windows begin at full multiples, as Rack::Attack's do.
      const startedAt = Math.floor(clock.now() / windowMs) * windowMs
      const known = windows.get(accountId)
      const window = known?.startedAt === startedAt ? known : { startedAt, used: 0 }
      windows.set(accountId, window)
      window.used++
      return { headers: limitHeaders(limit, Math.max(0, limit - window.used), startedAt + windowMs), exceeded: window.used > limit }
    },
  }
}

export const limitHeaders = (limit: number, remaining: number, resetAt: number): Record<string, string> => ({
  'x-ratelimit-limit': String(limit),
  'x-ratelimit-remaining': String(remaining),
  'x-ratelimit-reset': new Date(resetAt).toISOString().replace('Z', '000Z'),
})
