// Mentions: every utterance on a platform that reached us or that we made there, each once.
import type { ColumnType, Generated, JSONColumnType, RawBuilder, Selectable } from 'kysely'
import { sql } from 'kysely'
import type { Attachment, Category, Direction, Id, Platform, Verdict, Visibility } from '../domain.ts'
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
  /** Null: no delivery said anything of them. */
  attachments: ColumnType<readonly Attachment[] | null, string | null, string | null>
  /** The words without names, links and case, hashed: the same key is the same text. Null when too short to mean anything. */
  textKey: string | null
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
  attachments: readonly Attachment[] | null
  textKey: string | null
  url: string | null
  addressesUs: boolean
  facts: Record<string, string | number | boolean | null>
  postedAt: Date
  receivedAt: Date
  version: number
  isEdit: boolean
  removedAt: Date | null
  unreadableBecause: string | null
  deliveryIds: Id[]
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
  attachments: readonly Attachment[] | null
  version: number
  removedAt: Date | null
  change: 'new' | 'edited' | 'removed' | 'none'
}

/**
 * Locks those of these mentions that are stored already, after their accounts: workers that store for one account take turns, so none
 * meets a mention the other has not committed yet. Call it before anything else of the batch is locked: triage locks mentions, then
 * customers, then tickets, and whoever takes them in another order waits crosswise.
 */
export async function lockKnownMentions(
  tx: Db,
  mentions: readonly Pick<NewMention, 'accountId' | 'visibility' | 'externalId'>[],
): Promise<Map<Id, KnownMention>> {
  if (!mentions.length) return new Map()
  const accountIds = [...new Set(mentions.map(m => m.accountId))]
  await sql`select id from accounts where id = any(${accountIds}::uuid[]) order by id for no key update`.execute(tx)
  const keys = JSON.stringify(mentions.map(m => ({ account_id: m.accountId, visibility: m.visibility, external_id: m.externalId })))
  const known = await sql<KnownMention>`
    select m.id, m.direction, m.text, m.attachments, m.version, m.removed_at
    from mentions m join jsonb_to_recordset(${keys}::jsonb) as g(account_id uuid, visibility text, external_id text) using (account_id, visibility, external_id)
    order by m.account_id, m.visibility, m.external_id for update of m`.execute(tx)
  return new Map(known.rows.map(row => [row.id, row]))
}

/** In which ways something of this id was written, as far as it is known. */
export async function findVisibilities(tx: Db, accountId: Id, externalId: string): Promise<Visibility[]> {
  const rows = await tx
    .selectFrom('mentions')
    .select('visibility')
    .where('accountId', '=', accountId)
    // Both, so that the unique key serves.
    .where('visibility', 'in', ['public', 'private'])
    .where('externalId', '=', externalId)
    .execute()
  return rows.map(row => row.visibility)
}

/**
 * Stores mentions, edits and removals in one `insert … on conflict`, whatever order they arrive in and however often:
 * a larger version replaces text, a smaller never does; a removal stays a removal. Give each (account, visibility, externalId) once,
 * and what `lockKnownMentions` answered for them.
 */
