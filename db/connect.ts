// Opens the database: PostgreSQL by DATABASE_URL, else the embedded one.
import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { EmbeddedDialect, openEmbedded, poolOver } from './embedded.ts'
import { PreparingClient } from './prepared.ts'
import type { Db, Tables } from './schema.ts'

export interface Database {
  db: Db
  /** What BullMQ's PostgreSQL backend and LISTEN run on. */
  pool: pg.Pool
  isEmbedded: boolean
  listen: (channel: string, hear: (payload: string) => void) => Promise<void>
  close: () => Promise<void>
}

export async function openDatabase(config: {
  databaseUrl?: string | undefined
  databasePool: number
  dataDir: string
  syncToDisk: boolean
}): Promise<Database> {
  return config.databaseUrl
    ? openPostgres(config.databaseUrl, config.databasePool)
    : openEmbeddedDatabase({ dir: `${config.dataDir}/db`, syncToDisk: config.syncToDisk })
}

/** `dir` undefined: in memory; `snapshot`: a dump to start from. Both for tests. */
export async function openEmbeddedDatabase(options: Parameters<typeof openEmbedded>[0]): Promise<Database & { dump: () => Promise<Blob> }> {
  const { lite, close } = await openEmbedded(options)
  const db: Db = new Kysely<Tables>({ dialect: new EmbeddedDialect(lite), plugins: [camelCase] })
  return {
    db,
    pool: poolOver(lite) as unknown as pg.Pool,
    isEmbedded: true,
    listen: async (channel, hear) => void (await lite.listen(channel, hear)),
    close: async () => {
      await db.destroy()
      await close()
    },
    dump: () => lite.dumpDataDir('none') as Promise<Blob>,
  }
}

async function openPostgres(url: string, max: number): Promise<Database> {
  pg.types.setTypeParser(20, Number)
  const pool = new pg.Pool({ connectionString: url, max, Client: PreparingClient })
  // A dropped idle connection is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => {})
  // A bell that a crash swallows is rung again by the sweep: its commits need not wait for the disk.
  const options = '-c search_path=bullmq -c synchronous_commit=off'
  const queuePool = new pg.Pool({ connectionString: url, max: 8, keepAlive: true, options })
  queuePool.on('error', () => {})
  const db: Db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }), plugins: [camelCase] })
  const ears: pg.Client[] = []
  return {
    db,
    pool: queuePool,
    isEmbedded: false,
    listen: (channel, hear) => listenAgain(url, channel, hear, ears),
    close: async () => {
      await Promise.all(ears.splice(0).map(ear => ear.end()))
      await db.destroy()
      await queuePool.end()
    },
  }
}

/** LISTEN lives on one connection: when that drops, another is opened and listens again, until it succeeds. */
async function listenAgain(url: string, channel: string, hear: (payload: string) => void, ears: pg.Client[]) {
  const ear = new pg.Client({ connectionString: url, keepAlive: true })
  ears.push(ear)
  ear.on('notification', message => hear(message.payload ?? ''))
  ear.on('error', () => lost())
  ear.on('end', () => lost())
  await ear.connect()
  await ear.query(`listen ${pg.escapeIdentifier(channel)}`)

  function lost() {
    const at = ears.indexOf(ear)
    if (at < 0) return
    ears.splice(at, 1)
    const again = () => listenAgain(url, channel, hear, ears).catch(() => setTimeout(again, 1_000).unref())
    setTimeout(again, 1_000).unref()
  }
}

const camelCase = new CamelCasePlugin({ maintainNestedObjectKeys: true })
