// Watch terms and what they found, posts that were passed on, and parents of mentions still to be fetched.
import { type Kysely, sql } from 'kysely'

/** Runs once per database; never edited after it landed. */
export async function up(db: Kysely<unknown>) {
  for (const statement of ddl.split(/;\s*\n/)) if (statement.trim()) await sql.raw(statement).execute(db)
}

const ddl = `
create table watch_terms (
  id uuid primary key,
  account_id uuid not null references accounts on delete cascade,
  name text not null,
  any_of text[] not null,
  none_of text[] not null default '{}',
  languages text[] not null default '{}',
  is_active boolean not null default true,
  cursor jsonb not null default '{}',
  next_search_at timestamptz not null,
  searching_until timestamptz,
  last_search_at timestamptz,
  streamed_since timestamptz,
  last_error text,
  last_error_at timestamptz,
  written_by_id uuid references teammates,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (account_id, name)
);
create index watch_terms_due on watch_terms (next_search_at) where is_active;

create table watch_hits (
  term_id uuid not null references watch_terms on delete cascade,
  mention_id uuid not null references mentions on delete cascade,
  at timestamptz not null,
  primary key (term_id, mention_id)
);
create index watch_hits_at on watch_hits (term_id, at);
create index watch_hits_mention on watch_hits (mention_id);

create table reposts (
  account_id uuid not null references accounts on delete cascade,
  external_id text not null,
  of_external_id text not null,
  at timestamptz not null,
  primary key (account_id, external_id)
);
create index reposts_of on reposts (account_id, of_external_id);

create table parents (
  account_id uuid not null references accounts on delete cascade,
  external_id text not null,
  child_external_id text not null,
  depth integer not null,
  state text not null default 'wanted',
  because text,
  next_at timestamptz not null,
  attempts integer not null default 0,
  primary key (account_id, external_id)
);
create index parents_wanted on parents (next_at) where state = 'wanted';
`