export async function upsertMentions(
  tx: Db,
  mentions: readonly NewMention[],
  before: ReadonlyMap<Id, KnownMention>,
  now: Date,
): Promise<Stored[]> {
  if (!mentions.length) return []
  const rows = JSON.stringify(mentions.map(toRow))
  const stored = await sql<Omit<Stored, 'change'>>`
    insert into mentions as m (id, account_id, platform, visibility, direction, external_id, reply_to_external_id, thread_key, parent_external_id, customer_id,
      text, attachments, text_key, url, addresses_us, facts, posted_at, received_at, version, edited_at, removed_at, unreadable_because, delivery_ids, is_backfilled, is_demo, state)
    select id, account_id, platform, visibility, direction, external_id, reply_to_external_id, thread_key, parent_external_id, customer_id,
      text, attachments, text_key, url, addresses_us, facts, posted_at, received_at, version, edited_at, removed_at, unreadable_because, delivery_ids, is_backfilled, is_demo, state
    from jsonb_to_recordset(${rows}::jsonb) as t(
      id uuid, account_id uuid, platform text, visibility text, direction text, external_id text, reply_to_external_id text, thread_key text,
      parent_external_id text, customer_id uuid, text text, attachments jsonb, text_key text, url text, addresses_us boolean, facts jsonb, posted_at timestamptz, received_at timestamptz,
      version bigint, edited_at timestamptz, removed_at timestamptz, unreadable_because text, delivery_ids uuid[], is_backfilled boolean, is_demo boolean, state text)
    order by account_id, visibility, external_id
    on conflict (account_id, visibility, external_id) do update set
      -- What was kept as another's context turns out to be said to us, or found by a watch term: it is judged like any other.
      direction = case when m.direction = 'context' and excluded.removed_at is null then excluded.direction else m.direction end,
      state = case when m.direction = 'context' and m.removed_at is null and excluded.removed_at is null then excluded.state else m.state end,
      removed_at = coalesce(m.removed_at, excluded.removed_at),
      text = case when m.removed_at is not null or excluded.removed_at is not null then ''
                  when excluded.version > m.version then excluded.text else m.text end,
      text_key = case when m.removed_at is not null or excluded.removed_at is not null then null
                      when excluded.version > m.version then excluded.text_key else m.text_key end,
      attachments = case when m.removed_at is not null or excluded.removed_at is not null then null
                         when excluded.version > m.version then coalesce(excluded.attachments, m.attachments)
                         when m.attachments is null then excluded.attachments
                         when excluded.version = m.version and ${lacksAddress('m')} and not ${lacksAddress('excluded')} then excluded.attachments
                         else m.attachments end,
      edited_at = case when m.removed_at is null and excluded.removed_at is null and excluded.version > m.version
                            and (excluded.text <> m.text or (excluded.edited_at is not null and excluded.attachments is not null and (${shownIn('excluded')}) <> (${shownIn('m')})))
                       then excluded.received_at else m.edited_at end,
      reply_to_external_id = case when excluded.version >= m.version then coalesce(excluded.reply_to_external_id, m.reply_to_external_id) else m.reply_to_external_id end,
      version = greatest(m.version, excluded.version),
      customer_id = coalesce(m.customer_id, excluded.customer_id),
      parent_external_id = coalesce(m.parent_external_id, excluded.parent_external_id),
      thread_key = case when m.customer_id is null and m.direction = 'inbound' and excluded.removed_at is null then excluded.thread_key else m.thread_key end,
      posted_at = case when m.customer_id is null and m.direction = 'inbound' and excluded.removed_at is null then excluded.posted_at else m.posted_at end,
      url = coalesce(m.url, excluded.url),
      addresses_us = m.addresses_us or excluded.addresses_us,
      facts = m.facts || excluded.facts,
      delivery_ids = (select array_agg(distinct d) from unnest(m.delivery_ids || excluded.delivery_ids) d)
    returning m.id, m.account_id, m.visibility, m.external_id, m.direction, m.thread_key, m.ticket_id, m.text, m.attachments, m.version, m.removed_at`.execute(
    tx,
  )
  const keyOf = (m: Pick<NewMention, 'accountId' | 'visibility' | 'externalId'>) => `${m.accountId} ${m.visibility} ${m.externalId}`
  const edits = new Set(mentions.filter(m => m.isEdit).map(keyOf))
  const result = stored.rows.map(row => ({ ...row, change: changeOf(row, before.get(row.id), edits.has(keyOf(row))) }))
  await keepVersions(
    tx,
    result.flatMap(row => (row.change === 'edited' ? [before.get(row.id)!] : [])),
    now,
  )
  return result
}

export interface KnownMention {
  id: Id
  direction: Direction
  text: string
  attachments: readonly Attachment[] | null
  version: number
  removedAt: Date | null
}

