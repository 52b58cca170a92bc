// What the buttons below a customer's words do: like and hide on the platform, and take either back.
import type { Handler } from 'hono'
import { Hono } from 'hono'
import type { Gesture } from '../domain.ts'
import { askForGesture } from '../responders/gestures.ts'
import type { WebEnv } from './env.ts'
import { idOf } from './ids.ts'
import { redirectSaying } from './parts/flash.ts'
import { placeOf, placeQuery, ticketPath } from './parts/place.ts'
import { refused } from './parts/refused.tsx'
import { requireRole } from './session.ts'
import { type Form, noSuchTicket, ticketOf } from './ticket-actions.ts'

export function gestureActions() {
  const actions = new Hono<WebEnv>()
  actions.use('/tickets/:number/mentions/:id/hide/*', requireRole('lead'))
  for (const gesture of ['like', 'hide'] as const) {
    actions.post(`/tickets/:number/mentions/:id/${gesture}`, wish(gesture, true))
    actions.post(`/tickets/:number/mentions/:id/${gesture}/undo`, wish(gesture, false))
  }
  return actions
}

function wish(gesture: Gesture, isWished: boolean): Handler<WebEnv> {
  return async c => {
    const desk = c.get('desk')
    const ticket = await ticketOf(c)
    if (!ticket) return noSuchTicket(c)
    const place = placeOf(c)
    const mentionId = idOf(c)
    const back = `${ticketPath(ticket.number, place)}#gestures-${mentionId}`
    const { reason = '' } = (await c.req.parseBody()) as Form
    const done = await askForGesture(desk, {
      ticketId: ticket.id,
      mentionId,
      gesture,
      isWished,
      teammateId: c.get('teammate').id,
      reason: REASONS.get(reason),
    })
    if (!done.ok)
      return refused(c, 422, 'Not done', `${done.because} Nothing was changed.`, { href: back, label: `Back to #${ticket.number}` })
    const { label } = desk.connectorFor(ticket.platform)
    const other = `/tickets/${ticket.number}/mentions/${mentionId}/${gesture}${isWished ? '/undo' : ''}${placeQuery(place)}`
    // What hides it again asks for a reason, so only showing again is one click.
    const undo = isWished || gesture === 'like' ? { undo: { path: other, label: 'Undo' } } : {}
    return redirectSaying(c, back, `#${ticket.number}: ${SAYS[gesture][isWished ? 'on' : 'off']} ${label}.`, undo)
  }
}

/** The only two there are; the history names them. */
const REASONS = new Map([
  ['spam', 'spam'],
  ['rules', 'it breaks the rules we have posted'],
])
const SAYS: Record<Gesture, { on: string; off: string }> = {
  like: { on: 'Your like is on its way to', off: 'The like is being taken back on' },
  hide: { on: 'It is being hidden on', off: 'It is being shown again on' },
}
