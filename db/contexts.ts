// What the judge may know beside the words, for a whole batch in two queries.
import { sql } from 'kysely'
import type { Category, Direction, Id } from '../domain.ts'
import type { Db } from './schema.ts'

export interface ContextRow {
  id: Id
  /** What the author's newest unsolved ticket is about; null: they have none. */
  openTicketCategory: Category | null
  earlierTickets: number
  contactsThisWeek: number
  followers: number | null
  authorExternalId: string | null
  handle: string | null
  isVip: boolean
  previousDirection: Direction | null
  previousText: string | null
  previousByOther: boolean | null
  similarLastHour: number
  isRepeat: boolean
}

/**
 * One row for each mention given; counts stop at 50, where they no longer change a judgement, and a repeat is looked for in the
 * author's newest 50: somebody who writes a thousand times a day, or words said by thousands, cost what everybody costs.
 * `limit 1` instead of `exists`: the planner would rather read all open tickets once per batch than look up one customer's.
 * `limit 5` within: ordered by the index alone, so that a thread of thousands is not sorted for its newest; of one instant, the latest stored.
 */
export async function findContexts(tx: Db, mentionIds: readonly Id[]): Promise<Map<Id, ContextRow>> {
  const result = await sql<ContextRow>`
    select m.id, c.followers, c.external_id as author_external_id, c.handle, coalesce(c.is_vip, false) as is_vip,
      (select category from tickets t where t.customer_id = m.customer_id and t.status not in ('solved', 'closed') order by t.started_at desc limit 1) as open_ticket_category,
      (select count(*)::int from (select 1 from tickets t where t.customer_id = m.customer_id limit 50) x) as earlier_tickets,
      (select count(distinct date_trunc('hour', x.posted_at))::int from (select s.posted_at from mentions s where s.customer_id = m.customer_id
          and s.posted_at between m.posted_at - interval '7 days' and m.posted_at order by s.posted_at desc limit 50) x
        where date_trunc('hour', x.posted_at) < date_trunc('hour', m.posted_at)) as contacts_this_week,
      case p.direction when 'context' then 'inbound' else p.direction end as previous_direction, p.text as previous_text,
      (p.direction <> 'outbound' and p.customer_id is distinct from m.customer_id) as previous_by_other,
      case when m.text_key is null then 0 else (select count(distinct s.customer_id)::int from (
        select customer_id from mentions s where s.account_id = m.account_id and s.text_key = m.text_key and s.customer_id is distinct from m.customer_id
          and s.posted_at between m.posted_at - interval '1 hour' and m.posted_at limit 50) s) end as similar_last_hour,
      m.text_key is not null and exists (select 1 from (
        select id, account_id, text_key, visibility, posted_at from mentions s where s.customer_id = m.customer_id
          and s.posted_at between m.posted_at - interval '1 day' and m.posted_at order by s.posted_at desc limit 50) s
        where s.account_id = m.account_id and s.text_key = m.text_key and s.visibility = m.visibility and s.id <> m.id and (s.posted_at, s.id) < (m.posted_at, m.id)) as is_repeat
    from mentions m
    left join customers c on c.id = m.customer_id
    left join lateral (select * from (select id, posted_at, direction, text, customer_id from mentions p where p.account_id = m.account_id and p.thread_key = m.thread_key
      and p.id <> m.id and p.posted_at <= m.posted_at and p.removed_at is null order by p.posted_at desc limit 5) newest order by posted_at desc, id desc limit 1) p on true
    where m.id = any(${mentionIds}::uuid[])`.execute(tx)
  return new Map(result.rows.map(row => [row.id, row]))
}

export interface RecentRow {
  id: Id
  accountId: Id
  customerId: Id | null
  postedAt: Date
  text: string
}
/** The newest on these accounts in that time, at most so many, their beginnings: to tell who says nearly the same. */
export async function listRecent(tx: Db, accountIds: readonly Id[], span: { from: Date; to: Date }, limit: number): Promise<RecentRow[]> {
  const result = await sql<RecentRow>`
    select id, account_id, customer_id, posted_at, left(text, 600) as text from mentions
    where posted_at >= ${span.from} and posted_at <= ${span.to} and account_id = any(${accountIds}::uuid[]) and direction = 'inbound'
    order by posted_at desc limit ${sql.lit(limit)}`.execute(tx)
  return result.rows
}
