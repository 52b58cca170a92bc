// GET /healthz and /metrics: for whoever runs Heed. Public, so no customer, no account and no teammate is named.
import { type Context, Hono } from 'hono'
import { sql } from 'kysely'
import { Gauge, Registry } from 'prom-client'
import { listAccounts } from '../db/accounts.ts'
import { findWorkWaiting } from '../db/health-page.ts'
import { gaugeChannels } from './channel-gauges.ts'
import type { WebDesk, WebEnv } from './env.ts'
import { meters } from './meters.ts'

export function healthRoutes(): Hono<WebEnv> {
  const routes = new Hono<WebEnv>()
  routes.get('/healthz', healthz)
  routes.get('/metrics', metrics)
  return routes
}

/** 200 when database and queue answer in time, else 503: what a load balancer and a start script ask. */
async function healthz(c: Context<WebEnv>) {
  const desk = c.get('desk')
  const [database, queue] = await Promise.all([
    answers(desk, 'database', async () => void (await sql`select 1`.execute(desk.db))),
    answers(desk, 'queue', async () => void (await desk.queueCounts())),
  ])
  const isWell = database.ok && queue.ok
  return c.json({ alive: true, database, queue }, isWell ? 200 : 503, { 'cache-control': 'no-store' })
}

/** Prometheus text. A part that does not answer is left out, and `heed_up` says which. */
async function metrics(c: Context<WebEnv>) {
  const desk = c.get('desk')
  const scraped = new Registry()
  const up = new Gauge({
    name: 'heed_up',
    help: '1 when the part answered this scrape.',
    labelNames: ['part'],
    registers: [scraped],
  })
  let jobs = ''
  const [database, queue] = await Promise.all([
    answers(desk, 'database', () => gaugeWork(desk, scraped)),
    answers(desk, 'queue', async () => {
      jobs = await desk.prometheus()
    }),
  ])
  up.set({ part: 'database' }, database.ok ? 1 : 0)
  up.set({ part: 'queue' }, queue.ok ? 1 : 0)
  const text = [await meters.metrics(), await scraped.metrics(), jobs]
    .map(part => part.trim())
    .filter(Boolean)
    .join('\n\n')
  return c.text(`${text}\n`, 200, {
    'content-type': 'text/plain; version=0.0.4; charset=utf-8',
    'cache-control': 'no-store',
  })
}

async function gaugeWork(desk: WebDesk, registry: Registry) {
  const now = desk.now()
  const [work, accounts] = await Promise.all([findWorkWaiting(desk.db, now), listAccounts(desk.db)])
  const gauge = (name: string, help: string, labelNames: string[] = []) => new Gauge({ name, help, labelNames, registers: [registry] })
  gauge('heed_deliveries_waiting', 'Deliveries stored and not yet read.').set(work.deliveries)
  gauge('heed_deliveries_waiting_seconds', 'Age of the oldest of them.').set(secondsSince(work.oldestDeliveryAt, now))
  gauge('heed_deliveries_unreadable', 'Deliveries no connector could read.').set(work.unreadable)
  gauge('heed_mentions_waiting', 'Mentions stored and not yet judged.').set(work.mentions)
  gauge('heed_mentions_waiting_seconds', 'Age of the oldest of them.').set(secondsSince(work.oldestMentionAt, now))
  gauge('heed_mentions_set_aside', 'Mentions that spoiled their batch.').set(work.setAside)
  gauge('heed_tickets_failed', 'Tickets with a reply that was refused or is unsure.').set(work.failed)
  const replies = gauge('heed_replies', 'Replies that are not done, by status.', ['status'])
  const byStatus = {
    draft: work.drafts,
    due: work.repliesDue,
    approved: work.repliesLater,
    sending: work.repliesSending,
    unsure: work.repliesUnsure,
  }
  for (const [status, count] of Object.entries(byStatus)) replies.set({ status }, count)
  gauge('heed_clock_held', '1 while some clock process holds the lease.').set(work.clockHolder ? 1 : 0)
  if (work.lastSweepAt)
    gauge('heed_last_sweep_seconds', 'Time since the clock last looked for work left behind.').set(secondsSince(work.lastSweepAt, now))
  const states = gauge('heed_accounts', 'Accounts by platform and status.', ['platform', 'status'])
  for (const { platform, status } of accounts) states.inc({ platform, status })
  const lag = gauge('heed_connector_lag_seconds', 'Time since the newest mention seen, by platform: the freshest account.', ['platform'])
  for (const [platform, seconds] of freshest(accounts, now)) lag.set({ platform }, seconds)
  await gaugeChannels(desk, registry)
}

function freshest(accounts: readonly { platform: string; newestMentionAt: Date | null }[], now: Date): Map<string, number> {
  const seconds = new Map<string, number>()
  for (const { platform, newestMentionAt } of accounts)
    if (newestMentionAt)
      seconds.set(platform, Math.min(seconds.get(platform) ?? Number.POSITIVE_INFINITY, secondsSince(newestMentionAt, now)))
  return seconds
}

/** What the part said, or how it failed; too late is no answer. */
async function answers(desk: WebDesk, part: string, ask: () => Promise<void>): Promise<{ ok: boolean; ms: number }> {
  const start = performance.now()
  try {
    const ok = (await within(ask().then(() => true))) ?? false
    if (!ok) desk.log.warn({ part }, 'no answer in time')
    return { ok, ms: Math.round(performance.now() - start) }
  } catch (error) {
    desk.log.warn({ part, err: error }, 'does not answer')
    return { ok: false, ms: Math.round(performance.now() - start) }
  }
}

async function within<T>(promise: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>(resolve => {
    timer = setTimeout(() => resolve(null), PATIENCE_MS)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

const secondsSince = (at: Date | null, now: Date) => (at ? Math.max(0, (now.getTime() - at.getTime()) / 1000) : 0)
const PATIENCE_MS = 2_000
