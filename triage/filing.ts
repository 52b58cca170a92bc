// fileMentions: opens a ticket, joins one, or lets the mention go; one transaction a batch.
import { v7 as newId } from 'uuid'
import { type MentionRow, markTriaged } from '../db/mentions.ts'
import type { Tx } from '../db/schema.ts'
import { appendTicketEvents, type NewTicketEvent } from '../db/ticket-events.ts'
import { type FiledTicket, findFirmPriorities, insertTickets, lockCustomersTickets, saveFiledTickets } from '../db/tickets-filing.ts'
import type { Id, Ticket, Verdict } from '../domain.ts'
import { adoptOwnWords } from './own-words.ts'
import { nextStatus } from './status.ts'
import { type ResponseTargets, readTargets, responseDueAt } from './targets.ts'

export interface Judged {
  mention: MentionRow
  verdict: Verdict
}

/** Files a judged batch inside the caller's transaction; answers with the tickets that changed. */
export async function fileMentions(tx: Tx, judged: readonly Judged[], now: Date): Promise<Id[]> {
  const targets = await readTargets(tx)
  const customerIds = [...new Set(judged.flatMap(j => j.mention.customerId ?? []))]
  // The customers' rows are locked first: two workers filing for one person take turns, so no second ticket is opened.
  const tickets = await lockCustomersTickets(
    tx,
    customerIds,
    judged.map(j => j.mention),
  )
  const relieved = new Set(judged.flatMap(j => (j.verdict.saysSolved ? (j.mention.customerId ?? []) : [])))
  const mayBeLowered = tickets.filter(t => t.priority !== 'normal' && relieved.has(t.customerId)).map(t => t.id)
  const firm = await findFirmPriorities(tx, mayBeLowered, neverOver)
  const filing: Filing = { tickets, targets, now, events: [], touched: new Set(), firm }
  const inOrder = [...judged].sort(
    (a, b) => a.mention.postedAt.getTime() - b.mention.postedAt.getTime() || (a.mention.id < b.mention.id ? -1 : 1),
  )
  const filed = inOrder.map(j => ({ id: j.mention.id, verdict: j.verdict, ticketId: j.mention.ticketId ?? fileOne(filing, j) }))
  const touched = [...filing.touched]
  await insertTickets(
    tx,
    touched.filter(t => t.isNew),
  )
  await saveFiledTickets(
    tx,
    touched.filter(t => !t.isNew),
  )
  await markTriaged(tx, filed, now)
  await appendTicketEvents(tx, filing.events)
  await adoptOwnWords(
    tx,
    touched.map(t => t.id),
  )
  return touched.map(t => t.id)
}

/** Where a mention goes; null: nowhere but the lists (noise, review, opportunity). */
export function destination(judged: Judged, tickets: readonly FiledTicket[]): { join: FiledTicket } | 'open' | null {
  const { mention, verdict } = judged
  const theirs = tickets.filter(t => t.customerId === mention.customerId && t.status !== 'closed')
  const sameThread = theirs.find(t => t.threadKeys.has(mention.threadKey))
  if (sameThread) return { join: sameThread }
  if (verdict.tier === 'noise') return null
  const recent = theirs.find(t => t.status !== 'solved' && (t.hasHandoff || isWithinADay(t.lastInboundAt, mention.postedAt)))
  if (recent) return { join: recent }
  if (verdict.needsReview && mention.visibility === 'public') return null
  if (verdict.tier === 1) return 'open'
  return mention.addressesUs && verdict.category !== 'untargeted_comment' ? 'open' : null
}

interface Filing {
  tickets: FiledTicket[]
  targets: ResponseTargets
  now: Date
  events: NewTicketEvent[]
  touched: Set<FiledTicket>
  /** No word of relief lowers these: a person set their priority, or somebody was in danger. */
  firm: Set<Id>
}

function fileOne(filing: Filing, judged: Judged): Id | null {
  const where = judged.mention.customerId ? destination(judged, filing.tickets) : null
  if (!where) return null
  const ticket = where === 'open' ? open(filing, judged) : join(filing, judged, where.join)
  if (judged.verdict.reasons.some(reason => neverOver.includes(reason.signal))) filing.firm.add(ticket.id)
  filing.touched.add(ticket)
  return ticket.id
}

