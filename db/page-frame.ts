// What the frame around every page shows to everybody: running incidents, whether the demo is here, what the clock saw; one query.
import { sql } from 'kysely'
import type { IncidentRow } from './incidents.ts'
import type { Db } from './schema.ts'

export interface FrameRow {
  incidents: (IncidentRow & { linked: number })[]
  hasDemo: boolean
  /** The clock's last look for an outage, if it is not older than it should be. */
  suggestion: unknown
  /** The clock's last look at the channels, likewise. */
  channelWarnings: unknown
}

/** Counts stop at 1000: beyond that the number says nothing and costs a scan. */
export async function findFrame(db: Db, now: Date): Promise<FrameRow> {
  const result = await sql<FrameRow>`select
    (select coalesce(jsonb_agg(i order by i.declared_at), '[]') from (select incidents.*, (select count(*) from
      (select 1 from tickets where incident_id = incidents.id limit 1000) l) as linked from incidents where resolved_at is null) i) as incidents,
    exists (select 1 from accounts where is_demo) as has_demo,
    (select value from settings where key = 'outageSuggestion' and updated_at > ${new Date(now.getTime() - 180_000)}) as suggestion,
    (select value from settings where key = 'channelWarnings' and updated_at > ${new Date(now.getTime() - 180_000)}) as channel_warnings`.execute(
    db,
  )
  const row = result.rows[0]!
  return { ...row, incidents: (row.incidents as unknown as Record<string, unknown>[]).map(readIncident) }
}

/** SPEC's queue: New and Open, not snoozed, not spam, not held by an incident; word for word the index `tickets_queue`. */
export const inQueue = sql<boolean>`status in ('new', 'open') and snoozed_until is null and not is_spam and not is_held`

// Rows inside JSON keep their column names and their dates as text.
function readIncident(row: Record<string, unknown>): IncidentRow & { linked: number } {
  const date = (value: unknown) => (value === null ? null : new Date(value as string))
  return {
    id: row.id as string,
    number: row.number as number,
    title: row.title as string,
    impact: row.impact as string,
    severity: row.severity as IncidentRow['severity'],
    status: row.status as IncidentRow['status'],
    components: row.components as string[],
    declaredById: row.declared_by_id as string,
    declaredAt: date(row.declared_at)!,
    monitoringSince: date(row.monitoring_since),
    resolvedAt: date(row.resolved_at),
    nextUpdateDueAt: date(row.next_update_due_at),
    isDemo: row.is_demo as boolean,
    linked: row.linked as number,
  }
}
