// Compares what was pushed with what is stored: anything lost, doubled or mis-threaded makes a run worthless.
import { sql } from 'kysely'
import type { Database } from '../db/connect.ts'
import type { Expected } from './generate.ts'

export interface Ledger {
  /** By external id: every mention some push of which was answered 200. */
  expected: Map<string, Expected>
  /** Answers 200, duplicates included: each is a delivery. */
  accepted: number
}

export const emptyLedger = (): Ledger => ({ expected: new Map(), accepted: 0 })

/** Empty: every mention is there once, judged, with the words and in the conversation it was pushed with, and on one ticket per conversation. */
export async function findFaults({ db }: Database, ledger: Ledger): Promise<string[]> {
  const all = [...ledger.expected.values()]
  return db.connection().execute(async one => {
    await sql`create temporary table if not exists pushed (external_id text, thread_key text, author_id text, text text)`.execute(one)
    await sql`truncate pushed`.execute(one)
    for (let at = 0; at < all.length; at += CHUNK) {
      const rows = all
        .slice(at, at + CHUNK)
        .map(e => ({ external_id: e.externalId, thread_key: e.threadKey, author_id: e.authorId, text: e.text }))
      await sql`insert into pushed select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as t(external_id text, thread_key text, author_id text, text text)`.execute(
        one,
      )
    }
    await sql`analyze pushed`.execute(one)
    const faults: string[] = []
    for (const { what, count } of QUESTIONS) {
      const { rows } = await count(ledger.accepted).execute(one)
      const n = Number(rows[0]!.n)
      if (n) faults.push(`${n} ${what}`)
    }
    return faults
  })
}

const CHUNK = 5_000
const QUESTIONS = [
  {
    what: 'mentions lost',
    count: () =>
      sql<Count>`select count(*) as n from pushed p where not exists (select 1 from mentions m where m.external_id = p.external_id)`,
  },
  {
    what: 'mentions stored that were never accepted',
    count: () =>
      sql<Count>`select count(*) as n from mentions m where not exists (select 1 from pushed p where p.external_id = m.external_id)`,
  },
  { what: 'mentions doubled', count: () => sql<Count>`select count(*) - count(distinct external_id) as n from mentions` },
  {
    what: 'mentions with other words, another author or another conversation',
    count:
      () => sql<Count>`select count(*) as n from pushed p join mentions m using (external_id) left join customers c on c.id = m.customer_id
      where m.thread_key <> p.thread_key or m.text <> p.text or c.external_id is distinct from p.author_id`,
  },
  { what: 'mentions not judged', count: () => sql<Count>`select count(*) as n from mentions where state <> 'triaged'` },
  { what: 'deliveries unread', count: () => sql<Count>`select count(*) as n from deliveries where status <> 'read'` },
  {
    what: 'deliveries more or fewer than were answered 200',
    count: (accepted: number) => sql<Count>`select abs(count(*) - ${accepted}::int) as n from deliveries`,
  },
  {
    what: 'conversations of one customer on two tickets',
    count: () =>
      sql<Count>`select count(*) as n from (select 1 from mentions where ticket_id is not null group by customer_id, thread_key having count(distinct ticket_id) > 1) x`,
  },
  {
    what: 'mentions on a ticket of another customer',
    count: () => sql<Count>`select count(*) as n from mentions m join tickets t on t.id = m.ticket_id where t.customer_id <> m.customer_id`,
  },
  {
    what: 'tickets without exactly one opening',
    count: () =>
      sql<Count>`select count(*) as n from tickets t where (select count(*) from ticket_events e where e.ticket_id = t.id and e.kind = 'opened') <> 1`,
  },
  {
    what: 'mentions on tickets without exactly one event',
    count:
      () => sql<Count>`select count(*) as n from (select m.id from mentions m left join ticket_events e on e.mention_id = m.id and e.kind in ('opened', 'mention_joined')
      where m.ticket_id is not null group by m.id having count(e.id) <> 1) x`,
  },
] as const
interface Count {
  n: number
}
