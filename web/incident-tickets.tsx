// Linking tickets to an incident: one by its number, a selection, or the matching reports after a look; and unlinking.
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { listTicketsByIds } from '../db/incidents-page.ts'
import { findTicketByNumber } from '../db/tickets.ts'
import { findMatching, linkTickets, unlinkTicket } from '../incidents/incident.ts'
import type { WebEnv } from './env.ts'
import { findIncidentOf, noIncident } from './incident-of.ts'
import { redirectSaying } from './parts/flash.ts'
import { LinkedTable } from './parts/linked-table.tsx'
import { Page } from './parts/page.tsx'
import { refused } from './parts/refused.tsx'
import { plural } from './parts/words.ts'
import { hasRole, requireRole } from './session.ts'

export function incidentTicketPages(): Hono<WebEnv> {
  const pages = new Hono<WebEnv>()
  pages.get('/incidents/:number{[0-9]+}/matching', async c => {
    const incident = await findIncidentOf(c)
    if (!incident) return noIncident(c)
    const tickets = await listTicketsByIds(c.get('desk').db, await findMatching(c.get('desk'), incident))
    const path = `/incidents/${incident.number}`
    const mayLink = hasRole(c.get('teammate'), 'rep')
    return c.html(
      <Page c={c} title={`Matching reports · INC-${incident.number}`} section="incidents" styles={['incidents']}>
        <header class="page-head">
          <div>
            <p>
              <a href={path}>
                INC-{incident.number} {incident.title}
              </a>
            </p>
            <h1>Matching reports</h1>
            <p class="muted">
              Open outage reports since two hours before it was declared, linked to nothing yet. Untick what is about something else.
            </p>
          </div>
        </header>
        {tickets.length ? (
          <form method="post" action={`${path}/links`} class="stack">
            <LinkedTable tickets={tickets} now={c.get('frame').now} tick={{ name: 'ticket', isTicked: () => true }} />
            <div class="row">
              <button type="submit" class="primary" disabled={!mayLink} title={mayLink ? undefined : 'Your role may read only'}>
                Link the ticked ones
              </button>
              <span class="muted">
                They leave the queue and wait for the public update. Unlinking brings one back with the due time it had.
              </span>
            </div>
          </form>
        ) : (
          <p class="empty card">
            <strong>No open report matches</strong>New ones appear here as they come in.
          </p>
        )}
      </Page>,
    )
  })
  pages.post('/incidents/:number{[0-9]+}/links', requireRole('rep'), async c => {
    const incident = await findIncidentOf(c)
    if (!incident) return noIncident(c)
    const path = `/incidents/${incident.number}`
    const chosen = await chosenTickets(c)
    if (!chosen.length)
      return refused(c, 422, 'Nothing chosen', 'Tick at least one ticket. Nothing was linked.', {
        href: `${path}/matching`,
        label: 'Back to the list',
      })
    const done = await linkTickets(c.get('desk'), { ticketIds: chosen, incidentId: incident.id, teammateId: c.get('teammate').id })
    if (!done.ok) return refused(c, 409, 'Nothing was linked', done.because, { href: path, label: `To INC-${incident.number}` })
    const left = chosen.length - done.linked
    return redirectSaying(
      c,
      path,
      `${plural(done.linked, 'ticket')} linked and held.${left ? ` ${left} left as they were: solved, spam or linked already.` : ''}`,
    )
  })
  pages.post('/incidents/:number{[0-9]+}/links/:ticketNumber{[0-9]+}/undo', requireRole('rep'), async c => {
    const incident = await findIncidentOf(c)
    const number = Number(c.req.param('ticketNumber'))
    const ticket = incident && Number.isSafeInteger(number) ? await findTicketByNumber(c.get('desk').db, number) : undefined
    if (!incident || !ticket) return noIncident(c)
    const path = `/incidents/${incident.number}`
    if (ticket.incidentId !== incident.id)
      return refused(
        c,
        409,
        'Not linked here',
        `#${ticket.number} is not linked to INC-${incident.number} any more. Nothing was changed.`,
        { href: path, label: 'To the incident' },
      )
    const done = await unlinkTicket(c.get('desk'), { ticketId: ticket.id, teammateId: c.get('teammate').id })
    return done.ok
      ? redirectSaying(c, path, `#${ticket.number} is back in the queue, with the due time it had.`)
      : refused(c, 409, 'Nothing was changed', done.because, { href: path, label: 'To the incident' })
  })
  return pages
}

/** Ids from ticks, or a ticket's number from a field. */
async function chosenTickets(c: Context<WebEnv>): Promise<string[]> {
  const form = await c.req.formData()
  const ids = form
    .getAll('ticket')
    .map(String)
    .filter(id => z.uuid().safeParse(id).success)
  const number = Number(form.get('number') ?? Number.NaN)
  const byNumber = Number.isSafeInteger(number) ? await findTicketByNumber(c.get('desk').db, number) : undefined
  return byNumber ? [...ids, byNumber.id] : ids
}
