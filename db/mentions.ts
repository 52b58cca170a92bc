// Mentions: every utterance on a platform that reached us or that we made there, each once.
import type { ColumnType, Generated, JSONColumnType, Selectable } from 'kysely'
import { sql } from 'kysely'
import type { Category, Direction, Id, Platform, Verdict, Visibility } from '../domain.ts'
import type { Db } from './schema.ts'

export interface MentionsTable {
  id: Id
  accountId: Id
  platform: Platform
  visibility: Visibility
  direction: Direction
  externalId: string
  /** What to answer over there when it is not externalId (X: the newest edit). */
  replyToExternalId: string | null
  threadKey: string
  parentExternalId: string | null
  /** Null for our own words, and for a removal that arrived before its mention. */
  customerId: Id | null
  text: string
  language: string | null
  url: string | null
  addressesUs: Generated<boolean>
  facts: JSONColumnType<Record<string, string | number | boolean | null>>
  postedAt: Date
  receivedAt: Date
  version: Generated<number>
  editedAt: Date | null
  removedAt: Date | null
  /** An encrypted message: why we cannot show it. */
  unreadableBecause: string | null
  deliveryIds: Generated<Id[]>
  isBackfilled: Generated<boolean>
  isDemo: Generated<boolean>
  state: Generated<'waiting' | 'triaged' | 'set_aside'>
  attempts: Generated<number>
  problem: string | null
  triagedAt: Date | null
  category: Category | null
  needsReview: Generated<boolean>
  verdict: ColumnType<Verdict | null, string | null, string | null>
  ticketId: Id | null
  /** Our reply that this is the echo of. */
  replyId: Id | null
}
export interface MentionVersionsTable {
  mentionId: Id
  version: number
  text: string
  replacedAt: Date
}
export type MentionRow = Selectable<MentionsTable>

/** One row for the upsert; `removedAt` set means: the platform says it is gone. */
export interface NewMention {
  id: Id
  accountId: Id
  platform: Platform
  visibility: Visibility
  direction: Direction
  externalId: string
  replyToExternalId: string | null
  threadKey: string
  parentExternalId: string | null
  customerId: Id | null
  text: string
  url: string | null
  addressesUs: boolean
  facts: Record<string, string | number | boolean | null>
  postedAt: Date
  receivedAt: Date
  version: number
  isEdit: boolean
  removedAt: Date | null
  unreadableBecause: string | null
  deliveryId: Id
  isBackfilled: boolean
  isDemo: boolean
}
/** What the upsert did with a row: exactly one of these is news. */
export interface Stored {
  id: Id
  accountId: Id
  visibility: Visibility
  externalId: string
  direction: Direction
  threadKey: string
  ticketId: Id | null
  text: string
  change: 'new' | 'edited' | 'removed' | 'none'
}

/**
 * Stores mentions, edits and removals in one `insert … on conflict`, whatever order they arrive in and however often:
 * a larger version replaces text, a smaller never does; a removal stays a removal. Give each (account, visibility, externalId) once.
 */
export async function upsertMentions(tx: Db, mentions: readonly NewMention[], now: Date): Promise<Stored[]> {
  if (!mentions.length) return []
  const rows = JSON.stringify(mentions.map(toRow))
  // Old words are kept as a version before they are replaced, and the rows are locked in key order on the way.
  const result = await sql<Stored>`
    with given as (
      select * from jsonb_to_recordset(${rows}::jsonb) as t(
        id uuid, account_id uuid, platform text, visibility text, direction text, external_id text, reply_to_external_id text, thread_key text,
        parent_external_id text, customer_id uuid, text text, url text, addresses_us boolean, facts jsonb, posted_at timestamptz, received_at timestamptz,
        version bigint, edited_at timestamptz, removed_at timestamptz, unreadable_because text, delivery_ids uuid[], is_backfilled boolean, is_demo boolean, state text)
    ), before as (
      select m.id, m.account_id, m.visibility, m.external_id, m.version, m.text, m.removed_at, m.customer_id
      from mentions m join given g using (account_id, visibility, external_id)
      order by m.account_id, m.visibility, m.external_id for update of m
    ), kept as (
      insert into mention_versions (mention_id, version, text, replaced_at)
      select b.id, b.version, b.text, ${now} from before b join given g using (account_id, visibility, external_id)
      where b.removed_at is null and g.removed_at is null and g.version > b.version and g.text <> b.text
      on conflict do nothing
    ), stored as (
      insert into mentions as m (id, account_id, platform, visibility, direction, external_id, reply_to_external_id, thread_key, parent_external_id, customer_id,
        text, url, addresses_us, facts, posted_at, received_at, version, edited_at, removed_at, unreadable_because, delivery_ids, is_backfilled, is_demo, state)
      select id, account_id, platform, visibility, direction, external_id, reply_to_external_id, thread_key, parent_external_id, customer_id,
        text, url, addresses_us, facts, posted_at, received_at, version, edited_at, removed_at, unreadable_because, delivery_ids, is_backfilled, is_demo, state
      from given order by account_id, visibility, external_id
      on conflict (account_id, visibility, external_id) do update set
        removed_at = coalesce(m.removed_at, excluded.removed_at),
        text = case when m.removed_at is not null or excluded.removed_at is not null then ''
                    when excluded.version > m.version then excluded.text else m.text end,
        edited_at = case when m.removed_at is null and excluded.removed_at is null and excluded.version > m.version and excluded.text <> m.text then excluded.received_at else m.edited_at end,
        reply_to_external_id = case when excluded.version >= m.version then coalesce(excluded.reply_to_external_id, m.reply_to_external_id) else m.reply_to_external_id end,
        version = greatest(m.version, excluded.version),
        customer_id = coalesce(m.customer_id, excluded.customer_id),
        parent_external_id = coalesce(m.parent_external_id, excluded.parent_external_id),
        thread_key = case when m.customer_id is null and m.direction = 'inbound' and excluded.removed_at is null then excluded.thread_key else m.thread_key end,
        posted_at = case when m.customer_id is null and m.direction = 'inbound' and excluded.removed_at is null then excluded.posted_at else m.posted_at end,
        url = coalesce(m.url, excluded.url),
        addresses_us = m.addresses_us or excluded.addresses_us,
        facts = m.facts || excluded.facts,
        delivery_ids = case when excluded.delivery_ids[1] = any(m.delivery_ids) then m.delivery_ids else m.delivery_ids || excluded.delivery_ids end
      returning m.*
    )
    select s.id, s.account_id, s.visibility, s.external_id, s.direction, s.thread_key, s.ticket_id, s.text,
      case when b.id is null then 'new'
           when s.removed_at is not null and b.removed_at is null then 'removed'
           when s.text <> b.text then 'edited' else 'none' end as change
    from stored s left join before b on b.id = s.id`.execute(tx)
  return result.rows
}

