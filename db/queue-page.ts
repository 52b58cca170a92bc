// What the queue page shows: its views, their counts, and the first rows in the queue's order, whatever its length.
import { type RawBuilder, sql } from 'kysely'
import type { Attachment, Category, Id, Platform, Ticket, TicketStatus, Visibility } from '../domain.ts'
import { inQueue } from './page-frame.ts'
import { PREPARED } from './prepared.ts'
import { PRESENT_MS } from './presence.ts'
import type { QueueSearch } from './queue-search.ts'
import { repostsOf } from './reposts.ts'
import type { Db } from './schema.ts'

export const ticketViews = ['mine', 'unassigned', 'waiting', 'pending', 'hold', 'snoozed', 'incident', 'failed', 'solved'] as const
export const mentionViews = ['opportunity', 'review', 'noise'] as const
export type TicketView = (typeof ticketViews)[number]
export type MentionView = (typeof mentionViews)[number]
export type View = TicketView | MentionView
export type Counts = Record<Exclude<View, 'noise' | 'solved'>, number>

export interface QueueRow {
  id: Id
  number: number
  platform: Platform
  status: TicketStatus
  priority: Ticket['priority']
  category: Category
  assigneeId: Id | null
  assignee: string | null
  assigneeInitials: string | null
  handle: string
  name: string
  startedAt: Date
  waitingSince: Date | null
  responseDueAt: Date | null
  snoozedUntil: Date | null
  solvedAt: Date | null
  holdReason: string | null
  incidentNumber: number | null
  hasFailedReply: boolean
  needsReview: boolean
  text: string
  /** The words that made it urgent or high, where the newest are others. */
  raisedBy: string | null
  /** What stands beside the words. */
  attached: Attachment['kind'][]
  language: string | null
  visibility: Visibility
  isRemoved: boolean
}
/** The last row seen, by the queue's own key: where "more" goes on. `asOf` keeps what was overdue then overdue now. */
export interface QueueCursor {
  rank: 0 | 1 | 2
  due: Date | null
  since: Date | null
  id: Id
  asOf: Date
}
export interface QueueQuestion {
  view: TicketView
  teammateId: Id
  now: Date
  limit: number
  after?: QueueCursor | undefined
  search?: QueueSearch | undefined
}

/**
 * One more row than `limit` means there is more. The views of waiting tickets come in the order of triage/queue-order.ts:
 * each rank is a walk along one index, cut at `limit`, so a million waiting tickets cost what fifty do.
 */
export async function listQueue(db: Db, q: QueueQuestion): Promise<QueueRow[]> {
  const narrowed = q.search ? await sqlOfSearch(db, q.search, q.teammateId, q.now) : sql<boolean>`true`
  const { where, order: ownOrder } = VIEWS[q.view](q)
  const order = ownOrder ?? (isSortedWhole(q.view, q.search) ? byRule(q.now) : undefined)
  const limit = sql`limit ${sql.lit(q.limit + 1)}`
  const ids = order
    ? sql`select * from tickets t where ${where} and ${narrowed} order by ${order} ${limit}`
    : sql`select * from (${sql.join(
        walks(q.after, q.after?.asOf ?? q.now).map(
          walk =>
            sql`(select *, ${sql.lit(walk.rank)} as walk from tickets t where ${where} and ${narrowed} and ${walk.where} ${ORDER} ${limit})`,
        ),
        sql` union all `,
      )}) t
      order by walk, response_due_at, waiting_since, id ${limit}`
  const sorted = order ?? sql`t.walk, t.response_due_at, t.waiting_since, t.id`
  // Prepared only where the text is one of few: a search has as many texts as people have ideas.
  const result = await sql<QueueRow>`${sql.raw(order ? '' : PREPARED)}
    select t.id, t.number, t.platform, t.status, t.priority, t.category, t.assignee_id, t.started_at, t.waiting_since, t.response_due_at, t.snoozed_until,
      t.solved_at, t.hold_reason, t.has_failed_reply, t.needs_review, a.name as assignee, a.initials as assignee_initials, c.handle, c.name, i.number as incident_number,
      coalesce(left(m.text, 240), '') as text, left(w.text, 160) as raised_by, coalesce(jsonb_path_query_array(m.attachments, '$[*].kind'), '[]') as attached, m.language, coalesce(m.visibility, t.origin_visibility) as visibility, m.removed_at is not null as is_removed
    from (${ids}) t join customers c on c.id = t.customer_id
      left join teammates a on a.id = t.assignee_id left join mentions m on m.id = t.latest_mention_id
      left join mentions w on w.id = t.priority_mention_id and w.id <> t.latest_mention_id and w.removed_at is null and t.priority <> 'normal' left join incidents i on i.id = t.incident_id
    order by ${sorted}`.execute(db)
  return result.rows
}

/** Short enough to be sorted whole: every view but the long ones, and those too once a search leaves few rows. Such a list has no cursor. */
export function isSortedWhole(view: TicketView, search: QueueSearch | undefined): boolean {
  if (view !== 'waiting' && view !== 'unassigned') return true
  return search !== undefined && (search.number !== undefined || search.words.length > 0 || search.from !== undefined)
}

