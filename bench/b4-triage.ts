// B4: how many mentions one core judges, all heads with their reasons, and how long one takes; against the signature and JSON.parse of as many pushes.
import { createHmac } from 'node:crypto'
import { dirname, join } from 'node:path'
import { bareContext } from '../triage/bare.ts'
import type { JudgedMention } from '../triage/judge.ts'
import { judge } from '../triage/judge.ts'
import { findWeightsFile } from '../triage/signals/heads.ts'
import { readCorpus } from '../triage/training/examples.ts'
import type { Bench } from './bench.ts'
import { randomFrom } from './generate.ts'
import { webhookSecret } from './product.ts'
import { supply } from './push.ts'
import type { Row } from './row.ts'
import { interleave, quantile, type Slice } from './slices.ts'

export async function triage(bench: Bench): Promise<Row> {
  const random = randomFrom(bench.seed)
  // The build holds no corpus: it lies beside the sources' weights.
  const corpus = join(dirname(findWeightsFile(import.meta.dirname)), '..', 'training')
  const texts = readCorpus(corpus)
    .map(({ row }) => ({ text: row.text, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ text }) => text)
  const pushes = supply(bench.seed, { duplicates: 0, forgeries: 0 }).takeMany(2_000)
  bench.said('B4: warming up')
  judgeFor(2, texts)
  const pairs = await interleave(
    bench.slices,
    async () => judgeFor(bench.seconds, texts),
    async () => readFor(bench.seconds, pushes),
    bench.said,
  )
  const letters = texts.reduce((sum, text) => sum + text.length, 0) / texts.length
  return {
    name: 'B4 triage, all heads with reasons, one core',
    unit: 'mentions/s',
    pairs,
    anchorName: 'HMAC + JSON.parse of 2 kB pushes',
    bars,
    faults: [],
    notes: [`${texts.length} mentions of our own corpus, ${letters.toFixed(0)} characters on the mean, judged warm, one by one`],
  }
}

function judgeFor(seconds: number, texts: readonly string[]): Slice {
  const ms: number[] = []
  return timed(
    seconds,
    turn => {
      const text = texts[turn % texts.length]!
      const before = performance.now()
      const mention: JudgedMention = { text, visibility: 'public', direction: 'inbound', platform: 'x', language: null }
      judge(mention, bareContext(text))
      ms.push(performance.now() - before)
    },
    () => ({ 'p50 ms': quantile(ms, 0.5), 'p99 ms': quantile(ms, 0.99) }),
  )
}

function readFor(seconds: number, pushes: readonly { body: Buffer }[]): Slice {
  return timed(seconds, turn => {
    const { body } = pushes[turn % pushes.length]!
    createHmac('sha256', webhookSecret).update(body).digest('base64')
    JSON.parse(body.toString('utf8'))
  })
}

function timed(seconds: number, act: (turn: number) => void, more?: () => Record<string, number>): Slice {
  const cpu = process.cpuUsage()
  const start = performance.now()
  let turns = 0
  while (performance.now() - start < seconds * 1000) for (let i = 0; i < 50; i++) act(turns++)
  const elapsed = performance.now() - start
  const { user, system } = process.cpuUsage(cpu)
  return { value: turns / (elapsed / 1000), cpuMs: (user + system) / 1000 / turns, ...(more ? { more: more() } : {}) }
}

const bars: Row['bars'] = [
  { what: 'bar: ≥ 0.05 of HMAC + JSON.parse', holds: m => m.ratio!.median >= 0.05 },
  { what: 'bar: ≥ 10 000 mentions/s', holds: m => m.product.median >= 10_000 },
  { what: 'bar: p99 < 1 ms', holds: m => m.more('p99 ms') < 1 },
  { what: 'moonshot: ≥ 0.30 of HMAC + JSON.parse', holds: m => m.ratio!.median >= 0.3 },
]
