-- Anchor of the pipeline: ticket, mention and event of one mention, in one committed transaction.
\set r random(1, 2000000000)
\set r2 random(1, 2000000000)
\set account random(1, 10)
\set author random(1, 200000)
begin;
with t as (insert into ticket (account_id, status, priority, category, author_id, opened_at, due_at, last_inbound_at)
    values (:account::int, 0, 2, 3, :author::bigint, now(), now() + interval '1 hour', now()) returning id),
  m as (insert into mention (platform, external_id, account_id, author_id, ticket_id, text, language, posted_at, received_at, verdict)
    select :account::int % 4, 'x' || :r::bigint || '-' || :r2::bigint, :account::int, :author::bigint, t.id,
      '@HeronAir my flight was cancelled and nobody at the desk can help, two hours waiting, order ' || :r::bigint, 'en', now(), now(),
      jsonb_build_object('category', 'complaint', 'because', repeat('my flight was cancelled ', 6)) from t
    on conflict (platform, external_id) do nothing returning ticket_id)
insert into ticket_event (ticket_id, kind, at, after) select ticket_id, 1, now(), '{"status": "new", "priority": "normal"}' from m;
commit;
