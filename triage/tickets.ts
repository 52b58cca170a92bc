// What people do with tickets: take, assign, hold, solve, reopen, snooze, correct, note.
import { v7 as newId } from 'uuid'
import { type CorrectionSource, findCorrectable, findSaid } from '../db/corrections.ts'
import { fileByHand, findMention, lockMention, type MentionRow, markDismissed, restoreCard } from '../db/mentions.ts'
import { insertNote } from '../db/notes.ts'
import type { Tx } from '../db/schema.ts'
import { findTeammate } from '../db/teammates.ts'
import { appendTicketEvents, type NewTicketEvent } from '../db/ticket-events.ts'
import { hasSentReply, lockTicket, type TicketRow, updateTicket } from '../db/tickets.ts'
import type { Desk } from '../desk.ts'
import type { Category, Id, Role, Ticket, TicketEventKind } from '../domain.ts'
import { maskCards } from './cards.ts'
import { isNoise, priorityOf, tierOf } from './categories.ts'
import { logCorrection, ringToLearn, type SaidParts, said, undoBatch } from './corrections.ts'
import { fileMentions } from './filing.ts'
import { wantParents } from './parents.ts'
import { nextStatus, type StatusCause } from './status.ts'
import { readTargets, responseDueAt } from './targets.ts'

/** Refused in words a rep can act on; what cannot happen throws. */
export type Done = { ok: true } | { ok: false; because: string }
export interface ByTeammate {
  teammateId: Id
}
export type OnTicket = ByTeammate & { ticketId: Id }

/** Mine now; a New ticket becomes Open. Taking it from a colleague is an assignment like any other, and logged. */
export const takeTicket = (desk: Desk, on: OnTicket) => assignTicket(desk, { ...on, assigneeId: on.teammateId })

/** `assigneeId` null gives it back to Unassigned. */
export function assignTicket(desk: Desk, on: OnTicket & { assigneeId: Id | null }): Promise<Done> {
  return change(desk, on, async (tx, ticket) => {
    if (ticket.assigneeId === on.assigneeId) return nothing
    if (on.assigneeId) {
      const assignee = await findTeammate(tx, on.assigneeId)
      if (!assignee?.isActive) return refuse('That teammate is no longer here. Choose another.')
      if (!mayAnswer(assignee.role)) return refuse(`${assignee.name} may only read. Choose someone who may answer.`)
    }
    return {
      set: { assigneeId: on.assigneeId, ...moved(ticket, 'assigned') },
      events: [
        event(on.assigneeId ? 'assigned' : 'unassigned', { assigneeId: ticket.assigneeId }, { assigneeId: on.assigneeId }),
        ...movedEvent(ticket, 'assigned'),
      ],
    }
  })
}
export const releaseTicket = (desk: Desk, on: OnTicket) => assignTicket(desk, { ...on, assigneeId: null })

/** We wait for the customer. The response clock runs on: only an answer stops it. */
export const setPending = (desk: Desk, on: OnTicket) => move(desk, on, 'asked_customer', {})

/** We wait for someone else, for a reason. */
export function holdTicket(desk: Desk, on: OnTicket & { reason: string }): Promise<Done> {
  const reason = on.reason.trim()
  if (!reason) return Promise.resolve(refuse('Say whom or what it waits for.'))
  return move(desk, on, 'waiting_on_others', { holdReason: reason })
}

/** The solver becomes the assignee if there is none; without any reply sent a reason is needed. */
export function solveTicket(desk: Desk, on: OnTicket & { reason?: string }): Promise<Done> {
  return change(desk, on, async (tx, ticket) => {
    if (ticket.status === 'solved') return nothing
    if (!nextStatus(ticket.status, 'solved')) return refuse('It is closed. A new mention of the customer opens a new ticket.')
    const reason = on.reason?.trim() || null
    if (!reason && !(await hasSentReply(tx, ticket.id))) return refuse('Nobody answered this yet: say why it is solved without a reply.')
    const assigneeId = ticket.assigneeId ?? on.teammateId
    return {
      set: {
        status: 'solved',
        solvedAt: desk.now(),
        assigneeId,
        waitingSince: null,
        responseDueAt: null,
        snoozedUntil: null,
        hasFailedReply: false,
      },
      events: [
        ...(ticket.assigneeId ? [] : [event('assigned', { assigneeId: null }, { assigneeId })]),
        event(
          'solved',
          { status: ticket.status, waitingSince: ticket.waitingSince, responseDueAt: ticket.responseDueAt },
          { status: 'solved', reason },
        ),
      ],
    }
  })
}

