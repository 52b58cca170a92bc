// Days, hours and business minutes in a named zone, right across clock changes and half-hour offsets.

export interface BusinessCalendar {
  /** IANA name. */
  zone: string
  /** Newest `from` not after a date is in force on it; dates before the first have the first. */
  versions: readonly CalendarVersion[]
}
export interface CalendarVersion {
  /** Local date, `2026-03-29`. */
  from: string
  /** Several a day are fine; they must not overlap. */
  weekly: readonly OpenHours[]
  /** Local dates on which nobody works. */
  holidays: readonly string[]
}
export interface OpenHours {
  /** 0 Sunday … 6 Saturday. */
  weekday: number
  /** `09:00`; `to` may be `24:00`. */
  from: string
  to: string
}

/** Minutes of [a, b) inside the open hours in force on each date. */
export function bus(calendar: BusinessCalendar, a: Date, b: Date): number {
  let ms = 0
  const last = localDate(calendar.zone, b)
  for (let date = localDate(calendar.zone, a); date <= last; date = addDays(date, 1)) {
    for (const hours of openOn(calendar, date)) {
      const from = Math.max(a.getTime(), instantAt(calendar.zone, date, hours.from).getTime())
      const to = Math.min(b.getTime(), instantAt(calendar.zone, date, hours.to).getTime())
      ms += Math.max(0, to - from)
    }
  }
  return ms / 60_000
}

function openOn(calendar: BusinessCalendar, date: string): readonly OpenHours[] {
  const versions = [...calendar.versions].sort((a, b) => (a.from < b.from ? -1 : 1))
  const version = versions.findLast(v => v.from <= date) ?? versions[0]
  if (!version || version.holidays.includes(date)) return []
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay()
  return version.weekly.filter(hours => hours.weekday === weekday)
}

export type PeriodName = 'today' | 'yesterday' | '7d' | '30d'
export const periodNames: Record<PeriodName, string> = { today: 'Today', yesterday: 'Yesterday', '7d': '7 days', '30d': '30 days' }
export const isPeriodName = (name: string | undefined): name is PeriodName => name !== undefined && Object.hasOwn(periodNames, name)

/** What a report covers: whole local days of `zone`, [start, end). `asOf` is how far it can be known: the end, or now. */
export interface Period {
  name: PeriodName
  zone: string
  start: Date
  end: Date
  asOf: Date
  days: number
}

/** 7 and 30 days include today. */
export function periodOf(name: PeriodName, now: Date, zone: string): Period {
  const today = localDate(zone, now)
  const days = { today: 1, yesterday: 1, '7d': 7, '30d': 30 }[name]
  const last = name === 'yesterday' ? addDays(today, -1) : today
  const start = startOfDay(zone, addDays(last, 1 - days))
  const end = startOfDay(zone, addDays(last, 1))
  return { name, zone, start, end, asOf: end < now ? end : now, days }
}

export const isWithin = (at: Date, period: Pick<Period, 'start' | 'asOf'>) => at >= period.start && at < period.asOf

export const startOfDay = (zone: string, date: string) => instantAt(zone, date, '00:00')

/** The local date of an instant, as `2026-03-29`. */
export const localDate = (zone: string, at: Date) => new Date(at.getTime() + offsetMs(zone, at.getTime())).toISOString().slice(0, 10)
/** 0…23 on the wall clock of the zone. */
export const localHour = (zone: string, at: Date) => new Date(at.getTime() + offsetMs(zone, at.getTime())).getUTCHours()

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
}

/**
 * When the wall clock of `zone` shows `time` on `date`. Shown twice (clocks went back): the first time.
 * Never shown (clocks went forward): as long after the change as it would have been.
 */
export function instantAt(zone: string, date: string, time: string): Date {
  const [hours, minutes] = time.split(':').map(Number) as [number, number]
  const wall = Date.parse(`${date}T00:00:00Z`) + (hours * 60 + minutes) * 60_000
  const candidates = [wall - offsetMs(zone, wall - DAY_MS), wall - offsetMs(zone, wall + DAY_MS)]
  const shown = candidates.filter(at => at + offsetMs(zone, at) === wall)
  return new Date(shown.length ? Math.min(...shown) : Math.max(...candidates))
}

export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

function offsetMs(zone: string, at: number): number {
  const parts: Record<string, number> = {}
  for (const { type, value } of formatter(zone).formatToParts(at)) if (type !== 'literal') parts[type] = Number(value)
  const wall = Date.UTC(parts.year!, parts.month! - 1, parts.day, parts.hour, parts.minute, parts.second)
  return wall - Math.floor(at / 1000) * 1000
}

const formatters = new Map<string, Intl.DateTimeFormat>()
function formatter(zone: string) {
  let known = formatters.get(zone)
  if (!known) {
    const numeric = 'numeric' as const
    known = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: numeric,
      month: numeric,
      day: numeric,
      hour: numeric,
      minute: numeric,
      second: numeric,
    })
    formatters.set(zone, known)
  }
  return known
}

const DAY_MS = 86_400_000