function changeOf(row: Omit<Stored, 'change'>, before: KnownMention | undefined, isEdit: boolean): Stored['change'] {
  if (!before || (before.direction === 'context' && row.direction !== 'context')) return 'new'
  if (row.removedAt && !before.removedAt) return 'removed'
  return row.text !== before.text || (isEdit && showsOther(row, before)) ? 'edited' : 'none'
}

/** By kind and description, not by address, which some platforms sign anew each time they are asked. */
function showsOther(row: Omit<Stored, 'change'>, before: KnownMention): boolean {
  if (!row.attachments || row.version <= before.version) return false
  const shown = (attachments: readonly Attachment[]) => JSON.stringify(attachments.map(({ kind, alt }) => [kind, alt]))
  return shown(row.attachments) !== shown(before.attachments ?? [])
}
/** A push may know only that there is something; whoever knows where it stands completes it. */
const lacksAddress = (table: 'm' | 'excluded') =>
  sql`coalesce(jsonb_path_exists(${sql.ref(`${table}.attachments`)}, '$[*] ? (@.url == null)'), true)`
/** What an edit would change to be seen, in SQL. */
const shownIn = (table: 'm' | 'excluded') => {
  const each = (key: string) => sql`jsonb_path_query_array(coalesce(${sql.ref(`${table}.attachments`)}, '[]'), ${sql.lit(`$[*].${key}`)})`
  return sql`${each('kind')} || ${each('alt')}`
}

async function keepVersions(tx: Db, replaced: readonly KnownMention[], now: Date) {
  if (!replaced.length) return
  await tx
    .insertInto('mentionVersions')
    .values(replaced.map(row => ({ mentionId: row.id, version: row.version, text: row.text, replacedAt: now })))
    .onConflict(c => c.doNothing())
    .execute()
}

function toRow(m: NewMention) {
  const gone = m.removedAt !== null
  return {
    id: m.id,
    account_id: m.accountId,
    platform: m.platform,
    visibility: m.visibility,
    direction: m.direction,
    external_id: m.externalId,
    reply_to_external_id: m.replyToExternalId,
    thread_key: m.threadKey,
    parent_external_id: m.parentExternalId,
    customer_id: m.customerId,
    text: gone ? '' : m.text,
    attachments: gone ? null : m.attachments,
    text_key: gone ? null : m.textKey,
    url: m.url,
    addresses_us: m.addressesUs,
    facts: m.facts,
    posted_at: m.postedAt,
    received_at: m.receivedAt,
    version: m.version,
    edited_at: m.isEdit ? m.receivedAt : null,
    removed_at: m.removedAt,
    unreadable_because: m.unreadableBecause,
    delivery_ids: m.deliveryIds,
    is_backfilled: m.isBackfilled,
    is_demo: m.isDemo,
    // Our own words, context and tombstones need no judging.
    state: m.direction === 'inbound' && !gone ? 'waiting' : 'triaged',
  }
}

/** A deleted mention's words go everywhere: its versions, the sealed deliveries that carried it, and the reasons that quoted it. */
export async function eraseMentions(tx: Db, ids: readonly Id[], now: Date) {
  await sql`delete from mention_versions where mention_id = any(${ids}::uuid[])`.execute(tx)
  await sql`
    update deliveries set body = null, erased_at = ${now}
    where status = 'read' and body is not null and id in (select unnest(delivery_ids) from mentions where id = any(${ids}::uuid[]))`.execute(
    tx,
  )
  await sql`
    update mentions set verdict = verdict || '{"reasons": [], "wouldChange": null}'
    where id = any(${ids}::uuid[]) and verdict is not null`.execute(tx)
}

/** Locks up to `limit` mentions nobody has judged, oldest first, for this transaction alone. */
export function claimMentions(tx: Db, limit: number) {
  return tx.selectFrom('mentions').selectAll().where('state', '=', 'waiting').orderBy('id').limit(limit).forUpdate().skipLocked().execute()
}

