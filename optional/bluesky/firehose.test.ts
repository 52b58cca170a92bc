// The firehose beside polling: what each costs and how soon it tells, in a quiet minute and amid 50 posts a second. Prints the table.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { IdResolver } from '@atproto/identity'
import { Firehose, MemoryRunner } from '@atproto/sync'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { bluesky } from '../../connectors/bluesky/connector.ts'
import type { Cursor } from '../../connectors/connector.ts'
import { openLine } from '../../line.ts'
import { eventually } from '../../test/processes.ts'
import { type Person, signUp } from './people.ts'
import { openProduct, type Product } from './product.ts'
import { layWire } from './wire.ts'

/** How long each way is measured at each load; the numbers in docs/decisions.md took 60. */
const SECONDS = Number(process.env.MEASURE_SECONDS ?? 12)
const MENTIONS = 4
const BUSY = 50

let brand: Person, cleo: Person, heed: Product
beforeAll(async () => {
  ;[brand, cleo] = [await signUp('avocet-tv'), await signUp('cleo-watches')]
  heed = await openProduct(brand)
})
afterAll(() => heed?.close())

test('both tell of every mention; the firehose sooner, for the price of everybody’s posts', async () => {
  const rows: Row[] = []
  for (const rate of [0, BUSY])
    for (const [way, watch] of Object.entries({
      polling: byPolling,
      'firehose, signatures checked': firehose(true),
      'firehose, unchecked': firehose(false),
    })) {
      const chatter = rate ? await startChatter(rate) : null
      const row = await measure(watch)
      const postsPerSecond = Math.round((await chatter?.stop()) ?? 0)
      rows.push({ way, postsPerSecond, ...row })
    }
  console.table(rows)
  expect(rows.map(row => row.told)).toEqual(rows.map(() => MENTIONS))
  const at = (way: string, isBusy: boolean) => rows.find(row => row.way.startsWith(way) && row.postsPerSecond > 0 === isBusy)!
  // What everybody writes reaches the firehose, and no poll.
  expect(at('firehose', true).kBPerMinute).toBeGreaterThan(5 * at('firehose', false).kBPerMinute)
  expect(at('polling', true).kBPerMinute).toBeLessThan(3 * at('polling', false).kBPerMinute)
  expect(at('firehose, unchecked', true).postsSeen).toBeGreaterThan(MENTIONS)
}, 900_000)

interface Row {
  way: string
  postsPerSecond: number
  told: number
  postsSeen: number
  latencyMs: number
  kBPerMinute: number
  cpuMsPerMinute: number
}
interface Watch {
  bytes: () => number
  /** Posts it was handed, wanted or not. */
  postsSeen: () => number
  stop: () => Promise<void>
}

async function measure(start: (tell: (uri: string) => void) => Promise<Watch>) {
  const saidAt = new Map<string, number>()
  const told = new Map<string, number>()
  const watch = await start(uri => told.has(uri) || told.set(uri, Date.now()))
  const [bytes, cpu, begun] = [watch.bytes(), process.cpuUsage(), Date.now()]
  let ownCpu = 0
  for (let nth = 0; nth < MENTIONS; nth++) {
    await until(begun + (nth + 0.5) * ((SECONDS * 1000) / MENTIONS))
    // What the customer's own program costs is not Heed's.
    const before = process.cpuUsage()
    const { uri } = await cleo.post(`@avocet-tv.test no picture since ${nth} o’clock`)
    ownCpu += msOf(process.cpuUsage(before))
    saidAt.set(uri, Date.now())
  }
  await until(begun + SECONDS * 1000)
  const minutes = (Date.now() - begun) / 60_000
  const used = { bytes: watch.bytes() - bytes, cpu: msOf(process.cpuUsage(cpu)) - ownCpu }
  await eventually('every mention to be told of', () => [...saidAt.keys()].every(uri => told.has(uri)), 120_000)
  await watch.stop()
  const latencies = [...saidAt].map(([uri, at]) => Math.max(0, told.get(uri)! - at))
  return {
    told: latencies.length,
    postsSeen: watch.postsSeen(),
    latencyMs: Math.round(latencies.reduce((sum, one) => sum + one, 0) / latencies.length),
    kBPerMinute: Math.round(used.bytes / 1024 / minutes),
    cpuMsPerMinute: Math.round(used.cpu / minutes),
  }
}

