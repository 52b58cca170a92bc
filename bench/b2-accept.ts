// B2: how many signed pushes a second are durably stored and answered 200, with triage off and then on; against a bare server that stores nothing.
import { startAnchor } from './anchors/server.ts'
import type { Bench } from './bench.ts'
import { productOnServers } from './product.ts'
import { type Pushed, pushFor, supply, target, writeDown } from './push.ts'
import type { Row } from './row.ts'
import { interleave, type Slice } from './slices.ts'
import { emptyLedger, findFaults } from './truth.ts'

export async function accept(bench: Bench): Promise<Row[]> {
  const { postgres, redis } = await bench.servers()
  const product = await productOnServers(postgres, redis, 'b2')
  const anchor = await startAnchor('hmac-server')
  const ledger = emptyLedger()
  const pushes = supply(bench.seed, { duplicates: 0.05, forgeries: 0 })
  const again = supply(bench.seed, { duplicates: 0, forgeries: 0 }).takeMany(2_000)
  let turn = 0
  try {
    await product.start('web')
    const ours = async (seconds = bench.seconds): Promise<Slice> => {
      pushes.prepare(seconds * PREPARED_PER_SECOND)
      return asSlice(await pushFor(seconds, target(product), pushes.take, answered => writeDown(ledger, answered)))
    }
    const theirs = async (): Promise<Slice> =>
      asSlice(
        await pushFor(
          bench.seconds,
          { port: anchor.port, path: '/', roots: [anchor.pid] },
          () => again[turn++ % again.length]!,
          ({ status }) => {
            if (status !== 200) throw new Error(`the anchor answered ${status}`)
          },
        ),
      )
    bench.said('B2: warming up')
    await ours(2)
    const off = await interleave(bench.slices, () => ours(), theirs, bench.said)
    await product.start('worker')
    await product.start('clock')
    bench.said('B2: draining what was accepted, then the same with triage on')
    await product.drained()
    await product.settle()
    const on = await interleave(
      bench.slices,
      async () => {
        const slice = await ours()
        await product.drained()
        return slice
      },
      theirs,
      bench.said,
    )
    const faults = await product.inDatabase(database => findFaults(database, ledger))
    const row = (name: string, pairs: Row['pairs']): Row => ({
      name,
      unit: 'answers 200/s',
      pairs,
      anchorName: 'bare server: HMAC + JSON.parse, stores nothing',
      bars,
      faults,
    })
    return [row('B2 accept, triage off', off), row('B2 accept, triage on', on)]
  } finally {
    await product.stop()
    await anchor.stop()
  }
}

function asSlice({ answers, seconds, cpuMs }: Pushed): Slice {
  return { value: answers / seconds, cpuMs: cpuMs === null ? null : cpuMs / answers }
}

const bars: Row['bars'] = [
  { what: 'bar: ≥ 0.10 of the bare server', holds: m => m.ratio!.median >= 0.1 },
  { what: 'moonshot: ≥ 0.40 of the bare server', holds: m => m.ratio!.median >= 0.4 },
]
const PREPARED_PER_SECOND = 5_000
