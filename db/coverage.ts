// The coverage ledger: which stretches of time each source of an account covered, and what became of those it missed.
import { type RawBuilder, sql } from 'kysely'
import type { Id } from '../domain.ts'
import type { Db } from './schema.ts'

/** Why nothing was heard, by code. */
export type GapCause =
  | 'token'
  | 'limit'
  | 'spent'
  | 'platform_down'
  | 'refused'
  | 'fault'
  | 'webhook_off'
  /** Nobody of ours was there to take what was pushed. */
  | 'web_down'
  /** Polls bring what should have been pushed. */
  | 'push_missing'
  /** Nothing was pushed for longer than is usual, though customers wrote. */
  | 'push_silent'
  | 'we_were_down'
  | 'not_connected'
  | 'capped'
  | 'unfinished'
/** `open`: waits to be read back. `repaired`: it was. `lost`: the platform no longer shows it. */
export type SpanState = 'covered' | 'open' | 'repaired' | 'lost'

/** A stretch of one source's time, from and until in that order; a source's spans never overlap. `cause` is null for what was covered. */
export interface Span {
  fromAt: Date
  untilAt: Date
  state: SpanState
  cause: GapCause | null
  repairedAt: Date | null
}
export interface CoverageSpansTable extends Span {
  accountId: Id
  /** `webhook`, `poll:<list>`, `poll` where a platform has but one list, `poll:search:<term>`, `stream:<term>`. */
  source: string
}

/** The source's spans from the last covered one on: all that may still change by hearing on. */
export const listTail = (tx: Db, accountId: Id, source: string) => listFromLast(tx, accountId, source, sql<boolean>`last.state = 'covered'`)

/** The source's spans that reach beyond then, and the last before them. */
export const listSpansFrom = (tx: Db, accountId: Id, source: string, from: Date) =>
  listFromLast(tx, accountId, source, sql<boolean>`last.from_at <= ${from}`)

function listFromLast(tx: Db, accountId: Id, source: string, such: RawBuilder<boolean>): Promise<Span[]> {
  return tx
    .selectFrom('coverageSpans')
    .select(['fromAt', 'untilAt', 'state', 'cause', 'repairedAt'])
    .where('accountId', '=', accountId)
    .where('source', '=', source)
    .where('fromAt', '>=', eb =>
      eb
        .selectFrom('coverageSpans as last')
        .select(sql<Date>`coalesce(max(last.from_at), '-infinity'::timestamptz)`.as('at'))
        .where('last.accountId', '=', accountId)
        .where('last.source', '=', source)
        .where(such),
    )
    .orderBy('fromAt')
    .execute()
}

/** Everything a source missed that still waits to be repaired, oldest first. */
export function listOpenSpans(db: Db, accountId: Id, source: string): Promise<Span[]> {
  return db
    .selectFrom('coverageSpans')
    .select(['fromAt', 'untilAt', 'state', 'cause', 'repairedAt'])
    .where('accountId', '=', accountId)
    .where('source', '=', source)
    .where('state', '=', 'open')
    .orderBy('fromAt')
    .execute()
}

/** Puts `after` in the place of `before`, touching only the rows that differ. */
export async function replaceSpans(tx: Db, accountId: Id, source: string, before: readonly Span[], after: readonly Span[]) {
  const kept = new Set(after.map(span => span.fromAt.getTime()))
  const gone = before.filter(span => !kept.has(span.fromAt.getTime())).map(span => span.fromAt)
  const changed = after.filter(span => !before.some(known => isSame(known, span)))
  if (gone.length)
    await tx
      .deleteFrom('coverageSpans')
      .where('accountId', '=', accountId)
      .where('source', '=', source)
      .where('fromAt', 'in', gone)
      .execute()
  if (!changed.length) return
  await tx
    .insertInto('coverageSpans')
    .values(
      changed.map(({ fromAt, untilAt, state, cause, repairedAt }) => ({ accountId, source, fromAt, untilAt, state, cause, repairedAt })),
    )
    .onConflict(c =>
      c.columns(['accountId', 'source', 'fromAt']).doUpdateSet(eb => ({
        untilAt: eb.ref('excluded.untilAt'),
        state: eb.ref('excluded.state'),
        cause: eb.ref('excluded.cause'),
        repairedAt: eb.ref('excluded.repairedAt'),
      })),
    )
    .execute()
}

const isSame = (a: Span, b: Span) =>
  a.fromAt.getTime() === b.fromAt.getTime() &&
  a.untilAt.getTime() === b.untilAt.getTime() &&
  a.state === b.state &&
  a.cause === b.cause &&
  a.repairedAt?.getTime() === b.repairedAt?.getTime()

/** Writers of one account's ledger take turns. */
export async function lockLedger(tx: Db, accountId: Id) {
  await sql`select id from accounts where id = ${accountId} for no key update`.execute(tx)
}

/** What the pages draw: every span that reaches into the time since then, and of each source the last, however old. */
export function listSpansSince(db: Db, since: Date): Promise<CoverageSpansTable[]> {
  return db
    .selectFrom('coverageSpans')
    .selectAll()
    .where(eb =>
      eb.or([
        eb('untilAt', '>=', since),
        sql<boolean>`(account_id, source, from_at) in (select account_id, source, max(from_at) from coverage_spans group by 1, 2)`,
      ]),
    )
    .orderBy('accountId')
    .orderBy('source')
    .orderBy('fromAt')
    .execute()
}

/** Sources an account has rows of. */
export async function listSources(db: Db, accountId: Id): Promise<string[]> {
  const rows = await db.selectFrom('coverageSpans').select('source').distinct().where('accountId', '=', accountId).execute()
  return rows.map(row => row.source)
}

/** Half a year back is history enough; a span still going on is never so old. */
export async function forgetSpans(db: Db, before: Date) {
  await db.deleteFrom('coverageSpans').where('untilAt', '<', before).execute()
}
