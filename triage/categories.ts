// SPEC §3's table: which tier and priority each category has.
import type { Category, NoiseCategory, Ticket, Tier } from '../domain.ts'

const tiers: Record<Exclude<Category, NoiseCategory>, { tier: 1 | 2; priority: Ticket['priority'] }> = {
  outage_report: { tier: 1, priority: 'urgent' },
  pr_risk: { tier: 1, priority: 'urgent' },
  urgent_request: { tier: 1, priority: 'high' },
  technical_question: { tier: 1, priority: 'high' },
  account_question: { tier: 1, priority: 'high' },
  complaint: { tier: 1, priority: 'high' },
  general_reference: { tier: 2, priority: 'normal' },
  positive_feedback: { tier: 2, priority: 'normal' },
  untargeted_comment: { tier: 2, priority: 'normal' },
}
const noise: readonly Category[] = ['spam', 'irrelevant', 'own_or_staff', 'duplicate', 'thanks_only', 'peer_answered']

export const categories: readonly Category[] = [...(Object.keys(tiers) as Category[]), ...noise]
export const isNoise = (category: Category): category is NoiseCategory => noise.includes(category)
export const tierOf = (category: Category): Tier => (isNoise(category) ? 'noise' : tiers[category].tier)

/** A corrected ticket takes its new category's priority; noise keeps the one it had. */
export const priorityOf = (category: Category, otherwise: Ticket['priority']): Ticket['priority'] =>
  isNoise(category) ? otherwise : tiers[category].priority
