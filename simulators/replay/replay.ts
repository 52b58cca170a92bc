// `npm run replay -- FILE --speed 20`: plays recorded mentions into a running simulator, which pushes them to Heed.

import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { SingleBar } from 'cli-progress'
import { arrange } from './arrange.ts'
import { control, play, type Stage } from './play.ts'
import { readRecorded } from './read-file.ts'

const usage = `npm run replay -- FILE [--speed 20] [--max-gap 2s] [--on x|facebook] [--at http://127.0.0.1:3001] [--again]

  FILE       .csv or .jsonl (.gz too): id, author, text; also posted_at, inbound, in_reply_to, thread; or dialogues with turns
  --speed    times as fast as it was recorded (20)
  --max-gap  the longest wait between two rows: 500ms, 2s, 1m (2s)
  --on       the simulator's platform (x)
  --at       where the simulator listens (the demo's: http://127.0.0.1:3001 for x, http://127.0.0.1:3002 for facebook)
  --again    from the beginning, though this file was played before`

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      speed: { type: 'string', default: '20' },
      'max-gap': { type: 'string', default: '2s' },
      on: { type: 'string', default: 'x' },
      at: { type: 'string' },
      again: { type: 'boolean', default: false },
    },
  })
  const path = positionals[0]
  if (!path) throw new Error(`Name a file.\n\n${usage}`)
  if (!existsSync(path)) throw new Error(`There is no file ${path}.`)
  const speed = Number(values.speed)
  if (!(speed > 0)) throw new Error(`--speed ${values.speed}: give a number above 0.`)
  if (values.on !== 'x' && values.on !== 'facebook') throw new Error(`--on ${values.on}: give x or facebook.`)
  const maxGapMs = milliseconds(values['max-gap'])

  const { rows, bad } = await readRecorded(path)
  for (const { line, because } of bad.slice(0, 20)) console.error(`${basename(path)}:${line} left out: ${because}`)
  if (bad.length > 20) console.error(`… and ${bad.length - 20} more rows left out`)
  const stage = await findStage(values.on, values.at ?? (values.on === 'x' ? 'http://127.0.0.1:3001' : 'http://127.0.0.1:3002'))

  const journal = progressFile(path, stage)
  const done = values.again ? new Map<string, string>() : readProgress(journal)
  const bar = new SingleBar({
    format: '{bar} {value}/{total} · {rate}/s · {eta_formatted} left',
    barsize: 30,
    hideCursor: true,
    stopOnComplete: false,
    noTTYOutput: true,
    notTTYSchedule: 10_000,
  })
  const started = Date.now()
  bar.start(rows.length, Math.min(done.size, rows.length), { rate: 0 })
  const stopping = new AbortController()
  process.once('SIGINT', () => stopping.abort())
  process.once('SIGTERM', () => stopping.abort())
  let played = 0
  const tally = await play(
    arrange(rows),
    stage,
    { speed, maxGapMs },
    done,
    (rowId, externalId) => {
      appendFileSync(journal, `${JSON.stringify([rowId, externalId])}\n`)
      bar.increment(1, { rate: Math.round((++played * 1000) / Math.max(1, Date.now() - started)) })
    },
    stopping.signal,
  )
  bar.stop()
  if (!stopping.signal.aborted) await untilPushed(stage)
  const seconds = ((Date.now() - started) / 1000).toFixed(1)
  console.log(
    `${tally.played} played in ${seconds} s (${tally.inbound} of customers, ${tally.own} of the brand), ${tally.skipped} played before, ${bad.length} rows left out`,
  )
  if (stopping.signal.aborted) console.log('Stopped. The same command goes on where it stopped.')
}

async function findStage(platform: 'x' | 'facebook', url: string): Promise<Stage> {
  try {
    if (platform === 'x') {
      const [brand] = await control<{ id: string; username: string }[]>({ url }, 'brands', {})
      if (brand) return { platform, url, brand: { handle: brand.username, id: brand.id } }
    } else {
      const [page] = await control<{ id: string; username: string }[]>({ url }, 'pages', {})
      if (page) return { platform, url, brand: { handle: page.username, id: page.id } }
    }
  } catch (cause) {
    throw new Error(`No simulator answers at ${url}. Start the demo with npm start, or name another with --at.`, { cause })
  }
  throw new Error(`The simulator at ${url} knows no brand to speak to.`)
}

/** What was played is written down row by row: a replay that is stopped, or killed, goes on there. */
function progressFile(path: string, stage: Stage): string {
  const folder = resolve(process.env.DATA_DIR || '.heed', 'replay')
  mkdirSync(folder, { recursive: true })
  return join(
    folder,
    `${createHash('sha256')
      .update(`${resolve(path)} ${stage.platform} ${stage.brand.id}`)
      .digest('hex')
      .slice(0, 16)}.jsonl`,
  )
}

function readProgress(path: string): Map<string, string> {
  if (!existsSync(path)) return new Map()
  const lines = readFileSync(path, 'utf8').split('\n')
  // A kill may have cut the last line.
  return new Map(lines.flatMap(line => (line.endsWith(']') ? [JSON.parse(line) as [string, string]] : [])))
}

async function untilPushed(stage: Stage) {
  while (!(await control<boolean>(stage, 'pushesDelivered', { timeoutMs: 5_000 }))) {
    const { pending } = await control<{ pending: number }>(stage, 'pushes', {})
    console.log(`${pending} pushes still wait for Heed to take them`)
  }
}

function milliseconds(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? []
  if (!amount || !unit) throw new Error(`--max-gap ${text}: give a time like 500ms, 2s or 1m.`)
  return Number(amount) * { ms: 1, s: 1000, m: 60_000 }[unit as 'ms' | 's' | 'm']
}

main().catch(error => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})
