// How much of Meta's rate limits is used up, from the answer's headers.
import { isObject, type JsonObject } from './shape.ts'

/** Slow down from here, stop from there (per cent of the allowance). */
export const PACE_FROM = 75
export const STOP_FROM = 95

export interface Usage {
  /** Which allowance: `app`, `page`, or the business use case's type (`pages`, `messenger`). */
  name: string
  /** The largest of call count, CPU time and total time, in per cent. */
  percent: number
  /** How long Meta says it keeps us out; 0 while it does not. */
  regainMs: number
}

export function usageOf(headers: Readonly<Record<string, string>>): Usage[] {
  const app = headerObject(headers['x-app-usage'])
  const page = headerObject(headers['x-page-usage'])
  const business = headerObject(headers['x-business-use-case-usage'])
  return [
    ...(app ? [oneUsage('app', app)] : []),
    ...(page ? [oneUsage('page', page)] : []),
    ...Object.values(business ?? {})
      .flatMap(list => (Array.isArray(list) ? list : []))
      .filter(isObject)
      .map(use => oneUsage(typeof use.type === 'string' ? use.type : 'business', use)),
  ]
}

/** What the dispatcher is told: per cent left, 0 from the stop line on, and when to look again. */
export function remainingOf(usage: Usage): number {
  return usage.percent >= STOP_FROM || usage.regainMs > 0 ? 0 : 100 - usage.percent
}

/** The allowance is a rolling hour, so without a word from Meta five minutes give some of it back. */
export function resetOf(usage: Usage, now: Date): Date {
  return new Date(now.getTime() + (usage.regainMs || 5 * 60_000))
}

function oneUsage(name: string, use: JsonObject): Usage {
  const percent = Math.max(0, ...[use.call_count, use.total_time, use.total_cputime].map(Number).filter(Number.isFinite))
  return { name, percent, regainMs: (Number(use.estimated_time_to_regain_access) || 0) * 60_000 }
}

/** A header we cannot read says nothing about the answer it came with, so it is as if it were absent. */
function headerObject(header: string | undefined): JsonObject | null {
  if (!header) return null
  try {
    const value: unknown = JSON.parse(header)
    return isObject(value) ? value : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
