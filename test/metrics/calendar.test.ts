// Business minutes and local days, across weekends, holidays, clock changes and half-hour zones.
import { describe, expect, test } from 'vitest'
import { type BusinessCalendar, bus, instantAt, localDate, localHour, periodOf } from '../../metrics/calendar.ts'

const weekdays = [1, 2, 3, 4, 5].map(weekday => ({ weekday, from: '09:00', to: '17:00' }))
const office: BusinessCalendar = { zone: 'Europe/Berlin', versions: [{ from: '2026-01-01', weekly: weekdays, holidays: ['2026-05-01'] }] }
const nights: BusinessCalendar = {
  zone: 'Europe/Berlin',
  versions: [{ from: '2026-01-01', weekly: [0, 1, 2, 3, 4, 5, 6].map(weekday => ({ weekday, from: '00:00', to: '06:00' })), holidays: [] }],
}
const berlin = (date: string, time: string) => instantAt('Europe/Berlin', date, time)

describe('bus counts minutes of [a, b) inside the open hours', () => {
  const cases: [name: string, calendar: BusinessCalendar, a: Date, b: Date, minutes: number][] = [
    ['Friday 16:50 to Monday 09:20', office, berlin('2026-03-06', '16:50'), berlin('2026-03-09', '09:20'), 30],
    ['the night the clocks go forward', nights, berlin('2026-03-29', '00:00'), berlin('2026-03-29', '06:00'), 300],
    ['the night the clocks go back', nights, berlin('2026-10-25', '00:00'), berlin('2026-10-25', '06:00'), 420],
    ['wholly outside open hours', office, berlin('2026-03-07', '10:00'), berlin('2026-03-08', '12:00'), 0],
    ['over a holiday', office, berlin('2026-04-30', '16:00'), berlin('2026-05-04', '10:00'), 120],
    ['nothing', office, berlin('2026-03-06', '10:00'), berlin('2026-03-06', '10:00'), 0],
    ['within one day', office, berlin('2026-03-06', '10:00'), berlin('2026-03-06', '10:45'), 45],
  ]
  test.each(cases)('%s', (_name, calendar, a, b, minutes) => expect(bus(calendar, a, b)).toBe(minutes))
})

test('several open stretches a day and a new version from a date are kept apart', () => {
  const calendar: BusinessCalendar = {
    zone: 'UTC',
    versions: [
      {
        from: '2026-01-01',
        weekly: [
          { weekday: 1, from: '09:00', to: '12:00' },
          { weekday: 1, from: '13:00', to: '17:00' },
        ],
        holidays: [],
      },
      { from: '2026-03-09', weekly: [{ weekday: 1, from: '10:00', to: '24:00' }], holidays: [] },
    ],
  }
  expect(bus(calendar, new Date('2026-03-02T00:00:00Z'), new Date('2026-03-03T00:00:00Z'))).toBe(420)
  expect(bus(calendar, new Date('2026-03-09T00:00:00Z'), new Date('2026-03-10T00:00:00Z'))).toBe(840)
})

describe('instantAt', () => {
  test('a time shown twice is the first one', () => expect(berlin('2026-10-25', '02:30').toISOString()).toBe('2026-10-25T00:30:00.000Z'))
  test('a time never shown is as long after the change', () =>
    expect(berlin('2026-03-29', '02:30').toISOString()).toBe('2026-03-29T01:30:00.000Z'))
  test('a day that begins at 01:00 begins there', () =>
    expect(instantAt('Africa/Cairo', '2026-04-24', '00:00').toISOString()).toBe('2026-04-23T22:00:00.000Z'))
})

test('one-day report missing local evening rows: a day in a +5:30 zone ends at 18:30 UTC', () => {
  const period = periodOf('today', new Date('2026-03-02T10:00:00Z'), 'Asia/Kolkata')
  expect([period.start.toISOString(), period.end.toISOString()]).toEqual(['2026-03-01T18:30:00.000Z', '2026-03-02T18:30:00.000Z'])
  expect(localHour('Asia/Kolkata', new Date('2026-03-02T18:29:00Z'))).toBe(23)
  expect(localDate('Asia/Kolkata', new Date('2026-03-02T18:30:00Z'))).toBe('2026-03-03')
})

test('a period ends now while it runs, and at its end once it is over', () => {
  const now = new Date('2026-03-02T10:00:00Z')
  expect(periodOf('today', now, 'UTC').asOf).toEqual(now)
  expect(periodOf('yesterday', now, 'UTC').asOf).toEqual(new Date('2026-03-02T00:00:00Z'))
  expect(periodOf('7d', now, 'UTC').start).toEqual(new Date('2026-02-24T00:00:00Z'))
})

test('a week across a clock change is seven local days, not 168 hours', () => {
  const period = periodOf('7d', new Date('2026-03-30T10:00:00Z'), 'Europe/Berlin')
  expect(period.start.toISOString()).toBe('2026-03-23T23:00:00.000Z')
  expect(period.end.toISOString()).toBe('2026-03-30T22:00:00.000Z')
})
