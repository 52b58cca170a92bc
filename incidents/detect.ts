// Is this an outage? Compares who reports one now with who usually does. Suggests, never acts.
import { z } from 'zod'
import { insertAuditEntry } from '../db/audit-entries.ts'
import { countReporters, findReportHistory, listActiveIncidents } from '../db/incidents.ts'
import type { Db } from '../db/schema.ts'
import { findSetting, saveSetting } from '../db/settings.ts'
import type { Desk } from '../desk.ts'
import type { Id } from '../domain.ts'

const WINDOW_MS = 10 * 60_000
const WEEKS = 8
const WINDOWS_AN_HOUR = 6
const FLOOR = 0.2
const HISTORY_MS = 14 * 86_400_000
const MUTE_MS = 2 * 3_600_000

export type Likelihood = 'likely' | 'possible' | null
export interface Suggestion {
  likelihood: Exclude<Likelihood, null>
  /** Different people in the last 10 minutes. */
  reporters: number
  /** How many are usual on this weekday at this hour; null: we have not listened long enough to know. */
  expected: number | null
}

/** P(X ≥ count) for a Poisson variable with this mean. */
export function poissonTail(count: number, mean: number): number {
  let term = Math.exp(-mean)
  let below = 0
  for (let k = 0; k < count; k++) {
    below += term
    term *= mean / (k + 1)
  }
  return Math.max(0, 1 - below)
}

/** One run: `expected` null means fewer than two weeks of history. */
export function judgeReporters(reporters: number, expected: number | null): Likelihood {
  if (expected === null) return reporters >= 5 ? 'likely' : null
  const mean = Math.max(FLOOR, expected)
  const chance = poissonTail(reporters, mean)
  if (reporters >= 5 && reporters >= 3 * mean && chance < 0.001) return 'likely'
  return reporters >= 4 && chance < 0.01 ? 'possible' : null
}

/** Likely needs two runs in a row, a minute apart; once is only possible. */
export function judgeRuns(now: Likelihood, aMinuteAgo: Likelihood): Likelihood {
  return now === 'likely' && aMinuteAgo !== 'likely' ? 'possible' : now
}

/** What the incidents page and the leads' banner show. Null: nothing unusual, or somebody said it is not an incident. */
export async function findSuggestion(db: Db, now: Date): Promise<Suggestion | null> {
  if (await isMuted(db, now)) return null
  const earlier = new Date(now.getTime() - 60_000)
  const [reporters, before, history] = await Promise.all([
    countReporters(db, new Date(now.getTime() - WINDOW_MS), now),
    countReporters(db, new Date(earlier.getTime() - WINDOW_MS), earlier),
    findReportHistory(db, now, WEEKS),
  ])
  const weeksHeard = history.since ? Math.min(WEEKS, Math.floor((now.getTime() - history.since.getTime()) / (7 * 86_400_000))) : 0
  const isNew = !history.since || now.getTime() - history.since.getTime() < HISTORY_MS
  const expected = isNew ? null : history.reports / (weeksHeard * WINDOWS_AN_HOUR)
  const likelihood = judgeRuns(judgeReporters(reporters, expected), judgeReporters(before, expected))
  return likelihood && { likelihood, reporters, expected }
}

/** "Not an incident", says a person: quiet for two hours, with the reason in the audit. */
export async function muteSuggestion(
  desk: Desk,
  given: { because: string; teammateId: Id },
): Promise<{ ok: true } | { ok: false; because: string }> {
  const because = given.because.trim()
  if (!because) return { ok: false, because: 'Say why it is not an incident: others will see the reason.' }
  const until = new Date(desk.now().getTime() + MUTE_MS)
  await saveSetting(desk.db, MUTED, { until, because }, desk.now())
  await insertAuditEntry(desk.db, {
    at: desk.now(),
    teammateId: given.teammateId,
    action: 'incident.dismissed',
    subject: 'incidents',
    after: { because, until },
  })
  desk.live.tell({ topic: 'incident' })
  return { ok: true }
}

const MUTED = 'incidentSuggestionMuted'
const mutedShape = z.object({ until: z.coerce.date(), because: z.string() })
async function isMuted(db: Db, now: Date): Promise<boolean> {
  const stored = await findSetting(db, MUTED)
  return stored !== undefined && mutedShape.parse(stored).until > now
}

/** The clock's look, each minute: pages read what it saw instead of counting for themselves. */
export async function lookForOutage(desk: Desk): Promise<void> {
  const { length } = await listActiveIncidents(desk.db)
  const seen = length ? null : await findSuggestion(desk.db, desk.now())
  const before = await findSetting(desk.db, 'outageSuggestion')
  await saveSetting(desk.db, 'outageSuggestion', seen, desk.now())
  if (!before !== !seen) desk.live.tell({ topic: 'incident' })
}
