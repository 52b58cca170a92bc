// B7: the 50-row queue page as a signed-in rep reads it over HTTP, with 100 000 and with a million tickets stored; against its SQL alone.
import { anchorDatabase, pgbench } from './anchors/pgbench.ts'
import type { Bench } from './bench.ts'
import { cpuMs } from './cpu.ts'
import { fillTickets } from './fill.ts'
import { pause, productOnServers } from './product.ts'
import type { Row } from './row.ts'
import { type Session, signIn } from './sign-in.ts'
import { interleave, quantile, type Slice } from './slices.ts'

export async function queuePage(bench: Bench): Promise<Row[]> {
  const { postgres, redis } = await bench.servers()
  const product = await productOnServers(postgres, redis, 'b7')
  const rows: Row[] = []
  try {
    for (const name of ['web', 'worker', 'clock'] as const) await product.start(name)
    const session = await signIn(product.port)
    let stored = 0
    for (const size of bench.sizes) {
      await product.inDatabase(database => fillTickets(database, product.accountId, stored, size, what => bench.said(`B7: ${what}`)))
      stored = size
      bench.said(`B7: the anchor's own ${size} tickets`)
      const anchorUrl = await anchorDatabase(postgres, `b7_anchor_${size}`, size)
      const roots = () => [product.parts().web!, postgres.pid]
      const anchor = async (): Promise<Slice> => {
        const { p95, cpuMs: cpu } = await pgbench(postgres, anchorUrl, 'inbox.sql', 1, bench.seconds)
        return { value: p95, cpuMs: cpu }
      }
      await readPages(session, Math.min(2, bench.seconds))
      const pages = async (read: () => Promise<number[]>): Promise<Slice> => {
        const before = cpuMs(roots())
        const ms = await read()
        const after = cpuMs(roots())
        return {
          value: quantile(ms, 0.95),
          cpuMs: before === null || after === null ? null : (after - before) / ms.length,
          more: { 'p50 ms': quantile(ms, 0.5), 'pages/s': ms.length / bench.seconds },
        }
      }
      const name = `B7 queue page, ${size.toLocaleString('en')} tickets`
      const anchorName = 'pgbench -c 1, the 50 rows by one index'
      const alone = await interleave(bench.slices, () => pages(() => readPages(session, bench.seconds)), anchor, bench.said)
      rows.push({ name: `${name}, one reader: p95`, unit: 'ms', pairs: alone, anchorName, bars, faults: [] })
      const steady = await interleave(bench.slices, () => pages(() => readSteadily(session, bench.seconds, 50)), anchor, bench.said)
      rows.push({ name: `${name}, 50 requests/s: p95`, unit: 'ms', pairs: steady, anchorName, bars, faults: [] })
    }
    session.close()
    return rows
  } finally {
    await product.stop()
  }
}

async function readPages(session: Session, seconds: number): Promise<number[]> {
  const ms: number[] = []
  for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
    const start = performance.now()
    await readPage(session, ms.length)
    ms.push(performance.now() - start)
  }
  return ms
}

/** Open loop: from the moment each was meant to be asked. */
async function readSteadily(session: Session, seconds: number, perSecond: number): Promise<number[]> {
  const ms: number[] = []
  const start = performance.now()
  const underWay: Promise<void>[] = []
  for (let n = 0; n < seconds * perSecond; n++) {
    const intended = start + (n / perSecond) * 1000
    await pause(Math.max(0, intended - performance.now()))
    underWay.push(readPage(session, n).then(() => void ms.push(performance.now() - intended)))
  }
  await Promise.all(underWay)
  return ms
}

async function readPage(session: Session, n: number) {
  const { path, rows } = PAGES[n % PAGES.length]!
  const page = await session.get(path)
  const found = page.split('class="queue-row').length - 1
  if (found < rows) throw new Error(`${path} shows ${found} rows instead of ${rows}`)
}

/** The queue, what nobody has, and filters by platform, status and assignee. */
const PAGES = [
  { path: '/queue', rows: 50 },
  { path: '/queue?view=unassigned', rows: 50 },
  { path: '/queue?q=platform:x', rows: 50 },
  { path: '/queue?q=is:open', rows: 50 },
  { path: '/queue?q=assignee:none', rows: 50 },
]
const bars: Row['bars'] = [
  { what: 'bar: p95 ≤ 15 × the SQL alone', holds: m => m.ratio!.median <= 15 },
  { what: 'moonshot: p95 ≤ 5 × the SQL alone', holds: m => m.ratio!.median <= 5 },
]
