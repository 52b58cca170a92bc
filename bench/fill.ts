// Fills a product's database with so many tickets straight in SQL: one in ten unsolved, each with customer, mention and event.
import { sql } from 'kysely'
import type { Database } from '../db/connect.ts'
import type { Id } from '../domain.ts'

export async function fillTickets({ db }: Database, accountId: Id, from: number, to: number, said: (what: string) => void) {
  await db.connection().execute(async one => {
    // Made whole below: checking each reference again would take longer than the rest.
    await sql`set session_replication_role = replica`.execute(one)
    for (let at = from; at < to; at += CHUNK) {
      const last = Math.min(to, at + CHUNK) - 1
      for (const statement of [customers, tickets, mentions, events]) await statement(accountId, at, last).execute(one)
      said(`${Math.round(((last + 1 - from) / (to - from)) * 100)} % of ${to - from} tickets stored`)
    }
    await sql`reset session_replication_role`.execute(one)
    for (const table of ['customers', 'tickets', 'mentions', 'ticket_events']) await sql`vacuum analyze ${sql.table(table)}`.execute(one)
    await sql`checkpoint`.execute(one)
  })
}

/** Ids that follow from the number: the same number, the same row, in every table. */
const idOf = (kind: number) => sql`('00000000-0000-7000-800${sql.lit(kind)}-' || lpad(to_hex(i), 12, '0'))::uuid`
const customerOf = sql`('00000000-0000-7000-8000-' || lpad(to_hex(i / 4), 12, '0'))::uuid`
const at = sql`now() - i * interval '10 seconds'`
const series = (from: number, to: number) => sql`generate_series(${from}::int, ${to}::int) i`

const customers = (accountId: Id, from: number, to: number) => sql`
  insert into customers (id, account_id, external_id, handle, name, followers)
  select ${customerOf}, ${accountId}, 'c' || i / 4, 'traveller_' || i / 4, 'Traveller ' || i / 4, i % 4000 from ${series(from, to)} where i % 4 = 0`
const tickets = (accountId: Id, from: number, to: number) => sql`
  insert into tickets (id, account_id, platform, customer_id, status, priority, category, origin_visibility, started_at, waiting_since, response_due_at, last_inbound_at, latest_mention_id, solved_at, opened_at)
  select ${idOf(1)}, ${accountId}, 'x', ${customerOf}, (case when i % 10 > 0 then 'closed' else (array['new', 'new', 'open', 'pending', 'on_hold'])[1 + i / 10 % 5] end),
    (array['urgent', 'high', 'normal', 'normal', 'normal', 'normal'])[1 + i / 10 % 6], 'complaint', 'public', ${at}, case when i % 10 = 0 then ${at} end,
    case when i % 10 = 0 then ${at} + interval '1 day' end, ${at}, ${idOf(2)}, case when i % 10 > 0 then ${at} end, ${at} from ${series(from, to)}`
const mentions = (accountId: Id, from: number, to: number) => sql`
  insert into mentions (id, account_id, platform, visibility, direction, external_id, thread_key, customer_id, text, language, addresses_us, posted_at, received_at, version, state, triaged_at, category, verdict, ticket_id)
  select ${idOf(2)}, ${accountId}, 'x', 'public', 'inbound', 'm' || i, 'm' || i, ${customerOf}, '@HeronAir my flight was cancelled and nobody at the desk can help, two hours waiting, order ' || i, 'en', true,
    ${at}, ${at}, 1, 'triaged', ${at}, 'complaint', '{"category": "complaint", "tier": 1, "priority": "normal", "reasons": []}', ${idOf(1)} from ${series(from, to)}`
const events = (_accountId: Id, from: number, to: number) => sql`
  insert into ticket_events (ticket_id, kind, at, actor, after, mention_id) select ${idOf(1)}, 'opened', ${at}, 'triage', '{"status": "new", "priority": "normal"}', ${idOf(2)} from ${series(from, to)}`

const CHUNK = 50_000
