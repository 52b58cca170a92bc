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
 * Only who changed is locked: the few who write most would else make every batch wait for every other, and a batch that waits
 * for a mention while it holds that mention's customer waits for ever.
 */
export async function upsertCustomers(tx: Db, customers: readonly NewCustomer[]): Promise<CustomerKey[]> {
  if (!customers.length) return []
  const before = await findKnown(tx, customers)
  const strangers = without(customers, before)
  const inserted = strangers.length ? await insertStrangers(tx, strangers) : []
  // Somebody else stored them since we looked.
  const overtaken = without(strangers, inserted)
  const known = [...before, ...inserted, ...(overtaken.length ? await findKnown(tx, overtaken) : [])]
  const changed = new Set(known.filter(c => c.isChanged).map(keyOf))
  if (changed.size)
    await refresh(
      tx,
      customers.filter(c => changed.has(keyOf(c))),
    )
  return known
}

interface CustomerKey {
  id: Id
  accountId: Id
  externalId: string
  isChanged: boolean
}

async function findKnown(tx: Db, customers: readonly NewCustomer[]): Promise<CustomerKey[]> {
  const result = await sql<CustomerKey>`
    select c.id, c.account_id, c.external_id,
      not ((g.is_stand_in or g.handle in ('', c.handle)) and g.name in ('', c.name) and coalesce(g.followers, c.followers) is not distinct from c.followers) as is_changed
    from jsonb_to_recordset(${toJson(customers)}::jsonb) as g(account_id uuid, external_id text, handle text, is_stand_in boolean, name text, followers int)
      join customers c using (account_id, external_id)`.execute(tx)
  return result.rows
}

async function insertStrangers(tx: Db, customers: readonly NewCustomer[]): Promise<CustomerKey[]> {
  // Sorted by key, so that two workers with the same people wait for each other instead of crosswise.
  const result = await sql<CustomerKey>`
    insert into customers (id, account_id, external_id, handle, name, followers)
    select * from jsonb_to_recordset(${toJson(customers)}::jsonb) as t(id uuid, account_id uuid, external_id text, handle text, name text, followers int)
    order by account_id, external_id
    on conflict (account_id, external_id) do nothing
    returning id, account_id, external_id, false as is_changed`.execute(tx)
  return result.rows
}

/** What the platform did not tell this time stays as it was. */
async function refresh(tx: Db, customers: readonly NewCustomer[]) {
  await sql`
    with told as (select * from jsonb_to_recordset(${toJson(customers)}::jsonb) as t(account_id uuid, external_id text, handle text, is_stand_in boolean, name text, followers int)),
      locked as (select c.id, told.* from told join customers c using (account_id, external_id) order by account_id, external_id for no key update of c)
    update customers c set handle = case when l.is_stand_in or l.handle = '' then c.handle else l.handle end, name = coalesce(nullif(l.name, ''), c.name), followers = coalesce(l.followers, c.followers)
    from locked l where l.id = c.id`.execute(tx)
}

/** False: it was so already. */
export async function markVip(tx: Db, id: Id, isVip: boolean): Promise<boolean> {
  const changed = await tx
    .updateTable('customers')
    .set({ isVip })
    .where('id', '=', id)
    .where('isVip', '<>', isVip)
    .returning('id')
    .execute()
  return changed.length > 0
}

const without = (customers: readonly NewCustomer[], known: readonly CustomerKey[]) => {
  const keys = new Set(known.map(keyOf))
  return customers.filter(c => !keys.has(keyOf(c)))
}

const keyOf = (c: { accountId: Id; externalId: string }) => `${c.accountId} ${c.externalId}`

const toJson = (customers: readonly NewCustomer[]) =>
  JSON.stringify(
    customers.map(c => ({
      id: c.id,
      account_id: c.accountId,
      external_id: c.externalId,
      handle: c.handle,
      is_stand_in: c.isStandIn ?? false,
      name: c.name,
      followers: c.followers,
    })),
  )
