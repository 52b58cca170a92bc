// One attachment of one mention, with what must be known to fetch it.
import { sql } from 'kysely'
import type { Attachment, Id, Platform } from '../domain.ts'
import type { Db } from './schema.ts'

export interface AttachmentRow {
  attachment: Attachment
  accountId: Id
  platform: Platform
  /** Where the platform's API answers; null: the platform itself. */
  apiBase: string | null
  /** The mention over there, and the ticket it is on. */
  url: string | null
  ticketNumber: number | null
  isDemo: boolean
}

/** `index` from 0. Of what was deleted nothing is left. */
export async function findAttachment(db: Db, mentionId: Id, index: number): Promise<AttachmentRow | undefined> {
  const { rows } = await sql<AttachmentRow>`
    select m.attachments -> ${index}::int as attachment, m.account_id, m.platform, a.api_base, m.url, t.number as ticket_number, m.is_demo
    from mentions m join accounts ac on ac.id = m.account_id join platform_apps a on a.id = ac.app_id left join tickets t on t.id = m.ticket_id
    where m.id = ${mentionId} and m.removed_at is null and m.attachments -> ${index}::int is not null`.execute(db)
  return rows[0]
}
