// The desk: views, list, ticket, customer side by side; each pane is a landmark of its own.
import type { Context } from 'hono'
import type { Child } from 'hono/jsx'
import {
  type Counts,
  isSortedWhole,
  listQueue,
  mentionViews,
  type QueueCursor,
  type QueueRow,
  type TicketView,
  type View,
} from '../../db/queue-page.ts'
import { readSearch } from '../../db/queue-search.ts'
import { effectiveRank } from '../../triage/queue-order.ts'
import type { WebEnv } from '../env.ts'
import { FirstSteps, loadFirstSteps, type Steps } from './first-steps.tsx'
import { capped, Page } from './page.tsx'
import { type Place, placeOf, queuePath } from './place.ts'
import { QueueRowItem, type Watcher } from './queue-row.tsx'
import { plural } from './words.ts'

export interface Surroundings {
  place: Place
  counts: Counts
  /** Null on the views of cards, which are a page of their own. */
  list: { rows: QueueRow[]; more: string | null; watchers: Watcher[]; unknown: string[] } | null
  steps: Steps | null
}

/** `open`: the number of the ticket the page shows. */
export async function loadSurroundings(c: Context<WebEnv>, open?: number): Promise<Surroundings> {
  const place = placeOf(c)
  const [list, steps] = await Promise.all([
    isCards(place.view) ? null : loadList(c, place, place.view as TicketView),
    loadFirstSteps(c, open),
  ])
  return { place, counts: c.get('frame').counts, list, steps }
}

async function loadList(c: Context<WebEnv>, place: Place, view: TicketView) {
  const { db, now } = c.get('desk')
  const at = now()
  const teammateId = c.get('teammate').id
  const search = readSearch(place.q)
  const isByRule = !isSortedWhole(view, search)
  // A list short enough to be sorted whole simply grows; the long ones go on from the last row seen.
  const limit = isByRule ? ROWS : Math.min(500, Number(c.req.query('rows')) || ROWS)
  const found = await listQueue(db, {
    view,
    teammateId,
    now: at,
    limit,
    search,
    after: isByRule ? readCursor(c.req.query('after')) : undefined,
  })
  const rows = found.slice(0, limit)
  const last = rows.at(-1)
  const more =
    found.length <= limit || !last
      ? null
      : queuePath(
          place,
          isByRule ? { after: writeCursor(last, readCursor(c.req.query('after'))?.asOf ?? at) } : { rows: String(limit + 100) },
        )
  const watchers = c.get('frame').present.filter(one => one.teammateId !== teammateId)
  return { rows, more, watchers, unknown: search?.unknown ?? [] }
}

export interface WorkspaceProps {
  c: Context<WebEnv>
  title: string
  around: Surroundings
  /** The number of the open ticket. */
  open?: number
  ticket?: Child
  customer?: Child
  /** Cards in place of list and ticket. */
  cards?: Child
}

export function Workspace({ c, title, around, open, ticket, customer, cards }: WorkspaceProps) {
  return (
    <Page
      c={c}
      title={title}
      section="queue"
      styles={['desk', 'composer-pictures']}
      scripts={['desk', 'composer', 'composer-pictures', 'pictures']}
      layout="desk"
      search={around.place.q}
    >
      <div class={`desk${open ? ' has-ticket' : ''}${cards ? ' has-cards' : ''}`}>
        <div class="side" id="side">
          <Views around={around} />
          {around.steps ? <FirstSteps steps={around.steps} place={around.place} top={around.list?.rows[0]?.number} open={open} /> : null}
        </div>
        {around.list ? <List c={c} around={around} list={around.list} open={open} /> : null}
        {cards}
        {around.list ? (
          <article class="ticket" id="ticket" aria-label={open ? `Ticket ${open}` : 'Ticket'} data-number={open}>
            {ticket ?? <NothingOpen />}
          </article>
        ) : null}
        {around.list ? (
          <aside class="customer" id="customer" aria-label="Customer">
            {customer}
          </aside>
        ) : null}
      </div>
    </Page>
  )
}

