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

/** How many mentions were posted since then, of those lists, that no push brought. */
export async function countPolledSince(
  db: Db,
  asked: readonly { accountId: Id; since: Date; sources: readonly string[] }[],
  until: Date,
): Promise<{ accountId: Id; source: string; count: number }[]> {
  if (!asked.length) return []
  const rows = JSON.stringify(asked.flatMap(one => one.sources.map(source => ({ account_id: one.accountId, since: one.since, source }))))
  const result = await sql<{ accountId: Id; source: string; count: number }>`
    select a.account_id, a.source, count(distinct m.id)::int as count
    from jsonb_to_recordset(${rows}::jsonb) as a(account_id uuid, since timestamptz, source text)
      join mentions m on m.account_id = a.account_id and m.posted_at > a.since and m.posted_at < ${until} and m.direction = 'inbound'
      join deliveries d on d.id = any(m.delivery_ids) and d.source = a.source
    where not exists (select from deliveries p where p.id = any(m.delivery_ids) and p.source = 'webhook')
    group by 1, 2`.execute(db)
  return result.rows
}

/** Mentions posted in each of these stretches that polls brought and no push did. */
export async function countOnlyPolled(
  db: Db,
  stretches: readonly { accountId: Id; fromAt: Date; untilAt: Date }[],
): Promise<{ accountId: Id; fromAt: Date; count: number }[]> {
  const rows = JSON.stringify(stretches.map(one => ({ account_id: one.accountId, from_at: one.fromAt, until_at: one.untilAt })))
  const result = await sql<{ accountId: Id; fromAt: Date; count: number }>`
    select s.account_id, s.from_at, count(*)::int as count
    from jsonb_to_recordset(${rows}::jsonb) as s(account_id uuid, from_at timestamptz, until_at timestamptz)
      join mentions m on m.account_id = s.account_id and m.posted_at >= s.from_at and m.posted_at < s.until_at and m.direction = 'inbound'
    where exists (select from deliveries d where d.id = any(m.delivery_ids) and d.source ~ '^poll' and d.source !~ '^poll:(search|stream|parents)')
      and not exists (select from deliveries d where d.id = any(m.delivery_ids) and d.source = 'webhook')
    group by 1, 2`.execute(db)
  return result.rows
}

export async function forgetHeardHours(db: Db, before: Date) {
  await db.deleteFrom('heardHours').where('hour', '<', before).execute()
}
