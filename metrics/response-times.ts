// How long customers waited for the first answer, and how many had it within an hour.
import type { Turn } from '../db/dashboard-page.ts'
import { isWithin, type Period } from './calendar.ts'
import { answeredIn, type Counted, minutesWaited, setApart } from './turns.ts'

/** First turns answered in the period; their minutes are `minutesWaited`. */
export function firstResponses(turns: readonly Turn[], period: Period): Counted {
  return setApart(answeredIn(turns, period).filter(turn => turn.isFirst))
}

export const minutesOf = (turns: readonly Turn[]) => turns.map(minutesWaited)

export interface WithinMinutes extends Counted {
  within: Turn[]
  late: Turn[]
}

/**
 * FRT ≤ limit ÷ (answered + unanswered for longer than the limit). Each is decided at min(answer, start + limit) and belongs to the
 * period of that moment, so a closed period never changes and work nobody answers cannot hide.
 */
export function firstResponsesWithin(turns: readonly Turn[], period: Period, limitMinutes: number): WithinMinutes {
  const limitMs = limitMinutes * 60_000
  const decided = turns.filter(turn => {
    if (!turn.isFirst || !turn.startedAt) return false
    const limit = turn.startedAt.getTime() + limitMs
    // Solved without an answer before the limit: never decided.
    if (turn.droppedAt && turn.droppedAt.getTime() <= limit) return false
    return isWithin(new Date(Math.min(turn.answeredAt?.getTime() ?? Infinity, limit)), period)
  })
  const { counted, excluded } = setApart(decided)
  const isInTime = (turn: Turn) => turn.answeredAt !== null && turn.answeredAt.getTime() - turn.startedAt!.getTime() <= limitMs
  return { counted, excluded, within: counted.filter(isInTime), late: counted.filter(turn => !isInTime(turn)) }
}