/** Back to Open; a clock that a solve stopped without an answer runs again from where it was. */
export function reopenTicket(desk: Desk, on: OnTicket): Promise<Done> {
  return change(desk, on, async (tx, ticket) => {
    const to = nextStatus(ticket.status, 'reopened_by_hand')
    if (!to) return ticket.status === 'closed' ? refuse('It is closed. A new mention of the customer opens a new ticket.') : nothing
    const unanswered = ticket.status === 'solved' ? await unansweredAtSolve(tx, ticket.id) : {}
    const reopened = ticket.status === 'solved' ? { reopenedCount: ticket.reopenedCount + 1, solvedAt: null } : {}
    return {
      set: { status: to, holdReason: null, ...reopened, ...unanswered },
      events: [event(ticket.status === 'solved' ? 'reopened' : 'status_changed', { status: ticket.status }, { status: to })],
    }
  })
}

/** Hides it from its queue until then or until the customer writes; never pauses a clock. */
export function snoozeTicket(desk: Desk, on: OnTicket & { until: Date }): Promise<Done> {
  if (!(on.until > desk.now())) return Promise.resolve(refuse('Choose a time to come.'))
  return change(desk, on, async (_tx, ticket) => ({
    set: { snoozedUntil: on.until, ...moved(ticket, 'acted') },
    events: [event('snoozed', { snoozedUntil: ticket.snoozedUntil }, { snoozedUntil: on.until }), ...movedEvent(ticket, 'acted')],
  }))
}
export function wakeTicket(desk: Desk, on: OnTicket): Promise<Done> {
  return change(desk, on, async (_tx, ticket) =>
    ticket.snoozedUntil ? { set: { snoozedUntil: null }, events: [event('woken', { snoozedUntil: ticket.snoozedUntil }, null)] } : nothing,
  )
}

/** The target changes with it; the clock's start never does. */
export function setPriority(desk: Desk, on: OnTicket & { priority: Ticket['priority'] }): Promise<Done> {
  return change(desk, on, async (tx, ticket) => {
    if (ticket.priority === on.priority) return nothing
    return {
      set: await reprioritised(tx, ticket, on.priority),
      events: [event('priority_changed', { priority: ticket.priority }, { priority: on.priority })],
    }
  })
}

/**
 * "Wrong?": category, priority and feeling as a person sees them, any of them, logged for triage to learn from in one step. The priority follows
 * the category unless it is said too. A noise category takes the ticket out of the queue, reversibly.
 * `correctionId`: under which it is logged; absent when nothing changed or there was nothing to learn from.
 */
export async function correctTriage(
  desk: Desk,
  on: OnTicket & SaidOfTicket & { source?: CorrectionSource; batchId?: Id },
): Promise<Done & { correctionId?: number }> {
  let correctionId: number | null = null
  const done = await change(desk, on, async (tx, ticket) => {
    const mention = await findCorrectable(tx, ticket.id)
    const news = await newsOf(tx, on, ticket, mention)
    if (!Object.keys(news).length) return nothing
    if (mention) {
      const { category, priority, isSpam, needsReview } = ticket
      const by = { teammateId: on.teammateId, source: on.source ?? 'ticket', batchId: on.batchId }
      correctionId = await logCorrection(desk, tx, by, mention, { category, priority, isSpam, needsReview }, said(news))
    }
    if (news.category)
      return recategorised(tx, ticket, news.category, news.priority ?? priorityOf(news.category, ticket.priority), isNoise(news.category))
    return news.priority ? correctedPriority(tx, ticket, news.priority) : { set: {}, events: [] }
  })
  if (correctionId === null) return done
  await ringToLearn(desk)
  return { ...done, correctionId }
}

