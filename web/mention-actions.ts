// What the buttons on a card do: make it a ticket, or say it is noise.
import type { Context } from 'hono'
import { Hono } from 'hono'
import { getTicket } from '../db/tickets.ts'
import type { Category } from '../domain.ts'
import { dismissMention, openFromMention } from '../triage/tickets.ts'
import type { WebEnv } from './env.ts'
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

/** An id that is none is an id of nothing. */
const idOf = (c: Context) => {
  const id = c.req.param('id') ?? ''
  return /^[0-9a-f-]{36}$/.test(id) ? id : '00000000-0000-0000-0000-000000000000'
}
