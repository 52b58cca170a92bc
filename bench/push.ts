// Pushes invented mentions at a running product and writes down what must then be stored.
import { cpuMs } from './cpu.ts'
import { type GeneratorOptions, generator, type Push } from './generate.ts'
import { type Answered, closedLoop } from './load.ts'
import { brand, type Product, webhookSecret } from './product.ts'
import type { Ledger } from './truth.ts'

/** Pushes made ahead of time, so that inventing them costs no slice anything. */
export function supply(seed: number, shares: Pick<GeneratorOptions, 'duplicates' | 'forgeries'>) {
  const next = generator({ seed, secret: webhookSecret, brand, startAt: new Date(), ...shares })
  const ready: Push[] = []
  return {
    prepare(count: number) {
      while (ready.length < count) ready.push(next())
    },
    take: (): Push => ready.shift() ?? next(),
    takeMany(count: number): Push[] {
      this.prepare(count)
      return ready.splice(0, count)
    },
  }
}
export type Supply = ReturnType<typeof supply>

export function writeDown(ledger: Ledger, { push, status }: Answered) {
  const wanted = push.kind === 'forged' ? 401 : 200
  if (status !== wanted) throw new Error(`a push (${push.kind}) was answered ${status} instead of ${wanted}`)
  if (status !== 200) return
  ledger.accepted++
  ledger.expected.set(push.mention.externalId, push.mention)
}

export interface Pushed {
  answers: number
  seconds: number
  cpuMs: number | null
  ms: number[]
}

/** 64 connections for so long; CPU is that of `roots`, until the last answer. */
export async function pushFor(
  seconds: number,
  to: { port: number; path: string; roots: number[] },
  take: () => Push,
  onAnswer: (answered: Answered) => void,
): Promise<Pushed> {
  const before = cpuMs(to.roots)
  const start = performance.now()
  const ms: number[] = []
  await closedLoop(
    to.port,
    CONNECTIONS,
    to.path,
    () => (performance.now() - start < seconds * 1000 ? take() : undefined),
    answered => {
      ms.push(answered.ms)
      onAnswer(answered)
    },
  )
  const after = cpuMs(to.roots)
  return {
    answers: ms.length,
    seconds: (performance.now() - start) / 1000,
    cpuMs: before === null || after === null ? null : after - before,
    ms,
  }
}

export const target = (product: Product) => ({ port: product.port, path: product.path, roots: Object.values(product.parts()) })

export const CONNECTIONS = 64