/** Takes back what one act corrected: tickets that still stand as it left them go back, and nothing of it is learnt. Answers how many. */
export function undoCorrections(desk: Desk, on: ByTeammate & { batchId: Id }): Promise<number> {
  return undoBatch(desk, on.teammateId, on.batchId, async (tx, { ticketId, mentionId, before, after }) => {
    if (!before.category) return
    if (!ticketId) return restoreCard(tx, mentionId, { category: before.category, needsReview: before.needsReview })
    const ticket = await lockTicket(tx, ticketId)
    const isMoved = (after.category && ticket.category !== after.category) || (after.priority && ticket.priority !== after.priority)
    if (isMoved || !(after.category || after.priority)) return
    const priority = before.priority && before.priority !== 'low' ? before.priority : ticket.priority
    const changed = after.category
      ? await recategorised(tx, ticket, before.category, priority, before.isSpam ?? false)
      : await correctedPriority(tx, ticket, priority)
    await updateTicket(tx, ticketId, changed.set, { newRevision: false })
    await appendTicketEvents(
      tx,
      changed.events.map(e => ({ ...e, ticketId, at: desk.now(), teammateId: on.teammateId, actor: 'teammate' })),
    )
  })
}

/** A ticket is never of low priority. */
type SaidOfTicket = Omit<SaidParts, 'priority'> & { priority?: Ticket['priority'] }

/** What differs from how it stands. A priority said together with a new category is meant, whatever it was. */
async function newsOf(
  tx: Tx,
  { category, priority, sentiment }: SaidOfTicket,
  ticket: TicketRow,
  mention: Awaited<ReturnType<typeof findCorrectable>>,
): Promise<SaidOfTicket> {
  const news: SaidOfTicket = {}
  if (category && category !== ticket.category) news.category = category
  if (priority && (priority !== ticket.priority || news.category)) news.priority = priority
  const heard = mention && sentiment ? ((await findSaid(tx, mention.id)).sentiment ?? mention.verdict.sentimentLabel) : sentiment
  if (sentiment && sentiment !== heard) news.sentiment = sentiment
  return news
}

async function correctedPriority(tx: Tx, ticket: TicketRow, priority: Ticket['priority']): Promise<Changed> {
  return {
    set: await reprioritised(tx, ticket, priority),
    events: [event('priority_changed', { priority: ticket.priority }, { priority, because: 'triage corrected' })],
  }
}

async function recategorised(
  tx: Tx,
  ticket: TicketRow,
  category: Category,
  priority: Ticket['priority'],
  isSpam: boolean,
): Promise<Changed> {
  return {
    set: { category, needsReview: false, isSpam, ...(await reprioritised(tx, ticket, priority)) },
    events: [
      event(
        'category_changed',
        { category: ticket.category, priority: ticket.priority, isSpam: ticket.isSpam },
        { category, priority, isSpam },
      ),
    ],
  }
}

/** Spam, with its reason: leaves every number; nothing is deleted, one click brings it back. */
export function markSpam(desk: Desk, on: OnTicket & { reason: string }): Promise<Done> {
  const reason = on.reason.trim()
  if (!reason) return Promise.resolve(refuse('Say what makes it spam: a negative comment is no reason.'))
  return change(desk, on, async (_tx, ticket) =>
    ticket.isSpam ? nothing : { set: { isSpam: true }, events: [event('marked_spam', { isSpam: false }, { isSpam: true, reason })] },
  )
}
export function unmarkSpam(desk: Desk, on: OnTicket): Promise<Done> {
  return change(desk, on, async (_tx, ticket) =>
    ticket.isSpam ? { set: { isSpam: false }, events: [event('marked_spam', { isSpam: true }, { isSpam: false })] } : nothing,
  )
}

/** For teammates only; card digits are masked here too. */
export function noteTicket(desk: Desk, on: OnTicket & { text: string }): Promise<Done> {
  const text = maskCards(on.text.trim())
  if (!text) return Promise.resolve(refuse('The note is empty.'))
  return change(desk, on, async (tx, ticket) => {
    await insertNote(tx, { id: newId(), ticketId: ticket.id, teammateId: on.teammateId, text, createdAt: desk.now() })
    return { set: moved(ticket, 'acted'), events: [event('noted', null, null), ...movedEvent(ticket, 'acted')], keepRevision: true }
  })
}

