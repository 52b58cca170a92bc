// The list of tables, and the handle every db function takes first.
import type { Kysely, Transaction } from 'kysely'
import type { AccountsTable, PlatformAppsTable, SignInAttemptsTable } from './accounts.ts'
import type { AuditEntriesTable } from './audit-entries.ts'
import type { BudgetsTable } from './budgets.ts'
import type { CorrectionsTable, LearntLayersTable } from './corrections.ts'
import type { CoverageSpansTable } from './coverage.ts'
import type { CustomersTable } from './customers.ts'
import type { DeliveriesTable, WebhookRefusalsTable } from './deliveries.ts'
import type { GesturesTable } from './gestures.ts'
import type { HeardHoursTable } from './heard-hours.ts'
import type { IncidentsTable, StatusUpdatesTable } from './incidents.ts'
import type { LeasesTable } from './leases.ts'
import type { LoginsTable, SessionsTable } from './logins.ts'
import type { MentionsTable, MentionVersionsTable } from './mentions.ts'
import type { NotesTable } from './notes.ts'
import type { OtherIdsTable } from './other-ids.ts'
import type { ParentsTable } from './parents.ts'
import type { PresenceTable } from './presence.ts'
import type { ReplaysTable } from './replays.ts'
import type { RepliesTable } from './replies.ts'
import type { ReplyPicturesTable } from './reply-pictures.ts'
import type { RepostsTable } from './reposts.ts'
import type { RulesTable } from './rules.ts'
import type { SecondOpinionsTable } from './second-opinions.ts'
import type { SettingsTable } from './settings.ts'
import type { SpendingTable } from './spending.ts'
import type { TeammatesTable } from './teammates.ts'
import type { TemplatesTable, TemplateUsesTable, TemplateWordsTable } from './templates.ts'
import type { TicketEventsTable } from './ticket-events.ts'
import type { TicketsTable } from './tickets.ts'
import type { WatchHitsTable, WatchTermsTable } from './watch-terms.ts'

export interface Tables {
  accounts: AccountsTable
  auditEntries: AuditEntriesTable
  budgets: BudgetsTable
  corrections: CorrectionsTable
  coverageSpans: CoverageSpansTable
  customers: CustomersTable
  deliveries: DeliveriesTable
  gestures: GesturesTable
  heardHours: HeardHoursTable
  incidents: IncidentsTable
  learntLayers: LearntLayersTable
  leases: LeasesTable
  logins: LoginsTable
  mentions: MentionsTable
  mentionVersions: MentionVersionsTable
  notes: NotesTable
  otherIds: OtherIdsTable
  parents: ParentsTable
  platformApps: PlatformAppsTable
  presence: PresenceTable
  replays: ReplaysTable
  replies: RepliesTable
  replyPictures: ReplyPicturesTable
  reposts: RepostsTable
  rules: RulesTable
  secondOpinions: SecondOpinionsTable
  sessions: SessionsTable
  settings: SettingsTable
  signInAttempts: SignInAttemptsTable
  spending: SpendingTable
  statusUpdates: StatusUpdatesTable
  teammates: TeammatesTable
  templates: TemplatesTable
  templateUses: TemplateUsesTable
  templateWords: TemplateWordsTable
  ticketEvents: TicketEventsTable
  tickets: TicketsTable
  watchHits: WatchHitsTable
  watchTerms: WatchTermsTable
  webhookRefusals: WebhookRefusalsTable
}
export type Db = Kysely<Tables>
export type Tx = Transaction<Tables>
