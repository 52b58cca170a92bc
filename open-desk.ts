// Opens the means once per process and hands them over as the desk.
import pino from 'pino'
import type { Config } from './config.ts'
import { connectorFor } from './connectors/all.ts'
import { type Database, openDatabase } from './db/connect.ts'
import { migrate } from './db/migrate.ts'
import type { Desk } from './desk.ts'
import { type Doorbell, openDoorbell } from './jobs.ts'
import { type Live, openLive } from './live.ts'
import { keyFile, openVault } from './vault.ts'

export interface OpenDesk {
  desk: Desk
  database: Database
  doorbell: Doorbell
  live: Live
  /** In the reverse order of opening; safe to call once. */
  close: () => Promise<void>
}

/** @throws when the database is away, or its folder is in use. */
export async function openDesk(config: Config, process: 'all' | 'web' | 'worker' | 'clock'): Promise<OpenDesk> {
  const log = pino({
    level: config.logLevel,
    base: { process },
    redact: { paths: ['*.secrets', '*.text', '*.body', '*.password', '*.token'], remove: true },
  })
  const vault = openVault(config.secretKey ?? keyFile(config.dataDir))
  const database = await openDatabase(config)
  // The embedded database has nobody else to migrate it; PostgreSQL is migrated by the release process.
  if (database.isEmbedded) await migrate(database.db)
  const onProblem = (error: unknown) => log.error({ err: error }, 'queue or live bus')
  const doorbell = await openDoorbell({ redisUrl: config.redisUrl, pool: database.pool, isEmbedded: database.isEmbedded, onProblem })
  const live = await openLive(database, config.redisUrl, onProblem)
  const desk: Desk = {
    db: database.db,
    ring: doorbell.ring,
    now: () => new Date(),
    vault,
    live,
    log,
    connectorFor,
    publicUrl: config.publicUrl,
  }
  return {
    desk,
    database,
    doorbell,
    live,
    close: async () => {
      await doorbell.close()
      await live.close()
      await database.close()
    },
  }
}

/** The first signal stops in order; a second one stops at once. */
export function stopOnSignal(stop: () => Promise<void>, log: Desk['log']) {
  let stopping = false
  const onSignal = (signal: string) => {
    if (stopping) process.exit(1)
    stopping = true
    log.info({ signal }, 'stopping')
    stop().then(
      () => process.exit(0),
      error => {
        log.error({ err: error }, 'did not stop in order')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
}

/** Starts a process and says in words why it cannot. */
export function startProcess(start: () => Promise<void>) {
  start().catch(error => {
    const known = error instanceof Error && (error.name === 'ConfigError' || 'code' in error || /in use/.test(error.message))
    console.error(known ? error.message || String((error as { code?: unknown }).code) : error)
    process.exit(1)
  })
}
