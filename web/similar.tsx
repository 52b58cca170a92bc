// "Apply to n similar open ones?": what a correction may also mean, shown before anything is changed; one click takes it back.
import { type Context, Hono } from 'hono'
import { v7 as newId } from 'uuid'
import { getTicket } from '../db/tickets.ts'
import { findSimilar, type SimilarTo } from '../triage/corrections.ts'
import { correctTriage, undoCorrections } from '../triage/tickets.ts'
import type { WebEnv } from './env.ts'
import { redirectSaying } from './parts/flash.ts'
import { Page } from './parts/page.tsx'
import { placeOf, queuePath } from './parts/place.ts'
import { refused } from './parts/refused.tsx'
import { Time } from './parts/time.tsx'
import { CATEGORY, plural } from './parts/words.ts'
import { requireRole } from './session.ts'

export function similarPages(): Hono<WebEnv> {
  const pages = new Hono<WebEnv>()
  pages.get('/triage/corrections/:id/similar', c => withSimilar(c, showSimilar))
  pages.post('/triage/corrections/:id/similar', requireRole('rep'), c => withSimilar(c, apply))
  pages.post('/triage/batches/:batchId/undo', requireRole('rep'), undo)
  return pages
}

async function showSimilar(c: Context<WebEnv>, to: SimilarTo) {
  const { similar } = to
  const mayAct = c.get('teammate').role !== 'readonly'
  const back = await ticketPathOf(c, to)
  return c.html(
    <Page c={c} title="Similar ones" section="triage" styles={['dashboard', 'triage']}>
      <div class="page-head">
        <div>
          <h1>{similar.length ? `Apply to ${plural(similar.length, 'similar open one')}?` : 'No similar open ones'}</h1>
          <p class="muted">
            {CATEGORY[to.from]} → {CATEGORY[to.to]}: <span dir="auto">“{to.text.slice(0, 160).toWellFormed()}”</span>
          </p>
        </div>
      </div>
      {similar.length ? (
        <form method="post" class="card stack">
          <ul class="similar">
            {similar.map(row => (
              <li>
                <label>
                  <input type="checkbox" name="ticket" value={String(row.number)} checked disabled={!mayAct} />
                  <span>
                    <span class="row">
                      <a href={`/tickets/${row.number}`}>#{row.number}</a>
                      <strong>{row.name || row.handle}</strong>
                      <span class="chip">{row.because}</span>
                      {row.waitingSince ? (
                        <span class="muted">
                          waits since <Time at={row.waitingSince} now={c.get('frame').now} />
                        </span>
                      ) : null}
                    </span>
                    <span class="said" dir="auto" lang={row.language ?? undefined}>
                      {row.text.slice(0, 240).toWellFormed()}
                    </span>
                  </span>
                </label>
              </li>
            ))}
          </ul>
          <p class="row">
            <button type="submit" class="primary" disabled={!mayAct} title={mayAct ? undefined : 'Read-only: a rep can do this'}>
              Correct the ticked ones
            </button>
            <a class="button quiet" href={back}>
              Leave them as they are
            </a>
          </p>
        </form>
      ) : (
        <div class="empty card">
          <strong>No other open ticket of this kind says the same.</strong>
          <p>
            <a href={back}>Back to the ticket</a>
          </p>
        </div>
      )}
    </Page>,
  )
}

/** Only what the preview offered: a ticket that moved on meanwhile is left alone. */
async function apply(c: Context<WebEnv>, to: SimilarTo) {
  const desk = c.get('desk')
  const ticked = new Set([(await c.req.parseBody({ all: true })).ticket ?? []].flat().map(String))
  const chosen = to.similar.filter(row => ticked.has(String(row.number)))
  const batchId = newId()
  let count = 0
  for (const row of chosen) {
    const done = await correctTriage(desk, {
      ticketId: row.ticketId,
      teammateId: c.get('teammate').id,
      category: to.to,
      source: 'similar',
      batchId,
    })
    if (done.correctionId !== undefined) count++
  }
  return redirectSaying(
    c,
    await ticketPathOf(c, to),
    count ? `${plural(count, 'ticket')} corrected to ${CATEGORY[to.to]}.` : 'Nothing was ticked, so nothing was changed.',
    count ? { undo: { path: `/triage/batches/${batchId}/undo`, label: 'Undo' } } : {},
  )
}

async function undo(c: Context<WebEnv>) {
  const batchId = c.req.param('batchId')!
  const count = UUID.test(batchId) ? await undoCorrections(c.get('desk'), { teammateId: c.get('teammate').id, batchId }) : 0
  const ticket = Number(c.req.query('ticket'))
  const isOne = Number.isSafeInteger(ticket) && ticket > 0
  const isCard = c.req.query('view') !== undefined
  const back = isOne ? `/tickets/${ticket}` : isCard ? queuePath(placeOf(c)) : '/queue'
  if (!count) return redirectSaying(c, back, 'There was nothing left to undo.')
  const what = isOne ? `#${ticket} is` : isCard ? 'The card is' : `${plural(count, 'ticket')} put back`
  return redirectSaying(c, back, `${what} as before; nothing of it is learnt.`)
}

async function withSimilar(c: Context<WebEnv>, act: (c: Context<WebEnv>, to: SimilarTo) => Promise<Response>) {
  const id = Number(c.req.param('id'))
  const to = Number.isSafeInteger(id) && id > 0 ? await findSimilar(c.get('desk'), id) : undefined
  return to ? act(c, to) : refused(c, 404, 'No such correction', 'It may have been undone. Nothing was changed.')
}

async function ticketPathOf(c: Context<WebEnv>, to: SimilarTo): Promise<string> {
  if (!to.ticketId) return '/queue'
  const ticket = await getTicket(c.get('desk').db, to.ticketId)
  return `/tickets/${ticket.number}`
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
