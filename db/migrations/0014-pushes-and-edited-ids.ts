// When each account's pushes were last known good and what they hang on, and the further ids one mention goes by.
import { type Kysely, sql } from 'kysely'

/** Runs once per database; never edited after it landed. */
export async function up(db: Kysely<unknown>) {
  for (const statement of ddl.split(/;\s*\n/)) if (statement.trim()) await sql.raw(statement).execute(db)
}

const ddl = `
alter table accounts
  add column subscription text,
  add column subscription_good_at timestamptz;
create index accounts_subscription on accounts (subscription) where subscription is not null;

create table other_ids (
  account_id uuid not null references accounts on delete cascade,
  other_id text not null,
  external_id text not null,
  primary key (account_id, other_id)
);
create index mentions_parent on mentions (account_id, parent_external_id) where parent_external_id is not null;
`
