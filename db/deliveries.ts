// The ledger: what came in, sealed, before anyone read it.
import type { Generated, JSONColumnType, Selectable } from 'kysely'
import { sql } from 'kysely'
import type { Id, Platform } from '../domain.ts'
import type { Db } from './schema.ts'

export interface DeliveriesTable {
  id: Id
  appId: Id
  accountId: Id | null
  source: string
  headers: JSONColumnType<Record<string, string>>
  /** Sealed; null once expired or erased. */
  body: Uint8Array | null
  bodyBytes: number
  status: Generated<'waiting' | 'read' | 'unreadable'>
  problem: string | null
  attempts: Generated<number>
  receivedAt: Date
  readAt: Date | null
  erasedAt: Date | null
}
export interface WebhookRefusalsTable {
  day: string
  platform: Platform
  reason: string
  count: Generated<number>
  lastAt: Date
}
export type DeliveryRow = Selectable<DeliveriesTable>
export interface NewDelivery {
  id: Id
  appId: Id
  accountId: Id | null
  source: string
  headers: Record<string, string>
  body: Uint8Array
  receivedAt: Date
}

/** Stores any number of deliveries in one statement, so one commit; one that is stored already (a commit whose answer was lost) is left as it is. */
export async function insertDeliveries(db: Db, deliveries: readonly NewDelivery[]) {
  let at = 1
  const rows = deliveries.map(d => {
    const row = {
      id: d.id,
      app_id: d.appId,
      account_id: d.accountId,
      source: d.source,
      headers: d.headers,
      starts: at,
      bytes: d.body.byteLength,
      received_at: d.receivedAt,
    }
    at += row.bytes
    return row
  })
  // The bodies travel as one binary value and are cut apart over there: as text they would cost each side more than all the rest.
  const bodies = Buffer.concat(deliveries.map(d => d.body))
  await sql`
    insert into deliveries (id, app_id, account_id, source, headers, body, body_bytes, received_at)
    select id, app_id, account_id, source, headers, substring(${bodies}::bytea from starts for bytes), bytes, received_at
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as t(id uuid, app_id uuid, account_id uuid, source text, headers jsonb, starts int, bytes int, received_at timestamptz)
    on conflict (id) do nothing`.execute(db)
}

/** Locks up to `limit` unread deliveries, oldest first, for this transaction alone. */
export function claimDeliveries(tx: Db, limit: number) {
  return tx
    .selectFrom('deliveries')
    .selectAll()
    .where('status', '=', 'waiting')
    .orderBy('id')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute()
}

/** The one named, if it still waits and nobody holds it. */
export function claimDelivery(tx: Db, id: Id) {
  return tx.selectFrom('deliveries').selectAll().where('id', '=', id).where('status', '=', 'waiting').forUpdate().skipLocked().execute()
}

/** These were read whole: their mentions are stored. */
export async function markRead(tx: Db, ids: readonly Id[], at: Date) {
  await sql`update deliveries set status = 'read', read_at = ${at}, problem = null where id = any(${ids}::uuid[])`.execute(tx)
}

/** Kept and shown; `readAgain` puts it back after the fix. */
export async function markUnreadable(tx: Db, id: Id, problem: string) {
  await tx
    .updateTable('deliveries')
    .set(eb => ({ status: 'unreadable', problem, attempts: eb('attempts', '+', 1) }))
    .where('id', '=', id)
    .execute()
}

/** A body whose card digits were masked takes the place of the one that came. */
export async function replaceBody(tx: Db, id: Id, body: Uint8Array) {
  await tx.updateTable('deliveries').set({ body }).where('id', '=', id).execute()
}

export async function readAgain(db: Db, ids: readonly Id[]): Promise<number> {
  const result =
    await sql`update deliveries set status = 'waiting' where status = 'unreadable' and body is not null and id = any(${ids}::uuid[])`.execute(
      db,
    )
  return Number(result.numAffectedRows ?? 0)
}

/** Forgets the bodies of deliveries read before `before`; the rows stay as evidence. */
export async function expireBodies(db: Db, before: Date, now: Date): Promise<number> {
  const result = await sql`
    update deliveries set body = null, erased_at = ${now}
    where id in (select id from deliveries where body is not null and status = 'read' and read_at < ${before} limit 1000)`.execute(db)
  return Number(result.numAffectedRows ?? 0)
}

export async function countWaitingDeliveries(db: Db): Promise<number> {
  const row = await db
    .selectFrom('deliveries')
    .select(eb => eb.fn.countAll<number>().as('n'))
    .where('status', '=', 'waiting')
    .executeTakeFirstOrThrow()
  return Number(row.n)
}

/** A wrong or missing signature leaves a count and nothing else. */
export async function countRefusal(db: Db, platform: Platform, reason: string, at: Date, count = 1) {
  await sql`
    insert into webhook_refusals (day, platform, reason, count, last_at) values (${at}::timestamptz::date, ${platform}, ${reason}, ${count}::int, ${at})
    on conflict (day, platform, reason) do update set count = webhook_refusals.count + excluded.count, last_at = excluded.last_at`.execute(
    db,
  )
}

export interface UnreadableCount {
  appId: Id
  /** Null: it was pushed, and nobody could say for which account. */
  accountId: Id | null
  count: number
}

export function countUnreadable(db: Db): Promise<UnreadableCount[]> {
  return db
    .selectFrom('deliveries')
    .select(['appId', 'accountId', sql<number>`count(*)::int`.as('count')])
    .where('status', '=', 'unreadable')
    .groupBy(['appId', 'accountId'])
    .execute()
}
