// Were response targets met: every turn that was decided, answered or not.
import type { Turn } from '../db/dashboard-page.ts'
import { isWithin, type Period } from './calendar.ts'
import { type Counted, setApart } from './turns.ts'

export interface SlaShare extends Counted {
  met: Turn[]
  breached: Turn[]
}

/** met ÷ (met + breached). Late is breached, unanswered past due is breached, not yet due is not counted. Decided at min(answer, due). */
export function slaShare(turns: readonly Turn[], period: Period): SlaShare {
  const decided = turns.filter(turn => {
    const decidedAt = whenDecided(turn)
    return decidedAt !== null && isWithin(decidedAt, period)
  })
  const { counted, excluded } = setApart(decided)
  return { counted, excluded, met: counted.filter(isMet), breached: counted.filter(turn => !isMet(turn)) }
}

/** Stopped when the platform accepted the answer, never when somebody looked. */
export const isMet = (turn: Turn) => turn.answeredAt !== null && turn.dueAt !== null && turn.answeredAt <= turn.dueAt

export function whenDecided(turn: Turn): Date | null {
  if (!turn.dueAt) return null
  if (turn.droppedAt && turn.droppedAt <= turn.dueAt) return null
  return turn.answeredAt && turn.answeredAt < turn.dueAt ? turn.answeredAt : turn.dueAt
}

/** Null when nothing was decided: no data is "–", never 0 and never 100. */
export const share = (part: number, whole: number): number | null => (whole ? part / whole : null)
