// Do an account's pushes fail without a word? By what polls bring in their place, and by their own usual rhythm; pure.
import type { GapCause } from '../db/coverage.ts'
import { silenceOf, usualOf } from './silence.ts'

export interface PushesSeen {
  /** The last push that said something of this account; null: none ever came. */
  lastAt: Date | null
  /** Where the account begins. */
  connectedAt: Date
  /** Mentions posted since that push which polls brought: on lists that pushes tell whole, and on those they tell in part. */
  polledSince: { whole: number; partly: number }
  hours: readonly { hour: Date; pushed: number }[]
}
export interface PushFault {
  from: Date
  cause: GapCause & ('push_missing' | 'push_silent')
}

/** From the last push on, since when nobody knows better. Null: nothing speaks against them. */
export function pushFault({ lastAt, connectedAt, polledSince, hours }: PushesSeen, now: Date): PushFault | null {
  const from = lastAt ?? connectedAt
  const { whole, partly } = polledSince
  if (whole >= MISSED_WHOLE || partly >= MISSED_PARTLY) return { from, cause: 'push_missing' }
  // Where polls brought nothing either it is the customers who are silent.
  if (whole + partly === 0) return null
  const usual = usualOf(
    hours.map(one => ({ ...one, polled: 0 })),
    now,
  )
  return usual.isKnown && silenceOf(usual, from, now).isAlarming ? { from, cause: 'push_silent' } : null
}

/** One push may be lost, or overtaken by a poll. */
const MISSED_WHOLE = 3
/** Of these some are never pushed. */
const MISSED_PARTLY = 10
