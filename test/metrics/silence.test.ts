// A channel is silent when more would usually have come by now: by hour of the week, with its numbers.
import { expect, test } from 'vitest'
import { expectedBetween, silenceOf, usualOf } from '../../metrics/silence.ts'

const HOUR = 3_600_000
/** A Monday. */
const now = new Date('2026-03-02T14:00:00Z')
/** Eight weeks: so many mentions in each hour of office days, none at night. */
const officeHours = (perHour: number, weeks = 8) =>
  Array.from({ length: weeks * 168 }, (_, n) => new Date(now.getTime() - (n + 1) * HOUR))
    .filter(hour => hour.getUTCHours() >= 8 && hour.getUTCHours() < 18 && hour.getUTCDay() >= 1 && hour.getUTCDay() <= 5)
    .map(hour => ({ hour, pushed: perHour, polled: 0 }))
const ago = (hours: number) => new Date(now.getTime() - hours * HOUR)

test('the usual is the mean of the same hours of the week', () => {
  const usual = usualOf(officeHours(12), now)
  expect(usual.isKnown).toBe(true)
  expect(expectedBetween(usual, ago(2), now)).toBeCloseTo(24, 0)
  expect(expectedBetween(usual, new Date('2026-03-01T02:00:00Z'), new Date('2026-03-01T20:00:00Z'))).toBe(0)
})

test.each([
  ['two busy hours without a word', 12, 2, true],
  ['half an hour of them', 12, 0.5, false],
  ['a Monday morning after a silent weekend', 12, 62, true],
  ['a quiet account for a morning', 1, 5, false],
  ['a flood stops for five minutes', 500, 5 / 60, false],
  ['a flood stops for twenty', 500, 20 / 60, true],
] as const)('%s', (_, perHour, hours, isAlarming) =>
  expect(silenceOf(usualOf(officeHours(perHour), now), ago(hours), now).isAlarming).toBe(isAlarming),
)

test('a silent weekend alone alarms nobody', () => {
  const monday = new Date('2026-03-02T07:59:00Z')
  const usual = usualOf(officeHours(12), monday)
  expect(silenceOf(usual, new Date('2026-02-27T17:59:00Z'), monday).isAlarming).toBe(false)
})

test('the alarm explains itself with its numbers', () => {
  const { words } = silenceOf(usualOf(officeHours(12), now), ago(2), now)
  expect(words).toBe('Nothing for 2 h; in these hours of the week 24 mentions usually come (mean of 8 weeks). The alarm is at 10.')
})

test.each([
  ['a week of history', officeHours(12, 1)],
  ['two mentions in eight weeks', officeHours(12).slice(-2)],
  ['none at all', []],
] as const)('too little to know what is usual, %s: the alarm is after a day, and says so', (_, hours) => {
  const usual = usualOf(
    hours.map(one => ({ ...one, pushed: 1 })),
    now,
  )
  expect(silenceOf(usual, ago(23), now).isAlarming).toBe(false)
  const { isAlarming, words } = silenceOf(usual, ago(25), now)
  expect(isAlarming).toBe(true)
  expect(words).toContain('What is usual is not known yet (it takes two weeks and twenty mentions), so the alarm is at 24 h.')
})
