-- Anchor tables: the least that keeps a ticket, its mention and its event, with the indexes a desk needs. :n tickets to begin with.
create table author (id bigint generated always as identity primary key, platform smallint not null, external_id text not null, handle text not null, followers int not null, unique (platform, external_id));
create table ticket (id bigint generated always as identity primary key, account_id int not null, status smallint not null, priority smallint not null, category smallint not null,
  assignee_id int, author_id bigint not null, opened_at timestamptz not null, due_at timestamptz not null, last_inbound_at timestamptz not null);
create table mention (id bigint generated always as identity primary key, platform smallint not null, external_id text not null, account_id int not null, author_id bigint not null,
  ticket_id bigint, text text not null, language text, posted_at timestamptz not null, received_at timestamptz not null, verdict jsonb not null);
create table ticket_event (id bigint generated always as identity primary key, ticket_id bigint not null, kind smallint not null, at timestamptz not null, after jsonb);
insert into author (platform, external_id, handle, followers) select i % 4, 'u' || i, 'traveller_' || i, i % 4000 from generate_series(1, 200000) i;
insert into ticket (account_id, status, priority, category, assignee_id, author_id, opened_at, due_at, last_inbound_at)
  select 1 + i % 10, case when i / 10 % 10 = 0 then i / 100 % 3 else 3 end, i % 3, i % 11, case when i % 3 > 0 then i % 200 end, 1 + i % 200000, at, at + interval '1 hour', at
  from (select i, timestamptz '2026-01-01' + i * (interval '300 days' / :n) as at from generate_series(1, :n) i) s;
insert into mention (platform, external_id, account_id, author_id, ticket_id, text, language, posted_at, received_at, verdict)
  select i % 4, 'm' || i, 1 + i % 10, 1 + i % 200000, i, '@HeronAir my flight was cancelled and nobody at the desk can help, two hours waiting, order ' || i, 'en', now(), now(),
  jsonb_build_object('category', 'complaint', 'because', repeat('my flight was cancelled ', 6)) from generate_series(1, :n) i;
create unique index on mention (platform, external_id);
create index on mention (ticket_id, id);
create index on ticket (account_id, status, priority desc, last_inbound_at desc, id desc);
create index on ticket (assignee_id, status, last_inbound_at desc);
create index on ticket (author_id, status);
create index on ticket_event (ticket_id, id);
vacuum analyze author; vacuum analyze ticket; vacuum analyze mention; vacuum analyze ticket_event;
checkpoint;
