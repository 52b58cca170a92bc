// One line of the result: product, anchor, ratio, CPU per operation, and which bars hold.
import { isNoisy, type Slice, type Spread, spreadOf } from './slices.ts'

export interface Row {
  name: string
  unit: string
  pairs: { product: Slice; anchor: Slice | null }[]
  anchorName: string
  bars: Bar[]
  /** What was lost, doubled or mis-threaded: then nothing else counts. */
  faults: string[]
  notes?: string[]
}
export interface Bar {
  what: string
  holds: (measured: Measured) => boolean
}
export interface Measured {
  product: Spread
  ratio: Spread | null
  cpuMs: Spread | null
  more: (name: string) => number
}

export function measure(row: Row): Measured & { anchor: Spread | null; anchorCpuMs: Spread | null } {
  const anchors = row.pairs.flatMap(pair => pair.anchor ?? [])
  return {
    product: spreadOf(row.pairs.map(pair => pair.product.value)),
    anchor: anchors.length ? spreadOf(anchors.map(slice => slice.value)) : null,
    ratio: anchors.length ? spreadOf(row.pairs.map(pair => pair.product.value / pair.anchor!.value)) : null,
    cpuMs: spreadOfKnown(row.pairs.map(pair => pair.product.cpuMs)),
    anchorCpuMs: spreadOfKnown(anchors.map(slice => slice.cpuMs)),
    more: name => spreadOf(row.pairs.flatMap(pair => pair.product.more?.[name] ?? [])).median,
  }
}

export function print(row: Row): string {
  const m = measure(row)
  const lines = [
    `\n${row.name}  (${row.pairs.length} slices)`,
    `  product  ${show(m.product, row.unit)}   CPU ${m.cpuMs ? show(m.cpuMs, 'ms/op') : 'not readable here'}`,
    ...(m.anchor
      ? [
          `  anchor   ${show(m.anchor, row.unit)}   CPU ${m.anchorCpuMs ? show(m.anchorCpuMs, 'ms/op') : 'not readable here'}   ${row.anchorName}`,
        ]
      : []),
    ...(m.ratio
      ? [
          `  ratio    ${show(m.ratio, 'of the anchor')}${isNoisy(m.ratio) ? '   noisy: the pairs differ by a quarter or more, quote CPU only' : ''}`,
        ]
      : isNoisy(m.product)
        ? ['  noisy: the slices differ by a quarter or more']
        : []),
    ...moreOf(row).map(
      name =>
        `  ${name.padEnd(12)} ${show(spreadOf(row.pairs.flatMap(pair => pair.product.more?.[name] ?? [])), '')}${anchorMore(row, name)}`,
    ),
    ...(row.notes ?? []).map(note => `  ${note}`),
    ...(row.faults.length ? [`  SCORE 0: ${row.faults.join('; ')}`] : []),
    ...row.bars.map(bar => `  ${row.faults.length === 0 && bar.holds(m) ? 'holds  ' : 'MISSED '} ${bar.what}`),
  ]
  return lines.join('\n')
}

const moreOf = (row: Row) => [...new Set(row.pairs.flatMap(pair => Object.keys(pair.product.more ?? {})))]

function anchorMore(row: Row, name: string): string {
  const values = row.pairs.flatMap(pair => pair.anchor?.more?.[name] ?? [])
  return values.length ? `   anchor ${show(spreadOf(values), '')}` : ''
}

function spreadOfKnown(values: (number | null)[]): Spread | null {
  const known = values.filter(value => value !== null)
  return known.length ? spreadOf(known) : null
}

const show = ({ median, min, max }: Spread, unit: string) => `${short(median)} (${short(min)}–${short(max)}) ${unit}`.trimEnd()
const short = (n: number) => (n >= 100 ? n.toFixed(0) : n >= 10 ? n.toFixed(1) : n.toFixed(3))
