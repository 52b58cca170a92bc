// Watch terms: what each account listens for, where each one's search goes on, and what each one found.
import type { ColumnType, Selectable } from 'kysely'
import { sql } from 'kysely'
import type { Id, Platform, WatchTerm } from '../domain.ts'
import type { Db } from './schema.ts'

export interface WatchTermsTable {
  id: Id
  accountId: Id
  name: string
  anyOf: string[]
  noneOf: string[]
  languages: string[]
  isActive: boolean
  cursor: ColumnType<Record<string, string>, string | undefined, string>
  nextSearchAt: Date
  /** A search under way holds the term until then. */
  searchingUntil: Date | null
  lastSearchAt: Date | null
  /** A stream tells of it at once, since then; searches are only its backstop. */
  streamedSince: Date | null
  lastError: string | null
  lastErrorAt: Date | null
  writtenById: Id | null
  createdAt: Date
  updatedAt: Date
}
export interface WatchHitsTable {
  termId: Id
  mentionId: Id
  at: Date
}
export type WatchTermRow = Selectable<WatchTermsTable>

export const findWatchTerm = (db: Db, id: Id) => db.selectFrom('watchTerms').selectAll().where('id', '=', id).executeTakeFirst()

/** Whoever writes terms of one account takes turns: a name is there once. */
export const lockWatchTerms = (tx: Db, accountId: Id) =>
  tx.selectFrom('watchTerms').selectAll().where('accountId', '=', accountId).orderBy('id').forUpdate().execute()

/** Other words are another question: its search begins anew, at once. */
export async function saveWatchTerm(tx: Db, term: WatchTerm, by: { writtenById: Id; at: Date; isOtherQuestion: boolean }) {
  const { id, accountId, ...words } = term
  const changed = {
    ...words,
    updatedAt: by.at,
    ...(by.isOtherQuestion ? { cursor: '{}', lastError: null, lastErrorAt: null } : {}),
    nextSearchAt: by.at,
    searchingUntil: null,
  }
  await tx
    .insertInto('watchTerms')
    .values({ id, accountId, ...changed, writtenById: by.writtenById, createdAt: by.at })
    .onConflict(c => c.column('id').doUpdateSet(changed))
    .execute()
}

export type ActiveTerm = Pick<WatchTermRow, 'id' | 'accountId' | 'name' | 'streamedSince'>
export function listActiveTerms(db: Db): Promise<ActiveTerm[]> {
  return db
    .selectFrom('watchTerms')
    .select(['id', 'accountId', 'name', 'streamedSince'])
    .where('isActive', '=', true)
    .orderBy('name')
    .execute()
}

export async function removeWatchTerm(tx: Db, id: Id) {
  await tx.deleteFrom('watchTerms').where('id', '=', id).execute()
}

/** Accounts with a term whose search is due and not under way. */
export async function listDueSearches(db: Db, now: Date): Promise<Id[]> {
  const rows = await db
    .selectFrom('watchTerms as w')
    .innerJoin('accounts as a', 'a.id', 'w.accountId')
    .select('w.accountId')
    .distinct()
    .where('a.status', '=', 'connected')
    .where('w.isActive', '=', true)
    .where('w.nextSearchAt', '<=', now)
    .where(eb => eb.or([eb('w.searchingUntil', 'is', null), eb('w.searchingUntil', '<', now)]))
    .execute()
  return rows.map(row => row.accountId)
}

/** The account's term that waits longest, held for one search; a worker that dies lets it go after `holdMs`. */
export async function claimSearch(db: Db, accountId: Id, now: Date, holdMs: number): Promise<WatchTermRow | undefined> {
  return db
    .updateTable('watchTerms')
    .set({ searchingUntil: new Date(now.getTime() + holdMs) })
    .where('id', '=', eb =>
      eb
        .selectFrom('watchTerms')
        .select('id')
        .where('accountId', '=', accountId)
        .where('isActive', '=', true)
        .where('nextSearchAt', '<=', now)
        .where(or => or.or([or('searchingUntil', 'is', null), or('searchingUntil', '<', now)]))
        .orderBy('nextSearchAt')
        .orderBy('id')
        .limit(1)
        .forUpdate()
        .skipLocked(),
    )
    .returningAll()
    .executeTakeFirst()
}

