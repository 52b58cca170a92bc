// A turn: one stretch in which a customer waited for our answer; what every response number is counted from.
import type { Exclusion, Turn } from '../db/dashboard-page.ts'
import { isWithin, type Period } from './calendar.ts'

export const exclusionWords: Record<Exclusion, string> = {
  spam: 'spam',
  backfilled: 'older than the connection',
  proactive: 'started by us',
  incident: 'linked to an incident',
  noClock: 'without a running clock',
}

/** What a number was counted over, and what was left out of it and why. */
export interface Counted {
  counted: Turn[]
  excluded: Partial<Record<Exclusion, number>>
}

export function setApart(turns: readonly Turn[]): Counted {
  const result: Counted = { counted: [], excluded: {} }
  for (const turn of turns) {
    if (turn.excluded) result.excluded[turn.excluded] = (result.excluded[turn.excluded] ?? 0) + 1
    else result.counted.push(turn)
  }
  return result
}

export const minutesWaited = (turn: Turn) => (turn.answeredAt!.getTime() - turn.startedAt!.getTime()) / 60_000

/** Answered inside the period: a duration belongs to the period of the event that stopped it. */
export const answeredIn = (turns: readonly Turn[], period: Period) =>
  turns.filter(turn => turn.answeredAt && isWithin(turn.answeredAt, period))
