// What reading and sending cost, per account, day and item: counted from what was really fetched and sent.
import { sql } from 'kysely'
import type { Id } from '../domain.ts'
import type { Db } from './schema.ts'

export interface SpendingTable {
  accountId: Id
  /** UTC, as platforms bill. */
  day: string
  /** A source (`poll:mentions`, `webhook`, `poll:search:…`), or `send`. */
  item: string
  count: number
  usd: number
}
export interface Spent {
  accountId: Id
  at: Date
  item: string
  count: number
  usd: number
}

/** Call it while the accounts are locked, or one account at a time. */
export async function addSpending(tx: Db, spent: readonly Spent[]) {
  if (!spent.length) return
  const rows = JSON.stringify(
    spent.map(one => ({
      account_id: one.accountId,
      day: one.at.toISOString().slice(0, 10),
      item: one.item,
      count: one.count,
      usd: one.usd,
    })),
  )
  await sql`
    insert into spending (account_id, day, item, count, usd)
    select account_id, day, item, sum(count)::int, sum(usd)
    from jsonb_to_recordset(${rows}::jsonb) as t(account_id uuid, day date, item text, count int, usd double precision)
    group by 1, 2, 3 order by 1, 2, 3
    on conflict (account_id, day, item) do update set count = spending.count + excluded.count, usd = spending.usd + excluded.usd`.execute(
    tx,
  )
}

export interface DaySpent {
  accountId: Id
  day: string
  item: string
  count: number
  usd: number
}

/** Every day since then, of one account or of all. */
export async function listSpending(db: Db, since: Date, accountId?: Id): Promise<DaySpent[]> {
  const result = await sql<DaySpent>`
    select account_id, to_char(day, 'YYYY-MM-DD') as day, item, count, usd from spending
    where day >= ${since.toISOString().slice(0, 10)}::date ${accountId ? sql`and account_id = ${accountId}` : sql``} order by day, item`.execute(
    db,
  )
  return result.rows
}
