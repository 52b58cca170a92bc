// npm run bench: product against same-run anchors; `npm run bench -- B2 B3 --slices 5 --seconds 5 --seed 1`.
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { hasPostgres, hasRedis, type RunningServer, startPostgres, startRedis } from '../test/servers.ts'
import { ackUnderLoad } from './b1-ack.ts'
import { accept } from './b2-accept.ts'
import { pipeline, pipelineEmbedded } from './b3-pipeline.ts'
import { triage } from './b4-triage.ts'
import { visible } from './b5-visible.ts'
import { queuePage } from './b7-queue.ts'
import { print, type Row } from './row.ts'

export interface Bench {
  slices: number
  seconds: number
  seed: number
  /** Of B7: how many tickets are stored. */
  sizes: number[]
  /** One PostgreSQL and one Redis for product and anchors alike, started when first asked for. */
  servers: () => Promise<{ postgres: RunningServer; redis: RunningServer }>
  said: (what: string) => void
}

const suite: Record<string, (bench: Bench) => Promise<Row | Row[]>> = {
  B1: ackUnderLoad,
  B2: accept,
  B3: pipeline,
  B3E: pipelineEmbedded,
  B4: triage,
  B5: visible,
  B7: queuePage,
}

/** These need no server. */
const alone: ReadonlySet<string> = new Set(['B3E', 'B4'])

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    slices: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    sizes: { type: 'string', default: '100000,1000000' },
  },
})
const wanted = positionals.length
  ? positionals.map(name => name.toUpperCase()).flatMap(name => (name === 'B3' ? ['B3', 'B3E'] : [name]))
  : Object.keys(suite)
const unknown = wanted.filter(name => !suite[name])
if (unknown.length) throw new Error(`no bench is called ${unknown.join(', ')}; there are ${Object.keys(suite).join(', ')}`)

let running: { postgres: RunningServer; redis: RunningServer } | undefined
const start = performance.now()
const bench: Bench = {
  slices: Number(values.slices),
  seconds: Number(values.seconds),
  seed: Number(values.seed),
  sizes: values.sizes.split(',').map(Number),
  servers: async () => (running ??= { postgres: await startPostgres(), redis: await startRedis() }),
  said: what => process.stderr.write(`${((performance.now() - start) / 1000).toFixed(0).padStart(5)} s  ${what}\n`),
}

// Whatever goes wrong wherever: no server of ours outlives us.
let isBreakingOff = false
const breakOff = async (error: unknown) => {
  // Connections that end because their server does are no news.
  if (isBreakingOff) return
  isBreakingOff = true
  console.error(error)
  await running?.postgres.stop()
  await running?.redis.stop()
  process.exit(1)
}
process.on('uncaughtException', breakOff)
process.on('unhandledRejection', breakOff)
process.on('SIGINT', () => breakOff('broken off'))
process.on('SIGTERM', () => breakOff('broken off'))

let isFaulty = false
try {
  for (const name of wanted) {
    if (!alone.has(name) && !(hasPostgres && hasRedis)) {
      console.log(`\n${name} was not run: it needs PostgreSQL and Redis on this machine`)
      continue
    }
    bench.said(name)
    for (const row of [await suite[name]!(bench)].flat()) {
      console.log(print(row))
      if (row.faults.length) isFaulty = true
    }
  }
  console.log(`\n${await surroundings()}`)
} finally {
  await running?.postgres.stop()
  await running?.redis.stop()
}
// A ratio is never a failure; a lost, doubled or mis-threaded mention is.
process.exit(isFaulty ? 1 : 0)

async function surroundings(): Promise<string> {
  const load = loadavg()
    .map(n => n.toFixed(1))
    .join(' ')
  const parts = [`Node ${process.versions.node}`, `seed ${bench.seed}`, `${bench.slices} slices of ${bench.seconds} s`, `load ${load}`]
  if (running) {
    const client = new pg.Client({ connectionString: running.postgres.url })
    await client.connect()
    const { rows } = await client.query(
      `select current_setting('server_version') as version, current_setting('fsync') as fsync, current_setting('synchronous_commit') as commits`,
    )
    await client.end()
    parts.unshift(`PostgreSQL ${rows[0].version} (fsync ${rows[0].fsync}, synchronous_commit ${rows[0].commits})`)
  }
  return parts.join(' · ')
}
