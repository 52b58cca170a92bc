// What the accounts page shows: apps and accounts with what waits on each, and the webhooks we refused.
import { sql } from 'kysely'
import type { Id } from '../domain.ts'
import type { AccountRow } from './accounts.ts'
import type { Db } from './schema.ts'

export type AccountWithWork = AccountRow & { waitingReplies: number; unsureReplies: number }

/** Replies that wait or are unknown; both come from small partial indexes, whatever was sent before. */
export async function listAccountsWithWork(db: Db): Promise<AccountWithWork[]> {
  const rows = await db
    .selectFrom('accounts')
    .leftJoin(
      eb =>
        eb
          .selectFrom('replies')
          .select([
            'accountId',
            sql<number>`count(*) filter (where status = 'approved')::int`.as('waiting'),
            sql<number>`count(*) filter (where status = 'unsure')::int`.as('unsure'),
          ])
          .where('status', 'in', ['approved', 'sending', 'unsure'])
          .groupBy('accountId')
          .as('outbox'),
      join => join.onRef('outbox.accountId', '=', 'accounts.id'),
    )
    .selectAll('accounts')
    .select([sql<number>`coalesce(outbox.waiting, 0)`.as('waitingReplies'), sql<number>`coalesce(outbox.unsure, 0)`.as('unsureReplies')])
    .orderBy('accounts.connectedAt')
    .execute()
  return rows
}

export interface RefusalSum {
  platform: string
  reason: string
  count: number
  lastAt: Date
}

export async function listRefusals(db: Db, since: Date): Promise<RefusalSum[]> {
  const result = await sql<RefusalSum>`
    select platform, reason, sum(count)::int as count, max(last_at) as last_at from webhook_refusals
    where day >= ${since}::timestamptz::date group by platform, reason order by max(last_at) desc`.execute(db)
  return result.rows
}

/** Undo delays over or not: everything an account that is back may send now. */
export const listApprovedOf = (db: Db, accountId: Id) =>
  db
    .selectFrom('replies')
    .select(['id', 'sendAt'])
    .where('accountId', '=', accountId)
    .where('status', '=', 'approved')
    .limit(1000)
    .execute()

/** Deliveries that could not be read, of one app: an account that was missing may be here now. */
export async function readAgainOf(db: Db, appId: Id): Promise<number> {
  const result = await sql`
    update deliveries set status = 'waiting' where status = 'unreadable' and body is not null and app_id = ${appId}`.execute(db)
  return Number(result.numAffectedRows ?? 0)
}
