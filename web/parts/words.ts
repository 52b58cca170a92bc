// The words pages use for the nouns of domain.ts.
import type { Category, TicketStatus } from '../../domain.ts'

export const STATUS: Record<TicketStatus, string> = {
  new: 'New',
  open: 'Open',
  pending: 'Pending',
  on_hold: 'On hold',
  solved: 'Solved',
  closed: 'Closed',
}
export const PRIORITY = { urgent: 'Urgent', high: 'High', normal: 'Normal', low: 'Low' } as const
export const CATEGORY: Record<Category, string> = {
  outage_report: 'Outage report',
  pr_risk: 'PR risk',
  technical_question: 'Technical question',
  account_question: 'Account question',
  complaint: 'Complaint',
  urgent_request: 'Urgent request',
  general_reference: 'General reference',
  positive_feedback: 'Positive feedback',
  untargeted_comment: 'Untargeted comment',
  spam: 'Spam',
  irrelevant: 'Irrelevant',
  own_or_staff: 'Our own people',
  duplicate: 'Duplicate',
  thanks_only: 'Only thanks',
  peer_answered: 'Answered by a customer',
}

export const plural = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`
export const languageName = (tag: string) => {
  try {
    return LANGUAGES.of(tag) ?? tag
  } catch {
    return tag
  }
}
const LANGUAGES = new Intl.DisplayNames('en', { type: 'language' })
