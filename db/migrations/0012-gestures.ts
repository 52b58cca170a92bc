// Likes and hides of customers' mentions: what was wished for each, and what the platform last took.
import { type Kysely, sql } from 'kysely'

/** Runs once per database; never edited after it landed. */
export async function up(db: Kysely<unknown>) {
  for (const statement of ddl.split(/;\s*\n/)) if (statement.trim()) await sql.raw(statement).execute(db)
}

const ddl = `
create table gestures (
  mention_id uuid not null references mentions on delete cascade,
  gesture text not null,
  is_wished boolean not null,
  is_set boolean not null default false,
  status text not null default 'waiting',
  wish integer not null default 1,
  teammate_id uuid not null references teammates,
  wished_at timestamptz not null,
  problem text,
  attempts integer not null default 0,
  next_try_at timestamptz not null,
  taken_until timestamptz,
  primary key (mention_id, gesture)
);
create index gestures_waiting on gestures (next_try_at) where status = 'waiting';
`
