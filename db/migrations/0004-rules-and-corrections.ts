// Rules on top of the judge, what people corrected, what was learnt from it, and which templates answered what.
import { type Kysely, sql } from 'kysely'

/** Runs once per database; never edited after it landed. */
export async function up(db: Kysely<unknown>) {
  for (const statement of ddl.split(/;\s*\n/)) if (statement.trim()) await sql.raw(statement).execute(db)
}

const ddl = `
create table rules (
  id uuid primary key,
  name text not null unique,
  position integer not null,
  is_active boolean not null default true,
  conditions jsonb not null,
  actions jsonb not null,
  written_by_id uuid references teammates,
  updated_at timestamptz not null
);

create table corrections (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  teammate_id uuid not null references teammates,
  mention_id uuid not null references mentions on delete cascade,
  source text not null,
  batch_id uuid not null,
  text_hash text not null,
  features bytea not null,
  predicted jsonb not null,
  before jsonb not null,
  after jsonb not null,
  learnt_at timestamptz,
  undone_at timestamptz,
  undone_by_id uuid references teammates
);
create index corrections_at on corrections (at desc, id desc);
create index corrections_mention on corrections (mention_id, id);
create index corrections_batch on corrections (batch_id);
create index corrections_unlearnt on corrections (id) where learnt_at is null and undone_at is null;

create table learnt_layers (
  name text primary key,
  last_correction_id bigint not null,
  corrections integer not null,
  layer bytea not null,
  model text not null,
  learnt_at timestamptz not null
);

create table template_uses (
  template_id uuid not null references templates on delete cascade,
  category text not null,
  uses integer not null default 0,
  primary key (template_id, category)
);

create table template_words (
  template_id uuid not null references templates on delete cascade,
  word_hash integer not null,
  uses integer not null default 0,
  primary key (template_id, word_hash)
);
`
