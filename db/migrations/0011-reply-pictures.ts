// Pictures of replies: kept with a draft, sent with its reply, and their bytes let go some time after.
import { type Kysely, sql } from 'kysely'

/** Runs once per database; never edited after it landed. */
export async function up(db: Kysely<unknown>) {
  for (const statement of ddl.split(/;\s*\n/)) if (statement.trim()) await sql.raw(statement).execute(db)
}

const ddl = `
create table reply_pictures (
  id uuid primary key,
  reply_id uuid not null references replies on delete cascade,
  position integer not null,
  type text not null,
  width integer not null,
  height integer not null,
  size integer not null,
  alt text not null default '',
  for_pointer boolean not null default false,
  added_by_id uuid references teammates,
  added_at timestamptz not null,
  bytes bytea
);
create index reply_pictures_reply on reply_pictures (reply_id, position);
create index reply_pictures_kept on reply_pictures (added_at) where bytes is not null;
alter table replies add column pictures_of_id uuid references replies on delete set null;
create index replies_pictures_of on replies (pictures_of_id) where pictures_of_id is not null;
`
