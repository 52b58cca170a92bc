// Long answers as threads: each part is a reply of its own, and follows the part before it.
import { type Kysely, sql } from 'kysely'

/** Runs once per database; never edited after it landed. */
export async function up(db: Kysely<unknown>) {
  for (const statement of ddl.split(/;\s*\n/)) if (statement.trim()) await sql.raw(statement).execute(db)
}

const ddl = `
alter table replies add column continues_id uuid references replies;
alter table replies add column joint text;
create unique index replies_one_follows on replies (continues_id) where status in ('approved', 'sending', 'sent', 'unsure', 'refused');
create index replies_continues on replies (continues_id) where continues_id is not null;
drop index replies_one_per_account;
create unique index replies_one_per_account on replies (status_update_id, account_id) where status_update_id is not null and continues_id is null;
`
