// How often an incident owes the public a word, and how late we are.
import type { Severity } from '../domain.ts'

/** Between two posts of one incident. */
export const MINIMUM_MINUTES = 10
/** From here on the banner asks for the next update. */
const SOON_MS = 5 * 60_000

/** Minutes until the next update; null: when something changes. Where posts are short and read at once (X), the most severe is due twice as often. */
export function cadenceMinutes(severity: Severity, isShortForm: boolean): number | null {
  if (severity === 'SEV3') return null
  return severity === 'SEV1' && isShortForm ? 30 : 60
}

/** An incident has one clock: that of its most demanding platform. */
export function nextUpdateDueAt(severity: Severity, hasShortForm: boolean, from: Date): Date | null {
  const minutes = cadenceMinutes(severity, hasShortForm)
  return minutes === null ? null : new Date(from.getTime() + minutes * 60_000)
}

export type Lateness = 'none' | 'calm' | 'soon' | 'overdue'
export function lateness(dueAt: Date | null, now: Date): Lateness {
  if (!dueAt) return 'none'
  const left = dueAt.getTime() - now.getTime()
  return left < 0 ? 'overdue' : left <= SOON_MS ? 'soon' : 'calm'
}

/** When the next post may go out; null: at once. */
export function mayPostAt(lastPostedAt: Date | null, now: Date): Date | null {
  if (!lastPostedAt) return null
  const at = new Date(lastPostedAt.getTime() + MINIMUM_MINUTES * 60_000)
  return at > now ? at : null
}
