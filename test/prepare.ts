// Builds the product and makes one migrated database before all tests; each test opens its own copy of it.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { projectRoot } from '../config.ts'
import { openEmbeddedDatabase } from '../db/connect.ts'
import { migrate } from '../db/migrate.ts'
import { openDoorbell } from '../jobs.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    snapshot: string
  }
}

export default async function prepare(project: TestProject) {
  build()
  const folder = mkdtempSync(join(tmpdir(), 'heed-test-'))
  const database = await openEmbeddedDatabase({ syncToDisk: false })
  await migrate(database.db)
  const bell = await openDoorbell({
    pool: database.pool,
    onProblem: error => {
      throw error
    },
  })
  await bell.close()
  const snapshot = join(folder, 'snapshot.tar')
  writeFileSync(snapshot, Buffer.from(await (await database.dump()).arrayBuffer()))
  await database.close()
  project.provide('snapshot', snapshot)
  return () => rmSync(folder, { recursive: true })
}

/** Processes of the product are started as `npm start` does, from what was built: in a third of the time the sources take. */
function build() {
  const tsc = join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc')
  const { status, stdout, error } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.json'], { cwd: projectRoot, encoding: 'utf8' })
  if (status !== 0) throw new Error(`the product cannot be built:\n${stdout}`, { cause: error })
}
