// How much of its allowance an app or page has used, in percent, told in Meta's headers and enforced at 100.
import type { Clock } from '../clock.ts'

const windowMs = 3_600_000
/** Calls an hour that make 100 percent here; Meta's own numbers grow with a page's audience. */
const callsAnHour = 20_000

export interface Usage {
  /** A fixed percentage, or null to count again. */
  set: (percent: number | null, regainMinutes?: number) => void
  count: (who: { appId: string; pageId: string | null }) => { headers: Record<string, string>; exceeded: boolean }
}

export function usageCounter(clock: Clock): Usage {
  let fixed: number | null = null
  let regain = 0
  const windows = new Map<string, { resetAt: number; calls: number }>()
  return {
    set: (percent, regainMinutes = 5) => {
      fixed = percent
      regain = regainMinutes
    },
    count: ({ appId, pageId }) => {
      const key = pageId ?? appId
      let window = windows.get(key)
      if (!window || window.resetAt <= clock.now()) {
        window = { resetAt: clock.now() + windowMs, calls: 0 }
        windows.set(key, window)
      }
      window.calls++
      const percent = fixed ?? Math.floor((100 * window.calls) / callsAnHour)
      const exceeded = percent >= 100
      return { headers: usageHeaders({ appId, pageId }, percent, exceeded ? regain || 1 : 0), exceeded }
    },
  }
}

/** Page tokens are counted by business use case, others by app. */
export function usageHeaders(
  { pageId }: { appId: string; pageId: string | null },
  percent: number,
  regainMinutes: number,
): Record<string, string> {
  const numbers = { call_count: percent, total_cputime: Math.floor(percent / 2), total_time: Math.floor(percent / 2) }
  if (!pageId) return { 'x-app-usage': JSON.stringify(numbers) }
  const byUseCase = { [pageId]: [{ type: 'pages', ...numbers, estimated_time_to_regain_access: regainMinutes }] }
  return { 'x-business-use-case-usage': JSON.stringify(byUseCase), 'x-app-usage': JSON.stringify(numbers) }
}
