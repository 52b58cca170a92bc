// Indexes for the queue narrowed to a status, for what is parked, and for who is there: fifty rows cost what fifty rows cost, however many wait.
import { type Kysely, sql } from 'kysely'

/** Runs once per database; never edited after it landed. */
export async function up(db: Kysely<unknown>) {
  await sql`create index tickets_queue_status on tickets (status, priority_rank, response_due_at, waiting_since, id)
    where status in ('new', 'open') and snoozed_until is null and not is_spam and not is_held`.execute(db)
  await sql`create index tickets_parked on tickets (status, started_at, id) where status in ('pending', 'on_hold') and not is_spam`.execute(
    db,
  )
  await sql`create index presence_seen on presence (seen_at)`.execute(db)
}
