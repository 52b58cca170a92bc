// What the incident pages and the public status page show.
import { sql } from 'kysely'
import type { Category, Id, Platform, ReplyStatus, TicketStatus } from '../domain.ts'
import type { IncidentRow, StatusUpdateRow } from './incidents.ts'
import type { Db } from './schema.ts'

export type IncidentListed = IncidentRow & { linked: number; held: number; updates: number; declaredBy: string }

export async function listIncidents(db: Db, limit: number): Promise<IncidentListed[]> {
  const result = await sql<IncidentListed>`
    select i.*, t.name as declared_by,
      (select count(*)::int from tickets where incident_id = i.id) as linked,
      (select count(*)::int from tickets where incident_id = i.id and is_held) as held,
      (select count(*)::int from status_updates where incident_id = i.id) as updates
    from incidents i join teammates t on t.id = i.declared_by_id order by i.resolved_at is not null, i.declared_at desc limit ${limit}`.execute(
    db,
  )
  return result.rows
}

export interface PostState {
  id: Id
  statusUpdateId: Id
  platform: Platform
  handle: string
  account: string
  text: string
  status: ReplyStatus
  url: string | null
  problem: string | null
  sentAt: Date | null
  /** Of a thread: which part, and of how many. */
  part: number
  parts: number
  /** The part before it is not out: what is done to that one is done to this one. */
  isBehind: boolean
}

/** An incident's updates, newest first, and what became of each on each platform. */
export async function listUpdates(db: Db, incidentId: Id): Promise<(StatusUpdateRow & { writtenBy: string; posts: PostState[] })[]> {
  const updates = await db
    .selectFrom('statusUpdates')
    .innerJoin('teammates', 'teammates.id', 'statusUpdates.writtenById')
    .selectAll('statusUpdates')
    .select('teammates.name as writtenBy')
    .where('incidentId', '=', incidentId)
    .orderBy('statusUpdates.createdAt', 'desc')
    .execute()
  const posts = await sql<PostState>`
    select r.id, r.status_update_id, a.platform, a.handle, a.name as account, r.text, r.status, r.url, r.problem, r.sent_at,
      (row_number() over thread)::int as part, count(*) over (partition by r.status_update_id, r.account_id)::int as parts,
      coalesce(b.status in ('approved', 'sending', 'unsure', 'refused'), false) as is_behind
    from replies r join accounts a on a.id = r.account_id join status_updates u on u.id = r.status_update_id left join replies b on b.id = r.continues_id
    where u.incident_id = ${incidentId} window thread as (partition by r.status_update_id, r.account_id order by r.id)
    order by a.platform, a.handle, r.id`.execute(db)
  return updates.map(update => ({ ...update, posts: posts.rows.filter(post => post.statusUpdateId === update.id) }))
}

export interface Happened {
  at: Date
  action: string
  by: string | null
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
}
export async function listIncidentLog(db: Db, incidentId: Id): Promise<Happened[]> {
  const result = await sql<Happened>`
    select e.at, e.action, t.name as by, e.before, e.after from audit_entries e left join teammates t on t.id = e.teammate_id
    where e.subject = ${`incident ${incidentId}`} order by e.id`.execute(db)
  return result.rows
}

export interface LinkedTicket {
  id: Id
  number: number
  customer: string
  handle: string
  platform: Platform
  category: Category
  status: TicketStatus
  isHeld: boolean
  startedAt: Date
  /** The customer's last words. */
  text: string
  language: string | null
  /** Somebody answered this one individually, and why. */
  individually: string | null
  /** What may need an answer of its own. */
  isException: boolean
}

const linkedTicket = sql`
  select t.id, t.number, c.name as customer, c.handle, t.platform, t.category, t.status, t.is_held, t.started_at, coalesce(m.text, '') as text, m.language,
    (select e.after->>'individuallyBecause' from ticket_events e
      where e.ticket_id = t.id and e.after->>'individuallyBecause' is not null order by e.id desc limit 1) as individually,
    (t.category <> 'outage_report' or t.has_failed_reply or not t.is_held) as is_exception
  from tickets t join customers c on c.id = t.customer_id left join mentions m on m.id = t.latest_mention_id`

/** Unsolved first, then newest. */
export async function listLinked(db: Db, incidentId: Id, limit: number, which: 'all' | 'unsolved' = 'all'): Promise<LinkedTicket[]> {
  const result = await sql<LinkedTicket>`${linkedTicket}
    where t.incident_id = ${incidentId} ${which === 'unsolved' ? sql`and t.status not in ('solved', 'closed')` : sql``}
    order by t.status in ('solved', 'closed'), t.started_at desc limit ${limit}`.execute(db)
  return result.rows
}

export async function listTicketsByIds(db: Db, ids: readonly Id[]): Promise<LinkedTicket[]> {
  if (!ids.length) return []
  const result = await sql<LinkedTicket>`${linkedTicket} where t.id = any(${ids}::uuid[]) order by t.started_at desc`.execute(db)
  return result.rows
}

export async function countLinked(db: Db, incidentId: Id): Promise<{ total: number; unsolved: number; held: number }> {
  const result = await sql<{ total: number; unsolved: number; held: number }>`
    select count(*)::int as total, (count(*) filter (where status not in ('solved', 'closed')))::int as unsolved, (count(*) filter (where is_held))::int as held
    from tickets where incident_id = ${incidentId}`.execute(db)
  return result.rows[0]!
}

export type PublicIncident = Pick<
  IncidentRow,
  'id' | 'number' | 'title' | 'impact' | 'severity' | 'status' | 'components' | 'declaredAt' | 'resolvedAt' | 'nextUpdateDueAt'
> & {
  updates: Pick<StatusUpdateRow, 'id' | 'incidentStatus' | 'text' | 'nextUpdateAt' | 'createdAt'>[]
}

/** For everybody: incidents and what was published about them. Nothing of customers or teammates. */
export async function listPublicIncidents(db: Db, limit: number): Promise<PublicIncident[]> {
  const incidents = await db
    .selectFrom('incidents')
    .select(['id', 'number', 'title', 'impact', 'severity', 'status', 'components', 'declaredAt', 'resolvedAt', 'nextUpdateDueAt'])
    .orderBy(sql`resolved_at is not null`)
    .orderBy('declaredAt', 'desc')
    .limit(limit)
    .execute()
  if (!incidents.length) return []
  const updates = await db
    .selectFrom('statusUpdates')
    .select(['id', 'incidentId', 'incidentStatus', 'text', 'nextUpdateAt', 'createdAt'])
    .where(
      'incidentId',
      'in',
      incidents.map(i => i.id),
    )
    .orderBy('createdAt', 'desc')
    .execute()
  return incidents.map(incident => ({
    ...incident,
    updates: updates.filter(u => u.incidentId === incident.id).map(({ incidentId: _, ...update }) => update),
  }))
}
