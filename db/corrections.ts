// Corrections: what people said against triage, append-only; and the layer learnt from them. Words stay with their mention, features here.
import type { ColumnType, Generated, GeneratedAlways, Selectable } from 'kysely'
import { sql } from 'kysely'
import type { Category, Id, Priority, Verdict } from '../domain.ts'
import type { Db } from './schema.ts'

/** `noise_sample`: a lead looked at noise drawn by lot; a look that found nothing wrong is a row like any other. */
export type CorrectionSource = 'ticket' | 'opened' | 'dismissed' | 'similar' | 'noise_sample'
/** What a person said it is; any subset. */
export interface Said {
  category?: Category
  priority?: Priority
  actionable?: boolean
  sentiment?: Verdict['sentimentLabel']
}
/** What triage had said, before this was learnt. */
export interface Predicted extends Required<Pick<Said, 'category' | 'priority' | 'sentiment'>> {
  actionable: number
  confidence: number
  needsReview: boolean
  model: string
}
/** What a ticket or card stood at: where undoing leads back to. */
export interface Stood {
  category: Category | null
  priority?: Priority
  isSpam?: boolean
  needsReview: boolean
}
export interface CorrectionsTable {
  id: GeneratedAlways<number>
  at: Date
  teammateId: Id
  mentionId: Id
  source: CorrectionSource
  /** Corrections made by one act: undone together. */
  batchId: Id
  /** Of the words as they were corrected: the mention may be edited or erased since. */
  textHash: string
  features: Uint8Array
  predicted: ColumnType<Predicted, string, never>
  before: ColumnType<Stood, string, never>
  after: ColumnType<Said, string, never>
  learntAt: Date | null
  undoneAt: Date | null
  undoneById: Id | null
}
export interface LearntLayersTable {
  name: string
  /** The version: the last correction in it, and of how many it is made. */
  lastCorrectionId: number
  corrections: number
  layer: Uint8Array
  /** The scorer whose heads it adds to. */
  model: string
  learntAt: Generated<Date>
}
export type CorrectionRow = Selectable<CorrectionsTable>
export interface NewCorrection {
  at: Date
  teammateId: Id
  mentionId: Id
  source: CorrectionSource
  batchId: Id
  textHash: string
  features: Uint8Array
  predicted: Predicted
  before: Stood
  after: Said
}