/** Numbers beside the views, but for one's own; each stops counting at 1000. The same for everybody: asked for once, not once per page. */
export async function countViews(db: Db, now: Date): Promise<Omit<Counts, 'mine'>> {
  const q: QueueQuestion = { view: 'waiting', teammateId: '', now, limit: 0 }
  const counted = (['unassigned', 'waiting', 'pending', 'hold', 'snoozed', 'incident', 'failed'] as const).map(
    view => sql`(select count(*) from (select 1 from tickets t where ${VIEWS[view](q).where} limit 1000) n)::int as ${sql.ref(view)}`,
  )
  const result = await sql<Omit<Counts, 'mine'>>`select ${sql.join(counted)},
    (select count(*) from (select 1 from mentions where category in (${sql.join(OPPORTUNITY)}) and ${untaken} limit 1000) n)::int as opportunity,
    (select count(*) from (select 1 from mentions where needs_review and ticket_id is null and direction = 'inbound' limit 1000) n)::int as review`.execute(
    db,
  )
  return result.rows[0]!
}

/** By the index of one teammate's unsolved tickets: cheap enough for every page. */
export async function countMine(db: Db, teammateId: Id): Promise<number> {
  const result = await sql<{ n: number }>`${sql.raw(PREPARED)}
    select count(*)::int as n from (select 1 from tickets where ${inQueue} and assignee_id = ${teammateId} limit 1000) t`.execute(db)
  return result.rows[0]!.n
}

export interface CardRow {
  id: Id
  platform: Platform
  visibility: Visibility
  handle: string
  name: string
  followers: number | null
  text: string
  attachments: Attachment[] | null
  language: string | null
  url: string | null
  postedAt: Date
  category: Category
  needsReview: boolean
  isDemo: boolean
  verdict: import('../domain.ts').Verdict | null
  /** How often it was passed on unchanged. */
  reposts: number
}

/** Mentions without a ticket, newest first: cards a person may open or dismiss. */
export async function listCards(db: Db, view: MentionView, limit: number, before?: Date): Promise<CardRow[]> {
  const older = before ? sql<boolean>`posted_at < ${before}` : sql<boolean>`true`
  const newest = (where: RawBuilder<unknown>) =>
    sql`(select * from mentions where ${where} and ${older} order by posted_at desc limit ${sql.lit(limit + 1)})`
  const found =
    view === 'review'
      ? newest(sql`needs_review and ticket_id is null and direction = 'inbound'`)
      : sql.join(
          (view === 'noise' ? NOISE : OPPORTUNITY).map(category => newest(sql`category = ${category} and ${untaken}`)),
          sql` union all `,
        )
  const result = await sql<CardRow>`
    select m.id, m.platform, m.visibility, coalesce(c.handle, '') as handle, coalesce(c.name, '') as name, c.followers, m.text, m.attachments, m.language, m.url, m.posted_at, m.category,
      m.needs_review, m.is_demo, m.verdict, ${repostsOf} as reposts
    from (${found}) m left join customers c on c.id = m.customer_id
    where m.removed_at is null and m.state = 'triaged'
    order by m.posted_at desc limit ${sql.lit(limit + 1)}`.execute(db)
  return result.rows
}

/** The first waiting ticket nobody is looking at and nobody else has: "get next". */
export async function findNextNumber(db: Db, teammateId: Id, now: Date): Promise<number | undefined> {
  const rows = await listQueue(db, { view: 'waiting', teammateId, now, limit: 50 })
  const seen = await sql<{
    ticketId: Id
  }>`select ticket_id from presence where teammate_id <> ${teammateId} and seen_at > ${new Date(now.getTime() - PRESENT_MS)}`.execute(db)
  const taken = new Set(seen.rows.map(row => row.ticketId))
  return rows.find(row => !taken.has(row.id) && (row.assigneeId === null || row.assigneeId === teammateId))?.number
}

const unsolved = sql<boolean>`t.status not in ('solved', 'closed')`
const untaken = sql<boolean>`ticket_id is null and direction = 'inbound' and not needs_review`
const OPPORTUNITY: Category[] = ['general_reference', 'positive_feedback', 'untargeted_comment']
const NOISE: Category[] = ['spam', 'irrelevant', 'own_or_staff', 'duplicate', 'thanks_only', 'peer_answered']

/** `order` absent: the queue's own. */
const VIEWS: Record<TicketView, (q: QueueQuestion) => { where: RawBuilder<boolean>; order?: RawBuilder<unknown> }> = {
  mine: q => ({ where: sql`${inQueue} and assignee_id = ${q.teammateId}`, order: byRule(q.now) }),
  unassigned: () => ({ where: sql`${inQueue} and assignee_id is null` }),
  waiting: () => ({ where: inQueue }),
  pending: () => ({ where: sql`t.status = 'pending' and not t.is_spam`, order: sql`t.started_at, t.id` }),
  hold: () => ({ where: sql`t.status = 'on_hold' and not t.is_spam`, order: sql`t.started_at, t.id` }),
  snoozed: () => ({ where: sql`t.snoozed_until is not null and ${unsolved}`, order: sql`t.snoozed_until, t.id` }),
  incident: () => ({ where: sql`t.incident_id is not null and ${unsolved}`, order: sql`t.started_at, t.id` }),
  failed: () => ({ where: sql`t.has_failed_reply`, order: sql`t.id` }),
  solved: () => ({ where: sql`t.status = 'solved'`, order: sql`t.solved_at desc, t.id` }),
}

