// The queue: what is next and why; mentions without a ticket as cards; "get next".
import { Hono } from 'hono'
import { type CardRow, findNextNumber, listCards, type MentionView } from '../db/queue-page.ts'
import { findTicketByNumber } from '../db/tickets.ts'
import { takeTicket } from '../triage/tickets.ts'
import type { WebEnv } from './env.ts'
import { redirectSaying } from './parts/flash.ts'
import { Card } from './parts/mention-card.tsx'
import { outward } from './parts/outward.ts'
import { type Place, placeOf, queuePath, ticketPath } from './parts/place.ts'
import { isCards, loadSurroundings, titleOf, Workspace } from './parts/workspace.tsx'
import { hasRole } from './session.ts'

export function queuePages() {
  const pages = new Hono<WebEnv>()

  pages.get('/queue', async c => {
    const around = await loadSurroundings(c)
    const title = titleOf(around.place.view)
    if (!isCards(around.place.view)) return c.html(<Workspace c={c} title={title} around={around} />)
    const before = Number(c.req.query('before'))
    const cards = await listCards(c.get('desk').db, around.place.view as MentionView, CARDS, before ? new Date(before) : undefined)
    return c.html(
      <Workspace
        c={c}
        title={title}
        around={around}
        cards={
          <Cards
            place={around.place}
            cards={cards.slice(0, CARDS).map(card => ({
              ...card,
              url: outward(c, c.get('desk').connectorFor(card.platform).label, card.isDemo)(card.url),
            }))}
            hasMore={cards.length > CARDS}
            now={c.get('frame').now}
            mayAct={hasRole(c.get('teammate'), 'rep')}
            labelOf={platform => c.get('desk').connectorFor(platform).label}
          />
        }
      />,
    )
  })

  // The first ticket nobody is looking at, and it is theirs.
  pages.post('/next', async c => {
    const desk = c.get('desk')
    const teammate = c.get('teammate')
    const number = await findNextNumber(desk.db, teammate.id, desk.now())
    const ticket = number === undefined ? undefined : await findTicketByNumber(desk.db, number)
    if (!ticket) return redirectSaying(c, queuePath(placeOf(c)), 'Nothing waits that nobody has.')
    const taken = await takeTicket(desk, { ticketId: ticket.id, teammateId: teammate.id })
    return redirectSaying(c, ticketPath(ticket.number, placeOf(c)), taken.ok ? `#${ticket.number} is yours.` : taken.because, {
      tone: taken.ok ? 'good' : 'bad',
    })
  })
  return pages
}

const CARDS = 40

function Cards({
  place,
  cards,
  hasMore,
  now,
  mayAct,
  labelOf,
}: {
  place: Place
  cards: CardRow[]
  hasMore: boolean
  now: Date
  mayAct: boolean
  labelOf: (platform: string) => string
}) {
  return (
    <section class="cards" id="list" aria-labelledby="list-title">
      <header class="list-head">
        <h1 id="list-title">{titleOf(place.view)}</h1>
        <p class="muted">{ABOUT[place.view as MentionView]}</p>
      </header>
      {cards.length ? (
        <ol class="card-rows" id="rows">
          {cards.map(card => (
            <Card card={card} place={place} now={now} mayAct={mayAct} label={labelOf(card.platform)} />
          ))}
        </ol>
      ) : (
        <div class="empty">
          <strong>{NONE[place.view as MentionView]}</strong>
          <p>
            <a href="/queue">Back to the queue</a>
          </p>
        </div>
      )}
      {hasMore ? (
        <p class="more">
          <a class="button small" href={queuePath(place, { before: String(cards.at(-1)!.postedAt.getTime()) })}>
            Older ones
          </a>
        </p>
      ) : null}
    </section>
  )
}

const ABOUT: Record<MentionView, string> = {
  opportunity: 'People speak about us, but not to us. Nobody waits; a word at the right moment is welcome.',
  review: 'Triage was not sure enough to file these or to let them go. You decide; it learns.',
  noise: 'Kept and searchable, never a ticket. Something here that should be one? Open it.',
}
const NONE: Record<MentionView, string> = {
  opportunity: 'No opportunities right now',
  review: 'Nothing to review',
  noise: 'No noise yet',
}