function Views({ around: { place, counts } }: { around: Surroundings }) {
  return (
    <nav class="views" aria-label="Views">
      <ul>
        {VIEWS.map(([view, label, key]) => (
          <li>
            <a href={queuePath({ view, q: '' })} aria-current={view === place.view ? 'page' : undefined} data-key={key ?? undefined}>
              <span>{label}</span>
              {view in counts ? (
                <span class={view === 'failed' && counts.failed > 0 ? 'n late' : 'n'}>{capped(counts[view as keyof Counts])}</span>
              ) : null}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function List({
  c,
  around,
  list,
  open,
}: {
  c: Context<WebEnv>
  around: Surroundings
  list: NonNullable<Surroundings['list']>
  open: number | undefined
}) {
  const { now } = c.get('frame')
  const { connectorFor } = c.get('desk')
  const { place } = around
  return (
    <section class="list" id="list" aria-labelledby="list-title">
      <header class="list-head">
        {open ? <h2 id="list-title">{titleOf(place.view)}</h2> : <h1 id="list-title">{titleOf(place.view)}</h1>}
        <span class="muted">
          {place.q ? 'search' : place.view in around.counts ? capped(around.counts[place.view as keyof Counts]) : ''}
        </span>
        <button type="button" class="pill only-js" id="new-rows" hidden></button>
        <form method="post" action="/next">
          <button type="submit" class="small quiet" data-key="g n" title="Open the first ticket nobody is looking at, and take it (g n)">
            Get next
          </button>
        </form>
      </header>
      {list.unknown.length ? (
        <p class="advice">
          No such filter: {list.unknown.join(' ')}. Try is:pending, platform:x, from:@handle, assignee:me, sla:breached, waiting&gt;30m,
          #1042 or words.
        </p>
      ) : null}
      {list.rows.length ? (
        <ol class="rows" id="rows">
          {list.rows.map(row => (
            <QueueRowItem
              row={row}
              place={place}
              now={now}
              isCurrent={row.number === open}
              watchers={list.watchers.filter(one => one.ticketId === row.id)}
              label={connectorFor(row.platform).label}
            />
          ))}
        </ol>
      ) : (
        <EmptyList around={around} />
      )}
      {c.req.query('after') ? (
        <p class="more">
          <a href={queuePath(place)}>Back to the first rows</a>
        </p>
      ) : null}
      {list.more ? (
        <p class="more">
          <a class="button small" href={list.more}>
            Further rows
          </a>
        </p>
      ) : null}
    </section>
  )
}

/** Why there is nothing, and what next. */
function EmptyList({ around: { place, counts } }: { around: Surroundings }) {
  if (place.q)
    return (
      <div class="empty">
        <strong>Nothing found for “{place.q}”</strong>
        <p>
          Looked in {titleOf(place.view)}, and for words in the newest mentions.{' '}
          <a href={queuePath({ view: place.view, q: '' })}>Clear the search</a>
        </p>
      </div>
    )
  const elsewhere = [
    counts.waiting && place.view !== 'waiting' ? <a href="/queue">{plural(counts.waiting, 'waiting ticket')}</a> : null,
    counts.opportunity ? <a href="/queue?view=opportunity">{plural(counts.opportunity, 'opportunity', 'opportunities')}</a> : null,
    counts.review ? <a href="/queue?view=review">{counts.review} to review</a> : null,
    counts.pending ? <a href="/queue?view=pending">{counts.pending} pending</a> : null,
  ].filter(one => one !== null)
  return (
    <div class="empty">
      <strong>{EMPTY[place.view]?.[0] ?? 'Nothing here'}</strong>
      <p>{EMPTY[place.view]?.[1]}</p>
      {elsewhere.length ? <p class="row">{elsewhere}</p> : <p>New mentions appear here by themselves.</p>}
    </div>
  )
}

function NothingOpen() {
  return (
    <div class="empty nothing-open">
      <strong>No ticket open</strong>
      <p>
        <kbd>j</kbd> <kbd>k</kbd> to move, <kbd>Enter</kbd> to open, <kbd>?</kbd> for every key.
      </p>
    </div>
  )
}

export const isCards = (view: View) => (mentionViews as readonly View[]).includes(view)
export const titleOf = (view: View) => VIEWS.find(([name]) => name === view)![1]

const ROWS = 50
const VIEWS: readonly (readonly [View, string, string?])[] = [
  ['mine', 'Mine', 'g m'],
  ['unassigned', 'Unassigned', 'g u'],
  ['waiting', 'All waiting', 'g q'],
  ['opportunity', 'Opportunity'],
  ['review', 'Review'],
  ['pending', 'Pending'],
  ['hold', 'On hold'],
  ['snoozed', 'Snoozed'],
  ['incident', 'Incident'],
  ['failed', 'Failed'],
  ['noise', 'Noise'],
  ['solved', 'Solved'],
]
const EMPTY: Partial<Record<View, [string, string]>> = {
  waiting: ['Queue clear', 'Nobody waits for an answer right now.'],
  mine: ['Nothing of yours waits', 'Take the next one from the queue: g n.'],
  unassigned: ['Everything is taken', 'Each waiting ticket has someone who cares for it.'],
  pending: ['Nothing pending', 'Tickets come here while a customer owes us an answer.'],
  hold: ['Nothing on hold', 'Tickets come here while they wait for a colleague or a third party.'],
  snoozed: ['Nothing snoozed', 'Snoozed tickets rest here until their time, or until the customer writes.'],
  incident: ['No ticket is linked to an incident', 'Linked tickets are answered by one public update.'],
  failed: ['No failed replies', 'A reply a platform refused is shown here with its reason.'],
  solved: ['Nothing solved yet', 'Solved tickets stay here for a week and reopen when the customer writes.'],
}

function writeCursor(row: QueueRow, asOf: Date): string {
  return [effectiveRank(row, asOf), row.responseDueAt?.getTime() ?? '', row.waitingSince?.getTime() ?? '', row.id, asOf.getTime()].join('.')
}

/** A cursor somebody tampered with is no cursor: the list begins at its beginning. */
function readCursor(text: string | undefined): QueueCursor | undefined {
  const [, rank, due, since, id, asOf] = /^([012])\.(\d{1,15})?\.(\d{1,15})?\.([0-9a-f-]{36})\.(\d{1,15})$/.exec(text ?? '') ?? []
  if (!rank || !id || !asOf) return undefined
  const date = (ms: string | undefined) => (ms ? new Date(Number(ms)) : null)
  return { rank: Number(rank) as 0 | 1 | 2, due: date(due), since: date(since), id, asOf: new Date(Number(asOf)) }
}
