// Folds our categories onto six kinds, the coarser words many desks already count by.
import type { Category, Verdict } from '../domain.ts'
import { log } from './signals/exactly.ts'
import { has, type Reading } from './signals/reading.ts'

export const kinds = ['outage', 'account', 'praise', 'complaint', 'question', 'other'] as const
export type Kind = (typeof kinds)[number]

type Fold = Partial<Record<Kind, number>>

/**
 * How much of a category belongs to which kind.
 * outage_report, and pr_risk with a fault: outage · account_question: account · positive_feedback, thanks_only: praise · other pr_risk, complaint: complaint.
 * The rest by content: a technical question is a complaint as far as it sounds unhappy or names a fault, else a question; an urgent request is an account matter when it is
 * about fraud or a taken-over account, else a complaint; a general reference that asks is a question; an untargeted comment is a complaint or praise as far as it sounds so;
 * all else is other.
 */
export function foldOf(category: Category, reading: Reading, feeling: { negative: number; positive: number }): Fold {
  switch (category) {
    case 'outage_report':
      return { outage: 1 }
    case 'pr_risk':
      return has(reading, 'outage') ? { outage: 1 } : { complaint: 1 }
    case 'account_question':
      return { account: 1 }
    case 'positive_feedback':
    case 'thanks_only':
      return { praise: 1 }
    case 'complaint':
      return { complaint: 1 }
    case 'technical_question': {
      const unhappy = Math.min(1, feeling.negative + (has(reading, 'fault', 'repeat') ? 0.3 : 0))
      return { complaint: unhappy, question: 1 - unhappy }
    }
    case 'urgent_request':
      return has(reading, 'fraud', 'takeover')
        ? { account: 1 }
        : has(reading, 'account', 'money')
          ? { account: 0.5, complaint: 0.5 }
          : { complaint: 1 }
    case 'general_reference':
      return reading.hasQuestionMark || has(reading, 'question', 'help') ? { question: 0.9, other: 0.1 } : { question: 0.4, other: 0.6 }
    case 'untargeted_comment':
      return {
        complaint: 0.5 * feeling.negative,
        praise: 0.3 * feeling.positive,
        other: 1 - 0.5 * feeling.negative - 0.3 * feeling.positive,
      }
    default:
      return { other: 1 }
  }
}

/** Each kind's share of belief, by number of `kinds`. */
export function kindShares(
  shares: ReadonlyMap<Category, number>,
  reading: Reading,
  feeling: { negative: number; positive: number },
): Float64Array {
  const sums = new Float64Array(kinds.length)
  for (const [category, share] of shares) {
    for (const [kind, part] of Object.entries(foldOf(category, reading, feeling))) sums[kinds.indexOf(kind as Kind)]! += share * part
  }
  return sums
}

/** Rare kinds need less to be named: log-odds by number of `kinds`, set on development rows. */
const lean = [0.7, -0.3, -0.3, 0, 0.4, 0.7]

/** The kind to name. */
export function likeliestKind(shares: Float64Array): Kind {
  let best = 0
  let most = -Infinity
  for (let k = 0; k < kinds.length; k++) {
    const odds = log(shares[k]! + 1e-4) + lean[k]!
    if (odds > most) {
      most = odds
      best = k
    }
  }
  return kinds[best]!
}

/** The kind of a verdict whose words were never read. */
export function kindOfKnown(verdict: Verdict): Kind {
  return verdict.category === 'own_or_staff' || verdict.category === 'duplicate' ? 'other' : 'complaint'
}
