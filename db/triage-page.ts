// What the triage pages show: corrections by date, what was judged and handled, the noise drawn by lot; one query each.
import { sql } from 'kysely'
import type { Category, Id, Platform, Reason } from '../domain.ts'
import type { CorrectionSource, Predicted, Said } from './corrections.ts'
import type { Db } from './schema.ts'

export interface CorrectionLine {
  id: number
  at: Date
  by: string
  source: CorrectionSource
  predicted: Predicted
  after: Said
  learntAt: Date | null
  undoneAt: Date | null
  ticketNumber: number | null
  language: string | null
  /** Null: erased, or edited since. */
  text: string | null
  textHash: string
  reasons: Reason[]
}

export async function listCorrections(db: Db, limit: number, before?: number): Promise<CorrectionLine[]> {
  const result = await sql<CorrectionLine>`
    select c.id, c.at, t.name as by, c.source, c.predicted, c.after, c.learnt_at, c.undone_at, k.number as ticket_number, m.language, nullif(m.text, '') as text,
      c.text_hash, coalesce(m.verdict -> 'reasons', '[]') as reasons
    from corrections c join teammates t on t.id = c.teammate_id join mentions m on m.id = c.mention_id left join tickets k on k.id = m.ticket_id
    where ${before === undefined ? sql`true` : sql`c.id < ${before}`}
    order by c.id desc limit ${sql.lit(limit + 1)}`.execute(db)
  return result.rows
}

export interface Change {
  from: Category
  to: Category
  count: number
}
/** Standing corrections that said something else, the most frequent first. */
export async function countChanges(db: Db): Promise<Change[]> {
  const result = await sql<Change>`
    select predicted ->> 'category' as from, after ->> 'category' as to, count(*)::int as count
    from corrections where undone_at is null and predicted ->> 'category' <> after ->> 'category' group by 1, 2 order by 3 desc, 1, 2`.execute(
    db,
  )
  return result.rows
}

export interface OtherChange {
  part: 'priority' | 'sentiment'
  from: string
  to: string
  count: number
}
/** The same for priority and feeling. */
export async function countOtherChanges(db: Db): Promise<OtherChange[]> {
  const result = await sql<OtherChange>`
    select part, predicted ->> part as from, after ->> part as to, count(*)::int as count
    from corrections cross join (values ('priority'), ('sentiment')) as parts(part)
    where undone_at is null and predicted ->> part <> after ->> part group by 1, 2, 3 order by 4 desc, 1, 2, 3`.execute(db)
  return result.rows
}

/** One mention a person judged: what triage had said at first, what stands now. */
export interface JudgedByPeople {
  week: Date
  predicted: Category
  truth: Category
  isSample: boolean
}
export async function listJudgedByPeople(db: Db, span: { from: Date; zone: string }): Promise<JudgedByPeople[]> {
  const result = await sql<JudgedByPeople>`
    select date_trunc('week', min(at) at time zone ${span.zone}) at time zone ${span.zone} as week, (array_agg(predicted ->> 'category' order by id))[1] as predicted,
      (array_agg(after ->> 'category' order by id desc))[1] as truth, bool_or(source = 'noise_sample') as is_sample
    from corrections where undone_at is null and at >= ${span.from} and after ->> 'category' is not null group by mention_id`.execute(db)
  return result.rows
}

/** Tickets somebody worked on and nobody corrected: their category was right as far as anybody knows. */
export async function countHandled(
  db: Db,
  span: { from: Date; zone: string },
): Promise<{ week: Date; category: Category; count: number }[]> {
  const result = await sql<{ week: Date; category: Category; count: number }>`
    select date_trunc('week', t.opened_at at time zone ${span.zone}) at time zone ${span.zone} as week, t.category, count(*)::int as count
    from tickets t where t.opened_at >= ${span.from} and t.status <> 'new' and not t.is_spam
      and not exists (select 1 from corrections c join mentions m on m.id = c.mention_id where m.ticket_id = t.id and c.undone_at is null
        and c.after ->> 'category' is not null)
    group by 1, 2`.execute(db)
  return result.rows
}

export interface WeekRow {
  week: Date
  judged: number
  /** Of these: noise, Review. */
  noise: number
  review: number
}
export async function countByWeek(db: Db, span: { from: Date; zone: string }): Promise<WeekRow[]> {
  const result = await sql<WeekRow>`
    select date_trunc('week', posted_at at time zone ${span.zone}) at time zone ${span.zone} as week, count(*)::int as judged,
      (count(*) filter (where category = any(${SAMPLED}::text[]) and not needs_review))::int as noise, (count(*) filter (where needs_review))::int as review
    from mentions where posted_at >= ${span.from} and direction = 'inbound' and state = 'triaged' and removed_at is null
    group by 1 order by 1`.execute(db)
  return result.rows
}

export interface SampleRow {
  id: Id
  day: Date
  postedAt: Date
  platform: Platform
  handle: string
  name: string
  text: string
  language: string | null
  category: Category
}
export interface Sample {
  /** Not yet looked at, the oldest day first. */
  open: SampleRow[]
  /** Drawn in these days, and of these looked at. */
  drawn: number
  settled: number
}

/** Of each day's noise the same lot for everybody: 5 %, and 20 where there are as many. */
export async function drawNoiseSample(db: Db, span: { from: Date; zone: string }, limit: number): Promise<Sample> {
  const result = await sql<SampleRow & { drawn: number; settled: number }>`
    with looked_at as (select distinct c.mention_id as id from corrections c join mentions m on m.id = c.mention_id
        where c.source = 'noise_sample' and c.undone_at is null and m.posted_at >= ${span.from}),
      noise as (
        select id from mentions where category = any(${SAMPLED}::text[]) and ticket_id is null and direction = 'inbound' and not needs_review and posted_at >= ${span.from}
          and removed_at is null and state = 'triaged' and unreadable_because is null
        union select id from looked_at),
      by_day as (select m.id, date_trunc('day', m.posted_at at time zone ${span.zone}) at time zone ${span.zone} as day from noise join mentions m using (id)),
      lots as (select id, day, row_number() over (partition by day order by md5(id::text)) as n, count(*) over (partition by day) as total from by_day),
      drawn as (select l.id, l.day, l.n, (k.id is not null) as is_settled from lots l left join looked_at k using (id)
        where l.n <= greatest(20, ceil(l.total * 0.05)) or k.id is not null)
    select m.id, d.day, m.posted_at, m.platform, coalesce(c.handle, '') as handle, coalesce(c.name, '') as name, m.text, m.language, m.category,
      (select count(*) from drawn)::int as drawn, (select count(*) from drawn where is_settled)::int as settled
    from drawn d join mentions m on m.id = d.id left join customers c on c.id = m.customer_id
    where not d.is_settled order by d.day, d.n limit ${sql.lit(limit)}`.execute(db)
  const first = result.rows[0]
  if (first) return { open: result.rows, drawn: first.drawn, settled: first.settled }
  const settled = await sql<{ n: number }>`
    select count(distinct c.mention_id)::int as n from corrections c join mentions m on m.id = c.mention_id
    where c.source = 'noise_sample' and c.undone_at is null and m.posted_at >= ${span.from}`.execute(db)
  const n = settled.rows[0]!.n
  return { open: [], drawn: n, settled: n }
}

/** Noise by its words; our own people and duplicates are noise for other reasons, which no words can prove wrong. */
const SAMPLED: Category[] = ['spam', 'irrelevant', 'thanks_only', 'peer_answered']
