// npm run storm -- --mentions 5000 --seed 7: the long storm, its counts as a table; ends with 1 when anything was lost, doubled, crossed or hidden.
import { parseArgs } from 'node:util'
import { openEmbeddedDatabase } from '../../db/connect.ts'
import { migrate } from '../../db/migrate.ts'
import { freePort } from '../servers.ts'
import { runStorm } from './storm.ts'

const { values } = parseArgs({
  options: { mentions: { type: 'string', default: '5000' }, seed: { type: 'string', default: '1' }, port: { type: 'string' } },
})
const mentions = Number(values.mentions)
const seed = Number(values.seed)
if (!(Number.isInteger(mentions) && mentions > 0 && Number.isInteger(seed)))
  throw new Error('--mentions takes how many customers write, --seed a whole number')

const beganAt = Date.now()
const database = await openEmbeddedDatabase({ syncToDisk: false })
await migrate(database.db)
console.log(`storm of ${mentions} mentions, seed ${seed}`)
const report = await runStorm({ seed, mentions, database, port: Number(values.port ?? (await freePort())), onProgress: console.log })
await database.close()
console.table(report.platforms)
console.table(report.counts)
for (const line of report.wrong) console.error(line)
console.log(`seed ${seed}: ${report.wrong.length} wrong, ${Math.round((Date.now() - beganAt) / 1000)} s`)
process.exitCode = report.wrong.length ? 1 : 0
