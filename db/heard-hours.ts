// How many mentions each account heard in each hour, and which way they came first: what is usual, and what only polls found.
import { sql } from 'kysely'
import type { Id } from '../domain.ts'
import type { Db } from './schema.ts'

export interface HeardHoursTable {
  accountId: Id
  /** The hour in which they were posted, so that what was read back late counts where it belongs. */
  hour: Date
  /** First brought by a push. */
  pushed: number
  /** First brought by a poll. */
  polled: number
}
export interface NewlyHeard {
  accountId: Id
  postedAt: Date
  isPush: boolean
}

/** New mentions of customers; call it while their accounts are locked, or two batches wait for one another. */
export async function countHeard(tx: Db, heard: readonly NewlyHeard[]) {
  if (!heard.length) return
  const rows = JSON.stringify(heard.map(one => ({ account_id: one.accountId, posted_at: one.postedAt, push: one.isPush ? 1 : 0 })))
  await sql`
    insert into heard_hours (account_id, hour, pushed, polled)
    select account_id, date_trunc('hour', posted_at, 'UTC'), sum(push)::int, sum(1 - push)::int
    from jsonb_to_recordset(${rows}::jsonb) as t(account_id uuid, posted_at timestamptz, push int)
    group by 1, 2 order by 1, 2
    on conflict (account_id, hour) do update set pushed = heard_hours.pushed + excluded.pushed, polled = heard_hours.polled + excluded.polled`.execute(
    tx,
  )
}

export function listHeardHours(db: Db, since: Date): Promise<HeardHoursTable[]> {
  return db.selectFrom('heardHours').selectAll().where('hour', '>=', since).orderBy('hour').execute()
}

export interface SeenBy {
  accountId: Id
  both: number
  onlyPushed: number
  onlyPolled: number
}

/**
 * Which ways brought the mentions posted in between: a push that did not come, or a poll that did not show it, is counted. Only a stretch
 * that both had time for says anything. Searches find what nobody pushes, so they are not asked.
 */
export async function countSeenBy(db: Db, since: Date, until: Date): Promise<SeenBy[]> {
  const result = await sql<SeenBy>`
    select account_id, (count(*) filter (where pushed and polled))::int as both, (count(*) filter (where pushed and not polled))::int as only_pushed,
      (count(*) filter (where polled and not pushed))::int as only_polled
    from (
      select m.id, m.account_id, bool_or(d.source = 'webhook') as pushed, bool_or(d.source <> 'webhook') as polled
      from mentions m cross join unnest(m.delivery_ids) as came(id) join deliveries d on d.id = came.id
        and (d.source = 'webhook' or d.source !~ '^poll:(search|stream|parents)')
      where m.posted_at >= ${since} and m.posted_at < ${until} and m.direction = 'inbound'
      group by m.id, m.account_id) seen
    group by account_id`.execute(db)
  return result.rows
}

export async function forgetHeardHours(db: Db, before: Date) {
  await db.deleteFrom('heardHours').where('hour', '<', before).execute()
}