/** Only those named: others were not looked at yet. */
export function claimNamed(tx: Db, ids: readonly Id[]) {
  return tx
    .selectFrom('mentions')
    .selectAll()
    .where('state', '=', 'waiting')
    .where('id', 'in', ids)
    .orderBy('id')
    .forUpdate()
    .skipLocked()
    .execute()
}
/** The next to be judged, without holding them. */
export function listWaiting(db: Db, limit: number) {
  return db.selectFrom('mentions').selectAll().where('state', '=', 'waiting').orderBy('id').limit(limit).execute()
}

/** The one named, if it still waits and nobody holds it. */
export function claimMention(tx: Db, id: Id) {
  return tx.selectFrom('mentions').selectAll().where('id', '=', id).where('state', '=', 'waiting').forUpdate().skipLocked().execute()
}

/** New words, or a fixed judge: back to be judged. */
export async function judgeAgain(tx: Db, ids: readonly Id[]) {
  if (ids.length) await sql`update mentions set state = 'waiting' where removed_at is null and id = any(${ids}::uuid[])`.execute(tx)
}

/** Writes the verdicts and where each mention went, in one statement. */
export async function markTriaged(tx: Db, filed: readonly { id: Id; ticketId: Id | null; verdict: Verdict }[], at: Date) {
  if (!filed.length) return
  const rows = filed.map(f => ({
    id: f.id,
    ticket_id: f.ticketId,
    category: f.verdict.category,
    language: f.verdict.language,
    needs_review: f.verdict.needsReview,
    verdict: f.verdict,
  }))
  await sql`
    update mentions m set state = 'triaged', triaged_at = ${at}, problem = null, ticket_id = t.ticket_id, category = t.category,
      language = t.language, needs_review = t.needs_review, verdict = t.verdict
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as t(id uuid, ticket_id uuid, category text, language text, needs_review boolean, verdict jsonb)
    where m.id = t.id`.execute(tx)
}

/** A mention that spoils its batch is set aside alone, and shown. */
export async function setAside(db: Db, id: Id, problem: string) {
  await db
    .updateTable('mentions')
    .set(eb => ({ state: 'set_aside', problem, attempts: eb('attempts', '+', 1) }))
    .where('id', '=', id)
    .execute()
}

/** For a person's decision on one card. */
export const lockMention = (tx: Db, id: Id) => tx.selectFrom('mentions').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

/** A person opened it: the list it leaves goes by the corrected category, the verdict stays as it was decided. */
export async function fileByHand(tx: Db, id: Id, filed: { category: Category; verdict: Verdict; isProactive: boolean; ticketId: Id }) {
  await tx
    .updateTable('mentions')
    .set({ category: filed.category, needsReview: false, verdict: JSON.stringify(filed.verdict) })
    .where('id', '=', id)
    .execute()
  if (filed.isProactive)
    await tx
      .updateTable('tickets')
      .set({ isProactive: true, waitingSince: null, responseDueAt: null })
      .where('id', '=', filed.ticketId)
      .execute()
}

export async function markDismissed(tx: Db, id: Id, category: Category) {
  await tx.updateTable('mentions').set({ category, needsReview: false }).where('id', '=', id).where('ticketId', 'is', null).execute()
}

/** A card as it stood before a person corrected it. */
export async function restoreCard(tx: Db, id: Id, { category, needsReview }: { category: Category; needsReview: boolean }) {
  await tx.updateTable('mentions').set({ category, needsReview }).where('id', '=', id).where('ticketId', 'is', null).execute()
}

