// Real servers for tests and benches: a PostgreSQL cluster and a Redis of their own, on loopback, gone afterwards.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import pg from 'pg'

const postgresBin = findPostgres()
const redisServer = ['/usr/bin/redis-server', '/usr/local/bin/redis-server', '/opt/homebrew/bin/redis-server'].find(existsSync)
export const chromiumPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)

export const hasPostgres = !!postgresBin
export const hasRedis = !!redisServer
export const hasChromium = !!chromiumPath

export interface RunningServer {
  url: string
  pid: number
  stop: () => Promise<void>
  /** kill -9, and the same data again. Redis comes back empty. */
  killAndRestart: () => Promise<void>
}

export async function startPostgres(): Promise<RunningServer> {
  if (!postgresBin) throw new Error('needs PostgreSQL: apt-get install postgresql')
  const folder = mkdtempSync(join(tmpdir(), 'heed-pg-'))
  const port = await freePort()
  const data = join(folder, 'data')
  // PostgreSQL refuses to run as root.
  const user = userInfo().uid === 0 ? postgresUser(folder) : {}
  execFileSync(join(postgresBin, 'initdb'), ['-D', data, '-U', 'heed', '-A', 'trust', '--no-locale', '-E', 'UTF8'], {
    ...user,
    stdio: 'pipe',
  })
  const url = `postgres://heed@127.0.0.1:${port}/postgres`
  const settings = [
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    `unix_socket_directories=${folder}`,
    '-c',
    'shared_buffers=256MB',
    '-c',
    'max_connections=100',
  ]
  let server: ChildProcess
  const start = async () => {
    server = spawn(join(postgresBin, 'postgres'), ['-D', data, '-p', String(port), ...settings], { ...user, stdio: 'ignore' })
    await until(async () => {
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      await client.end()
    }, 'PostgreSQL does not answer')
  }
  await start()
  return {
    url,
    get pid() {
      return server.pid!
    },
    async killAndRestart() {
      await end(server, 'SIGKILL')
      await start()
    },
    async stop() {
      await end(server, 'SIGINT')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** An empty database of its own in a running cluster. */
export async function createDatabase(server: { url: string }, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  await client.query(`create database ${client.escapeIdentifier(name)}`)
  await client.end()
  return server.url.replace(/\/postgres$/, `/${name}`)
}

export async function startRedis(): Promise<RunningServer> {
  if (!redisServer) throw new Error('needs Redis: apt-get install redis-server')
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  let server: ChildProcess
  const start = async () => {
    server = spawn(redisServer, ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', tmpdir()], {
      stdio: 'ignore',
    })
    await until(async () => {
      const client = new Redis(url, { lazyConnect: true, retryStrategy: null })
      client.on('error', () => {})
      try {
        await client.connect()
        await client.ping()
      } finally {
        client.disconnect()
      }
    }, 'Redis does not answer')
  }
  await start()
  return {
    url,
    get pid() {
      return server.pid!
    },
    async killAndRestart() {
      await end(server, 'SIGKILL')
      await start()
    },
    stop: () => end(server, 'SIGTERM'),
  }
}

/** Below the ports that outgoing connections take: what is killed and started again must find its own still free. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_000)
    if (await isFree(port)) return port
  }
}

export function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const server = createServer().on('error', () => resolve(false))
  server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  return promise
}

function findPostgres(): string | undefined {
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : []
  return versions.map(version => join(root, version, 'bin')).find(bin => existsSync(join(bin, 'initdb')))
}

function postgresUser(folder: string): { uid: number; gid: number; cwd: string } {
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  const [uid, gid] = [id('-u'), id('-g')]
  chownSync(folder, uid, gid)
  return { uid, gid, cwd: folder }
}

function end(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return Promise.resolve()
  const { promise, resolve } = Promise.withResolvers<void>()
  server.once('exit', () => resolve())
  server.kill(signal)
  return promise
}

async function until(attempt: () => Promise<void>, otherwise: string) {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt()
    } catch (cause) {
      if (tries > 200) throw new Error(otherwise, { cause })
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }
}
