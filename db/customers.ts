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

/**
 * Stores who is new and refreshes who changed; answers with our id for each (accountId, externalId). Give each pair once.
 * Who is as before is only read: locked, the few who write most would make every batch wait for every other.
 */
export async function upsertCustomers(tx: Db, customers: readonly NewCustomer[]): Promise<CustomerKey[]> {
  const known = await findUnchanged(tx, customers)
  const isKnown = new Set(known.map(keyOf))
  return [
    ...known,
    ...(await storeCustomers(
      tx,
      customers.filter(c => !isKnown.has(keyOf(c))),
    )),
  ]
}

interface CustomerKey {
  id: Id
  accountId: Id
  externalId: string
}

async function findUnchanged(tx: Db, customers: readonly NewCustomer[]): Promise<CustomerKey[]> {
  if (!customers.length) return []
  const result = await sql<CustomerKey>`
    select c.id, c.account_id, c.external_id
    from jsonb_to_recordset(${toJson(customers)}::jsonb) as g(account_id uuid, external_id text, handle text, name text, followers int) join customers c using (account_id, external_id)
    where g.handle in ('', c.handle) and g.name in ('', c.name) and coalesce(g.followers, c.followers) is not distinct from c.followers`.execute(
    tx,
  )
  return result.rows
}

async function storeCustomers(tx: Db, customers: readonly NewCustomer[]): Promise<CustomerKey[]> {
  if (!customers.length) return []
  // Sorted by key, so that two workers with the same people wait for each other instead of locking crosswise.
  const result = await sql<CustomerKey>`
    insert into customers as c (id, account_id, external_id, handle, name, followers)
    select * from jsonb_to_recordset(${toJson(customers)}::jsonb) as t(id uuid, account_id uuid, external_id text, handle text, name text, followers int)
    order by account_id, external_id
    on conflict (account_id, external_id) do update set
      handle = case when excluded.handle = '' then c.handle else excluded.handle end,
      name = case when excluded.name = '' then c.name else excluded.name end,
      followers = coalesce(excluded.followers, c.followers)
    returning id, account_id, external_id`.execute(tx)
  return result.rows
}

const keyOf = (c: { accountId: Id; externalId: string }) => `${c.accountId} ${c.externalId}`

const toJson = (customers: readonly NewCustomer[]) =>
  JSON.stringify(
    customers.map(c => ({
      id: c.id,
      account_id: c.accountId,
      external_id: c.externalId,
      handle: c.handle,
      name: c.name,
      followers: c.followers,
    })),
  )