/** The same order as one expression, for a list short enough to be sorted whole. */
const byRule = (now: Date) =>
  sql`case when t.priority_rank = 0 then 0 when t.priority_rank = 1 or t.response_due_at < ${now} then 1 else 2 end, t.response_due_at, t.waiting_since, t.id`

const ORDER = sql`order by priority_rank, response_due_at, waiting_since, id`
type Walk = { rank: 0 | 1 | 2; where: RawBuilder<unknown> }

/** Stretches of the index (priority_rank, response_due_at, waiting_since, id) that together are the queue, or what follows `after`. */
function walks(after: QueueCursor | undefined, now: Date): Walk[] {
  const stretches: Walk[] = [
    { rank: 0, where: sql`priority_rank = 0` },
    { rank: 1, where: sql`priority_rank = 1` },
    { rank: 1, where: sql`priority_rank = 2 and response_due_at < ${now}` },
    { rank: 2, where: sql`priority_rank = 2 and response_due_at >= ${now}` },
    { rank: 2, where: sql`priority_rank = 2 and response_due_at is null` },
  ]
  if (!after) return stretches
  return stretches.flatMap(stretch => {
    if (stretch.rank < after.rank) return []
    if (stretch.rank > after.rank) return [stretch]
    return following(after).map(where => ({ rank: stretch.rank, where: sql`${stretch.where} and ${where}` }))
  })
}

/** "After (due, since, id)", nulls last, cut into pieces which each follow the index. */
function following({ due, since, id }: QueueCursor): RawBuilder<unknown>[] {
  const sameDue = due ? sql`response_due_at = ${due}` : sql`response_due_at is null`
  const sameSince = since ? sql`waiting_since = ${since}` : sql`waiting_since is null`
  return [
    sql`${sameDue} and ${sameSince} and id > ${id}`,
    ...(since ? [sql`${sameDue} and waiting_since > ${since}`, sql`${sameDue} and waiting_since is null`] : []),
    ...(due ? [sql`response_due_at > ${due}`, sql`response_due_at is null`] : []),
  ]
}

/** Words are looked for in what was said lately: in the newest mentions, not in all of a year's. */
const NEWEST_MENTIONS = 20_000

async function sqlOfSearch(db: Db, s: QueueSearch, teammateId: Id, now: Date): Promise<RawBuilder<boolean>> {
  const parts: RawBuilder<unknown>[] = [sql`true`]
  if (s.number !== undefined) parts.push(sql`t.number = ${s.number}`)
  if (s.platform) parts.push(sql`t.platform = ${s.platform}`)
  if (s.priority) parts.push(sql`t.priority = ${s.priority}`)
  if (s.status) parts.push(sql`t.status = ${s.status}`)
  if (s.category) parts.push(sql`t.category = ${s.category}`)
  if (s.tag) parts.push(sql`${s.tag} = any(t.tags)`)
  if (s.assignee === 'me') parts.push(sql`t.assignee_id = ${teammateId}`)
  else if (s.assignee === 'none') parts.push(sql`t.assignee_id is null`)
  else if (s.assignee) parts.push(sql`t.assignee_id in (select id from teammates where lower(initials) = ${s.assignee.toLowerCase()})`)
  if (s.isBreached) parts.push(sql`t.response_due_at < ${now}`)
  if (s.waitingMinutes !== undefined) parts.push(sql`t.waiting_since < ${new Date(now.getTime() - s.waitingMinutes * 60_000)}`)
  if (s.from)
    parts.push(
      sql`t.customer_id in (select id from customers where lower(handle) = ${s.from.toLowerCase()} or lower(name) = ${s.from.toLowerCase()})`,
    )
  if (s.language) parts.push(sql`exists (select 1 from mentions m where m.id = t.latest_mention_id and m.language = ${s.language})`)
  for (const words of s.words) parts.push(sql`t.id = any(${await findTicketsSaying(db, words)}::uuid[])`)
  return sql<boolean>`(${sql.join(parts, sql` and `)})`
}

/** The tickets where the words were said, or the customer is called so. */
async function findTicketsSaying(db: Db, words: string): Promise<Id[]> {
  const like = `%${escaped(words)}%`
  const result = await sql<{ ticketId: Id }>`
    select distinct m.ticket_id from (select ticket_id, customer_id, text from mentions order by posted_at desc limit ${sql.lit(NEWEST_MENTIONS)}) m left join customers c on c.id = m.customer_id
    where m.ticket_id is not null and (m.text ilike ${like} or c.handle ilike ${like} or c.name ilike ${like}) limit 1000`.execute(db)
  return result.rows.map(row => row.ticketId)
}

const escaped = (words: string) => words.replace(/[\\%_]/g, '\\$&')
