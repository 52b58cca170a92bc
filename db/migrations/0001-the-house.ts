// The first tables: the ledger, the people, the tickets and their events, the outbox, incidents.
import { type Kysely, sql } from 'kysely'

/** Runs once per database; never edited after it landed. */
export async function up(db: Kysely<unknown>) {
  for (const statement of ddl.split(/;\s*\n/)) if (statement.trim()) await sql.raw(statement).execute(db)
}

const ddl = `
create table teammates (
  id uuid primary key,
  name text not null,
  email text not null unique,
  email_verified boolean not null default false,
  image text,
  role text not null default 'rep',
  initials text not null unique,
  undo_seconds smallint not null default 10,
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table settings (key text primary key, value jsonb not null, updated_at timestamptz not null default now());

create table leases (name text primary key, holder text not null, expires_at timestamptz not null);

create table platform_apps (
  id uuid primary key,
  platform text not null,
  label text not null,
  secrets bytea not null,
  api_base text,
  is_demo boolean not null default false,
  created_at timestamptz not null default now()
);

create table accounts (
  id uuid primary key,
  app_id uuid not null references platform_apps,
  platform text not null,
  external_id text not null,
  handle text not null,
  name text not null,
  secrets bytea not null,
  secrets_version integer not null default 0,
  status text not null default 'connected',
  status_reason text,
  capabilities jsonb not null default '{}',
  is_demo boolean not null default false,
  connected_at timestamptz not null default now(),
  token_expires_at timestamptz,
  poll_cursor jsonb not null default '{}',
  next_poll_at timestamptz not null default now(),
  polling_until timestamptz,
  last_poll_at timestamptz,
  last_delivery_at timestamptz,
  newest_mention_at timestamptz,
  last_error text,
  last_error_at timestamptz,
  unique (platform, external_id)
);

create table sign_in_attempts (
  state text primary key,
  app_id uuid not null references platform_apps on delete cascade,
  teammate_id uuid not null references teammates on delete cascade,
  verifier text not null,
  choices bytea,
  expires_at timestamptz not null
);

create table deliveries (
  id uuid primary key,
  app_id uuid not null references platform_apps,
  account_id uuid references accounts,
  source text not null,
  headers jsonb not null default '{}',
  body bytea,
  body_bytes integer not null,
  status text not null default 'waiting',
  problem text,
  attempts smallint not null default 0,
  received_at timestamptz not null,
  read_at timestamptz,
  erased_at timestamptz
);
create index deliveries_waiting on deliveries (id) where status = 'waiting';
create index deliveries_unreadable on deliveries (received_at desc) where status = 'unreadable';
create index deliveries_expiry on deliveries (read_at) where body is not null and status = 'read';

create table webhook_refusals (
  day date not null,
  platform text not null,
  reason text not null,
  count bigint not null default 0,
  last_at timestamptz not null,
  primary key (day, platform, reason)
);

create table customers (
  id uuid primary key,
  account_id uuid not null references accounts,
  external_id text not null,
  handle text not null,
  name text not null,
  followers integer,
  is_vip boolean not null default false,
  do_not_engage_until timestamptz,
  first_seen_at timestamptz not null default now(),
  unique (account_id, external_id)
);

create table tickets (
  id uuid primary key,
  number bigint generated always as identity unique,
  account_id uuid not null references accounts,
  platform text not null,
  customer_id uuid not null references customers,
  status text not null default 'new',
  priority text not null,
  priority_rank smallint not null generated always as (case priority when 'urgent' then 0 when 'high' then 1 else 2 end) stored,
  category text not null,
  origin_visibility text not null,
  assignee_id uuid references teammates,
  started_at timestamptz not null,
  waiting_since timestamptz,
  response_due_at timestamptz,
  first_responded_at timestamptz,
  solved_at timestamptz,
  closed_at timestamptz,
  reopened_count smallint not null default 0,
  last_inbound_at timestamptz not null,
  latest_mention_id uuid,
  incident_id uuid,
  is_held boolean not null default false,
  snoozed_until timestamptz,
  hold_reason text,
  is_spam boolean not null default false,
  is_backfilled boolean not null default false,
  is_proactive boolean not null default false,
  is_demo boolean not null default false,
  has_failed_reply boolean not null default false,
  needs_review boolean not null default false,
  tags text[] not null default '{}',
  revision integer not null default 1,
  opened_at timestamptz not null default now()
);
create index tickets_queue on tickets (priority_rank, response_due_at, waiting_since, id)
  where status in ('new', 'open') and snoozed_until is null and not is_spam and not is_held;
create index tickets_assignee on tickets (assignee_id, status) where status not in ('solved', 'closed');
create index tickets_unsolved on tickets (status, started_at) where status not in ('solved', 'closed');
create index tickets_solved on tickets (solved_at) where status = 'solved';
create index tickets_snoozed on tickets (snoozed_until) where snoozed_until is not null;
create index tickets_failed on tickets (id) where has_failed_reply;
create index tickets_customer on tickets (customer_id, started_at desc);
create index tickets_incident on tickets (incident_id) where incident_id is not null;
create index tickets_opened on tickets (opened_at);
create index tickets_started on tickets (started_at);

create table mentions (
  id uuid primary key,
  account_id uuid not null references accounts,
  platform text not null,
  visibility text not null,
  direction text not null,
  external_id text not null,
  reply_to_external_id text,
  thread_key text not null,
  parent_external_id text,
  customer_id uuid references customers,
  text text not null,
  text_key text,
  language text,
  url text,
  addresses_us boolean not null default false,
  facts jsonb not null default '{}',
  posted_at timestamptz not null,
  received_at timestamptz not null,
  version bigint not null default 0,
  edited_at timestamptz,
  removed_at timestamptz,
  unreadable_because text,
  delivery_ids uuid[] not null default '{}',
  is_backfilled boolean not null default false,
  is_demo boolean not null default false,
  state text not null default 'waiting',
  attempts smallint not null default 0,
  problem text,
  triaged_at timestamptz,
  category text,
  needs_review boolean not null default false,
  verdict jsonb,
  ticket_id uuid references tickets,
  reply_id uuid,
  unique (account_id, visibility, external_id)
);
create index mentions_waiting on mentions (id) where state = 'waiting';
create index mentions_set_aside on mentions (received_at desc) where state = 'set_aside';
create index mentions_ticket on mentions (ticket_id, posted_at, id);
create index mentions_customer on mentions (customer_id, posted_at desc);
create index mentions_thread on mentions (account_id, thread_key, posted_at);
create index mentions_untaken on mentions (category, posted_at desc) where ticket_id is null and direction = 'inbound';
create index mentions_posted on mentions (posted_at);
create index mentions_same_words on mentions (account_id, text_key, posted_at) where text_key is not null;

create table mention_versions (
  mention_id uuid not null references mentions on delete cascade,
  version bigint not null,
  text text not null,
  replaced_at timestamptz not null,
  primary key (mention_id, version)
);

create table ticket_events (
  id bigint generated always as identity primary key,
  ticket_id uuid not null references tickets,
  kind text not null,
  at timestamptz not null,
  teammate_id uuid references teammates,
  actor text not null,
  before jsonb,
  after jsonb,
  mention_id uuid,
  reply_id uuid,
  turn_started_at timestamptz,
  turn_due_at timestamptz,
  is_first_response boolean not null default false
);
create index ticket_events_ticket on ticket_events (ticket_id, id);
create index ticket_events_kind on ticket_events (kind, at);

create table status_updates (
  id uuid primary key,
  incident_id uuid not null,
  kind text not null,
  incident_status text not null,
  text text not null,
  next_update_at timestamptz,
  written_by_id uuid not null references teammates,
  created_at timestamptz not null default now()
);
create index status_updates_incident on status_updates (incident_id, created_at);

create table replies (
  id uuid primary key,
  idempotency_key text not null unique,
  account_id uuid not null references accounts,
  ticket_id uuid references tickets,
  status_update_id uuid references status_updates,
  answers_id uuid references mentions,
  paired_with_id uuid references replies,
  text text not null,
  visibility text not null,
  is_private_reply boolean not null default false,
  role text not null,
  status text not null,
  written_by_id uuid references teammates,
  responder text,
  ticket_revision integer,
  after_sending text,
  send_at timestamptz,
  sending_at timestamptz,
  sent_at timestamptz,
  attempts smallint not null default 0,
  read_backs smallint not null default 0,
  next_read_back_at timestamptz,
  external_id text,
  url text,
  problem text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (ticket_id is not null or status_update_id is not null)
);
create unique index replies_one_draft on replies (ticket_id, written_by_id) where status = 'draft';
create unique index replies_one_per_account on replies (status_update_id, account_id) where status_update_id is not null;
create index replies_ticket on replies (ticket_id, created_at);
create index replies_outbox on replies (send_at) where status = 'approved';
create index replies_unsettled on replies (updated_at) where status in ('sending', 'unsure');
create index replies_external on replies (account_id, external_id) where external_id is not null;

create table notes (
  id uuid primary key,
  ticket_id uuid not null references tickets,
  teammate_id uuid not null references teammates,
  text text not null,
  created_at timestamptz not null default now()
);
create index notes_ticket on notes (ticket_id, created_at);

create table templates (
  id uuid primary key,
  name text not null,
  kind text not null,
  platform text,
  language text not null default 'en',
  text text not null,
  version integer not null default 1,
  is_active boolean not null default true,
  uses integer not null default 0,
  owner_id uuid references teammates,
  is_demo boolean not null default false,
  updated_at timestamptz not null default now()
);

create table incidents (
  id uuid primary key,
  number bigint generated always as identity unique,
  title text not null,
  impact text not null,
  severity text not null,
  status text not null default 'investigating',
  components text[] not null default '{}',
  declared_by_id uuid not null references teammates,
  declared_at timestamptz not null,
  monitoring_since timestamptz,
  resolved_at timestamptz,
  next_update_due_at timestamptz,
  is_demo boolean not null default false
);
create index incidents_active on incidents (declared_at) where resolved_at is null;
alter table status_updates add foreign key (incident_id) references incidents;
alter table tickets add foreign key (incident_id) references incidents;

create table presence (
  ticket_id uuid not null references tickets,
  teammate_id uuid not null references teammates,
  is_typing boolean not null default false,
  seen_at timestamptz not null,
  primary key (ticket_id, teammate_id)
);

create table audit_entries (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  teammate_id uuid references teammates,
  action text not null,
  subject text not null,
  before jsonb,
  after jsonb
);
create index audit_entries_at on audit_entries (at desc);
`
