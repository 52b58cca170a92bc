// Parents: what mentions answer and we do not have, from the moment it is wanted until it is found or said to be missing.
import type { Generated, Selectable } from 'kysely'
import { sql } from 'kysely'
import type { Id } from '../domain.ts'
import type { Db } from './schema.ts'

export interface ParentsTable {
  accountId: Id
  externalId: string
  /** The mention that answers it. */
  childExternalId: string
  /** 1: what a ticket's mention answers; 2: what that answers… */
  depth: number
  state: Generated<'wanted' | 'found' | 'missing'>
  /** Missing: why, in words. */
  because: string | null
  nextAt: Date
  attempts: Generated<number>
}
export type ParentRow = Selectable<ParentsTable>

/**
 * Wants what these answer, each once: mentions that have a ticket, and context that was itself fetched, up to MOST_DEPTH above the ticket's
 * own mention. What is stored already is not wanted.
 */
export async function insertWanted(tx: Db, mentionIds: readonly Id[], now: Date) {
  if (!mentionIds.length) return
  await sql`
    insert into parents (account_id, external_id, child_external_id, depth, next_at)
    select distinct on (m.account_id, m.parent_external_id) m.account_id, m.parent_external_id, m.external_id, coalesce(above.depth, 0) + 1, ${now}
    from mentions m left join parents above on above.account_id = m.account_id and above.external_id = m.external_id and m.direction = 'context'
    where m.id = any(${mentionIds}::uuid[]) and m.visibility = 'public' and m.parent_external_id is not null and m.removed_at is null
      and (m.ticket_id is not null or m.direction = 'context') and coalesce(above.depth, 0) < ${sql.lit(MOST_DEPTH)}
      and not exists (select 1 from mentions p where p.account_id = m.account_id and p.visibility = m.visibility and p.external_id = m.parent_external_id)
    order by m.account_id, m.parent_external_id, m.id
    on conflict do nothing`.execute(tx)
}

/** Connected accounts with something to fetch. */
export async function listAccountsWanting(db: Db, now: Date): Promise<Id[]> {
  const rows = await db
    .selectFrom('parents as p')
    .innerJoin('accounts as a', 'a.id', 'p.accountId')
    .select('p.accountId')
    .distinct()
    .where('a.status', '=', 'connected')
    .where('p.state', '=', 'wanted')
    .where('p.nextAt', '<=', now)
    .execute()
  return rows.map(row => row.accountId)
}

/** Up to `limit`, oldest first, held for one try: nobody else asks for them before `until`. */
export async function claimWanted(db: Db, accountId: Id, now: Date, until: Date, limit: number): Promise<ParentRow[]> {
  const result = await sql<ParentRow>`
    update parents set next_at = ${until}, attempts = attempts + 1
    where account_id = ${accountId} and external_id in (select external_id from parents
      where account_id = ${accountId} and state = 'wanted' and next_at <= ${now} order by next_at, external_id limit ${sql.lit(limit)} for update skip locked)
    returning *`.execute(db)
  return result.rows
}

export async function markParents(db: Db, accountId: Id, outcomes: readonly { externalId: string; because: string | null }[]) {
  if (!outcomes.length) return
  const rows = JSON.stringify(outcomes.map(o => ({ external_id: o.externalId, because: o.because })))
  await sql`
    update parents p set state = case when o.because is null then 'found' else 'missing' end, because = o.because
    from jsonb_to_recordset(${rows}::jsonb) as o(external_id text, because text)
    where p.account_id = ${accountId} and p.external_id = o.external_id`.execute(db)
}

export async function putOffParents(db: Db, accountId: Id, externalIds: readonly string[], until: Date) {
  await sql`update parents set next_at = ${until} where account_id = ${accountId} and external_id = any(${externalIds}::text[])`.execute(db)
}

/** What stands above a ticket's mentions: the parents stored, whoever said them, and those that are missing or still being fetched. */
export interface ParentAbove {
  /** The mention that answers it. */
  childId: Id
  depth: number
  id: Id | null
  direction: 'inbound' | 'outbound' | 'context' | null
  by: string | null
  text: string | null
  language: string | null
  url: string | null
  postedAt: Date | null
  removedAt: Date | null
  state: ParentRow['state'] | null
  because: string | null
}

export async function listParentsAbove(db: Db, ticketId: Id): Promise<ParentAbove[]> {
  const result = await sql<ParentAbove>`
    with recursive up as (
      select m.id as child_id, m.account_id, m.parent_external_id, 1 as depth from (
        select * from mentions where ticket_id = ${ticketId} and direction = 'inbound' and visibility = 'public' and parent_external_id is not null limit 500) m
      union all
      select up.child_id, p.account_id, p.parent_external_id, up.depth + 1
      from up join mentions p on p.account_id = up.account_id and p.visibility = 'public' and p.external_id = up.parent_external_id
      where p.parent_external_id is not null and p.ticket_id is distinct from ${ticketId} and up.depth < ${sql.lit(MOST_DEPTH)})
    select up.child_id, up.depth, p.id, p.direction, coalesce('@' || nullif(c.handle, ''), nullif(c.name, '')) as by,
      p.text, p.language, p.url, p.posted_at, p.removed_at, w.state, w.because
    from up
      left join mentions p on p.account_id = up.account_id and p.visibility = 'public' and p.external_id = up.parent_external_id
      left join customers c on c.id = p.customer_id
      left join parents w on w.account_id = up.account_id and w.external_id = up.parent_external_id
    where p.ticket_id is distinct from ${ticketId} or p.id is null
    order by up.child_id, up.depth desc`.execute(db)
  // One parent may stand above several of the ticket's mentions: it is shown above the first.
  const shown = new Set<Id>()
  return result.rows.filter(row => {
    if (row.id === null) return row.state !== null
    if (shown.has(row.id)) return false
    shown.add(row.id)
    return true
  })
}

const MOST_DEPTH = 3
