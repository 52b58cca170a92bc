// What the forms on a ticket do: each posts to a resource, changes one thing, and leads back with a word about it.
import type { Context, Handler } from 'hono'
import { Hono } from 'hono'
import { v7 as newId } from 'uuid'
import { findTicketByNumber, type TicketRow } from '../db/tickets.ts'
import type { Ticket } from '../domain.ts'
import { linkTicket, unlinkTicket } from '../incidents/incident.ts'
import {
  assignTicket,
  correctTriage,
  type Done,
  holdTicket,
  markSpam,
  type OnTicket,
  releaseTicket,
  reopenTicket,
  setPending,
  setPriority,
  snoozeTicket,
  solveTicket,
  takeTicket,
  unmarkSpam,
  wakeTicket,
} from '../triage/tickets.ts'
import { makeOrdinary, makeVip } from '../triage/vip.ts'
import { correctedWords, readCorrectionForm } from './correction-form.ts'
import type { WebDesk, WebEnv } from './env.ts'
import { redirectSaying, type Said } from './parts/flash.ts'
import { type Place, placeOf, placeQuery, queuePath, ticketPath } from './parts/place.ts'
import { refused } from './parts/refused.tsx'
import { PRIORITY } from './parts/words.ts'
import { snoozeUntil } from './snooze.ts'
import { numberOf } from './ticket.tsx'

export function ticketActions() {
  const actions = new Hono<WebEnv>()
  actions.post('/tickets/:number/claim', act(takeTicket, { says: 'It is yours.', undo: 'claim/undo' }))
  actions.post('/tickets/:number/claim/undo', act(releaseTicket, { says: 'Given back to Unassigned.', undo: 'claim' }))
  actions.post(
    '/tickets/:number/assignment',
    act((desk, on, form) => assignTicket(desk, { ...on, assigneeId: form.assigneeId || null }), { says: 'Assigned.' }),
  )
  actions.post('/tickets/:number/pending', act(setPending, { says: 'Pending: we wait for the customer.', undo: 'reopening', leaves: true }))
  actions.post(
    '/tickets/:number/hold',
    act((desk, on, form) => holdTicket(desk, { ...on, reason: form.reason ?? '' }), { says: 'On hold.', undo: 'reopening', leaves: true }),
  )
  actions.post(
    '/tickets/:number/solution',
    act((desk, on, form) => solveTicket(desk, { ...on, reason: form.reason }), { says: 'Solved.', undo: 'reopening', leaves: true }),
  )
  actions.post('/tickets/:number/reopening', act(reopenTicket, { says: 'Open again.' }))
  actions.post('/tickets/:number/snooze', act(snooze, { says: 'Snoozed.', undo: 'snooze/undo', leaves: true }))
  actions.post('/tickets/:number/snooze/undo', act(wakeTicket, { says: 'Awake again.' }))
  actions.post(
    '/tickets/:number/priority',
    act((desk, on, form) => prioritise(desk, on, form.priority), {
      says: form => `Priority ${PRIORITY[form.priority as Ticket['priority']]?.toLowerCase()}.`,
    }),
  )
  actions.post('/tickets/:number/triage', correct)
  actions.post('/tickets/:number/vip', act(makeVip, { says: 'The customer is marked as VIP, for everybody here.', undo: 'vip/undo' }))
  actions.post('/tickets/:number/vip/undo', act(makeOrdinary, { says: 'The customer is no longer marked as VIP.', undo: 'vip' }))
  actions.post(
    '/tickets/:number/spam',
    act((desk, on, form) => markSpam(desk, { ...on, reason: form.reason ?? '' }), {
      says: 'Marked as spam. Nothing was deleted.',
      undo: 'spam/undo',
      leaves: true,
    }),
  )
  actions.post('/tickets/:number/spam/undo', act(unmarkSpam, { says: 'No longer spam.' }))
  actions.post(
    '/tickets/:number/incident',
    act((desk, on, form) => linkTicket(desk, { ...on, incidentId: form.incidentId ?? '' }), {
      says: 'Linked and held: one public update answers it.',
      undo: 'incident/undo',
      leaves: true,
    }),
  )
  actions.post(
    '/tickets/:number/incident/undo',
    act((desk, on, form) => unlinkTicket(desk, { ...on, because: form.reason }), {
      says: 'Unlinked: back in the queue with the time it had.',
    }),
  )
  return actions
}