function open(filing: Filing, { mention, verdict }: Judged): FiledTicket {
  const priority = ticketPriority(verdict)
  const ticket: FiledTicket = {
    isNew: true,
    id: newId(),
    accountId: mention.accountId,
    platform: mention.platform,
    customerId: mention.customerId!,
    status: 'new',
    priority,
    category: verdict.category,
    originVisibility: mention.visibility,
    startedAt: mention.postedAt,
    waitingSince: null,
    responseDueAt: null,
    firstRespondedAt: null,
    lastInboundAt: mention.postedAt,
    latestMentionId: mention.id,
    priorityMentionId: mention.id,
    isBackfilled: mention.isBackfilled,
    isDemo: mention.isDemo,
    needsReview: verdict.needsReview,
    snoozedUntil: null,
    solvedAt: null,
    reopenedCount: 0,
    isHeld: false,
    incidentId: null,
    tags: [...verdict.tags],
    openedAt: filing.now,
    threadKeys: new Set([mention.threadKey]),
    hasHandoff: false,
  }
  startClock(filing, ticket, mention)
  filing.tickets.push(ticket)
  filing.events.push({
    ticketId: ticket.id,
    kind: 'opened',
    at: filing.now,
    actor: 'triage',
    mentionId: mention.id,
    after: {
      status: 'new',
      priority,
      category: verdict.category,
      startedAt: ticket.startedAt,
      responseDueAt: ticket.responseDueAt,
      isBackfilled: ticket.isBackfilled,
    },
  })
  return ticket
}

function join(filing: Filing, { mention, verdict }: Judged, ticket: FiledTicket): FiledTicket {
  const event = { ticketId: ticket.id, at: filing.now, actor: 'triage', mentionId: mention.id }
  ticket.threadKeys.add(mention.threadKey)
  if (mention.postedAt >= ticket.lastInboundAt) {
    ticket.lastInboundAt = mention.postedAt
    ticket.latestMentionId = mention.id
  }
  filing.events.push({ ...event, kind: 'mention_joined', after: { category: verdict.category } })
  const priority = ticketPriority(verdict)
  const isNewest = ticket.latestMentionId === mention.id
  // A rule may hold it up all the same.
  if (
    verdict.saysSolved &&
    priority === 'normal' &&
    isNewest &&
    ticket.status !== 'solved' &&
    ticket.priority !== 'normal' &&
    !filing.firm.has(ticket.id)
  )
    changePriority(filing, ticket, event, 'normal', 'they say that it is over')
  // A thank-you neither reopens nor starts a clock; nor do friends helping friends.
  if (verdict.category === 'thanks_only' || verdict.category === 'peer_answered') return ticket
  ticket.snoozedUntil = null
  const to = nextStatus(ticket.status, 'customer_wrote')
  if (to) {
    const isReopen = ticket.status === 'solved'
    filing.events.push({
      ...event,
      kind: isReopen ? 'reopened' : 'status_changed',
      before: { status: ticket.status },
      after: { status: to },
    })
    ticket.status = to
    if (isReopen) {
      ticket.reopenedCount++
      ticket.solvedAt = null
      leaveIncident(filing, ticket, event)
    }
  }
  if (ranks[priority] < ranks[ticket.priority])
    changePriority(filing, ticket, event, priority, `they wrote again (${verdict.category.replaceAll('_', ' ')})`)
  else if (priority === ticket.priority && ticket.priorityMentionId) ticket.priorityMentionId = mention.id
  startClock(filing, ticket, mention)
  return ticket
}

function changePriority(filing: Filing, ticket: FiledTicket, event: FilingEvent, priority: Ticket['priority'], because: string) {
  filing.events.push({ ...event, kind: 'priority_changed', before: { priority: ticket.priority }, after: { priority, because } })
  ticket.priority = priority
  ticket.priorityMentionId = event.mentionId ?? null
  if (ticket.waitingSince && !ticket.isHeld) ticket.responseDueAt = dueAt(filing, ticket)
}

/** After the all-clear somebody still has trouble: theirs is a ticket like any other again. */
function leaveIncident(filing: Filing, ticket: FiledTicket, event: FilingEvent) {
  if (!ticket.incidentId) return
  filing.events.push({
    ...event,
    kind: 'unlinked',
    before: { incidentId: ticket.incidentId },
    after: { because: 'reopened after the all-clear' },
  })
  ticket.incidentId = null
  ticket.isHeld = false
}

/** The turn starts at the oldest unanswered customer mention; history read back from before the account was connected starts none. */
function startClock(filing: Filing, ticket: FiledTicket, mention: MentionRow) {
  if (ticket.isBackfilled) return
  if (ticket.waitingSince && ticket.waitingSince <= mention.postedAt) return
  ticket.waitingSince = mention.postedAt
  if (!ticket.isHeld) ticket.responseDueAt = dueAt(filing, ticket)
}

/** Signals of the judge: whoever was in danger may say "never mind" for other reasons. */
const neverOver = ['selfHarm', 'threat', 'safety', 'legal']
type FilingEvent = Pick<NewTicketEvent, 'ticketId' | 'at' | 'actor' | 'mentionId'>
const dueAt = (filing: Filing, ticket: FiledTicket) =>
  responseDueAt(filing.targets, ticket.priority, ticket.firstRespondedAt === null, ticket.waitingSince!)
const ticketPriority = (verdict: Verdict): Ticket['priority'] => (verdict.priority === 'low' ? 'normal' : verdict.priority)
const isWithinADay = (a: Date, b: Date) => Math.abs(a.getTime() - b.getTime()) <= 86_400_000
const ranks = { urgent: 0, high: 1, normal: 2 }
