// The rows behind a number of the dashboard, as a page and as CSV of exactly those rows.
import { type Context, Hono } from 'hono'
import { type CountedMention, listCountedMentions, listTicketsBehind, type TicketBehind } from '../db/dashboard-page.ts'
import { type Behind, isMetricName, metricNames, ticketsBehind } from '../metrics/behind.ts'
import { noise } from '../metrics/dashboard.ts'
import { dates, readView, type View } from './dashboard-view.ts'
import type { WebEnv } from './env.ts'
import { csv } from './parts/csv.ts'
import { duration } from './parts/duration.ts'
import { Page } from './parts/page.tsx'
import { PlatformIcon } from './parts/platform.tsx'
import { refused } from './parts/refused.tsx'
import { Time } from './parts/time.tsx'
import { CATEGORY, PRIORITY, plural, STATUS } from './parts/words.ts'

const PAGE = 200
/** A CSV of more would not open in a spreadsheet anyway. */
const MOST_ROWS = 100_000

export function behindPages(): Hono<WebEnv> {
  const pages = new Hono<WebEnv>()
  pages.get('/dashboard/tickets', async c => {
    const found = await readBehind(c)
    if (!found) return unknown(c)
    const page = pageOf(c)
    const rows = found.rows.slice((page - 1) * PAGE, page * PAGE)
    const tickets = await listTicketsBehind(
      c.get('desk').db,
      rows.map(row => row.ticketId),
    )
    return c.html(
      <TicketsPage c={c} title={found.title} view={found.view} rows={rows} tickets={tickets} total={found.rows.length} page={page} />,
    )
  })
  pages.get('/dashboard/tickets.csv', async c => {
    const found = await readBehind(c)
    if (!found) return unknown(c)
    const lines: (string | number | null)[][] = []
    for (let from = 0; from < Math.min(found.rows.length, MOST_ROWS); from += 5_000) {
      const some = found.rows.slice(from, from + 5_000)
      const tickets = await listTicketsBehind(
        c.get('desk').db,
        some.map(row => row.ticketId),
      )
      for (const row of some) {
        const t = tickets.get(row.ticketId)!
        lines.push([
          t.number,
          t.customer,
          t.handle,
          t.platform,
          t.category,
          t.priority,
          t.status,
          t.assignee,
          iso(row.since),
          iso(row.dueAt),
          iso(row.answeredAt),
          row.minutes === null ? null : Math.round(row.minutes * 100) / 100,
          row.outcome,
        ])
      }
    }
    return download(
      c,
      `${found.metric}-${found.view.period.name}`,
      csv(
        [
          'ticket',
          'customer',
          'handle',
          'platform',
          'category',
          'priority',
          'status',
          'assignee',
          'waiting_since',
          'due_at',
          'answered_at',
          `minutes_${found.view.clock}`,
          'target',
        ],
        lines,
      ),
    )
  })
  pages.get('/dashboard/mentions', async c => {
    const { view, hour } = await readVolume(c)
    const page = pageOf(c)
    const rows = await listCountedMentions(c.get('desk').db, view.period, noise, hour, { limit: PAGE + 1, offset: (page - 1) * PAGE })
    return c.html(<MentionsPage c={c} view={view} hour={hour} rows={rows.slice(0, PAGE)} page={page} hasMore={rows.length > PAGE} />)
  })
  pages.get('/dashboard/mentions.csv', async c => {
    const { view, hour } = await readVolume(c)
    const rows = await listCountedMentions(c.get('desk').db, view.period, noise, hour, { limit: MOST_ROWS, offset: 0 })
    return download(
      c,
      `mentions-${view.period.name}`,
      csv(
        ['posted_at', 'platform', 'author', 'category', 'text', 'ticket'],
        rows.map(row => [iso(row.postedAt), row.platform, row.author, row.category, row.text, row.number]),
      ),
    )
  })
  return pages
}

async function readBehind(c: Context<WebEnv>) {
  const metric = c.req.query('metric')
  if (!isMetricName(metric)) return null
  const view = await readView(c)
  const [above, upTo] = [c.req.query('above'), c.req.query('upTo')]
  const hasBucket = above !== undefined && above !== '' && Number.isFinite(Number(above))
  // The first bucket begins at 0 and holds answers of no time at all, too.
  const bucket = hasBucket ? { above: Number(above) || -Infinity, upTo: upTo ? Number(upTo) : Infinity } : undefined
  const rows = await ticketsBehind(c.get('desk').db, metric, view.period, view.now, bucket, view.measure)
  const title = bucket
    ? `${metricNames[metric]}: ${bucket.upTo === Infinity ? `over ${duration(bucket.above)}` : `${bucket.above > 0 ? `${duration(bucket.above)} to ` : 'up to '}${duration(bucket.upTo)}`}`
    : metricNames[metric]
  return { metric, view, rows, title }
}

async function readVolume(c: Context<WebEnv>) {
  const hour = Number(c.req.query('hour') ?? Number.NaN)
  return { view: await readView(c), hour: Number.isInteger(hour) && hour >= 0 && hour < 24 ? hour : null }
}

const unknown = (c: Context<WebEnv>) =>
  refused(c, 404, 'No such number', 'The dashboard has no number of that name. Open it and choose one.', {
    href: '/dashboard',
    label: 'To the dashboard',
  })

