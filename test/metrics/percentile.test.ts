// Percentiles, means and buckets over raw durations.
import { describe, expect, test } from 'vitest'
import { histogram, percentile, spread } from '../../metrics/percentile.ts'

describe('percentile interpolates at rank p·(n−1), as percentile_cont', () => {
  const cases: [values: number[], p: number, expected: number | null][] = [
    [[], 0.5, null],
    [[7], 0.9, 7],
    [[1, 2, 3, 4], 0.5, 2.5],
    [[4, 1, 3, 2], 0.9, 3.7],
    [[10, 20, 30, 40, 50, 60, 70, 80, 90, 100], 0.9, 91],
    [[5, 5, 5], 0.5, 5],
  ]
  test.each(cases)('%j at %f is %s', (values, p, expected) => {
    const result = percentile(values, p)
    if (expected === null) expect(result).toBeNull()
    else expect(result).toBeCloseTo(expected, 10)
  })
})

test('a spread of nothing is nothing, not zero', () => {
  expect(spread([])).toEqual({ n: 0, mean: null, median: null, p90: null })
})

test('averages above the largest bucket: the last bucket has no top, and the mean comes from raw values', () => {
  const values = [3, 200, 9000]
  expect(histogram(values, [5, 60]).map(b => b.count)).toEqual([1, 0, 2])
  expect(spread(values).mean).toBeCloseTo(3067.67, 1)
})

test('a value on a bucket edge belongs to the bucket it tops', () => {
  expect(histogram([5, 5.01, 60], [5, 60]).map(b => b.count)).toEqual([1, 2, 0])
})
