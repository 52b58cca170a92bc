// Reposts: who passed which post on, each once; they are counted on that post and are no mentions.
import { sql } from 'kysely'
import type { Id } from '../domain.ts'
import type { Db } from './schema.ts'

export interface RepostsTable {
  accountId: Id
  /** Of the repost. */
  externalId: string
  /** Of the post that was passed on. */
  ofExternalId: string
  at: Date
}

export async function insertReposts(tx: Db, reposts: readonly RepostsTable[]) {
  if (!reposts.length) return
  const rows = JSON.stringify(
    reposts.map(r => ({ account_id: r.accountId, external_id: r.externalId, of_external_id: r.ofExternalId, at: r.at })),
  )
  await sql`
    insert into reposts (account_id, external_id, of_external_id, at)
    select * from jsonb_to_recordset(${rows}::jsonb) as t(account_id uuid, external_id text, of_external_id text, at timestamptz)
    order by account_id, external_id on conflict do nothing`.execute(tx)
}

/** How often a mention was passed on: what the platform last counted, or what we heard of, whichever is more. `m` is the mention's alias. */
export const repostsOf = sql<number>`greatest(coalesce((m.facts ->> 'reposts')::int, 0),
  (select count(*)::int from reposts r where r.account_id = m.account_id and r.of_external_id = m.external_id))`
