// What the dashboard is counted from: turns, backlog, volume and tickets behind a number, over one period.
import { sql } from 'kysely'
import type { Category, Id, Platform, TicketStatus } from '../domain.ts'
import type { Db } from './schema.ts'

/** What a report covers, [start, asOf): the period, or as much of it as is over. */
interface Span {
  start: Date
  asOf: Date
}
type ZonedSpan = Span & { zone: string }

/** One stretch in which a customer waited for our answer: what every response number is counted from. */
export interface Turn {
  ticketId: string
  /** postedAt of the oldest customer mention nobody had answered. */
  startedAt: Date | null
  dueAt: Date | null
  /** When the platform accepted the answer that ended it. */
  answeredAt: Date | null
  /** Ended without an answer (solved so). */
  droppedAt: Date | null
  isFirst: boolean
  teammateId: string | null
  /** Why it counts nowhere, if it does not. */
  excluded: Exclusion | null
}
export type Exclusion = 'spam' | 'backfilled' | 'proactive' | 'incident' | 'noClock'

/** Linked to an incident when the period ends (not: now), so that a closed period never changes. */
const linkedAt = (asOf: Date) => sql`
  linked as (
    select ticket_id from (
      select distinct on (ticket_id) ticket_id, kind from ticket_events
      where kind in ('linked', 'unlinked') and at < ${asOf} order by ticket_id, at desc, id desc) newest
    where kind = 'linked')`

/**
 * Every turn that may be decided or answered inside the period: answered, still waiting, or solved without an answer.
 * What can only be decided before `start` is left out: min(answer, limit) is never later than the answer.
 */
export async function listTurns(db: Db, span: Span): Promise<Turn[]> {
  const result = await sql<Packed>`
    with ${linkedAt(span.asOf)}, covered as (
      select distinct on (ticket_id) ticket_id, (before->>'responseDueAt')::timestamptz as due_at
      from ticket_events where kind = 'linked' order by ticket_id, id desc
    ), turns as (
      select e.ticket_id, e.turn_started_at as started_at, e.turn_due_at as due_at, e.at as answered_at, null::timestamptz as dropped_at,
        e.is_first_response as is_first, e.teammate_id
      from ticket_events e left join replies r on r.id = e.reply_id
      where e.kind = 'answered' and e.at >= ${span.start} and least(e.at, e.turn_due_at, e.turn_started_at + interval '60 minutes') < ${span.asOf}
        and coalesce(r.role, 'answer') in ('answer', 'handoff')
      union all
      select e.ticket_id, (e.before->>'waitingSince')::timestamptz, (e.before->>'responseDueAt')::timestamptz, null, e.at,
        not exists (select from ticket_events f where f.ticket_id = e.ticket_id and f.is_first_response and f.at <= e.at), null
      from ticket_events e
      where e.kind = 'solved' and e.at >= ${span.start} and (e.before->>'waitingSince')::timestamptz < ${span.asOf}
      union all
      select t.id, t.waiting_since, coalesce(t.response_due_at, case when t.incident_id is not null then c.due_at end), null, null, t.first_responded_at is null, null
      from tickets t left join covered c on c.ticket_id = t.id
      where t.status not in ('solved', 'closed') and t.waiting_since < ${span.asOf}
    )
    select json_agg(json_build_array(u.ticket_id, ${ms('u.started_at')}, ${ms('u.due_at')}, ${ms('u.answered_at')}, ${ms('u.dropped_at')}, u.is_first, u.teammate_id, case
        when t.is_spam then 'spam'
        when t.is_backfilled then 'backfilled'
        when t.is_proactive and u.is_first then 'proactive'
        when l.ticket_id is not null then 'incident'
        when u.started_at is null then 'noClock' end))::text as rows
    from turns u join tickets t on t.id = u.ticket_id left join linked l on l.ticket_id = u.ticket_id`.execute(db)
  return unpack<[Id, number | null, number | null, number | null, number | null, boolean, Id | null, Exclusion | null]>(result.rows).map(
    ([ticketId, startedAt, dueAt, answeredAt, droppedAt, isFirst, teammateId, excluded]) => ({
      ticketId,
      startedAt: date(startedAt),
      dueAt: date(dueAt),
      answeredAt: date(answeredAt),
      droppedAt: date(droppedAt),
      isFirst,
      teammateId,
      excluded,
    }),
  )
}