function toRow(m: NewMention) {
  const gone = m.removedAt !== null
  return {
    id: m.id, account_id: m.accountId, platform: m.platform, visibility: m.visibility, direction: m.direction, external_id: m.externalId,
    reply_to_external_id: m.replyToExternalId, thread_key: m.threadKey, parent_external_id: m.parentExternalId, customer_id: m.customerId,
    text: gone ? '' : m.text, url: m.url, addresses_us: m.addressesUs, facts: m.facts, posted_at: m.postedAt, received_at: m.receivedAt,
    version: m.version, edited_at: m.isEdit ? m.receivedAt : null, removed_at: m.removedAt, unreadable_because: m.unreadableBecause,
    delivery_ids: [m.deliveryId], is_backfilled: m.isBackfilled, is_demo: m.isDemo,
    // Our own words and tombstones need no judging.
    state: m.direction === 'inbound' && !gone ? 'waiting' : 'triaged',
  }
}

/** A deleted mention's words go everywhere: its versions, the sealed deliveries that carried it, and the reasons that quoted it. */
export async function eraseMentions(tx: Db, ids: readonly Id[], now: Date) {
  await sql`delete from mention_versions where mention_id = any(${ids}::uuid[])`.execute(tx)
  await sql`
    update deliveries set body = null, erased_at = ${now}
    where status = 'read' and body is not null and id in (select unnest(delivery_ids) from mentions where id = any(${ids}::uuid[]))`.execute(tx)
  await sql`
    update mentions set text = '', url = null, verdict = verdict - 'wouldChange' || jsonb_build_object('reasons',
      (select coalesce(jsonb_agg(r - 'because' || '{"because": "(deleted by the customer)"}'), '[]') from jsonb_array_elements(verdict -> 'reasons') r))
    where id = any(${ids}::uuid[]) and verdict is not null`.execute(tx)
}

/** Locks up to `limit` mentions nobody has judged, oldest first, for this transaction alone. */
export function claimMentions(tx: Db, limit: number) {
  return tx
    .selectFrom('mentions')
    .selectAll()
    .where('state', '=', 'waiting')
    .orderBy('id')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute()
}

/** Writes the verdicts and where each mention went, in one statement. */
export async function markTriaged(tx: Db, filed: readonly { id: Id; ticketId: Id | null; verdict: Verdict }[], at: Date) {
  if (!filed.length) return
  const rows = filed.map(f => ({ id: f.id, ticket_id: f.ticketId, category: f.verdict.category, language: f.verdict.language, needs_review: f.verdict.needsReview, verdict: f.verdict }))
  await sql`
    update mentions m set state = 'triaged', triaged_at = ${at}, problem = null, ticket_id = t.ticket_id, category = t.category,
      language = t.language, needs_review = t.needs_review, verdict = t.verdict
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as t(id uuid, ticket_id uuid, category text, language text, needs_review boolean, verdict jsonb)
    where m.id = t.id`.execute(tx)
}

/** A mention that spoils its batch is set aside alone, and shown. */
export async function setAside(db: Db, id: Id, problem: string) {
  await db.updateTable('mentions').set(eb => ({ state: 'set_aside', problem, attempts: eb('attempts', '+', 1) })).where('id', '=', id).execute()
}

export const getMention = (db: Db, id: Id) => db.selectFrom('mentions').selectAll().where('id', '=', id).executeTakeFirstOrThrow()

export async function countWaitingMentions(db: Db): Promise<number> {
  const row = await db.selectFrom('mentions').select(eb => eb.fn.countAll<number>().as('n')).where('state', '=', 'waiting').executeTakeFirstOrThrow()
  return Number(row.n)
}
