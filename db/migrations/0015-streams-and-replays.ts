// Which accounts a stream tells of at once, and which stretches of time a platform was asked to push again.
import { type Kysely, sql } from 'kysely'

/** Runs once per database; never edited after it landed. */
export async function up(db: Kysely<unknown>) {
  for (const statement of ddl.split(/;\s*\n/)) if (statement.trim()) await sql.raw(statement).execute(db)
}

const ddl = `
alter table accounts
  add column streamed_since timestamptz,
  add column stream_barred text;

create table replays (
  id uuid primary key,
  app_id uuid not null references platform_apps on delete cascade,
  from_at timestamptz not null,
  until_at timestamptz not null,
  asked_at timestamptz not null,
  answer text not null check (answer in ('unsure', 'asked', 'refused', 'later'))
);
create index replays_app on replays (app_id, asked_at);
`
