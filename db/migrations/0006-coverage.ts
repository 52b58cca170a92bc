// What each source covered of time, what calls are left, what was spent, and when a channel usually speaks.
import { type Kysely, sql } from 'kysely'

/** Runs once per database; never edited after it landed. */
export async function up(db: Kysely<unknown>) {
  for (const statement of ddl.split(/;\s*\n/)) if (statement.trim()) await sql.raw(statement).execute(db)
}

const ddl = `
create table coverage_spans (
  account_id uuid not null references accounts on delete cascade,
  source text not null,
  from_at timestamptz not null,
  until_at timestamptz not null,
  state text not null,
  cause text,
  repaired_at timestamptz,
  primary key (account_id, source, from_at)
);
create index coverage_spans_until on coverage_spans (until_at);

create table heard_hours (
  account_id uuid not null references accounts on delete cascade,
  hour timestamptz not null,
  pushed integer not null default 0,
  polled integer not null default 0,
  primary key (account_id, hour)
);

create table budgets (
  owner_id uuid not null,
  endpoint text not null,
  scope text not null,
  remaining integer not null,
  most integer not null,
  reset_at timestamptz not null,
  seen_at timestamptz not null,
  holds_up_polls boolean not null default false,
  primary key (owner_id, endpoint)
);

create table spending (
  account_id uuid not null references accounts on delete cascade,
  day date not null,
  item text not null,
  count integer not null,
  usd double precision not null,
  primary key (account_id, day, item)
);

alter table accounts
  add column monthly_cap_usd double precision,
  add column quiet_polls smallint not null default 0,
  add column subscription_checked_at timestamptz,
  add column in_trouble text,
  add column in_trouble_at timestamptz,
  add column out_trouble text,
  add column out_trouble_at timestamptz,
  add column last_sent_at timestamptz;
`
