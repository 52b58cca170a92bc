// Indexes for the queue's views: what nobody has taken, and what a person must look at.
import { type Kysely, sql } from 'kysely'

/** Runs once per database; never edited after it landed. */
export async function up(db: Kysely<unknown>) {
  await sql`create index tickets_unassigned on tickets (priority_rank, response_due_at, waiting_since, id)
    where assignee_id is null and status in ('new', 'open') and snoozed_until is null and not is_spam and not is_held`.execute(db)
  await sql`create index mentions_review on mentions (posted_at desc) where needs_review and ticket_id is null and direction = 'inbound'`.execute(
    db,
  )
}
