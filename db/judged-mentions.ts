// Mentions with what the judge said of them, newest first and in pages: what rules and thresholds are tried on.
import { sql } from 'kysely'
import type { Category, Id, Judgement, Platform, Priority, Tier, Verdict, Visibility } from '../domain.ts'
import type { Db } from './schema.ts'

export interface JudgedMentionRow {
  id: Id
  postedAt: Date
  /** On the wall clock of the zone asked for. */
  hour: number
  /** Empty unless asked for. */
  text: string
  platform: Platform
  visibility: Visibility
  addressesUs: boolean
  language: string | null
  handle: string | null
  followers: number | null
  isVip: boolean
  hasOpenTicket: boolean
  isReplyToUs: boolean
  ticketId: Id | null
  category: Category
  tier: string
  priority: Priority
  needsReview: boolean
  confidence: number
  sentiment: number
  /** A sign of danger stands among the reasons. */
  hasDanger: boolean
  nearlyNoise: Verdict['nearlyNoise'] | null
  isDoubted: boolean
  /** P(something was expected and not given), as judged. */
  complaint: number
  /** What the judge alone had said, where a rule had changed it. */
  beforeRules: Judgement | null
}
export interface JudgedSpan {
  from: Date
  to: Date
}
export interface JudgedPage extends JudgedSpan {
  zone: string
  dangerSignals: readonly string[]
  /** Only what the rules read is fetched: words and threads are most of the cost. */
  withText: boolean
  withThread: boolean
  before: { postedAt: Date; id: Id } | null
  limit: number
}

export async function countJudgedMentions(db: Db, { from, to }: JudgedSpan): Promise<number> {
  const result = await sql<{ n: number }>`
    select count(*)::int as n from mentions m where posted_at >= ${from} and posted_at <= ${to} and ${judged}`.execute(db)
  return result.rows[0]!.n
}

/** `hasOpenTicket` and `isReplyToUs` are as they stood when the mention was posted. */
export async function listJudgedMentions(db: Db, page: JudgedPage): Promise<JudgedMentionRow[]> {
  const older = page.before ? sql`(m.posted_at, m.id) < (${page.before.postedAt}, ${page.before.id}::uuid)` : sql`true`
  const thread = page.withThread
    ? sql`(select true from tickets t where t.customer_id = m.customer_id and t.started_at < m.posted_at and (t.solved_at is null or t.solved_at > m.posted_at) limit 1) is not null as has_open_ticket,
      coalesce((select p.direction = 'outbound' from mentions p where p.account_id = m.account_id and p.thread_key = m.thread_key and p.id <> m.id
        and p.posted_at <= m.posted_at and p.removed_at is null order by p.posted_at desc, p.id desc limit 1), false) as is_reply_to_us`
    : sql`false as has_open_ticket, false as is_reply_to_us`
  const result = await sql<JudgedMentionRow>`
    select m.id, m.posted_at, extract(hour from m.posted_at at time zone ${page.zone})::int as hour, ${page.withText ? sql`m.text` : sql`'' as text`},
      m.platform, m.visibility, m.addresses_us, m.language, c.handle, c.followers, coalesce(c.is_vip, false) as is_vip, ${thread}, m.ticket_id,
      v.category, v.tier, v.priority, coalesce(v."needsReview", false) as needs_review, coalesce(v.confidence, 0) as confidence,
      coalesce(v.sentiment, 0) as sentiment, v."beforeRules" as before_rules,
      v."nearlyNoise" as nearly_noise, coalesce(v."isDoubted", false) as is_doubted, coalesce(v.complaint, 0) as complaint,
      jsonb_path_query_array(v.reasons, '$[*] ? (@.points > 0).signal') ?| ${page.dangerSignals}::text[] as has_danger
    from mentions m left join customers c on c.id = m.customer_id
      cross join lateral jsonb_to_record(m.verdict) as v(category text, tier text, priority text, "needsReview" boolean, confidence float8, sentiment float8,
        "beforeRules" jsonb, "nearlyNoise" jsonb, "isDoubted" boolean, complaint float8, reasons jsonb)
    where m.posted_at >= ${page.from} and m.posted_at <= ${page.to} and ${older} and ${judged}
    order by m.posted_at desc, m.id desc limit ${sql.lit(page.limit)}`.execute(db)
  return result.rows
}

/** What a list of examples shows of them, in the order given. */
export interface ExampleRow {
  id: Id
  postedAt: Date
  text: string
  language: string | null
  handle: string | null
  name: string | null
  ticketNumber: number | null
}
export async function listExamples(db: Db, ids: readonly Id[]): Promise<ExampleRow[]> {
  if (!ids.length) return []
  const result = await sql<ExampleRow>`
    select m.id, m.posted_at, left(m.text, 240) as text, m.language, c.handle, c.name, t.number as ticket_number
    from unnest(${ids}::uuid[]) with ordinality as o(id, n) join mentions m on m.id = o.id left join customers c on c.id = m.customer_id
      left join tickets t on t.id = m.ticket_id order by o.n`.execute(db)
  return result.rows
}

const judged = sql`m.direction = 'inbound' and m.state = 'triaged' and m.verdict is not null and m.removed_at is null`

export const readTier = (tier: string): Tier => (tier === 'noise' ? 'noise' : tier === '1' ? 1 : 2)