/** A month may be 100 000 rows: as one JSON text they are read several times faster than row by row. */
interface Packed {
  rows: string | null
}
const unpack = <Row>(packed: readonly Packed[]) => JSON.parse(packed[0]?.rows ?? '[]') as Row[]
const ms = (column: string) => sql`round(extract(epoch from ${sql.raw(column)}) * 1000)::bigint`
const date = (at: number | null) => (at === null ? null : new Date(at))

export interface WaitingNow {
  ticketId: Id
  number: number
  waitingSince: Date
  dueAt: Date | null
  isAssigned: boolean
}

/** Customers who wait for us this minute, longest first. What an incident's public update answers is not here. */
export async function listWaitingNow(db: Db): Promise<WaitingNow[]> {
  const result = await sql<Packed>`
    select json_agg(json_build_array(id, number, ${ms('waiting_since')}, ${ms('response_due_at')}, assignee_id is not null) order by waiting_since, id)::text as rows from tickets
    where status not in ('solved', 'closed') and waiting_since is not null and not is_spam and not is_backfilled and not is_held`.execute(
    db,
  )
  return unpack<[Id, number, number, number | null, boolean]>(result.rows).map(([ticketId, number, since, dueAt, isAssigned]) => ({
    ticketId,
    number,
    waitingSince: new Date(since),
    dueAt: date(dueAt),
    isAssigned,
  }))
}

export interface Unresolved {
  ticketId: Id
  startedAt: Date
  isLinked: boolean
}

/** Unresolved at the instant `asOf`, snoozed and on hold included, rebuilt from the events when that is in the past. */
export async function listUnresolved(db: Db, asOf: Date): Promise<Unresolved[]> {
  const result = await sql<Packed>`
    with ${linkedAt(asOf)}, later as (
      select distinct on (ticket_id) ticket_id, kind from ticket_events where kind in ('solved', 'reopened') and at >= ${asOf} order by ticket_id, at, id
    )
    select json_agg(json_build_array(t.id, ${ms('t.started_at')}, l.ticket_id is not null) order by t.started_at, t.id)::text as rows
    from tickets t left join later e on e.ticket_id = t.id left join linked l on l.ticket_id = t.id
    where t.started_at < ${asOf} and not t.is_spam and not t.is_backfilled
      and ((e.kind is null and t.status not in ('solved', 'closed')) or e.kind = 'solved')`.execute(db)
  return unpack<[Id, number, boolean]>(result.rows).map(([ticketId, startedAt, isLinked]) => ({
    ticketId,
    startedAt: new Date(startedAt),
    isLinked,
  }))
}

export interface TierOneTicket {
  ticketId: Id
  answeredAt: Date | null
  excluded: Exclusion | null
}

/** Tickets of these categories whose customer first wrote in the period, and when we first answered. */
export async function listTicketsStarted(db: Db, span: Span, categories: readonly Category[]): Promise<TierOneTicket[]> {
  const result = await sql<Packed>`
    with ${linkedAt(span.asOf)}, answered as (
      select e.ticket_id, min(e.at) as at from ticket_events e left join replies r on r.id = e.reply_id
      where e.kind = 'answered' and e.at >= ${span.start} and e.at < ${span.asOf} and coalesce(r.role, 'answer') in ('answer', 'handoff') group by 1
    )
    select json_agg(json_build_array(t.id, ${ms('a.at')},
      case when t.is_spam then 'spam' when t.is_backfilled then 'backfilled' when l.ticket_id is not null then 'incident' end) order by t.started_at, t.id)::text as rows
    from tickets t left join answered a on a.ticket_id = t.id left join linked l on l.ticket_id = t.id
    where t.started_at >= ${span.start} and t.started_at < ${span.asOf} and t.category = any(${categories}::text[])`.execute(db)
  return unpack<[Id, number | null, Exclusion | null]>(result.rows).map(([ticketId, answeredAt, excluded]) => ({
    ticketId,
    answeredAt: date(answeredAt),
    excluded,
  }))
}