interface TicketsProps {
  c: Context<WebEnv>
  title: string
  view: View
  rows: Behind[]
  tickets: Map<string, TicketBehind>
  total: number
  page: number
}
function TicketsPage({ c, title, view, rows, tickets, total, page }: TicketsProps) {
  const hasTurns = rows.some(row => row.minutes !== null || row.outcome !== null)
  return (
    <Page c={c} title={title} section="dashboard" styles={['dashboard']}>
      <Head c={c} title={title} view={view} count={plural(total, 'row')} />
      {rows.length ? (
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">Ticket</th>
                <th scope="col">Customer</th>
                <th scope="col">About</th>
                <th scope="col">State</th>
                <th scope="col">Assignee</th>
                <th scope="col">Since</th>
                {hasTurns ? (
                  <th scope="col" class="number">
                    Answered after
                  </th>
                ) : null}
                {hasTurns ? <th scope="col">Target</th> : null}
              </tr>
            </thead>
            <tbody>
              {rows.map(row => {
                const ticket = tickets.get(row.ticketId)!
                return (
                  <tr>
                    <th scope="row">
                      <a href={`/tickets/${ticket.number}`}>#{ticket.number}</a>
                    </th>
                    <td>
                      <span class="row">
                        <PlatformIcon platform={ticket.platform} label={ticket.platform} />
                        {ticket.customer || `@${ticket.handle}`}
                      </span>
                    </td>
                    <td>{CATEGORY[ticket.category]}</td>
                    <td>
                      {PRIORITY[ticket.priority as keyof typeof PRIORITY]} · {STATUS[ticket.status]}
                    </td>
                    <td>{ticket.assignee ?? <span class="muted">–</span>}</td>
                    <td>{row.since ? <Time at={row.since} now={view.now} /> : '–'}</td>
                    {hasTurns ? (
                      <td class="number">
                        {row.minutes === null ? <span class="muted">{row.answeredAt ? '–' : 'not yet'}</span> : duration(row.minutes)}
                      </td>
                    ) : null}
                    {hasTurns ? (
                      <td>{row.outcome ? <span class={`chip ${row.outcome === 'met' ? 'good' : 'bad'}`}>{row.outcome}</span> : '–'}</td>
                    ) : null}
                  </tr>
                )
              })}
            </tbody>
          </table>
        </div>
      ) : (
        <p class="empty card">
          <strong>No tickets behind this number</strong>It is 0 for {dates(view.period)}.
        </p>
      )}
      <Pager c={c} page={page} hasMore={page * PAGE < total} />
    </Page>
  )
}

interface MentionsProps {
  c: Context<WebEnv>
  view: View
  hour: number | null
  rows: CountedMention[]
  page: number
  hasMore: boolean
}
function MentionsPage({ c, view, hour, rows, page, hasMore }: MentionsProps) {
  const title = hour === null ? 'Inbound mentions' : `Inbound mentions between ${hour} and ${hour + 1} h`
  return (
    <Page c={c} title={title} section="dashboard" styles={['dashboard']}>
      <Head c={c} title={title} view={view} count={hasMore || page > 1 ? `page ${page}` : plural(rows.length, 'row')} />
      {rows.length ? (
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">Posted</th>
                <th scope="col">Author</th>
                <th scope="col">Category</th>
                <th scope="col">Words</th>
                <th scope="col">Ticket</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(row => (
                <tr>
                  <td>
                    <Time at={row.postedAt} now={view.now} />
                  </td>
                  <td>
                    <span class="row">
                      <PlatformIcon platform={row.platform} label={row.platform} />
                      {row.author ? `@${row.author}` : '–'}
                    </span>
                  </td>
                  <td>{row.category ? CATEGORY[row.category] : 'not judged yet'}</td>
                  <td class="words" dir="auto">
                    {row.text}
                  </td>
                  <td>{row.number ? <a href={`/tickets/${row.number}`}>#{row.number}</a> : <span class="muted">none</span>}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <p class="empty card">
          <strong>No mentions</strong>Nobody wrote {hour === null ? 'in this period' : 'in this hour'}.
        </p>
      )}
      <Pager c={c} page={page} hasMore={hasMore} />
    </Page>
  )
}

function Head({ c, title, view, count }: { c: Context<WebEnv>; title: string; view: View; count: string }) {
  const csvPath = `${c.req.path}.csv${new URL(c.req.url).search}`
  return (
    <header class="page-head">
      <div>
        <p>
          <a href={`/dashboard?period=${view.period.name}&clock=${view.clock}`}>Dashboard</a>
        </p>
        <h1>{title}</h1>
        <p class="muted">
          {count} · {dates(view.period)} · {view.period.zone} · {view.clock === 'business' ? 'business time' : 'calendar time'}
        </p>
      </div>
      <a class="button" href={csvPath} download>
        Download CSV
      </a>
    </header>
  )
}

function Pager({ c, page, hasMore }: { c: Context<WebEnv>; page: number; hasMore: boolean }) {
  if (page === 1 && !hasMore) return null
  const to = (number: number) => {
    const url = new URL(c.req.url)
    url.searchParams.set('page', String(number))
    return `${url.pathname}${url.search}`
  }
  return (
    <nav class="row" aria-label="Pages of this list">
      {page > 1 ? (
        <a class="button" href={to(page - 1)}>
          Previous {PAGE}
        </a>
      ) : null}
      {hasMore ? (
        <a class="button" href={to(page + 1)}>
          Next {PAGE}
        </a>
      ) : null}
    </nav>
  )
}

const pageOf = (c: Context<WebEnv>) => Math.max(1, Math.floor(Number(c.req.query('page'))) || 1)
const iso = (at: Date | null) => at?.toISOString() ?? null

function download(c: Context<WebEnv>, name: string, body: string) {
  c.header('content-type', 'text/csv; charset=utf-8')
  c.header('content-disposition', `attachment; filename="heed-${name}.csv"`)
  // Spreadsheets take a file for Latin-1 unless it says otherwise.
  return c.body(`\uFEFF${body}`)
}
