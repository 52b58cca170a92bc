-- Anchor of the queue page: the 50 rows alone, by one index, with author and newest mention.
\set account random(1, 10)
\set status random(0, 2)
select t.id, t.status, t.priority, t.category, t.assignee_id, t.opened_at, t.due_at, t.last_inbound_at, a.handle, a.followers, m.text
from (select * from ticket where account_id = :account::int and status = :status::int order by priority desc, last_inbound_at desc, id desc limit 50) t
  join author a on a.id = t.author_id left join lateral (select text from mention where ticket_id = t.id order by id desc limit 1) m on true;
