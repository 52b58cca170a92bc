// testWorld(): a fresh database, a clock that stands still, rings that wait to be served; teammates Ana and Ben, author Cleo.
import { readFileSync } from 'node:fs'
import { sql } from 'kysely'
import pino from 'pino'
import { v7 as newId } from 'uuid'
import { inject, onTestFinished } from 'vitest'
import type { Connector } from '../connectors/connector.ts'
import type { AccountRow } from '../db/accounts.ts'
import { openEmbeddedDatabase } from '../db/connect.ts'
import type { Desk } from '../desk.ts'
import type { Author, Id, Platform, Teammate } from '../domain.ts'
import type { Job } from '../jobs.ts'
import { sealSecrets } from '../line.ts'
import type { Change } from '../live.ts'
import { openVault } from '../vault.ts'

export const cleo: Author = { externalId: '7001', handle: 'cleo_writes', name: 'Cleo Marsh', followers: 120 }

export interface World {
  desk: Desk
  database: Awaited<ReturnType<typeof openEmbeddedDatabase>>
  /** What was rung for and not yet served. */
  rung: Job[]
  told: Change[]
  ana: Teammate
  ben: Teammate
  /** Moves the clock. */
  pass: (ms: number) => void
  setNow: (at: Date) => void
  account: (given: {
    platform: Platform
    handle?: string
    externalId?: string
    secrets?: Record<string, string>
    appSecrets?: Record<string, string>
    apiBase?: string | null
    capabilities?: Record<string, string | boolean>
  }) => Promise<AccountRow>
}

/** `connectors`: which platforms this world speaks; by default all of them. */
export async function testWorld(options: { now?: Date; connectors?: readonly Connector[] } = {}): Promise<World> {
  const database = await emptyDatabase()
  let now = options.now ?? new Date('2026-03-02T10:00:00Z')
  const rung: Job[] = []
  const told: Change[] = []
  const connectors = options.connectors ?? (await import('../connectors/all.ts')).connectors
  const desk: Desk = {
    db: database.db,
    ring: async job => void rung.push(job),
    now: () => now,
    vault: openVault('a secret of the test world, long enough to be one'),
    live: { tell: change => void told.push(change) },
    log: pino({ level: 'silent' }),
    connectorFor: platform => {
      const found = connectors.find(c => c.platform === platform)
      if (!found) throw new Error(`no connector for ${platform}`)
      return found
    },
    publicUrl: 'http://localhost:3000',
  }
  const [ana, ben] = [await teammate('Ana Silva', 'AS', 'lead'), await teammate('Ben Okoro', 'BO', 'rep')]

  async function teammate(name: string, initials: string, role: Teammate['role']): Promise<Teammate> {
    const row = { id: newId(), name, initials, role, email: `${initials.toLowerCase()}@heed.test` }
    await database.db.insertInto('teammates').values(row).execute()
    return row
  }

  return {
    desk,
    database,
    rung,
    told,
    ana,
    ben,
    pass: ms => void (now = new Date(now.getTime() + ms)),
    setNow: at => void (now = at),
    account: async given => {
      const appId: Id = newId()
      await database.db
        .insertInto('platformApps')
        .values({
          id: appId,
          platform: given.platform,
          label: 'Test app',
          secrets: sealSecrets(desk.vault, given.appSecrets ?? {}),
          apiBase: given.apiBase ?? null,
        })
        .execute()
      return database.db
        .insertInto('accounts')
        .values({
          id: newId(),
          appId,
          platform: given.platform,
          externalId: given.externalId ?? '111',
          handle: given.handle ?? 'acme_care',
          name: 'Acme Care',
          secrets: sealSecrets(desk.vault, given.secrets ?? {}),
          capabilities: JSON.stringify(given.capabilities ?? {}),
          nextPollAt: now,
          connectedAt: new Date(now.getTime() - 30 * 86_400_000),
        })
        .returningAll()
        .executeTakeFirstOrThrow()
    },
  }
}

type TestDatabase = World['database']
const free: TestDatabase[] = []

/** An empty, migrated database until the test is over. Opening one costs half a second, emptying one a few milliseconds. */
async function emptyDatabase(): Promise<TestDatabase> {
  const database = free.pop() ?? (await openEmbeddedDatabase({ syncToDisk: false, snapshot: new Blob([readFileSync(inject('snapshot'))]) }))
  onTestFinished(async () => {
    await sql.raw(await truncation(database)).execute(database.db)
    free.push(database)
  })
  return database
}

let truncateAll: string | undefined
async function truncation(database: TestDatabase): Promise<string> {
  if (truncateAll) return truncateAll
  const { rows } = await sql<{ name: string }>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname in ('public', 'bullmq') and tablename not like '%migration%'`.execute(database.db)
  truncateAll = `truncate ${rows.map(row => row.name).join(', ')} restart identity cascade`
  return truncateAll
}
