// What a newcomer has done so far, counted from their own events.
import { sql } from 'kysely'
import type { Id } from '../domain.ts'
import type { Db } from './schema.ts'

export interface StepsDone {
  took: boolean
  replied: boolean
  solved: boolean
}

/** A reply that was taken back is not a reply. */
export async function findStepsDone(db: Db, teammateId: Id): Promise<StepsDone> {
  const result = await sql<StepsDone>`select
    coalesce(bool_or(kind = 'assigned' and after ->> 'assigneeId' = teammate_id::text), false) as took,
    count(*) filter (where kind = 'reply_approved') > count(*) filter (where kind = 'reply_undone') as replied,
    coalesce(bool_or(kind = 'solved'), false) as solved
    from ticket_events where teammate_id = ${teammateId} and kind in ('assigned', 'reply_approved', 'reply_undone', 'solved')`.execute(db)
  return result.rows[0]!
}
