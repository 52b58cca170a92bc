// How right triage was: precision and recall per category, from what people said before it was learnt; pure.
import type { Change, JudgedByPeople, WeekRow } from '../db/triage-page.ts'
import type { Category } from '../domain.ts'
import { categories, isNoise } from './categories.ts'

export interface Measured {
  category: Category
  /** Called so and seen by a person; of these right. */
  called: number
  right: number
  precision: number | null
  /** Truly so: seen ones, and those the noise sample makes us expect among the noise. */
  truly: number
  missedInNoise: number | null
  recall: number | null
}
export interface Noise {
  /** Looked at by lot; of these noise indeed. */
  looked: number
  right: number
  share: number | null
  /** 95 %, after Wilson. */
  interval: [number, number] | null
  total: number
}
export interface Week extends WeekRow {
  seen: number
  corrected: number
}
export interface Accuracy {
  categories: Measured[]
  noise: Noise
  overall: { seen: number; right: number; interval: [number, number] | null }
  weeks: Week[]
  confusions: Change[]
}
export interface Observed {
  people: readonly JudgedByPeople[]
  handled: readonly { week: Date; category: Category; count: number }[]
  weeks: readonly WeekRow[]
}

/**
 * Seen are tickets somebody worked on and mentions somebody judged; what nobody corrected counts as right.
 * What lies in the noise unseen is estimated from the sample: its share times all noise.
 */
export function measureAccuracy({ people, handled, weeks }: Observed): Accuracy {
  const sample = people.filter(one => one.isSample)
  const others = people.filter(one => !one.isSample)
  const noiseTotal = sum(weeks.map(week => week.noise))
  const handledOf = (category: Category) => sum(handled.filter(one => one.category === category).map(one => one.count))
  const measured = categories
    .filter(category => category !== 'own_or_staff' && category !== 'duplicate')
    .map((category): Measured => {
      const from = isNoise(category) ? people : others
      const unquestioned = handledOf(category)
      const right = unquestioned + count(from, one => one.predicted === category && one.truth === category)
      const called = unquestioned + count(from, one => one.predicted === category)
      const seen = unquestioned + count(from, one => one.truth === category)
      const found = count(sample, one => one.truth === category)
      const missedInNoise = isNoise(category) || !sample.length ? null : (found / sample.length) * noiseTotal
      const truly = seen + (missedInNoise ?? 0)
      return {
        category,
        called,
        right,
        precision: called ? right / called : null,
        truly,
        missedInNoise,
        // Without the sample nobody knows what was missed.
        recall: missedInNoise === null || truly === 0 ? null : right / truly,
      }
    })
  const right = count(sample, one => isNoise(one.truth))
  const seen = sum(handled.map(one => one.count)) + people.length
  const seenRight = sum(handled.map(one => one.count)) + count(people, one => one.predicted === one.truth)
  return {
    categories: measured,
    noise: {
      looked: sample.length,
      right,
      share: sample.length ? right / sample.length : null,
      interval: wilson(right, sample.length),
      total: noiseTotal,
    },
    overall: { seen, right: seenRight, interval: wilson(seenRight, seen) },
    weeks: weeks.map(week => {
      const ofWeek = people.filter(one => one.week.getTime() === week.week.getTime())
      const unquestioned = sum(handled.filter(one => one.week.getTime() === week.week.getTime()).map(one => one.count))
      return { ...week, seen: unquestioned + ofWeek.length, corrected: count(ofWeek, one => one.predicted !== one.truth) }
    }),
    confusions: confusionsOf(people),
  }
}

/** The interval a share of `right` in `n` is in, 95 times of 100. */
export function wilson(right: number, n: number): [number, number] | null {
  if (n === 0) return null
  const z = 1.96
  const share = right / n
  const middle = share + (z * z) / (2 * n)
  const width = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))
  const scale = 1 + (z * z) / n
  return [Math.max(0, (middle - width) / scale), Math.min(1, (middle + width) / scale)]
}

function confusionsOf(people: readonly JudgedByPeople[]): Change[] {
  const counts = Map.groupBy(
    people.filter(one => one.predicted !== one.truth),
    one => `${one.predicted} ${one.truth}`,
  )
  return [...counts.values()]
    .map(rows => ({ from: rows[0]!.predicted, to: rows[0]!.truth, count: rows.length }))
    .sort((a, b) => b.count - a.count || (a.from < b.from ? -1 : 1))
}

const count = <T>(rows: readonly T[], is: (row: T) => boolean) => rows.reduce((n, row) => n + (is(row) ? 1 : 0), 0)
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
