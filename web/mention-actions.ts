// What the buttons on a card do: make it a ticket, say it is noise, or say what it really is.
import { Hono } from 'hono'
import { v7 as newId } from 'uuid'
import { getTicket } from '../db/tickets.ts'
import type { Category } from '../domain.ts'
import { correctCard, dismissMention, openFromMention } from '../triage/tickets.ts'
import { readCorrectionForm } from './correction-form.ts'
import type { WebEnv } from './env.ts'
import { idOf } from './ids.ts'
import { redirectSaying } from './parts/flash.ts'
import { placeOf, queuePath, ticketPath } from './parts/place.ts'
import { refused } from './parts/refused.tsx'
import type { Form } from './ticket-actions.ts'

export function mentionActions() {
  const actions = new Hono<WebEnv>()

  actions.post('/mentions/:id/ticket', async c => {
    const desk = c.get('desk')
    const opened = await openFromMention(desk, { mentionId: idOf(c), teammateId: c.get('teammate').id })
    if (!opened.ok)
      return refused(c, 422, 'No ticket was opened', opened.because, { href: queuePath(placeOf(c)), label: 'Back to the cards' })
    const ticket = await getTicket(desk.db, opened.ticketId!)
    return redirectSaying(c, ticketPath(ticket.number, { view: 'waiting', q: '' }), `It is ticket #${ticket.number} now.`)
  })

  actions.post('/mentions/:id/triage', async c => {
    const desk = c.get('desk')
    const cards = queuePath(placeOf(c))
    const read = readCorrectionForm(await c.req.parseBody())
    const batchId = newId()
    const done = read.ok ? await correctCard(desk, { ...read.said, batchId, mentionId: idOf(c), teammateId: c.get('teammate').id }) : read
    if (!done.ok) return refused(c, 422, 'Not corrected', done.because, { href: cards, label: 'Back to the cards' })
    if ('ticketId' in done && done.ticketId) {
      const ticket = await getTicket(desk.db, done.ticketId)
      return redirectSaying(c, ticketPath(ticket.number, { view: 'waiting', q: '' }), `Corrected: it is ticket #${ticket.number} now.`)
    }
    if (!('became' in done)) return redirectSaying(c, cards, 'That is what triage said already.')
    return redirectSaying(c, cards, 'Corrected. Thank you: triage learns from it.', {
      undo: { path: `/triage/batches/${batchId}/undo?view=${placeOf(c).view}`, label: 'Undo' },
    })
  })

  actions.post('/mentions/:id/dismissal', async c => {
    const { category } = (await c.req.parseBody()) as Form
    const done = await dismissMention(c.get('desk'), {
      mentionId: idOf(c),
      teammateId: c.get('teammate').id,
      category: (category ?? '') as Category,
    })
    if (!done.ok) return refused(c, 422, 'Not dismissed', done.because, { href: queuePath(placeOf(c)), label: 'Back to the cards' })
    return redirectSaying(c, queuePath(placeOf(c)), 'Dismissed. It stays under Noise, where it can be opened again.')
  })
  return actions
}
