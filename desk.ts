// The few tools a verb is handed: all the dependency injection there is.
import type { Logger } from 'pino'
import type { Connector } from './connectors/connector.ts'
import type { Db } from './db/schema.ts'
import type { Platform } from './domain.ts'
import type { Job } from './jobs.ts'
import type { Live } from './live.ts'
import type { Vault } from './vault.ts'

export interface Desk {
  db: Db
  ring: (job: Job) => Promise<void>
  now: () => Date
  vault: Vault
  live: Pick<Live, 'tell'>
  log: Logger
  /** @throws for a platform we do not speak. */
  connectorFor: (platform: Platform) => Connector
  /** Where platforms and browsers reach us. */
  publicUrl: string
}
