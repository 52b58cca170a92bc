// How the processes start, refuse to start, stop, and take over from one another.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { describeWith } from './needs.ts'
import { eventually, freePortOfThree, startProduct } from './processes.ts'
import { createDatabase, startPostgres } from './servers.ts'
import { signIn } from './visitor.ts'

const PATIENT = 120_000

test.each([
  ['PORT=abc', { PORT: 'abc' }, /PORT/],
  ['DATABASE_URL without SECRET_KEY', { DATABASE_URL: 'postgres://heed@127.0.0.1:1/heed' }, /SECRET_KEY is needed/],
  ['REDIS_URL alone', { REDIS_URL: 'redis://127.0.0.1:1' }, /REDIS_URL needs DATABASE_URL/],
  ['a SECRET_KEY that is too short', { SECRET_KEY: 'short' }, /SECRET_KEY: needs at least 32 characters/],
])(
  'a wrong configuration names its variable: %s',
  async (_, env: Record<string, string>, words) => {
    const heed = startProduct('main.ts', { DATA_DIR: folder(), ...env })
    expect(await heed.ended(60_000)).toBe(1)
    expect(heed.output()).toMatch(words)
    // In words, not as a stack of calls.
    expect(heed.output()).not.toMatch(/^\s+at /m)
  },
  PATIENT,
)

test(
  'a database that is away is said in words',
  async () => {
    const release = startProduct('release.ts', { DATABASE_URL: 'postgres://heed@127.0.0.1:1/heed', SECRET_KEY: 'x'.repeat(32) })
    expect(await release.ended(60_000)).toBe(1)
    expect(release.output()).toContain('ECONNREFUSED')
    expect(release.output()).not.toMatch(/^\s+at /m)
  },
  PATIENT,
)

test(
  'a second process on the same folder is refused by name, and Ctrl-C stops the first in order',
  async () => {
    const [dataDir, port] = [folder(), await freePortOfThree()]
    const first = startProduct('main.ts', { DATA_DIR: dataDir, PORT: String(port) })
    await first.says(/Heed is at/)
    // An open page holds its live events for ever, and must not hold up the end.
    const [, email, password] = /sign in as (\S+) with the password (\S+)/.exec(first.output())!
    const admin = await signIn(`http://localhost:${port}`, email!, password!)
    expect(await admin.follow('/live')).toContain('data: []')

    const second = startProduct('main.ts', { DATA_DIR: dataDir, PORT: '0' })
    expect(await second.ended(60_000)).toBe(1)
    expect(second.output()).toContain(`${join(dataDir, 'db')} is in use: another Heed is running on it`)
    expect(second.output()).not.toMatch(/^\s+at /m)

    expect(await first.stop('SIGINT', 10_000)).toBe(0)
    expect(first.output()).not.toMatch(/did not stop in order|"level":[56]0/)
  },
  PATIENT,
)

describeWith({ PostgreSQL: true }, 'on PostgreSQL', () => {
  test(
    'of two clocks one holds the lease; when it is killed the other takes over',
    async () => {
      const postgres = await startPostgres()
      onTestFinished(postgres.stop)
      const env = { DATABASE_URL: await createDatabase(postgres, 'heed_clocks'), SECRET_KEY: randomBytes(32).toString('hex') }
      expect(await startProduct('release.ts', env).ended(60_000)).toBe(0)
      const clocks = [startProduct('clock.ts', env), startProduct('clock.ts', env)]
      const client = new pg.Client({ connectionString: env.DATABASE_URL })
      await client.connect()
      onTestFinished(() => client.end())
      /** The process that holds it, and when its last sweep was. */
      const holder = async () => {
        const { rows } = await client.query<{ pid: string; swept: string | null }>(
          "select split_part(holder, ' ', 1) as pid, (select value #>> '{}' from settings where key = 'lastSweepAt') as swept from leases where name = 'clock' and expires_at > now()",
        )
        return rows[0]?.swept && { clock: clocks.find(clock => clock.pid === Number(rows[0]!.pid))!, swept: Date.parse(rows[0].swept) }
      }
      const first = await eventually('one of them to hold it', holder, 30_000)
      // Through many ticks of both, it stays with the one.
      const held = await eventually('it to sweep again', async () => {
        const now = await holder()
        return now && now.swept > first.swept && now
      })
      expect(held.clock).toBe(first.clock)
      await first.clock.kill()
      const other = clocks.find(clock => clock !== first.clock)
      const killedAt = Date.now()
      await eventually(
        'the other to take over',
        async () => {
          const now = await holder()
          return now && now.clock === other
        },
        15_000,
      )
      await eventually('the other to sweep', async () => {
        const now = await holder()
        return now && now.swept > killedAt
      })
      expect(await other!.stop('SIGTERM')).toBe(0)
      expect(await holder()).toBeFalsy()
    },
    PATIENT,
  )
})

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'heed-start-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}
