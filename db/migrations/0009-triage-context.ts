// Second opinions on mentions: who was asked, what it answered, what it cost. No word of the mention is in it.
import { type Kysely, sql } from 'kysely'

/** Runs once per database; never edited after it landed. */
export async function up(db: Kysely<unknown>) {
  for (const statement of ddl.split(/;\s*\n/)) if (statement.trim()) await sql.raw(statement).execute(db)
}

const ddl = `
create table second_opinions (
  mention_id uuid not null references mentions on delete cascade,
  text_hash text not null,
  model text not null,
  asked_at timestamptz not null,
  answered_at timestamptz,
  tokens integer not null,
  opinion jsonb,
  problem text,
  primary key (mention_id, text_hash, model)
);
create index second_opinions_asked on second_opinions (asked_at);
`