/** A card of Opportunity, Review or Noise deserves a ticket after all: a correction, and reversible. */
export async function openFromMention(
  desk: Desk,
  on: ByTeammate & SaidOfTicket & { mentionId: Id; source?: CorrectionSource; batchId?: Id },
): Promise<Done & { ticketId?: Id }> {
  const result = await desk.db.transaction().execute(async tx => {
    const mention = await lockMention(tx, on.mentionId)
    if (!mention) return refuse('That mention is gone.')
    if (mention.ticketId) return { ok: true as const, ticketId: mention.ticketId }
    if (mention.removedAt) return refuse('The customer deleted it.')
    return openByHand(desk, tx, mention, on)
  })
  if (!result.ok) return result
  desk.live.tell({ topic: 'queue' })
  await ringToLearn(desk)
  return result
}

/** A card of Review is noise, says a person. Kept, searchable, reversible. In a sample, "noise indeed" is worth a row too. */
export async function dismissMention(
  desk: Desk,
  on: ByTeammate & { mentionId: Id; category: Category; sentiment?: SaidParts['sentiment']; source?: CorrectionSource; batchId?: Id },
): Promise<Done> {
  if (!isNoise(on.category)) return refuse('Choose what kind of noise it is.')
  await desk.db.transaction().execute(async tx => {
    const mention = await lockMention(tx, on.mentionId)
    if (!mention || mention.ticketId) return
    const isNews = mention.category !== on.category || mention.needsReview || on.sentiment || on.source === 'noise_sample'
    const by = { teammateId: on.teammateId, source: on.source ?? 'dismissed', batchId: on.batchId }
    const { category, sentiment } = on
    if (isNews)
      await logCorrection(
        desk,
        tx,
        by,
        mention,
        { category: mention.category, needsReview: mention.needsReview },
        said({ category, sentiment }),
      )
    await markDismissed(tx, on.mentionId, on.category)
  })
  desk.live.tell({ topic: 'queue' })
  await ringToLearn(desk)
  return { ok: true }
}

/**
 * "Wrong?" on a card: what asks for an answer becomes a ticket, noise is dismissed, anything else stays a card under its right name.
 * `ticketId`: of the ticket it became.
 */
export async function correctCard(
  desk: Desk,
  on: ByTeammate & SaidOfTicket & { mentionId: Id; batchId?: Id },
): Promise<Done & { ticketId?: Id; became?: 'ticket' | 'noise' | 'card' }> {
  const mention = await findMention(desk.db, on.mentionId)
  if (!mention) return refuse('That mention is gone.')
  const heard = (await findSaid(desk.db, on.mentionId)).sentiment ?? mention.verdict?.sentimentLabel
  const { priority } = on
  const category = on.category === mention.category ? undefined : on.category
  const sentiment = on.sentiment === heard ? undefined : on.sentiment
  if (!category && !priority && !sentiment) return nothing
  if (category && isNoise(category)) return { ...(await dismissMention(desk, { ...on, category, sentiment })), became: 'noise' }
  const isForUs = category && (tierOf(category) === 1 || (mention.addressesUs && category !== 'untargeted_comment'))
  if (isForUs || priority) return { ...(await openFromMention(desk, { ...on, category, sentiment })), became: 'ticket' }
  await desk.db.transaction().execute(async tx => {
    const locked = await lockMention(tx, on.mentionId)
    if (!locked || locked.ticketId) return
    const by = { teammateId: on.teammateId, source: 'dismissed' as const, batchId: on.batchId }
    await logCorrection(desk, tx, by, locked, { category: locked.category, needsReview: locked.needsReview }, said({ category, sentiment }))
    if (category) await markDismissed(tx, on.mentionId, category)
  })
  desk.live.tell({ topic: 'queue' })
  await ringToLearn(desk)
  return { ...nothing, became: 'card' }
}