/** As Heed does it: the connector's own polls, at its own pace. */
async function byPolling(tell: (uri: string) => void): Promise<Watch> {
  let cursor: Cursor = {}
  let seen = 0
  let isOver = false
  const { externalId, handle } = (await openLine(heed.desk, heed.accountId)).account
  const pollOnce = async () => {
    const line = await openLine(heed.desk, heed.accountId)
    const pages = bluesky.intake.polling!.poll(line, cursor)
    for (let page = await pages.next(); ; page = await pages.next()) {
      if (page.done) return void (cursor = page.value)
      const delivery = { source: `poll:${page.value.list}`, headers: {}, body: page.value.body, receivedAt: line.now() }
      for (const one of bluesky.read({ ...delivery, account: { externalId, handle } })) {
        seen++
        if (one.kind === 'mention') tell(one.mention.externalId)
      }
    }
  }
  // What was said before is not measured.
  await pollOnce()
  const everyMs = Math.min(bluesky.intake.polling!.everyMs, (SECONDS * 1000) / 2)
  const walk = (async () => {
    for (let next = Date.now() + everyMs / 2; !isOver; next += everyMs) {
      await until(next)
      await pollOnce()
    }
  })()
  const start = { ...heed.wire.bytes }
  return {
    bytes: () => heed.wire.bytes.down + heed.wire.bytes.up - start.down - start.up,
    postsSeen: () => seen,
    stop: async () => {
      isOver = true
      await walk
    },
  }
}

/** Everything everybody writes, sifted here: what mentions the brand, answers it or quotes it. */
const firehose =
  (isChecked: boolean) =>
  async (tell: (uri: string) => void): Promise<Watch> => {
    const { pdsPort, plcUrl } = inject('network')
    const wire = await layWire(pdsPort)
    let seen = 0
    const idResolver = new IdResolver({ plcUrl, fetch } as never)
    const stream = new Firehose({
      service: wire.url.replace('http', 'ws'),
      runner: new MemoryRunner(),
      idResolver,
      filterCollections: ['app.bsky.feed.post'],
      excludeIdentity: true,
      excludeAccount: true,
      unauthenticatedCommits: !isChecked,
      handleEvent: event => {
        if (event.event !== 'create') return
        seen++
        if (JSON.stringify(event.record).includes(brand.did)) tell(event.uri.toString())
      },
      onError: error => console.error(error.message),
    })
    void stream.start()
    await eventually('the firehose', () => wire.calls.length > 0)
    return {
      bytes: () => wire.bytes.down + wire.bytes.up,
      postsSeen: () => seen,
      stop: async () => {
        await stream.destroy()
        await wire.close()
      },
    }
  }

/** Posts of people nobody here asks about, from a process of its own. */
async function startChatter(rate: number) {
  const network = inject('network')
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, 'network/chatter.ts'), JSON.stringify({ ...network, rate })],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  let said = ''
  child.stdout.on('data', chunk => (said += chunk))
  await eventually('people to chatter', () => said.includes('ready'), 60_000)
  return {
    /** Posts a second that were truly made. */
    stop: async () => {
      child.stdin.end()
      await once(child, 'exit')
      return Number(/made (\S+)/.exec(said)![1])
    },
  }
}

const until = (at: number) => new Promise(resolve => setTimeout(resolve, Math.max(0, at - Date.now())))
const msOf = ({ user, system }: NodeJS.CpuUsage) => (user + system) / 1000
