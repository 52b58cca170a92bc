// B5: from the platform's push until a rep who listens to the live inbox has the row in the page, at 100/s and at 1 000/s.
import type { Bench } from './bench.ts'
import { cpuMs } from './cpu.ts'
import { type Push, randomFrom } from './generate.ts'
import { openLoop, poisson } from './load.ts'
import { pause, productOnServers } from './product.ts'
import { supply, writeDown } from './push.ts'
import type { Row } from './row.ts'
import { type Session, signIn } from './sign-in.ts'
import { interleave, quantile, type Slice } from './slices.ts'
import { emptyLedger, findFaults } from './truth.ts'

export async function visible(bench: Bench): Promise<Row[]> {
  const { postgres, redis } = await bench.servers()
  const product = await productOnServers(postgres, redis, 'b5')
  const ledger = emptyLedger()
  const pushes = supply(bench.seed, { duplicates: 0.05, forgeries: 0 })
  const random = randomFrom(bench.seed)
  const rows: Row[] = []
  try {
    for (const name of ['web', 'worker', 'clock'] as const) await product.start(name)
    const session = await signIn(product.port)
    const slice = async (perSecond: number, seconds: number): Promise<Slice> => {
      const arrivals = poisson(pushes.takeMany(perSecond * seconds), perSecond, random)
      const watch = watchFor(session, probesAmong(arrivals))
      const before = cpuMs(Object.values(product.parts()))
      await watch.begin()
      await openLoop(product.port, product.path, arrivals, answered => writeDown(ledger, answered))
      await product.drained()
      const seen = await watch.end()
      const after = cpuMs(Object.values(product.parts()))
      return {
        value: quantile(seen, 0.99),
        cpuMs: before === null || after === null ? null : (after - before) / arrivals.length,
        more: { 'p50 ms': quantile(seen, 0.5), probes: seen.length },
      }
    }
    bench.said('B5: warming up')
    await slice(100, 3)
    await product.settle()
    for (const { perSecond, bar, moonshot } of RATES) {
      const pairs = await interleave(bench.slices, () => slice(perSecond, bench.seconds), null, bench.said)
      rows.push({
        name: `B5 visible at ${perSecond}/s: p99`,
        unit: 'ms',
        pairs,
        anchorName: '',
        faults: [],
        bars: [
          { what: `bar: p99 ≤ ${bar} ms`, holds: m => m.product.median <= bar },
          { what: `moonshot: p99 ≤ ${moonshot} ms`, holds: m => m.product.median <= moonshot },
        ],
        notes: [
          'measured on about ten mentions a second: at each live message the rep asks for the list "from:" their author, until the words are in it; CPU includes these pages',
        ],
      })
    }
    session.close()
    const faults = await product.inDatabase(database => findFaults(database, ledger))
    return rows.map(row => ({ ...row, faults }))
  } finally {
    await product.stop()
  }
}

interface Arrival {
  at: number
  push: Push
}

/** About ten a second, of people who write once in this slice: nothing they say later may take its place in the row. */
function probesAmong(arrivals: readonly Arrival[]): Arrival[] {
  const times = new Map<string, number>()
  for (const { push } of arrivals) times.set(push.mention.authorId, (times.get(push.mention.authorId) ?? 0) + 1)
  const probes: Arrival[] = []
  for (const arrival of arrivals)
    if (times.get(arrival.push.mention.authorId) === 1 && arrival.at >= (probes.at(-1)?.at ?? 0) + 1_000 / PROBES_PER_SECOND)
      probes.push(arrival)
  return probes
}

/** Looks for each probe's words at every live message from its push on; a probe that opened no ticket (noise, review) shows on no list and is left out. */
function watchFor(session: Session, probes: readonly Arrival[]) {
  const seen: number[] = []
  const waiting = new Set(probes)
  let start = 0
  let looking: Promise<unknown> | undefined
  let again = false
  let stream: { close: () => void } | undefined
  let failure: unknown
  return {
    async begin() {
      stream = await session.hear(onMessage)
      start = performance.now()
    },
    /** Everything is filed: what is not in the list by now never will be. */
    async end() {
      await pause(300)
      await looking
      stream!.close()
      if (failure) throw failure
      return seen
    },
  }

  function onMessage() {
    again = true
    looking ??= look()
      .catch(error => (failure ??= error))
      .finally(() => {
        looking = undefined
      })
  }

  async function look() {
    while (again) {
      again = false
      for (const probe of [...waiting]) {
        if (performance.now() - start < probe.at) continue
        const { mention } = probe.push
        const page = await session.get(`/queue?q=${encodeURIComponent(`from:@traveller_${mention.authorId.slice(-6)}`)}`)
        if (!page.includes(shown(mention.text))) continue
        seen.push(performance.now() - start - probe.at)
        waiting.delete(probe)
      }
    }
  }
}

/** As it stands in the row: without whom it addresses, and escaped. */
const shown = (text: string) =>
  text
    .replace(/^@\w+ /, '')
    .replaceAll('&', '&amp;')
    .replaceAll("'", '&#39;')

const PROBES_PER_SECOND = 10
const RATES = [
  { perSecond: 100, bar: 1_000, moonshot: 100 },
  { perSecond: 1_000, bar: 5_000, moonshot: 500 },
]
