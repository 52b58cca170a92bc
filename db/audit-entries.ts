// The audit: who did what to whom, outside a ticket's own events. Append-only.
import type { ColumnType, Generated } from 'kysely'
import type { Id } from '../domain.ts'
import type { Db } from './schema.ts'

export interface AuditEntriesTable {
  id: Generated<number>
  at: Date
  teammateId: Id | null
  action: string
  subject: string
  before: ColumnType<unknown, string | null | undefined, never>
  after: ColumnType<unknown, string | null | undefined, never>
}

export async function insertAuditEntry(
  db: Db,
  entry: { at: Date; teammateId: Id | null; action: string; subject: string; before?: unknown; after?: unknown },
) {
  await db
    .insertInto('auditEntries')
    .values({
      ...entry,
      before: entry.before === undefined ? null : JSON.stringify(entry.before),
      after: entry.after === undefined ? null : JSON.stringify(entry.after),
    })
    .execute()
}