/** The ticket of the mention that these words of ours answer; in private, of the newest one before them. */
export async function ticketAnsweredBy(
  tx: Db,
  own: { accountId: Id; visibility: Visibility; threadKey: string; parentExternalId: string | null; text: string },
): Promise<Id | null> {
  const perhapsEcho = isPerhapsEcho(sql`${own.accountId}`, sql`${own.visibility}`, sql`${own.threadKey}`, sql`${own.text}`)
  const result = await sql<{ ticketId: Id }>`
    select ticket_id from mentions m where account_id = ${own.accountId} and thread_key = ${own.threadKey} and ticket_id is not null and direction = 'inbound'
      and (${own.visibility} = 'private' or ${own.parentExternalId} in (external_id, reply_to_external_id)) and not ${perhapsEcho}
    order by posted_at desc limit 1`.execute(tx)
  return result.rows[0]?.ticketId ?? null
}

/** Words of ours that answer a mention of these tickets and belong to none yet, oldest first. Orphans are found first: few, where a ticket's mentions times its thread's can be millions. */
export async function listOrphanAnswers(tx: Db, ticketIds: readonly Id[]): Promise<{ id: Id; postedAt: Date; answersTicketId: Id }[]> {
  if (!ticketIds.length) return []
  const perhapsEcho = isPerhapsEcho(sql`o.account_id`, sql`o.visibility`, sql`o.thread_key`, sql`o.text`)
  const result = await sql<{ id: Id; postedAt: Date; answersTicketId: Id }>`
    with threads as materialized (select distinct account_id, thread_key from mentions where ticket_id = any(${ticketIds}::uuid[]) and direction = 'inbound'),
      orphans as materialized (select o.* from threads join mentions o using (account_id, thread_key)
        where o.direction = 'outbound' and o.ticket_id is null and o.reply_id is null and o.removed_at is null and not ${perhapsEcho})
    select distinct on (o.posted_at, o.id) o.id, o.posted_at, m.ticket_id as answers_ticket_id
    from orphans o join mentions m on m.account_id = o.account_id and m.thread_key = o.thread_key
      and ((o.visibility = 'private' and o.posted_at >= m.posted_at) or o.parent_external_id in (m.external_id, m.reply_to_external_id))
    where m.ticket_id = any(${ticketIds}::uuid[]) and m.direction = 'inbound' order by o.posted_at, o.id`.execute(tx)
  return result.rows
}

/** Words that a reply of ours may have said there, whose end is not known yet, are nobody's answer from the native app. */
const isPerhapsEcho = (
  accountId: RawBuilder<unknown>,
  visibility: RawBuilder<unknown>,
  threadKey: RawBuilder<unknown>,
  text: RawBuilder<unknown>,
) =>
  sql<boolean>`exists (select from replies r join mentions a on a.id = r.answers_id where r.account_id = ${accountId} and r.status in ('sending', 'unsure')
    and r.external_id is null and r.visibility = ${visibility} and r.text = ${text} and a.thread_key = ${threadKey})`

/** The echo that came before its reply's id was known: from now on it stands with it, and is no answer from the native app. */
export async function markEchoOf(
  db: Db,
  reply: { id: Id; accountId: Id; ticketId: Id | null; visibility: Visibility },
  externalId: string,
) {
  await db
    .updateTable('mentions')
    .set({ ticketId: reply.ticketId, replyId: reply.id })
    .where('accountId', '=', reply.accountId)
    .where('visibility', '=', reply.visibility)
    .where('externalId', '=', externalId)
    .where('direction', '=', 'outbound')
    .where('replyId', 'is', null)
    .execute()
}

export async function markOwnWords(tx: Db, id: Id, belongs: { ticketId: Id | null; replyId: Id | null }) {
  await tx.updateTable('mentions').set(belongs).where('id', '=', id).execute()
}

export const findMention = (db: Db, id: Id) => db.selectFrom('mentions').selectAll().where('id', '=', id).executeTakeFirst()
export const getMention = (db: Db, id: Id) => db.selectFrom('mentions').selectAll().where('id', '=', id).executeTakeFirstOrThrow()

export async function countWaitingMentions(db: Db): Promise<number> {
  const row = await db
    .selectFrom('mentions')
    .select(eb => eb.fn.countAll<number>().as('n'))
    .where('state', '=', 'waiting')
    .executeTakeFirstOrThrow()
  return Number(row.n)
}
