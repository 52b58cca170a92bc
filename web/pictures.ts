// GET /mentions/:id/pictures/:index: a customer's picture through our own server, so that no platform learns who looks and no stranger's file runs here.
import type { Context } from 'hono'
import { Hono } from 'hono'
import type { PictureHosts } from '../connectors/connector.ts'
import { fetchPicture, overLoopback, overTheInternet, type PictureAnswer } from '../connectors/fetch-picture.ts'
import { type AttachmentRow, findAttachment } from '../db/attachments.ts'
import { openLine } from '../line.ts'
import type { WebDesk, WebEnv } from './env.ts'
import { idOf } from './ids.ts'
import { outward } from './parts/outward.ts'
import { placeQuery } from './parts/place.ts'
import { refused } from './parts/refused.tsx'
import { turns } from './turns.ts'

export function pictureRoutes(reach = overTheInternet()) {
  const routes = new Hono<WebEnv>()
  const row = turns({ atOnce: AT_ONCE, each: EACH, waiting: WAITING })
  const failed = recentFailures()

  routes.get('/mentions/:id/pictures/:index{[0-9]{1,2}}', async c => {
    const desk = c.get('desk')
    const found = await findAttachment(desk.db, idOf(c), Number(c.req.param('index')))
    if (!found) return cannot(c, null, 404, 'It was deleted with what it belonged to, or never was.')
    const { url } = found.attachment
    if (!url) return cannot(c, found, 404, 'Only the platform itself can show it.')
    const known = failed.because(url, Date.now())
    if (known) return cannot(c, found, 502, known)
    const signal = c.req.raw.signal
    const giveBack = await row.take(c.get('teammate').id, signal)
    if (!giveBack) return cannot(c, found, 503, 'Too many pictures are being fetched at once. Try again in a moment.')
    try {
      const picture = await fetchOne(desk, found, url, reach, signal)
      // Kept by this browser alone and not for long: what its author deletes goes here too.
      if (picture.ok)
        return c.body(new Uint8Array(picture.bytes), 200, {
          'content-type': picture.type,
          ...SAFELY,
          'cache-control': 'private, max-age=3600',
        })
      if (!signal.aborted) failed.add(url, picture.because, Date.now())
      return cannot(c, found, 502, picture.because)
    } finally {
      giveBack()
    }
  })
  return routes
}

/** No connection to the database is held while it is fetched. Where a simulator stands for the platform, nothing else is dialled. */
async function fetchOne(
  desk: WebDesk,
  { accountId, platform, apiBase }: AttachmentRow,
  url: string,
  reach: ReturnType<typeof overTheInternet>,
  signal: AbortSignal,
): Promise<PictureAnswer> {
  const { pictureHosts } = desk.connectorFor(platform)
  if (!pictureHosts) return { ok: false, because: 'Only the platform itself can show it.' }
  const authorizationFor = (host: string) => authorizationOf(desk, accountId, pictureHosts, host)
  return fetchPicture({ url, hosts: pictureHosts.hosts, authorizationFor, signal }, apiBase === null ? reach : overLoopback(apiBase))
}

async function authorizationOf(desk: WebDesk, accountId: string, { signedIn }: PictureHosts, host: string): Promise<string | null> {
  return signedIn?.hosts.includes(host) ? signedIn.authorization(await openLine(desk, accountId)) : null
}

/** A page for whoever opened it; one sentence for the thumbnail's place, which a script puts there. */
function cannot(c: Context<WebEnv>, found: AttachmentRow | null, status: 404 | 502 | 503, because: string) {
  c.header('cache-control', 'no-store')
  if (!c.req.header('accept')?.includes('text/html')) return c.text(because, status)
  const { label } = found ? c.get('desk').connectorFor(found.platform) : { label: '' }
  const there = found && outward(c, label, found.isDemo)(found.url)
  const back = found?.ticketNumber ? `/tickets/${found.ticketNumber}${placeQuery({ view: 'waiting', q: '' })}` : '/queue'
  return refused(
    c,
    status,
    'This picture cannot be shown',
    `${because}${there ? ` ${label} may still show it.` : ''}`,
    there
      ? { href: there, label: `Open on ${label}` }
      : { href: back, label: found?.ticketNumber ? 'Back to the ticket' : 'Back to the queue' },
  )
}

/** What failed is not asked for again at once, by however many who look. */
function recentFailures() {
  const known = new Map<string, { because: string; until: number }>()
  return {
    because(url: string, now: number): string | null {
      const one = known.get(url)
      return one && one.until > now ? one.because : null
    },
    add(url: string, because: string, now: number) {
      // The oldest makes room.
      if (known.size >= FAILURES_KEPT) known.delete(known.keys().next().value!)
      known.set(url, { because, until: now + FAILED_MS })
    },
  }
}

/** Shown as what its first bytes say it is, and never run. */
export const SAFELY = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; sandbox",
  'content-disposition': 'inline',
  'cross-origin-resource-policy': 'same-origin',
}
/** Each may hold 10 MB for as long as it takes. */
const AT_ONCE = 8
const EACH = 4
const WAITING = 200
const FAILED_MS = 60_000
const FAILURES_KEPT = 1_000
