// What customers put beside their words: where the platform keeps it and what it shows, as a list on the mention.
import { type Kysely, sql } from 'kysely'

/** Runs once per database; never edited after it landed. Null: no delivery said anything of attachments. */
export async function up(db: Kysely<unknown>) {
  await sql.raw('alter table mentions add column attachments jsonb').execute(db)
}
