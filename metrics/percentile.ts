// How many durations lie: percentile, mean and histogram over raw values.

/** Linear interpolation at rank p·(n−1), as PostgreSQL's percentile_cont. Null for no values. */
export function percentile(values: readonly number[], p: number): number | null {
  if (!values.length) return null
  const sorted = [...values].sort((a, b) => a - b)
  const rank = p * (sorted.length - 1)
  const below = sorted[Math.floor(rank)]!
  const above = sorted[Math.ceil(rank)]!
  return below + (above - below) * (rank - Math.floor(rank))
}

/** From this many values on a p90 says something, and a difference is more than noise. */
export const ENOUGH = 10

export interface Spread {
  n: number
  mean: number | null
  median: number | null
  /** Always computed; a tile shows it from `ENOUGH` values, and lists the values below that. */
  p90: number | null
}

/** A mean is never handed out alone: it comes with n, median and p90. */
export function spread(values: readonly number[]): Spread {
  const mean = values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : null
  return { n: values.length, mean, median: percentile(values, 0.5), p90: percentile(values, 0.9) }
}

export interface Bucket {
  /** Larger than this… */
  above: number
  /** …and up to this; the last bucket has no top, so no value falls outside. */
  upTo: number
  count: number
}

/** `tops` ascending; a bucket for everything above the last is added. */
export function histogram(values: readonly number[], tops: readonly number[]): Bucket[] {
  const buckets = [...tops, Infinity].map((upTo, n) => ({ above: n ? tops[n - 1]! : -Infinity, upTo, count: 0 }))
  for (const value of values) buckets.find(bucket => value <= bucket.upTo)!.count++
  return buckets
}
