// X's rate limits: per endpoint and per user or app, in windows of 15 minutes, told in three headers.
import type { Clock } from '../clock.ts'

const windowMs = 15 * 60_000

/** docs.x.com/x-api/fundamentals/rate-limits, as of 2026-08: [per user, per app] each 15 minutes. */
const standard: Record<string, [user: number, app: number]> = {
  'GET /2/users/me': [75, 75],
  'GET /2/users/:id/mentions': [300, 450],
  'GET /2/users/:id/tweets': [900, 10_000],
  'GET /2/users': [900, 300],
  'GET /2/users/by': [900, 300],
  'GET /2/tweets/search/recent': [300, 450],
  'GET /2/tweets/search/stream': [50, 50],
  'GET /2/tweets/search/stream/rules': [450, 450],
  'POST /2/tweets/search/stream/rules': [100, 100],
  'GET /2/tweets/:id': [900, 450],
  'GET /2/tweets': [5_000, 3_500],
  'POST /2/tweets': [100, 10_000],
  'DELETE /2/tweets/:id': [50, 50],
  'PUT /2/tweets/:id/hidden': [50, 50],
  'POST /2/users/:id/likes': [50, 50],
  'DELETE /2/users/:id/likes/:post': [50, 50],
  'POST /2/media/upload/initialize': [1_875, 1_875],
  'POST /2/media/upload/:id/append': [1_875, 1_875],
  'GET /2/dm_events': [15, 15],
  'GET /2/dm_conversations/with/:id/dm_events': [15, 15],
  'POST /2/dm_conversations/with/:id/messages': [15, 1_440],
  'POST /2/webhooks/replay': [100, 100],
  '/2/webhooks': [450, 450],
  '/2/activity/subscriptions': [500, 500],
}

export interface XLimits {
  /** `endpoint` as in the table, or `*` for all. */
  set: (endpoint: string, limit: number) => void
  /** Counts one request: the headers to send, and whether it is one too many. */
  count: (endpoint: string, who: { kind: 'user' | 'app'; id: string }) => { headers: Record<string, string>; exceeded: boolean }
}

export function xLimits(clock: Clock): XLimits {
  const overridden = new Map<string, number>()
  const windows = new Map<string, { resetAt: number; used: number }>()
  const days = new Map<string, { resetAt: number; used: number }>()
  const open = (map: typeof windows, key: string, lengthMs: number) => {
    const now = clock.now()
    let window = map.get(key)
    if (!window || window.resetAt <= now) {
      window = { resetAt: now + lengthMs, used: 0 }
      map.set(key, window)
    }
    window.used++
    return window
  }
  return {
    set: (endpoint, limit) => {
      overridden.set(endpoint, limit)
    },
    count: (endpoint, { kind, id }) => {
      const usual = standard[endpoint] ??
        standard[endpoint.replace(/^\w+ (\/2\/(?:webhooks|activity\/subscriptions)).*/, '$1')] ?? [900, 900]
      const limit = overridden.get(endpoint) ?? overridden.get('*') ?? (kind === 'user' ? usual[0] : usual[1])
      const window = open(windows, `${endpoint} ${kind} ${id}`, windowMs)
      const headers: Record<string, string> = {
        'x-rate-limit-limit': String(limit),
        'x-rate-limit-remaining': String(Math.max(0, limit - window.used)),
        'x-rate-limit-reset': String(Math.ceil(window.resetAt / 1000)),
      }
      let exceeded = window.used > limit
      if (endpoint === 'POST /2/tweets') {
        const dayLimit = Math.max(10_000, limit)
        const day = open(days, `${kind} ${id}`, 24 * 3_600_000)
        headers['x-app-limit-24hour-limit'] = String(dayLimit)
        headers['x-app-limit-24hour-remaining'] = String(Math.max(0, dayLimit - day.used))
        headers['x-app-limit-24hour-reset'] = String(Math.ceil(day.resetAt / 1000))
        exceeded ||= day.used > dayLimit
      }
      return { headers, exceeded }
    },
  }
}
