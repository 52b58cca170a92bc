// The list of tables, and the handle every db function takes first.
import type { Kysely, Transaction } from 'kysely'
import type { AccountsTable, PlatformAppsTable, SignInAttemptsTable } from './accounts.ts'
import type { AuditEntriesTable } from './audit-entries.ts'
import type { CustomersTable } from './customers.ts'
import type { DeliveriesTable, WebhookRefusalsTable } from './deliveries.ts'
import type { IncidentsTable, StatusUpdatesTable } from './incidents.ts'
import type { LeasesTable } from './leases.ts'
import type { LoginsTable, SessionsTable } from './logins.ts'
import type { MentionsTable, MentionVersionsTable } from './mentions.ts'
import type { NotesTable } from './notes.ts'
import type { PresenceTable } from './presence.ts'
import type { RepliesTable } from './replies.ts'
import type { SettingsTable } from './settings.ts'
import type { TeammatesTable } from './teammates.ts'
import type { TemplatesTable } from './templates.ts'
import type { TicketEventsTable } from './ticket-events.ts'
import type { TicketsTable } from './tickets.ts'

export interface Tables {
  accounts: AccountsTable
  auditEntries: AuditEntriesTable
  customers: CustomersTable
  deliveries: DeliveriesTable
  incidents: IncidentsTable
  leases: LeasesTable
  logins: LoginsTable
  mentions: MentionsTable
  mentionVersions: MentionVersionsTable
  notes: NotesTable
  platformApps: PlatformAppsTable
  presence: PresenceTable
  replies: RepliesTable
  sessions: SessionsTable
  settings: SettingsTable
  signInAttempts: SignInAttemptsTable
  statusUpdates: StatusUpdatesTable
  teammates: TeammatesTable
  templates: TemplatesTable
  ticketEvents: TicketEventsTable
  tickets: TicketsTable
  webhookRefusals: WebhookRefusalsTable
}
export type Db = Kysely<Tables>
export type Tx = Transaction<Tables>
