// Runs pgbench with one of our scripts on the anchor's tables: what PostgreSQL alone does on this machine, now.
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { projectRoot } from '../../config.ts'
import { createDatabase, type RunningServer } from '../../test/servers.ts'
import { cpuMs } from '../cpu.ts'
import { pause } from '../product.ts'
import { quantile, type Slice } from '../slices.ts'

const run = promisify(execFile)

/** A database with the anchor's tables, and so many tickets in it. */
export async function anchorDatabase(postgres: RunningServer, name: string, tickets: number): Promise<string> {
  const url = await createDatabase(postgres, name)
  await run(postgresProgram('psql'), ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-v', `n=${tickets}`, '-f', script('schema.sql'), url])
  return url
}

/** Transactions a second, and the p95 of their milliseconds. */
export async function pgbench(
  postgres: RunningServer,
  url: string,
  file: 'filed.sql' | 'inbox.sql',
  clients: number,
  seconds: number,
): Promise<{ perSecond: number; p95: number; cpuMs: number | null }> {
  const folder = mkdtempSync(join(tmpdir(), 'heed-pgbench-'))
  const before = cpuMs([postgres.pid])
  const { stdout } = await run(postgresProgram('pgbench'), [
    '-n',
    '-M',
    'prepared',
    '-c',
    String(clients),
    '-j',
    '1',
    '-T',
    String(seconds),
    '-l',
    '--log-prefix',
    join(folder, 'tx'),
    '-f',
    script(file),
    url,
  ])
  // A session that ended counts once the postmaster has buried it.
  await pause(200)
  const after = cpuMs([postgres.pid])
  const latencies = readdirSync(folder).flatMap(name =>
    readFileSync(join(folder, name), 'utf8')
      .trim()
      .split('\n')
      .map(line => Number(line.split(' ')[2]) / 1000),
  )
  rmSync(folder, { recursive: true })
  const perSecond = Number(/^tps = ([\d.]+)/m.exec(stdout)?.[1])
  if (!perSecond || !latencies.length) throw new Error(`pgbench did not say how fast it was:\n${stdout}`)
  return {
    perSecond,
    p95: quantile(latencies, 0.95),
    cpuMs: before === null || after === null ? null : (after - before) / latencies.length,
  }
}

export async function filedSlice(postgres: RunningServer, url: string, seconds: number): Promise<Slice> {
  const { perSecond, cpuMs: cpu } = await pgbench(postgres, url, 'filed.sql', 8, seconds)
  return { value: perSecond, cpuMs: cpu }
}

/** Debian keeps PostgreSQL's programs in a folder per version; elsewhere they are on the path. */
function postgresProgram(name: string): string {
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : []
  return versions.map(version => join(root, version, 'bin', name)).find(path => existsSync(path)) ?? name
}

const script = (file: string) => join(projectRoot, 'bench/anchors', file)