async function openByHand(
  desk: Desk,
  tx: Tx,
  mention: MentionRow,
  on: ByTeammate & SaidOfTicket & { source?: CorrectionSource; batchId?: Id },
): Promise<Done & { ticketId?: Id }> {
  const judged = mention.verdict!
  const category =
    on.category ?? (isNoise(judged.category) || judged.category === 'untargeted_comment' ? 'general_reference' : judged.category)
  const verdict = { ...judged, category, tier: 1 as const, priority: on.priority ?? priorityOf(category, 'normal'), needsReview: false }
  const [ticketId] = await fileMentions(tx, [{ mention, verdict }], desk.now())
  if (!ticketId) return refuse('It has no author to answer.')
  const by = { teammateId: on.teammateId, source: on.source ?? 'opened', batchId: on.batchId }
  const after = said({ category, priority: on.priority, sentiment: on.sentiment })
  await logCorrection(desk, tx, by, mention, { category: mention.category, needsReview: mention.needsReview }, after)
  // The verdict stays as it was decided; the correction is the event.
  await fileByHand(tx, mention.id, { category, verdict: judged, isProactive: !mention.addressesUs, ticketId })
  await wantParents(desk, tx, [mention])
  await appendTicketEvents(tx, [
    {
      ticketId,
      kind: 'category_changed',
      at: desk.now(),
      teammateId: on.teammateId,
      actor: 'teammate',
      before: { category: judged.category },
      after: { category },
      mentionId: mention.id,
    },
  ])
  return { ok: true, ticketId }
}

interface Changed {
  set: Partial<Omit<TicketRow, 'id' | 'number' | 'priorityRank' | 'revision'>>
  events: Pick<NewTicketEvent, 'kind' | 'before' | 'after'>[]
  /** A note changes nothing a reply was written against. */
  keepRevision?: boolean
}
const nothing = { ok: true } as const
const refuse = (because: string): { ok: false; because: string } => ({ ok: false, because })

/** Every verb on a ticket: lock it, decide, write row and events in one transaction, then tell the open pages. */
async function change(desk: Desk, on: OnTicket, decide: (tx: Tx, ticket: TicketRow) => Promise<Changed | Done>): Promise<Done> {
  const done = await desk.db.transaction().execute(async tx => {
    const decided = await decide(tx, await lockTicket(tx, on.ticketId))
    if ('ok' in decided) return decided
    if (Object.keys(decided.set).length) await updateTicket(tx, on.ticketId, decided.set, { newRevision: false })
    await appendTicketEvents(
      tx,
      decided.events.map(e => ({ ...e, ticketId: on.ticketId, at: desk.now(), teammateId: on.teammateId, actor: 'teammate' })),
    )
    return nothing
  })
  if (done.ok) {
    desk.live.tell({ topic: 'ticket', id: on.ticketId })
    desk.live.tell({ topic: 'queue' })
  }
  return done
}

function move(desk: Desk, on: OnTicket, cause: StatusCause, set: Changed['set']): Promise<Done> {
  return change(desk, on, async (_tx, ticket) => {
    const status = nextStatus(ticket.status, cause)
    if (!status) return refuse(`A ${ticket.status.replace('_', ' ')} ticket cannot go there. Reopen it first.`)
    return { set: { status, ...set }, events: [event('status_changed', { status: ticket.status }, { status, ...set })] }
  })
}

/** A first human action opens a New ticket. */
function moved(ticket: TicketRow, cause: StatusCause): Changed['set'] {
  const status = nextStatus(ticket.status, cause)
  return status ? { status } : {}
}
function movedEvent(ticket: TicketRow, cause: StatusCause) {
  const status = nextStatus(ticket.status, cause)
  return status ? [event('status_changed', { status: ticket.status }, { status })] : []
}

async function reprioritised(tx: Tx, ticket: TicketRow, priority: Ticket['priority']): Promise<Changed['set']> {
  const set = { priority, priorityMentionId: null }
  if (!ticket.waitingSince || ticket.isHeld || ticket.isBackfilled) return set
  return { ...set, responseDueAt: responseDueAt(await readTargets(tx), priority, ticket.firstRespondedAt === null, ticket.waitingSince) }
}

async function unansweredAtSolve(tx: Tx, ticketId: Id): Promise<Changed['set']> {
  const solved = await tx
    .selectFrom('ticketEvents')
    .select('before')
    .where('ticketId', '=', ticketId)
    .where('kind', '=', 'solved')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  const before = solved?.before as { waitingSince?: string | null; responseDueAt?: string | null } | undefined
  const date = (text: string | null | undefined) => (text ? new Date(text) : null)
  return { waitingSince: date(before?.waitingSince), responseDueAt: date(before?.responseDueAt) }
}

const event = (kind: TicketEventKind, before: unknown, after: unknown) => ({ kind, before, after })
const mayAnswer = (role: Role) => role !== 'readonly'
