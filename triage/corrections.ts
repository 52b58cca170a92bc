// What people say against triage: logged with the features of the words, offered to similar open tickets, taken back.
import { createHash } from 'node:crypto'
import { v7 as newId } from 'uuid'
import { insertAuditEntry } from '../db/audit-entries.ts'
import {
  type CorrectionRow,
  type CorrectionSource,
  findCorrection,
  findStandingCorrection,
  insertCorrection,
  listOpenOfCategory,
  lockBatch,
  markUndone,
  markUndoneSince,
  type Said,
  type SimilarRow,
  type Stood,
} from '../db/corrections.ts'
import { getMention } from '../db/mentions.ts'
import type { Tx } from '../db/schema.ts'
import type { Desk } from '../desk.ts'
import type { Category, Id, Reason, Verdict } from '../domain.ts'
import { isNoise, tierOf } from './categories.ts'
import { packExample } from './packed-example.ts'
import { foldWords } from './rules.ts'
import { scorerNamed } from './scorer.ts'

export interface Correcting {
  teammateId: Id
  source: CorrectionSource
  /** Those of one act share it. */
  batchId?: Id | undefined
}

/** In the transaction that changes the ticket or card. A mention nobody could read teaches nothing: null. */
export async function logCorrection(
  desk: Desk,
  tx: Tx,
  by: Correcting,
  mention: { id: Id; text: string; verdict: Verdict | null },
  before: Stood,
  after: Said,
): Promise<number | null> {
  const { verdict } = mention
  if (!verdict || !mention.text) return null
  // What a rule made of it is not the judge's mistake.
  const judged = verdict.beforeRules ?? verdict
  return insertCorrection(tx, {
    at: desk.now(),
    teammateId: by.teammateId,
    mentionId: mention.id,
    source: by.source,
    batchId: by.batchId ?? newId(),
    textHash: hashOf(mention.text),
    features: packExample(mention.text, scorerNamed('linear')),
    predicted: {
      category: judged.category,
      priority: judged.priority,
      needsReview: judged.needsReview,
      actionable: verdict.actionable,
      sentiment: verdict.sentimentLabel,
      confidence: verdict.confidence,
      model: verdict.model,
    },
    before,
    after,
  })
}

/** After the commit. A bell that is out of order delays the learning until the sweep; the correction is stored. */
export async function ringToLearn(desk: Desk) {
  try {
    await desk.ring({ name: 'learnFromCorrections' })
  } catch (error) {
    desk.log.error({ err: error }, 'could not ring to learn; the sweep will')
  }
}

/** What a person may say a mention really was, any part of it. */
export type SaidParts = Pick<Said, 'category' | 'priority' | 'sentiment'>

/** What the category says of the rest: noise asks nothing of us, the first tier does, of the second nobody can tell. */
export function said({ category, priority, sentiment }: SaidParts): Said {
  const others = { ...(priority ? { priority } : {}), ...(sentiment ? { sentiment } : {}) }
  if (!category) return others
  if (isNoise(category)) return { category, actionable: false, ...others }
  return tierOf(category) === 1 ? { category, actionable: true, ...others } : { category, ...others }
}

/** Learns as if nothing had been said from then on. Tickets stay as they were corrected. */
export async function undoSince(desk: Desk, teammateId: Id, since: Date): Promise<number> {
  const undone = await desk.db.transaction().execute(async tx => {
    const count = await markUndoneSince(tx, since, { teammateId, at: desk.now() })
    if (count)
      await insertAuditEntry(tx, {
        at: desk.now(),
        teammateId,
        action: 'corrections undone',
        subject: since.toISOString(),
        after: { count },
      })
    return count
  })
  if (undone) await ringToLearn(desk)
  return undone
}

/** Takes one act out of what is learnt; `putBack` restores each ticket in the same transaction. */
export async function undoBatch(
  desk: Desk,
  teammateId: Id,
  batchId: Id,
  putBack: (tx: Tx, correction: CorrectionRow & { ticketId: Id | null }) => Promise<void>,
): Promise<number> {
  const count = await desk.db.transaction().execute(async tx => {
    const corrections = await lockBatch(tx, batchId)
    for (const correction of corrections) await putBack(tx, correction)
    await markUndone(
      tx,
      corrections.map(one => one.id),
      { teammateId, at: desk.now() },
    )
    return corrections.length
  })
  if (count) {
    await ringToLearn(desk)
    desk.live.tell({ topic: 'queue' })
  }
  return count
}

export interface Similar extends SimilarRow {
  /** In a rep's words. */
  because: string
}
export interface SimilarTo {
  correction: CorrectionRow
  ticketId: Id | null
  text: string
  from: Category
  to: Category
  similar: Similar[]
}

/** Open tickets of the category it had, that say the same or share its strongest words. Undefined: there is no such correction. */
export async function findSimilar(desk: Desk, correctionId: number): Promise<SimilarTo | undefined> {
  const correction = await findCorrection(desk.db, correctionId)
  if (!correction?.before.category || !correction.after.category) return undefined
  const mention = await getMention(desk.db, correction.mentionId)
  const from = correction.before.category
  const rows = await listOpenOfCategory(desk.db, from, mention.ticketId, MOST_LOOKED_AT)
  const similar = pickSimilar({ text: mention.text, textKey: mention.textKey, reasons: mention.verdict?.reasons ?? [] }, rows)
  return { correction, ticketId: mention.ticketId, text: mention.text, from, to: correction.after.category, similar }
}

/** The last correction of a mention, if it still stands and open tickets are like it: for the ticket's page. */
export async function findOpenCorrection(desk: Desk, mentionId: Id): Promise<{ correctionId: number; count: number } | null> {
  const correctionId = await findStandingCorrection(desk.db, mentionId)
  const found = correctionId === undefined ? undefined : await findSimilar(desk, correctionId)
  return correctionId !== undefined && found?.similar.length ? { correctionId, count: found.similar.length } : null
}

/** Pure: the same text first, then who shares most of the strongest cue words; newest first among equals. */
export function pickSimilar(
  to: { text: string; textKey: string | null; reasons: readonly Reason[] },
  rows: readonly SimilarRow[],
): Similar[] {
  const cues = strongestCues(to.text, to.reasons)
  const folded = cues.map(cue => ({ cue, needle: foldWords(cue) })).filter(one => one.needle.trim())
  return rows
    .flatMap(row => {
      if (to.textKey !== null && row.textKey === to.textKey) return [{ row, fit: Infinity, because: 'the same words' }]
      const text = foldWords(row.text)
      const shared = folded.filter(one => text.includes(one.needle))
      // One shared word of three is chance; of one or two it is all there is.
      return shared.length >= Math.ceil(folded.length / 2) && shared.length
        ? [{ row, fit: shared.length, because: `also says ${shared.map(one => `“${one.cue}”`).join(', ')}` }]
        : []
    })
    .sort((a, b) => b.fit - a.fit)
    .slice(0, MOST_OFFERED)
    .map(({ row, because }) => ({ ...row, because }))
}

/** The words that decided, as they were written. */
export function strongestCues(text: string, reasons: readonly Reason[]): string[] {
  const cues = reasons
    .filter(reason => reason.span && reason.points > 0)
    .sort((a, b) => b.points - a.points)
    .map(reason =>
      text
        .slice(...reason.span!)
        .replace(/\s+/g, ' ')
        .trim(),
    )
    .filter(Boolean)
  return [...new Set(cues)].slice(0, 3)
}

export const hashOf = (text: string) => createHash('sha256').update(text).digest('base64url')

const MOST_LOOKED_AT = 500
const MOST_OFFERED = 50
