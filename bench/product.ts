// Starts Heed as its Procfile does, on a database of its own, with one connected account that never polls.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as newId } from 'uuid'
import { insertPlatformApp, storeConnected } from '../db/accounts.ts'
import { type Database, openDatabase } from '../db/connect.ts'
import { migrate } from '../db/migrate.ts'
import type { Id } from '../domain.ts'
import { sealSecrets } from '../line.ts'
import { createDatabase, freePort, type RunningServer } from '../test/servers.ts'
import { openVault } from '../vault.ts'
import { createTeammate } from '../web/auth.ts'

export type ProcessName = 'web' | 'worker' | 'clock' | 'main'
export interface Product {
  port: number
  /** Where pushes go. */
  path: string
  accountId: Id
  /** What CPU time is counted of, by name. */
  parts: () => Record<string, number>
  start: (name: ProcessName) => Promise<void>
  /** Returns once nothing waits any more. */
  drained: () => Promise<void>
  /** What the database does by itself after a while, now: so that no slice pays for it. */
  settle: () => Promise<void>
  /** The database itself; of the embedded one only while main is stopped. */
  inDatabase: <T>(ask: (database: Database) => Promise<T>) => Promise<T>
  stop: () => Promise<void>
}

export const brand = { id: '1700000000000000001', handle: 'HeronAir' }
export const webhookSecret = 'the consumer secret of the bench'
export const rep = { email: 'rep@heed.test', password: 'a long password for the bench' }

/** On PostgreSQL and Redis as separate processes; nothing is started but the migration. */
export async function productOnServers(postgres: RunningServer, redis: RunningServer, name: string): Promise<Product> {
  const databaseUrl = await createDatabase(postgres, name)
  const dataDir = passingFolder()
  const database = await openDatabase({ databaseUrl, databasePool: 8, dataDir, syncToDisk: true })
  await migrate(database.db)
  const { appId, accountId } = await connectBrand(database)
  const port = await freePort()
  const running = processes({ PORT: String(port), HOST: '127.0.0.1', DATABASE_URL: databaseUrl, REDIS_URL: redis.url, DATA_DIR: dataDir })
  return {
    port,
    accountId,
    path: `/webhooks/${appId}`,
    parts: () => ({ ...running.pids(), postgres: postgres.pid, redis: redis.pid }),
    start: async process => {
      running.start(process)
      if (process === 'web') await answers(port)
    },
    drained: async () => {
      for (;;) {
        const { rows } = await database.pool.query(WAITING)
        if (!rows[0].waiting) return
        await pause(20)
      }
    },
    settle: async () => {
      await database.pool.query('vacuum analyze')
      await database.pool.query('checkpoint')
    },
    inDatabase: ask => ask(database),
    stop: async () => {
      await running.stop()
      await database.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** The embedded default: one process, `npm start`. */
export async function productEmbedded(): Promise<Product> {
  const dataDir = passingFolder()
  const open = () => openDatabase({ dataDir, databasePool: 1, syncToDisk: true })
  const database = await open()
  await migrate(database.db)
  const { appId, accountId } = await connectBrand(database)
  await database.close()
  const port = await freePort()
  const running = processes({ PORT: String(port), DATA_DIR: dataDir, DEMO: 'off' })
  return {
    port,
    accountId,
    path: `/webhooks/${appId}`,
    parts: running.pids,
    start: async process => {
      running.start(process)
      await answers(port)
    },
    drained: async () => {
      while (!(await nothingWaits(port))) await pause(100)
    },
    settle: async () => {},
    inDatabase: async ask => {
      await running.stop()
      const reopened = await open()
      try {
        return await ask(reopened)
      } finally {
        await reopened.close()
      }
    },
    stop: async () => {
      await running.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

async function connectBrand({ db }: Database): Promise<{ appId: Id; accountId: Id }> {
  const vault = openVault(SECRET_KEY)
  const [appId, accountId] = [newId(), newId()]
  const at = new Date(Date.now() - 86_400_000)
  // Nothing leaves this machine: the account never polls, and its platform would be a closed port here.
  await insertPlatformApp(db, {
    id: appId,
    platform: 'x',
    label: 'Bench',
    secrets: sealSecrets(vault, { consumerSecret: webhookSecret }),
    apiBase: 'http://127.0.0.1:9',
  })
  await storeConnected(db as never, {
    id: accountId,
    appId,
    platform: 'x',
    externalId: brand.id,
    handle: brand.handle,
    name: 'Heron Air',
    secrets: sealSecrets(vault, { accessToken: 'none' }),
    capabilities: {},
    tokenExpiresAt: null,
    isDemo: false,
    at,
  })
  await db
    .updateTable('accounts')
    .set({ nextPollAt: new Date('2100-01-01') })
    .where('id', '=', accountId)
    .execute()
  await createTeammate(
    { db, now: () => new Date() },
    { name: 'Rep', email: rep.email, role: 'rep', initials: 'RP', password: rep.password },
  )
  return { appId, accountId }
}

function processes(env: Record<string, string>) {
  const children = new Map<ProcessName, ChildProcess>()
  let stopping = false
  return {
    pids: () => Object.fromEntries([...children].map(([name, child]) => [name, child.pid!])),
    start(name: ProcessName) {
      stopping = false
      const file = join(import.meta.dirname, '..', name === 'web' ? 'web/server.js' : `${name}.js`)
      const given = { PATH: process.env.PATH, NODE_OPTIONS: process.env.BENCH_NODE_OPTIONS, SECRET_KEY, LOG_LEVEL: 'warn', ...env }
      const child = spawn(process.execPath, [file], { env: given as NodeJS.ProcessEnv, stdio: ['ignore', process.stderr, 'inherit'] })
      diesWithUs(child)
      child.on('exit', code => {
        if (!stopping) throw new Error(`the process ${name} ended by itself (${code})`)
      })
      children.set(name, child)
    },
    async stop() {
      stopping = true
      await Promise.all([...children.values()].map(child => ended(child)))
      children.clear()
    },
  }
}

/** Gone when the bench is, however it ends. */
function passingFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'heed-bench-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Also when the bench breaks off: nothing of it goes on running. */
export function diesWithUs(child: ChildProcess) {
  if (!isWatching)
    process.once('exit', () => {
      for (const one of children) one.kill('SIGKILL')
    })
  isWatching = true
  children.add(child)
  child.once('exit', () => children.delete(child))
}
const children = new Set<ChildProcess>()
let isWatching = false

export function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  const { promise, resolve } = Promise.withResolvers<void>()
  child.once('exit', () => resolve())
  child.kill('SIGTERM')
  return promise
}

export async function answers(port: number, path = '/healthz') {
  for (let tries = 0; ; tries++) {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`).catch(error => (tries < 300 ? null : Promise.reject(error)))
    await answer?.body?.cancel()
    if (answer) return
    await pause(100)
  }
}

async function nothingWaits(port: number): Promise<boolean> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  const gauge = (name: string) => Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN)
  return gauge('heed_deliveries_waiting') === 0 && gauge('heed_mentions_waiting') === 0
}

export const pause = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms))

const SECRET_KEY = 'only for the bench, never for anything that matters'
const WAITING = `select exists (select 1 from public.deliveries where status = 'waiting') or exists (select 1 from public.mentions where state = 'waiting') as waiting`
