// Incidents and the status updates written for them.
import type { Generated, Selectable } from 'kysely'
import type { Id, IncidentStatus, Severity } from '../domain.ts'
import type { Db } from './schema.ts'

export interface IncidentsTable {
  id: Id
  number: Generated<number>
  title: string
  /** What customers cannot do, in plain words: fills "We know some of you can't …". */
  impact: string
  severity: Severity
  status: Generated<IncidentStatus>
  components: Generated<string[]>
  declaredById: Id
  declaredAt: Date
  monitoringSince: Date | null
  resolvedAt: Date | null
  nextUpdateDueAt: Date | null
  isDemo: Generated<boolean>
}
export interface StatusUpdatesTable {
  id: Id
  incidentId: Id
  kind: 'holding' | 'update' | 'allclear'
  incidentStatus: IncidentStatus
  text: string
  nextUpdateAt: Date | null
  writtenById: Id
  createdAt: Generated<Date>
}
export type IncidentRow = Selectable<IncidentsTable>
export type StatusUpdateRow = Selectable<StatusUpdatesTable>

/** Shown in the banner on every page. */
export const listActiveIncidents = (db: Db) =>
  db.selectFrom('incidents').selectAll().where('resolvedAt', 'is', null).orderBy('declaredAt').execute()
