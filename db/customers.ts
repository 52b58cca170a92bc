// Customers: a person of theirs as one of our accounts sees them.
import type { Generated, Selectable } from 'kysely'
import { sql } from 'kysely'
import type { Author, Id } from '../domain.ts'
import type { Db } from './schema.ts'

export interface CustomersTable {
  id: Id
  accountId: Id
  externalId: string
  handle: string
  name: string
  followers: number | null
  isVip: Generated<boolean>
  doNotEngageUntil: Date | null
  firstSeenAt: Generated<Date>
}
export type CustomerRow = Selectable<CustomersTable>
export type NewCustomer = Author & { id: Id; accountId: Id }

/** Stores who is new and refreshes who changed; answers with our id for each (accountId, externalId). Give each pair once. */
export async function upsertCustomers(tx: Db, customers: readonly NewCustomer[]): Promise<{ id: Id; accountId: Id; externalId: string }[]> {
  if (!customers.length) return []
  const rows = customers.map(c => ({ id: c.id, account_id: c.accountId, external_id: c.externalId, handle: c.handle, name: c.name, followers: c.followers }))
  // Sorted by key, so that two workers with the same people wait for each other instead of locking crosswise.
  const result = await sql<{ id: Id; accountId: Id; externalId: string }>`
    insert into customers as c (id, account_id, external_id, handle, name, followers)
    select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as t(id uuid, account_id uuid, external_id text, handle text, name text, followers int)
    order by account_id, external_id
    on conflict (account_id, external_id) do update set
      handle = case when excluded.handle = '' then c.handle else excluded.handle end,
      name = case when excluded.name = '' then c.name else excluded.name end,
      followers = coalesce(excluded.followers, c.followers)
    returning id, account_id, external_id`.execute(tx)
  return result.rows
}
