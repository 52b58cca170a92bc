// Second opinions: one row for each question to a stronger scorer, written before it is asked, so that nothing is asked twice or over budget.
import { type ColumnType, type Selectable, sql } from 'kysely'
import type { Id, SecondOpinion } from '../domain.ts'
import type { Db } from './schema.ts'

export interface SecondOpinionsTable {
  mentionId: Id
  /** Of the words as they were asked about: an edited mention is asked about anew. */
  textHash: string
  model: string
  askedAt: Date
  /** Null: under way, or whoever asked died. */
  answeredAt: Date | null
  /** While under way the most it can cost. */
  tokens: number
  opinion: ColumnType<SecondOpinion | null, string | null, string | null>
  /** Why there is no opinion, in the operator's words. */
  problem: string | null
}
export type SecondOpinionRow = Selectable<SecondOpinionsTable>
/** A question: about which words, and the most its answer can cost. */
export interface NewQuestion {
  mentionId: Id
  textHash: string
  tokens: number
}

/**
 * Takes the questions nobody else asks or has asked, as far as the month's budget goes, in the order given; `known` are all that stood already.
 * The table is locked for the moment of counting: two workers together stay within the budget.
 */
export function reserveQuestions(
  db: Db,
  questions: readonly NewQuestion[],
  by: { model: string; budget: number | null; now: Date },
): Promise<{ taken: NewQuestion[]; known: SecondOpinionRow[]; isSpent: boolean }> {
  return db.transaction().execute(async tx => {
    await sql`lock table second_opinions in share row exclusive mode`.execute(tx)
    const known = await tx
      .selectFrom('secondOpinions')
      .selectAll()
      .where('model', '=', by.model)
      .where(
        'mentionId',
        'in',
        questions.map(one => one.mentionId),
      )
      .execute()
    const open = questions.filter(one => !known.some(row => row.mentionId === one.mentionId && row.textHash === one.textHash))
    let left = by.budget === null ? Infinity : by.budget - (await countTokens(tx, by.model, by.now))
    const taken: NewQuestion[] = []
    for (const one of open) {
      if (one.tokens > left) continue
      left -= one.tokens
      taken.push(one)
    }
    if (taken.length)
      await tx
        .insertInto('secondOpinions')
        .values(taken.map(one => ({ ...one, model: by.model, askedAt: by.now, answeredAt: null, opinion: null, problem: null })))
        .execute()
    return { taken, known, isSpent: taken.length < open.length }
  })
}

export async function storeAnswer(
  db: Db,
  question: Pick<SecondOpinionRow, 'mentionId' | 'textHash' | 'model'>,
  answer: { answeredAt: Date; tokens: number; opinion: SecondOpinion | null; problem: string | null },
) {
  await db
    .updateTable('secondOpinions')
    .set({ ...answer, opinion: answer.opinion && JSON.stringify(answer.opinion) })
    .where('mentionId', '=', question.mentionId)
    .where('textHash', '=', question.textHash)
    .where('model', '=', question.model)
    .execute()
}

/** Spent, and promised to what is under way, since the calendar month began (UTC). */
export async function countTokens(db: Db, model: string, now: Date): Promise<number> {
  const row = await db
    .selectFrom('secondOpinions')
    .select(eb => eb.fn.coalesce(eb.fn.sum<number>('tokens'), sql<number>`0`).as('tokens'))
    .where('model', '=', model)
    .where('askedAt', '>=', monthOf(now))
    .executeTakeFirstOrThrow()
  return Number(row.tokens)
}

/** For the page: this month's questions, and what most often went wrong. */
export async function countOpinions(
  db: Db,
  model: string | undefined,
  now: Date,
): Promise<{ asked: number; answered: number; tokens: number; problem: string | null }> {
  const result = await sql<{ asked: number; answered: number; tokens: number; problem: string | null }>`
    select count(*)::int as asked, count(opinion)::int as answered, coalesce(sum(tokens), 0)::int as tokens, mode() within group (order by problem) as problem
    from second_opinions where ${model === undefined ? sql`true` : sql`model = ${model}`} and asked_at >= ${monthOf(now)}`.execute(db)
  return result.rows[0]!
}

const monthOf = (now: Date) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1))
