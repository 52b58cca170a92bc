// The embedded database under many hands: what Kysely's own dialect gets wrong, the lock, and fsync.
import { spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openEmbeddedDatabase } from '../../db/connect.ts'
import { testWorld } from '../world.ts'

test('two transactions begun at once both commit, each with its own rows', async () => {
  const { desk } = await testWorld()
  const write = (key: string) =>
    desk.db.transaction().execute(async tx => {
      await tx.insertInto('settings').values({ key, value: '1' }).execute()
      await new Promise(resolve => setTimeout(resolve, 20))
    })
  await Promise.all([write('a'), write('b'), write('c')])
  expect(await desk.db.selectFrom('settings').select('key').orderBy('key').execute()).toEqual([{ key: 'a' }, { key: 'b' }, { key: 'c' }])
})

test('a plain query of somebody else is not rolled back with a transaction it does not belong to', async () => {
  const { desk } = await testWorld()
  const failing = desk.db.transaction().execute(async tx => {
    await tx.insertInto('settings').values({ key: 'mine', value: '1' }).execute()
    await new Promise(resolve => setTimeout(resolve, 20))
    throw new Error('changed my mind')
  })
  const other = desk.db.insertInto('settings').values({ key: 'theirs', value: '1' }).execute()
  await expect(failing).rejects.toThrow('changed my mind')
  await other
  expect(await desk.db.selectFrom('settings').select('key').execute()).toEqual([{ key: 'theirs' }])
})

test('a second process on the same folder is refused by name', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'heed-lock-'))
  const first = await openEmbeddedDatabase({ dir, syncToDisk: false })
  await expect(openEmbeddedDatabase({ dir, syncToDisk: false })).rejects.toThrow(/is in use: another Heed is running/)
  await first.close()
  const again = await openEmbeddedDatabase({ dir, syncToDisk: false })
  await again.close()
})

test('each commit is handed to the disk: fsync is really called', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'heed-sync-'))
  const script = `
    import fs from 'node:fs'
    let calls = 0
    const real = fs.fsyncSync
    fs.fsyncSync = fd => { calls++; return real(fd) }
    const { syncBuiltinESMExports } = await import('node:module')
    syncBuiltinESMExports()
    const { openEmbeddedDatabase } = await import('./db/connect.ts')
    const { sql } = await import('kysely')
    const d = await openEmbeddedDatabase({ dir: process.argv[1], syncToDisk: true })
    await sql\`create table t (n int)\`.execute(d.db)
    const before = calls
    for (let n = 0; n < 10; n++) await sql\`insert into t values (1)\`.execute(d.db)
    console.log(calls - before)
    await d.close()`
  const run = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script, dir], { encoding: 'utf8' })
  expect(run.stderr).toBe('')
  expect(Number(run.stdout)).toBeGreaterThanOrEqual(10)
})
