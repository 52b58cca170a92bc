// What is left of each platform's limits: per endpoint, for one account or for all accounts of an app.
import { sql } from 'kysely'
import type { Id } from '../domain.ts'
import type { Db } from './schema.ts'

export interface BudgetsTable {
  /** An account's id, or its app's where all accounts share. */
  ownerId: Id
  endpoint: string
  scope: 'account' | 'app'
  remaining: number
  /** What a whole window holds; where the platform does not say, the most that was seen left in this one. */
  most: number
  resetAt: Date
  seenAt: Date
  /** A poll met it: at nothing left the next one waits. */
  holdsUpPolls: boolean
}

export type NewBudget = Omit<BudgetsTable, 'most'> & { limit: number | null }

export async function saveBudgets(db: Db, budgets: readonly NewBudget[]) {
  if (!budgets.length) return
  await db
    .insertInto('budgets')
    .values(
      [...budgets]
        .sort((a, b) => a.endpoint.localeCompare(b.endpoint))
        .map(({ limit, ...budget }) => ({
          ...budget,
          remaining: Math.floor(budget.remaining),
          most: Math.floor(limit ?? budget.remaining),
        })),
    )
    .onConflict(c =>
      c.columns(['ownerId', 'endpoint']).doUpdateSet(eb => ({
        remaining: eb.ref('excluded.remaining'),
        // A reset that has passed begins a new window.
        most: sql<number>`case when budgets.reset_at <= excluded.seen_at then excluded.most else greatest(budgets.most, excluded.most) end`,
        resetAt: eb.ref('excluded.resetAt'),
        seenAt: eb.ref('excluded.seenAt'),
        scope: eb.ref('excluded.scope'),
        holdsUpPolls: sql<boolean>`budgets.holds_up_polls or excluded.holds_up_polls`,
      })),
    )
    .execute()
}

/** Budgets of the account and of its app whose window still runs. */
export function listBudgets(db: Db, owners: readonly Id[], now: Date): Promise<BudgetsTable[]> {
  return db.selectFrom('budgets').selectAll().where('ownerId', 'in', owners).where('resetAt', '>', now).orderBy('endpoint').execute()
}

/** Windows long over say nothing. */
export async function forgetBudgets(db: Db, before: Date) {
  await db.deleteFrom('budgets').where('resetAt', '<', before).execute()
}
