// B3: push → stored once → judged → ticket and event committed, until nothing waits; against three plain rows in one transaction.

import { startEmbeddedAnchor } from './anchors/embedded-filed.ts'
import { anchorDatabase, filedSlice } from './anchors/pgbench.ts'
import type { Bench } from './bench.ts'
import { cpuByPart } from './cpu.ts'
import { type Product, productEmbedded, productOnServers } from './product.ts'
import { pushFor, type Supply, supply, target, writeDown } from './push.ts'
import type { Row } from './row.ts'
import { interleave, type Slice } from './slices.ts'
import { emptyLedger, findFaults, type Ledger } from './truth.ts'

export async function pipeline(bench: Bench): Promise<Row> {
  const { postgres, redis } = await bench.servers()
  const anchorUrl = await anchorDatabase(postgres, 'b3_anchor', 10_000)
  const product = await productOnServers(postgres, redis, 'b3')
  for (const name of ['web', 'worker', 'clock'] as const) await product.start(name)
  return runPipeline(
    bench,
    product,
    'B3 pipeline, PostgreSQL + Redis',
    'pgbench -c 8, ticket + mention + event in one transaction',
    () => filedSlice(postgres, anchorUrl, bench.seconds),
    [
      { what: 'bar: ≥ 0.20 of pgbench c8', holds: m => m.ratio!.median >= 0.2 },
      { what: 'bar: ≤ 1.4 ms CPU per mention', holds: m => m.cpuMs === null || m.cpuMs.median <= 1.4 },
      { what: 'moonshot: ≥ 0.80 of pgbench c8', holds: m => m.ratio!.median >= 0.8 },
      { what: 'moonshot: ≤ 0.4 ms CPU per mention', holds: m => m.cpuMs === null || m.cpuMs.median <= 0.4 },
    ],
  )
}

export async function pipelineEmbedded(bench: Bench): Promise<Row> {
  const product = await productEmbedded()
  await product.start('main')
  const anchor = await startEmbeddedAnchor(bench.seconds)
  try {
    return await runPipeline(
      bench,
      product,
      'B3 pipeline, embedded default',
      'the same three rows in one transaction on the embedded database alone',
      anchor.slice,
      [{ what: 'measured only: no bar is set for the embedded default', holds: () => true }],
    )
  } finally {
    await anchor.stop()
  }
}

async function runPipeline(
  bench: Bench,
  product: Product,
  name: string,
  anchorName: string,
  anchor: () => Promise<Slice>,
  bars: Row['bars'],
): Promise<Row> {
  const ledger = emptyLedger()
  const pushes = supply(bench.seed, { duplicates: 0.05, forgeries: 0 })
  try {
    bench.said(`${name}: warming up`)
    await fillAndDrain(product, pushes, ledger, Math.min(3, bench.seconds))
    await product.settle()
    const pairs = await interleave(bench.slices, () => fillAndDrain(product, pushes, ledger, bench.seconds), anchor, bench.said)
    const faults = await product.inDatabase(database => findFaults(database, ledger))
    return { name, unit: 'mentions/s', pairs, anchorName, bars, faults }
  } finally {
    await product.stop()
  }
}

/** New mentions filed per second, from the first push until the last is on its ticket. */
async function fillAndDrain(product: Product, pushes: Supply, ledger: Ledger, seconds: number): Promise<Slice> {
  pushes.prepare(seconds * PREPARED_PER_SECOND)
  const before = ledger.expected.size
  const cpu = cpuByPart(product.parts())
  const start = performance.now()
  const pushed = await pushFor(seconds, target(product), pushes.take, answered => writeDown(ledger, answered))
  await product.drained()
  const end = performance.now()
  const filed = ledger.expected.size - before
  const used = cpu()
  return {
    value: filed / ((end - start) / 1000),
    cpuMs: used && Object.values(used).reduce((sum, ms) => sum + ms, 0) / filed,
    more: {
      'acked/s': pushed.answers / pushed.seconds,
      ...(used && Object.fromEntries(Object.entries(used).map(([part, ms]) => [`${part} ms`, ms / filed]))),
    },
  }
}

const PREPARED_PER_SECOND = 4_000
