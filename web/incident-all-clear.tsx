// After the all-clear: the linked tickets are looked through, exceptions unticked, the rest solved together.
import { Hono } from 'hono'
import { z } from 'zod'
import { countLinked, listLinked } from '../db/incidents-page.ts'
import { solveLinked } from '../incidents/all-clear.ts'
import type { WebEnv } from './env.ts'
import { findIncidentOf, noIncident } from './incident-of.ts'
import { redirectSaying } from './parts/flash.ts'
import { LinkedTable } from './parts/linked-table.tsx'
import { Page } from './parts/page.tsx'
import { refused } from './parts/refused.tsx'
import { plural } from './parts/words.ts'
import { requireRole } from './session.ts'

/** Looked through at once; the rest follow on the next page. */
const ROUND = 500

export function allClearPages(): Hono<WebEnv> {
  const pages = new Hono<WebEnv>()
  pages.get('/incidents/:number{[0-9]+}/review', requireRole('lead'), async c => {
    const incident = await findIncidentOf(c)
    if (!incident) return noIncident(c)
    const path = `/incidents/${incident.number}`
    if (!incident.resolvedAt)
      return refused(c, 409, 'It is still running', 'Give the all-clear first: then the linked tickets are solved together.', {
        href: `${path}/all-clear`,
        label: 'To the all-clear',
      })
    const { db } = c.get('desk')
    const [tickets, counts] = [await listLinked(db, incident.id, ROUND, 'unsolved'), await countLinked(db, incident.id)]
    return c.html(
      <Page c={c} title={`Review · INC-${incident.number}`} section="incidents" styles={['incidents']}>
        <header class="page-head">
          <div>
            <p>
              <a href={path}>
                INC-{incident.number} {incident.title}
              </a>
            </p>
            <h1>Solve what it held</h1>
            <p class="muted">
              {counts.total - counts.unsolved} of {counts.total} solved.{' '}
              <progress value={counts.total - counts.unsolved} max={Math.max(counts.total, 1)} aria-label="Linked tickets solved" />
            </p>
          </div>
        </header>
        {tickets.length ? (
          <form method="post" action={`${path}/review`} class="stack">
            <p>
              Ticked ones are solved with an internal note; nobody is written to. Unticked ones go back to the queue with the due time they
              had. What needs an answer of its own is unticked for you.
            </p>
            {tickets.map(ticket => (
              <input type="hidden" name="shown" value={ticket.id} />
            ))}
            <LinkedTable tickets={tickets} now={c.get('frame').now} tick={{ name: 'solve', isTicked: ticket => !ticket.isException }} />
            <div class="row">
              <button type="submit" class="primary">
                Solve the ticked ones
              </button>
              {counts.unsolved > tickets.length ? (
                <span class="muted">
                  The first {tickets.length} of {counts.unsolved}; the rest follow.
                </span>
              ) : null}
            </div>
          </form>
        ) : (
          <p class="empty card">
            <strong>{counts.total ? `All ${counts.total} linked tickets are solved` : 'No ticket was linked'}</strong>
            <a href={path}>Back to INC-{incident.number}</a>
          </p>
        )}
      </Page>,
    )
  })
  pages.post('/incidents/:number{[0-9]+}/review', requireRole('lead'), async c => {
    const incident = await findIncidentOf(c)
    if (!incident) return noIncident(c)
    const form = await c.req.formData()
    const ids = (name: string) =>
      form
        .getAll(name)
        .map(String)
        .filter(id => z.uuid().safeParse(id).success)
    const solve = new Set(ids('solve'))
    const exceptions = ids('shown').filter(id => !solve.has(id))
    const path = `/incidents/${incident.number}`
    const done = await solveLinked(c.get('desk'), {
      incidentId: incident.id,
      solve: [...solve],
      exceptions,
      teammateId: c.get('teammate').id,
    })
    if (!done.ok) return refused(c, 409, 'Nothing was solved', done.because, { href: path, label: 'To the incident' })
    const { unsolved } = await countLinked(c.get('desk').db, incident.id)
    return redirectSaying(
      c,
      unsolved ? `${path}/review` : path,
      `${plural(done.solved, 'ticket')} solved${done.released ? `, ${done.released} back in the queue` : ''}.${unsolved ? ` ${unsolved} to go.` : ''}`,
    )
  })
  return pages
}
