// Rules: what leads lay on top of the judge, in their order; and what rules do to the tickets their mentions went to.
import type { ColumnType, Selectable } from 'kysely'
import { sql } from 'kysely'
import type { Id, Rule, RuleActions, RuleConditions } from '../domain.ts'
import type { Db } from './schema.ts'

export interface RulesTable {
  id: Id
  name: string
  position: number
  isActive: ColumnType<boolean, boolean | undefined, boolean>
  conditions: ColumnType<RuleConditions, string, string>
  actions: ColumnType<RuleActions, string, string>
  writtenById: Id | null
  updatedAt: Date
}
export type RuleRow = Selectable<RulesTable>

export const listRules = (db: Db): Promise<RuleRow[]> => db.selectFrom('rules').selectAll().orderBy('position').orderBy('id').execute()
export const findRule = (db: Db, id: Id): Promise<RuleRow | undefined> =>
  db.selectFrom('rules').selectAll().where('id', '=', id).executeTakeFirst()
/** Whoever changes rules takes turns: their order is one thing. */
export const lockRules = (tx: Db): Promise<RuleRow[]> =>
  tx.selectFrom('rules').selectAll().orderBy('position').orderBy('id').forUpdate().execute()

export async function saveRule(tx: Db, rule: Rule, by: { writtenById: Id; updatedAt: Date }) {
  const { id, ...rest } = { ...rule, ...by, conditions: JSON.stringify(rule.conditions), actions: JSON.stringify(rule.actions) }
  await tx
    .insertInto('rules')
    .values({ id, ...rest })
    .onConflict(c => c.column('id').doUpdateSet(rest))
    .execute()
}

export async function orderRules(tx: Db, ids: readonly Id[]) {
  await sql`update rules r set position = o.n from unnest(${ids}::uuid[]) with ordinality as o(id, n) where r.id = o.id`.execute(tx)
}

export async function removeRule(tx: Db, id: Id) {
  await tx.deleteFrom('rules').where('id', '=', id).execute()
}

/** What rules want of the ticket a mention went to. */
export interface TicketWish {
  mentionId: Id
  tags: string[]
  assigneeId: Id | null
  /** Names of the rules. */
  by: string[]
}
export interface WishDone {
  ticketId: Id
  mentionId: Id
  newTags: string[]
  /** Set only where nobody had it before. */
  assigneeId: Id | null
  by: string[]
}

/** Adds the tags and gives unassigned tickets to whom the rule names, if that teammate may answer; says what changed. */
export async function grantWishes(tx: Db, wishes: readonly TicketWish[]): Promise<WishDone[]> {
  if (!wishes.length) return []
  const rows = JSON.stringify(wishes.map(w => ({ mention_id: w.mentionId, tags: w.tags, assignee_id: w.assigneeId, by: w.by })))
  // Two mentions of one batch may want something of one ticket: the tags of both, the assignee of the first.
  const result = await sql<WishDone>`
    with wished as (
      select m.ticket_id, (array_agg(w.mention_id order by w.mention_id))[1] as mention_id, array_agg(distinct b.name) as by,
        coalesce(array_agg(distinct g.tag) filter (where g.tag is not null), '{}') as tags,
        (array_agg(a.id order by w.mention_id) filter (where a.id is not null))[1] as assignee_id
      from jsonb_to_recordset(${rows}::jsonb) as w(mention_id uuid, tags text[], assignee_id uuid, by text[])
        join mentions m on m.id = w.mention_id
        left join lateral unnest(w.tags) as g(tag) on true
        cross join lateral unnest(w.by) as b(name)
        left join teammates a on a.id = w.assignee_id and a.is_active and a.role <> 'readonly'
      where m.ticket_id is not null group by m.ticket_id),
    news as (
      select w.*, array(select unnest(w.tags) except select unnest(t.tags)) as new_tags, t.tags as old_tags, t.assignee_id as old_assignee_id
      from wished w join tickets t on t.id = w.ticket_id)
    update tickets t set tags = n.old_tags || n.new_tags, assignee_id = coalesce(t.assignee_id, n.assignee_id)
    from news n
    where t.id = n.ticket_id and (cardinality(n.new_tags) > 0 or (n.old_assignee_id is null and n.assignee_id is not null))
    returning t.id as ticket_id, n.mention_id, n.new_tags, case when n.old_assignee_id is null then n.assignee_id end as assignee_id, n.by`.execute(
    tx,
  )
  return result.rows
}
