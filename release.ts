// The release process: brings the database up to this version before new code takes traffic.
import { readConfig } from './config.ts'
import { openDatabase } from './db/connect.ts'
import { migrate } from './db/migrate.ts'
import { openDoorbell } from './jobs.ts'
import { startProcess } from './open-desk.ts'

startProcess(async () => {
  const config = readConfig(process.env)
  const database = await openDatabase(config)
  const steps = await migrate(database.db)
  // The queue's own tables, where it lives in PostgreSQL.
  if (!config.redisUrl) await (await openDoorbell({ pool: database.pool, onProblem: error => console.error(error.message) })).close()
  await database.close()
  console.log(steps.length ? `migrated: ${steps.join(', ')}` : 'the database is up to date')
})