export interface HourVolume {
  hour: number
  count: number
}

const counted = (noise: readonly Category[]) =>
  sql`m.direction = 'inbound' and not m.is_backfilled and not coalesce(t.is_spam, false) and not coalesce(m.category = any(${noise}::text[]), false)`

/** Inbound mentions by the hour on the zone's wall clock. Hours without any are missing. */
export async function countByHour(
  db: Db,
  period: ZonedSpan,
  noise: readonly Category[],
): Promise<{ hours: HourVolume[]; excluded: number }> {
  const result = await sql<{ hour: number; count: number; excluded: number }>`
    select extract(hour from m.posted_at at time zone ${period.zone})::int as hour,
      (count(*) filter (where ${counted(noise)}))::int as count,
      (count(*) filter (where m.direction = 'inbound' and not (${counted(noise)})))::int as excluded
    from mentions m left join tickets t on t.id = m.ticket_id
    where m.posted_at >= ${period.start} and m.posted_at < ${period.asOf} group by 1 order by 1`.execute(db)
  return {
    hours: result.rows.map(({ hour, count }) => ({ hour, count })).filter(row => row.count),
    excluded: result.rows.reduce((sum, row) => sum + row.excluded, 0),
  }
}

export interface CountedMention {
  id: Id
  postedAt: Date
  platform: Platform
  author: string
  category: Category | null
  text: string
  number: number | null
}

/** The mentions behind the volume, newest first; `hour` null: of the whole period. */
export async function listCountedMentions(
  db: Db,
  period: ZonedSpan,
  noise: readonly Category[],
  hour: number | null,
  page: { limit: number; offset: number },
): Promise<CountedMention[]> {
  const result = await sql<CountedMention>`
    select m.id, m.posted_at, m.platform, coalesce(c.handle, '') as author, m.category, m.text, t.number
    from mentions m left join tickets t on t.id = m.ticket_id left join customers c on c.id = m.customer_id
    where m.posted_at >= ${period.start} and m.posted_at < ${period.asOf} and ${counted(noise)}
      ${hour === null ? sql`` : sql`and extract(hour from m.posted_at at time zone ${period.zone}) = ${hour}`}
    order by m.posted_at desc, m.id limit ${page.limit} offset ${page.offset}`.execute(db)
  return result.rows
}

export interface TicketBehind {
  id: Id
  number: number
  customer: string
  handle: string
  platform: Platform
  category: Category
  priority: string
  status: TicketStatus
  assignee: string | null
  startedAt: Date
}

export async function listTicketsBehind(db: Db, ids: readonly Id[]): Promise<Map<Id, TicketBehind>> {
  if (!ids.length) return new Map()
  const result = await sql<TicketBehind>`
    select t.id, t.number, c.name as customer, c.handle, t.platform, t.category, t.priority, t.status, a.name as assignee, t.started_at
    from tickets t join customers c on c.id = t.customer_id left join teammates a on a.id = t.assignee_id
    where t.id = any(${ids}::uuid[])`.execute(db)
  return new Map(result.rows.map(row => [row.id, row]))
}

/** Unsolved tickets whose reply was refused, or may or may not have gone out. */
export async function listFailedSends(db: Db): Promise<{ ticketId: Id; startedAt: Date }[]> {
  return db
    .selectFrom('tickets')
    .select(['id as ticketId', 'startedAt'])
    .where('hasFailedReply', '=', true)
    .where('status', 'not in', ['solved', 'closed'])
    .where('isSpam', '=', false)
    .orderBy('startedAt')
    .execute()
}

/** How far behind each account may be: the newest mention seen, and when its platform last answered or knocked. */
export function listLag(db: Db) {
  return db
    .selectFrom('accounts')
    .select(['id', 'platform', 'handle', 'name', 'status', 'newestMentionAt', 'lastDeliveryAt', 'lastPollAt', 'lastError'])
    .where('status', '!=', 'off')
    .orderBy('platform')
    .orderBy('handle')
    .execute()
}
