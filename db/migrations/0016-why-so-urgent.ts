// Which mention gave a ticket its priority: the newest words often do not say it any more.
import { type Kysely, sql } from 'kysely'

/** Runs once per database; never edited after it landed. */
export async function up(db: Kysely<unknown>) {
  await sql`alter table tickets add column priority_mention_id uuid`.execute(db)
}
