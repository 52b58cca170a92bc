// Moments and lengths of time as the coverage ledger says them: "09:00", "Sat 09:00", "1 h 12 min".

/** The day is named where it is not today, the date where the weekday would not say which. */
export function clockTime(at: Date, now: Date, zone: string): string {
  const time = format(at, zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const day = (date: Date) => format(date, zone, { year: 'numeric', month: '2-digit', day: '2-digit' })
  if (day(at) === day(now)) return time
  if (Math.abs(now.getTime() - at.getTime()) < 6 * DAY_MS) return `${format(at, zone, { weekday: 'short' })} ${time}`
  return `${format(at, zone, { day: 'numeric', month: 'short' })} ${time}`
}

/** The second names the day only where it is another. */
export function clockRange({ fromAt, untilAt }: { fromAt: Date; untilAt: Date }, now: Date, zone: string): [string, string] {
  const isSameDay = !clockTime(untilAt, fromAt, zone).includes(' ')
  return [clockTime(fromAt, now, zone), clockTime(untilAt, isSameDay ? fromAt : now, zone)]
}

export function duration(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  if (minutes < 1) return 'less than a minute'
  if (minutes < 60) return `${minutes} min`
  if (minutes < 48 * 60) return both(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
  const hours = Math.round(minutes / 60)
  return both(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

const both = (large: number, unit: string, small: number, smallUnit: string) =>
  small ? `${large} ${unit} ${small} ${smallUnit}` : `${large} ${unit}`

function format(at: Date, zone: string, options: Intl.DateTimeFormatOptions): string {
  const key = zone + JSON.stringify(options)
  const known = formats.get(key) ?? new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone })
  formats.set(key, known)
  return known.format(at)
}
/** Making one costs more than a hundred uses of it. */
const formats = new Map<string, Intl.DateTimeFormat>()
const DAY_MS = 86_400_000
