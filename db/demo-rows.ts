// The demo's rows carry a mark; here they all go.
import { sql } from 'kysely'
import type { Db } from './schema.ts'

/** Everything of the demo's accounts: mentions, tickets, replies, deliveries, and incidents declared among them. Yours stays. */
export async function removeDemoRows(tx: Db) {
  const theirs = 'select id from tickets where is_demo'
  for (const statement of [
    `update tickets set incident_id = null, is_held = false where incident_id in (select id from incidents where is_demo)`,
    `delete from ticket_events where ticket_id in (${theirs})`,
    `delete from notes where ticket_id in (${theirs})`,
    `delete from presence where ticket_id in (${theirs})`,
    `update replies set paired_with_id = null where account_id in (select id from accounts where is_demo)`,
    `delete from replies where account_id in (select id from accounts where is_demo)`,
    `delete from mention_versions where mention_id in (select id from mentions where is_demo)`,
    `delete from mentions where is_demo`,
    `delete from tickets where is_demo`,
    `delete from status_updates where incident_id in (select id from incidents where is_demo)`,
    `delete from incidents where is_demo`,
    `delete from deliveries where app_id in (select id from platform_apps where is_demo)`,
    `delete from customers where account_id in (select id from accounts where is_demo)`,
    `delete from accounts where is_demo`,
    `delete from sign_in_attempts where app_id in (select id from platform_apps where is_demo)`,
    `delete from platform_apps where is_demo`,
  ])
    await sql.raw(statement).execute(tx)
}
