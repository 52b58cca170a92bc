// When an account is asked again: faster while it is busy, slower while it is quiet, and never beyond what the platform allows; pure.
import type { BudgetsTable } from '../db/budgets.ts'
import type { MetBudget } from '../line.ts'

export interface Pace {
  everyMs: number
  /** Pages' worth of new words in the poll that just ended. */
  mentions: number
  /** Polls in a row, this one included, that brought nothing. */
  quietPolls: number
  /** Pushes come as well: polls are then only the backstop. */
  hasPushes: boolean
  /** Budgets this poll met and that hold polls up. */
  met: readonly MetBudget[]
  /** Connected accounts that live on the app's shared budgets. */
  sharedBy: number
  now: Date
}

/** Milliseconds from now. */
export function nextPollIn(pace: Pace): number {
  return Math.max(rhythm(pace), ...pace.met.map(budget => waitFor(budget, pace)))
}

/** Nothing left of a budget that polls need, and not back yet: when it is. */
export function heldUntil(budgets: readonly Pick<BudgetsTable, 'remaining' | 'resetAt' | 'holdsUpPolls'>[], now: Date): Date | null {
  const ends = budgets.filter(one => one.holdsUpPolls && one.remaining <= 0 && one.resetAt > now).map(one => one.resetAt.getTime())
  return ends.length ? new Date(Math.max(...ends)) : null
}

/** Searches stop while a quarter is left: the rest is for the account's own mentions and for answers. */
export function isScarce(budget: Pick<BudgetsTable, 'remaining' | 'most' | 'resetAt'>, now: Date): boolean {
  return budget.resetAt > now && budget.remaining <= SCARCE * budget.most
}

function rhythm({ everyMs, mentions, quietPolls, hasPushes }: Pace): number {
  if (mentions >= BUSY) return Math.max(everyMs / 2, Math.min(everyMs, SHORTEST_MS))
  const stretch = 1 + Math.max(0, quietPolls - QUIET_FROM) / 10
  return everyMs * Math.min(stretch, hasPushes ? 2.5 : 1.5)
}

/** The other accounts' share of a common budget is theirs; a tenth is kept for what nobody foresaw. */
function waitFor(budget: MetBudget, { everyMs, sharedBy, now }: Pace): number {
  const leftMs = budget.resetAt.getTime() - now.getTime()
  if (leftMs <= 0) return 0
  const mine = (budget.remaining / (budget.scope === 'app' ? Math.max(1, sharedBy) : 1)) * 0.9
  if (mine < budget.used) return leftMs
  const even = (leftMs * budget.used) / mine
  const isScarceNow = budget.limit !== null && budget.remaining <= SCARCE * budget.limit
  return isScarceNow ? Math.max(even, 2 * everyMs) : even
}

const SCARCE = 0.25
const BUSY = 20
const QUIET_FROM = 10
const SHORTEST_MS = 15_000
