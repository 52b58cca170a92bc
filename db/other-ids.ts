// Other ids: what else a mention is called over there, such as the id of each edit on X; so that what answers an edit finds what was edited.
import { sql } from 'kysely'
import type { Id } from '../domain.ts'
import type { Db } from './schema.ts'

export interface OtherIdsTable {
  accountId: Id
  otherId: string
  /** The id it is kept by. */
  externalId: string
}

/** Remembers them, and joins what was stored already and names one of them as its parent. */
export async function insertOtherIds(tx: Db, ids: readonly OtherIdsTable[]) {
  if (!ids.length) return
  const rows = JSON.stringify(ids.map(one => ({ account_id: one.accountId, other_id: one.otherId, external_id: one.externalId })))
  await sql`
    insert into other_ids (account_id, other_id, external_id)
    select distinct account_id, other_id, external_id from jsonb_to_recordset(${rows}::jsonb) as t(account_id uuid, other_id text, external_id text)
    order by 1, 2 on conflict do nothing`.execute(tx)
  await sql`
    update mentions m set parent_external_id = t.external_id
    from jsonb_to_recordset(${rows}::jsonb) as t(account_id uuid, other_id text, external_id text)
    where m.account_id = t.account_id and m.parent_external_id = t.other_id`.execute(tx)
  // It was fetched by the name its child gave it.
  await sql`
    update parents p set external_id = t.external_id
    from jsonb_to_recordset(${rows}::jsonb) as t(account_id uuid, other_id text, external_id text)
    where p.account_id = t.account_id and p.external_id = t.other_id
      and not exists (select from parents known where known.account_id = p.account_id and known.external_id = t.external_id)
      and t.other_id = (select min(o.other_id) from other_ids o join parents named on named.account_id = o.account_id and named.external_id = o.other_id
        where o.account_id = t.account_id and o.external_id = t.external_id)`.execute(tx)
}

/** Of those named, which are other ids of something: account and id, to the id it is kept by. */
export async function findKeptIds(db: Db, named: readonly { accountId: Id; id: string }[]): Promise<OtherIdsTable[]> {
  if (!named.length) return []
  const rows = JSON.stringify(named.map(one => ({ account_id: one.accountId, other_id: one.id })))
  const result = await sql<OtherIdsTable>`
    select o.* from other_ids o join jsonb_to_recordset(${rows}::jsonb) as t(account_id uuid, other_id text) using (account_id, other_id)`.execute(
    db,
  )
  return result.rows
}
