// B1: how long a platform waits for its 200 at a fixed rate while triage runs; against one INSERT per request at the same rate.
import { anchorDatabase } from './anchors/pgbench.ts'
import { startAnchor } from './anchors/server.ts'
import type { Bench } from './bench.ts'
import { cpuMs } from './cpu.ts'
import { randomFrom } from './generate.ts'
import { type Answered, openLoop, poisson } from './load.ts'
import { productOnServers } from './product.ts'
import { supply, writeDown } from './push.ts'
import type { Row } from './row.ts'
import { interleave, quantile, type Slice } from './slices.ts'
import { emptyLedger, findFaults } from './truth.ts'

export async function ackUnderLoad(bench: Bench): Promise<Row> {
  const { postgres, redis } = await bench.servers()
  const anchorUrl = await anchorDatabase(postgres, 'b1_anchor', 1_000)
  const anchor = await startAnchor('single-insert', anchorUrl)
  const product = await productOnServers(postgres, redis, 'b1')
  const ledger = emptyLedger()
  const random = randomFrom(bench.seed)
  const shares = { duplicates: 0.05, forgeries: 0.01 }
  const [ours, theirs] = [supply(bench.seed, shares), supply(bench.seed + 1, shares)]
  try {
    for (const name of ['web', 'worker', 'clock'] as const) await product.start(name)
    const slice = async (
      to: { port: number; path: string; roots: number[] },
      pushes: typeof ours,
      onAnswer: (answered: Answered) => void,
      seconds: number,
      drained: () => Promise<void>,
    ): Promise<Slice> => {
      const arrivals = poisson(pushes.takeMany(seconds * PER_SECOND), PER_SECOND, random)
      const before = cpuMs(to.roots)
      const ms: number[] = []
      await openLoop(to.port, to.path, arrivals, answered => {
        ms.push(answered.ms)
        onAnswer(answered)
      })
      await drained()
      const after = cpuMs(to.roots)
      return {
        value: quantile(ms, 0.99),
        cpuMs: before === null || after === null ? null : (after - before) / ms.length,
        more: { 'p50 ms': quantile(ms, 0.5), 'p99.9 ms': quantile(ms, 0.999) },
      }
    }
    const ourSlice = (seconds: number) =>
      slice(
        { port: product.port, path: product.path, roots: Object.values(product.parts()) },
        ours,
        answered => writeDown(ledger, answered),
        seconds,
        product.drained,
      )
    bench.said(`B1: warming up, ${PER_SECOND}/s`)
    await ourSlice(2)
    await product.settle()
    const pairs = await interleave(
      bench.slices,
      () => ourSlice(bench.seconds),
      () =>
        slice(
          { port: anchor.port, path: '/', roots: [anchor.pid, postgres.pid] },
          theirs,
          () => {},
          bench.seconds,
          async () => {},
        ),
      bench.said,
    )
    const faults = await product.inDatabase(database => findFaults(database, ledger))
    return {
      name: `B1 ack under load, ${PER_SECOND}/s, triage running: p99`,
      unit: 'ms',
      pairs,
      faults,
      anchorName: 'one INSERT per request, 200 after its commit',
      bars: [
        { what: 'bar: p99 ≤ 250 ms', holds: m => m.product.median <= 250 },
        { what: 'bar: p99 ≤ 10 × the anchor', holds: m => m.ratio!.median <= 10 },
        { what: 'moonshot: p99 ≤ 2 × the anchor', holds: m => m.ratio!.median <= 2 },
      ],
      notes: ['CPU of the product includes reading, judging and filing; the anchor only stores'],
    }
  } finally {
    await product.stop()
    await anchor.stop()
  }
}

const PER_SECOND = 1_000