/** Only where its words are still those that were asked for. */
export async function markSearched(db: Db, term: WatchTermRow, at: Date, next: Date, cursor: Record<string, string>) {
  await db
    .updateTable('watchTerms')
    .set({
      cursor: JSON.stringify(cursor),
      lastSearchAt: at,
      nextSearchAt: next,
      searchingUntil: null,
      lastError: null,
      lastErrorAt: null,
    })
    .where('id', '=', term.id)
    .where('updatedAt', '=', term.updatedAt)
    .execute()
}

export async function markSearchFailed(db: Db, term: WatchTermRow, at: Date, problem: string, next: Date) {
  await db
    .updateTable('watchTerms')
    .set({ lastError: problem, lastErrorAt: at, nextSearchAt: next, searchingUntil: null })
    .where('id', '=', term.id)
    .where('updatedAt', '=', term.updatedAt)
    .execute()
}

/** A limit belongs to the account: none of its searches is asked before it ends. */
export async function putOffSearches(db: Db, accountId: Id, until: Date) {
  await db
    .updateTable('watchTerms')
    .set({ nextSearchAt: until })
    .where('accountId', '=', accountId)
    .where('nextSearchAt', '<', until)
    .execute()
}

export interface StreamedTerm extends WatchTermRow {
  appId: Id
  platform: Platform
  handle: string
}

/** Every term that a stream may carry, by app: of connected accounts, switched on. */
export async function listStreamedTerms(db: Db): Promise<StreamedTerm[]> {
  return db
    .selectFrom('watchTerms as w')
    .innerJoin('accounts as a', 'a.id', 'w.accountId')
    .selectAll('w')
    .select(['a.appId', 'a.platform', 'a.handle'])
    .where('a.status', '=', 'connected')
    .where('w.isActive', '=', true)
    .orderBy('w.id')
    .execute()
}

/** Connected or broken: whatever was missed meanwhile, a search at once brings it. */
export async function markStreamed(db: Db, termIds: readonly Id[], since: Date | null, now: Date) {
  await sql`
    update watch_terms set streamed_since = ${since}, next_search_at = least(next_search_at, ${now}) where id = any(${termIds}::uuid[])`.execute(
    db,
  )
}

/** Which terms found which mentions, each pair once; terms removed meanwhile are left out. */
export async function insertHits(tx: Db, hits: readonly { termId: Id; mentionId: Id }[], at: Date) {
  if (!hits.length) return
  const rows = JSON.stringify(hits.map(h => ({ term_id: h.termId, mention_id: h.mentionId })))
  await sql`
    insert into watch_hits (term_id, mention_id, at)
    select h.term_id, h.mention_id, ${at} from jsonb_to_recordset(${rows}::jsonb) as h(term_id uuid, mention_id uuid) join watch_terms w on w.id = h.term_id
    order by 1, 2 on conflict do nothing`.execute(tx)
}

export interface ListedTerm extends WatchTermRow {
  platform: Platform
  /** Found in the last seven days, and how many of those became tickets. */
  found: number
  tickets: number
  lastFoundAt: Date | null
}

/** Every account's terms with what the last seven days brought. */
export async function listWatchTerms(db: Db, now: Date): Promise<ListedTerm[]> {
  const since = new Date(now.getTime() - 7 * 86_400_000)
  const result = await sql<ListedTerm>`
    select w.*, a.platform, coalesce(h.found, 0)::int as found, coalesce(h.tickets, 0)::int as tickets,
      (select max(at) from watch_hits where term_id = w.id) as last_found_at
    from watch_terms w join accounts a on a.id = w.account_id
      left join (select term_id, count(*) as found, count(distinct m.ticket_id) as tickets from watch_hits h join mentions m on m.id = h.mention_id
        where h.at >= ${since} group by term_id) h on h.term_id = w.id
    order by a.connected_at, w.name`.execute(db)
  return result.rows
}