export async function insertCorrection(tx: Db, correction: NewCorrection): Promise<number> {
  const { predicted, before, after, ...rest } = correction
  const row = await tx
    .insertInto('corrections')
    .values({
      ...rest,
      predicted: JSON.stringify(predicted),
      before: JSON.stringify(before),
      after: JSON.stringify(after),
      learntAt: null,
      undoneAt: null,
      undoneById: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

/** The mention a ticket's verdict is shown from: the newest that asked for something, else the newest that was judged. */
export async function findCorrectable(tx: Db, ticketId: Id): Promise<{ id: Id; text: string; verdict: Verdict } | undefined> {
  const result = await sql<{ id: Id; text: string; verdict: Verdict }>`
    select id, text, verdict from mentions where ticket_id = ${ticketId} and direction = 'inbound' and verdict is not null
    order by verdict ->> 'tier' = 'noise', posted_at desc, id desc limit 1`.execute(tx)
  return result.rows[0]
}

/** What learning reads of a correction; the words only while they are there. */
export type LearnableRow = Pick<CorrectionRow, 'id' | 'at' | 'after' | 'features' | 'textHash'> & { text: string }
/** In the order they were made: replaying them is learning them. `after`: those behind this id only. */
export function listLearnable(db: Db, after: number): Promise<LearnableRow[]> {
  return db
    .selectFrom('corrections')
    .innerJoin('mentions', 'mentions.id', 'corrections.mentionId')
    .select(['corrections.id', 'corrections.at', 'corrections.after', 'corrections.features', 'corrections.textHash', 'mentions.text'])
    .where('corrections.undoneAt', 'is', null)
    .where('corrections.id', '>', after)
    .orderBy('corrections.id')
    .execute()
}

export async function markLearnt(tx: Db, upTo: number, at: Date) {
  await tx
    .updateTable('corrections')
    .set({ learntAt: at })
    .where('id', '<=', upTo)
    .where('learntAt', 'is', null)
    .where('undoneAt', 'is', null)
    .execute()
}

/** How many stand (up to an id), and the last of them: a layer that says otherwise is out of date. */
export async function countStanding(db: Db, upTo: number | null = null): Promise<{ corrections: number; last: number }> {
  const result = await sql<{ corrections: number; last: number }>`
    select count(*)::int as corrections, coalesce(max(id), 0)::int as last from corrections
    where undone_at is null and (${upTo}::bigint is null or id <= ${upTo})`.execute(db)
  return result.rows[0]!
}
/** Everything said from then on is taken out of what is learnt; answers how many. */
export async function markUndoneSince(tx: Db, since: Date, by: { teammateId: Id; at: Date }): Promise<number> {
  const rows = await tx
    .updateTable('corrections')
    .set({ undoneAt: by.at, undoneById: by.teammateId })
    .where('at', '>=', since)
    .where('undoneAt', 'is', null)
    .returning('id')
    .execute()
  return rows.length
}

export async function markUndone(tx: Db, ids: readonly number[], by: { teammateId: Id; at: Date }) {
  if (ids.length) await tx.updateTable('corrections').set({ undoneAt: by.at, undoneById: by.teammateId }).where('id', 'in', ids).execute()
}

export const lockBatch = (tx: Db, batchId: Id) =>
  tx
    .selectFrom('corrections')
    .innerJoin('mentions', 'mentions.id', 'corrections.mentionId')
    .selectAll('corrections')
    .select('mentions.ticketId')
    .where('corrections.batchId', '=', batchId)
    .where('corrections.undoneAt', 'is', null)
    .orderBy('corrections.id')
    .forUpdate('corrections')
    .execute()

export const findCorrection = (db: Db, id: number) => db.selectFrom('corrections').selectAll().where('id', '=', id).executeTakeFirst()

export async function findStandingCorrection(db: Db, mentionId: Id): Promise<number | undefined> {
  const row = await db
    .selectFrom('corrections')
    .select('id')
    .where('mentionId', '=', mentionId)
    .where('undoneAt', 'is', null)
    // A corrected feeling alone is like nothing else.
    .where(sql<boolean>`after ->> 'category' is not null`)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.id
}

/** All that people have said of a mention and not taken back, the last word on each part. */
export async function findSaid(db: Db, mentionId: Id): Promise<Said> {
  const rows = await db
    .selectFrom('corrections')
    .select('after')
    .where('mentionId', '=', mentionId)
    .where('undoneAt', 'is', null)
    .orderBy('id')
    .execute()
  return Object.assign({}, ...rows.map(row => row.after))
}

export async function findLayer(db: Db, name: string) {
  return db.selectFrom('learntLayers').selectAll().where('name', '=', name).executeTakeFirst()
}
/** The version alone: asked once per batch. */
export async function findLayerVersion(db: Db, name: string) {
  return db.selectFrom('learntLayers').select(['lastCorrectionId', 'corrections', 'learntAt']).where('name', '=', name).executeTakeFirst()
}
export async function saveLayer(tx: Db, layer: Selectable<LearntLayersTable>) {
  const { name, ...rest } = layer
  await tx
    .insertInto('learntLayers')
    .values({ name, ...rest })
    .onConflict(c => c.column('name').doUpdateSet(rest))
    .execute()
}

/** An open ticket that may deserve the same correction. */
export interface SimilarRow {
  ticketId: Id
  number: number
  name: string
  handle: string
  text: string
  textKey: string | null
  language: string | null
  waitingSince: Date | null
}
export async function listOpenOfCategory(db: Db, category: Category, exceptTicketId: Id | null, limit: number): Promise<SimilarRow[]> {
  const result = await sql<SimilarRow>`
    select t.id as ticket_id, t.number, c.name, c.handle, m.text, m.text_key, m.language, t.waiting_since
    from tickets t join customers c on c.id = t.customer_id
      join lateral (select text, text_key, language from mentions m where m.ticket_id = t.id and m.direction = 'inbound' and m.removed_at is null
        order by m.verdict ->> 'tier' = 'noise', m.posted_at desc, m.id desc limit 1) m on true
    where t.category = ${category} and t.status not in ('solved', 'closed') and not t.is_spam and t.id is distinct from ${exceptTicketId}::uuid
    order by t.started_at desc limit ${sql.lit(limit)}`.execute(db)
  return result.rows
}
