// Interleaved slices A B A B …, and what may be said of them: median, range, and whether the pairs agree.

export interface Slice {
  /** Operations a second, or milliseconds: the row's own unit. */
  value: number
  /** Of the server side, per operation; null where it cannot be read. */
  cpuMs: number | null
  /** Further numbers of this slice that the row prints. */
  more?: Record<string, number>
}
export interface Spread {
  median: number
  min: number
  max: number
}

/** Runs product and anchor in turn, so that both meet the same weather. */
export async function interleave(
  count: number,
  product: (slice: number) => Promise<Slice>,
  anchor: ((slice: number) => Promise<Slice>) | null,
  said: (what: string) => void,
) {
  const pairs: { product: Slice; anchor: Slice | null }[] = []
  for (let slice = 0; slice < count; slice++) {
    const ours = await product(slice)
    const theirs = anchor && (await anchor(slice))
    pairs.push({ product: ours, anchor: theirs })
    said(`slice ${slice + 1}/${count}: ${ours.value.toFixed(1)}${theirs ? `, anchor ${theirs.value.toFixed(1)}` : ''}`)
  }
  return pairs
}

export function spreadOf(values: readonly number[]): Spread {
  if (!values.length) throw new Error('no slice, no median')
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const median = sorted.length % 2 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2
  return { median, min: sorted[0]!, max: sorted.at(-1)! }
}

/** The pairs disagree by a quarter or more: quote CPU per operation only. */
export const isNoisy = ({ median, min, max }: Spread) => (max - min) / median >= 0.25

/** The value below which a share of them lies (nearest rank). */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN
}