export type Form = Record<string, string | undefined>

interface Words {
  says: string | ((form: Form) => string)
  /** The resource that takes it back. */
  undo?: string
  /** Done with it: the list's next ticket comes up when the keyboard asks for it. */
  leaves?: boolean
}

function act(verb: (desk: WebDesk, on: OnTicket, form: Form) => Promise<Done>, words: Words): Handler<WebEnv> {
  return async c => {
    const ticket = await ticketOf(c)
    if (!ticket) return noSuchTicket(c)
    const form = (await c.req.parseBody()) as Form
    const done = await verb(c.get('desk'), { ticketId: ticket.id, teammateId: c.get('teammate').id }, form)
    const place = placeOf(c)
    const back = ticketPath(ticket.number, place)
    if (!done.ok)
      return refused(c, 422, 'Not done', `${done.because} Nothing was changed.`, { href: back, label: `Back to #${ticket.number}` })
    const said = typeof words.says === 'string' ? words.says : words.says(form)
    return redirectSaying(c, back, `#${ticket.number}: ${said}`, words.undo ? { undo: undoBy(ticket.number, words.undo, place) } : {})
  }
}

export async function ticketOf(c: Context<WebEnv>): Promise<TicketRow | undefined> {
  const number = numberOf(c)
  return number === undefined ? undefined : findTicketByNumber(c.get('desk').db, number)
}
export const noSuchTicket = (c: Context<WebEnv>) =>
  refused(c, 404, 'No such ticket', 'There is no ticket with this number, so nothing was done.', {
    href: queuePath(placeOf(c)),
    label: 'Back to the queue',
  })

const undoBy = (number: number, resource: string, place: Place): NonNullable<Said['undo']> => ({
  path: `/tickets/${number}/${resource}${placeQuery(place)}`,
  label: 'Undo',
})

async function snooze(desk: WebDesk, on: OnTicket, form: Form): Promise<Done> {
  const until = snoozeUntil(form, desk.now())
  return until ? snoozeTicket(desk, { ...on, until }) : { ok: false, because: 'Choose until when.' }
}

async function prioritise(desk: WebDesk, on: OnTicket, priority: string | undefined): Promise<Done> {
  if (priority !== 'urgent' && priority !== 'high' && priority !== 'normal') return { ok: false, because: 'Choose urgent, high or normal.' }
  return setPriority(desk, { ...on, priority })
}

async function correct(c: Context<WebEnv>) {
  const ticket = await ticketOf(c)
  if (!ticket) return noSuchTicket(c)
  const back = ticketPath(ticket.number, placeOf(c))
  const read = readCorrectionForm(await c.req.parseBody())
  const batchId = newId()
  const done = read.ok
    ? await correctTriage(c.get('desk'), { ...read.said, batchId, ticketId: ticket.id, teammateId: c.get('teammate').id })
    : read
  if (!done.ok)
    return refused(c, 422, 'Not corrected', `${done.because} Nothing was changed.`, { href: back, label: `Back to #${ticket.number}` })
  if (!('correctionId' in done) || done.correctionId === undefined)
    return redirectSaying(c, back, `#${ticket.number}: that is what triage said already.`)
  const words = read.ok ? correctedWords(read.said, ticket.category) : ''
  return redirectSaying(c, back, `#${ticket.number}: Corrected ${words}. Thank you: triage learns from it.`, {
    undo: { path: `/triage/batches/${batchId}/undo?ticket=${ticket.number}`, label: 'Undo' },
  })
}
