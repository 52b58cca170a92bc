// What the health page and /metrics show: how much waits where, who holds the clock, what was set aside.
import { sql } from 'kysely'
import type { Id, Platform } from '../domain.ts'
import type { Db } from './schema.ts'

export interface WorkWaiting {
  deliveries: number
  oldestDeliveryAt: Date | null
  mentions: number
  oldestMentionAt: Date | null
  unreadable: number
  setAside: number
  repliesDue: number
  repliesLater: number
  repliesSending: number
  repliesUnsure: number
  failed: number
  drafts: number
  clockHolder: string | null
  clockUntil: Date | null
  lastSweepAt: Date | null
}

/** Each number from a partial index that holds only what waits: as cheap at a million rows as at ten. */
export async function findWorkWaiting(db: Db, now: Date): Promise<WorkWaiting> {
  const result = await sql<Omit<WorkWaiting, 'lastSweepAt'> & { lastSweepAt: string | null }>`select
    (select count(*)::int from deliveries where status = 'waiting') as deliveries,
    (select received_at from deliveries where status = 'waiting' order by id limit 1) as oldest_delivery_at,
    (select count(*)::int from mentions where state = 'waiting') as mentions,
    (select received_at from mentions where state = 'waiting' order by id limit 1) as oldest_mention_at,
    (select count(*)::int from deliveries where status = 'unreadable') as unreadable,
    (select count(*)::int from mentions where state = 'set_aside') as set_aside,
    (select count(*)::int from replies where status = 'approved' and send_at <= ${now}) as replies_due,
    (select count(*)::int from replies where status = 'approved' and send_at > ${now}) as replies_later,
    (select count(*)::int from replies where status = 'sending') as replies_sending,
    (select count(*)::int from replies where status = 'unsure') as replies_unsure,
    (select count(*)::int from tickets where has_failed_reply) as failed,
    (select count(*)::int from replies where status = 'draft') as drafts,
    (select holder from leases where name = 'clock' and expires_at > now()) as clock_holder,
    (select expires_at from leases where name = 'clock' and expires_at > now()) as clock_until,
    (select value #>> '{}' from settings where key = 'lastSweepAt') as last_sweep_at`.execute(db)
  const row = result.rows[0]!
  return { ...row, lastSweepAt: row.lastSweepAt ? new Date(row.lastSweepAt) : null }
}

export interface SetAsideRow {
  id: Id
  platform: Platform
  handle: string
  visibility: string
  problem: string | null
  attempts: number
  receivedAt: Date
  characters: number
}

/** Never their words: whoever mends this needs the shape and the problem. */
export async function listSetAside(db: Db, limit: number): Promise<SetAsideRow[]> {
  return db
    .selectFrom('mentions')
    .innerJoin('accounts', 'accounts.id', 'mentions.accountId')
    .select([
      'mentions.id',
      'mentions.platform',
      'accounts.handle',
      'mentions.visibility',
      'mentions.problem',
      'mentions.attempts',
      'mentions.receivedAt',
      sql<number>`length(mentions.text)`.as('characters'),
    ])
    .where('mentions.state', '=', 'set_aside')
    .orderBy('mentions.receivedAt', 'desc')
    .limit(limit)
    .execute()
}

/** Unreadable deliveries with their bodies still sealed: the page tells the shape, not the content. */
export function listUnreadableBodies(db: Db, limit: number) {
  return db
    .selectFrom('deliveries')
    .innerJoin('platformApps', 'platformApps.id', 'deliveries.appId')
    .select([
      'deliveries.id',
      'deliveries.source',
      'deliveries.problem',
      'deliveries.attempts',
      'deliveries.receivedAt',
      'deliveries.bodyBytes',
      'deliveries.body',
      'platformApps.platform',
      'platformApps.label',
    ])
    .where('deliveries.status', '=', 'unreadable')
    .orderBy('deliveries.receivedAt', 'desc')
    .limit(limit)
    .execute()
}

/** Back to be judged: only what was set aside. */
export async function judgeSetAside(db: Db, ids: readonly Id[]): Promise<number> {
  const result = await sql`update mentions set state = 'waiting' where state = 'set_aside' and id = any(${ids}::uuid[])`.execute(db)
  return Number(result.numAffectedRows ?? 0)
}
