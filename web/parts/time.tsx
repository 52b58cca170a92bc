// Time as people say it: relative words in a <time>, the absolute moment with its zone on hover and focus.

/** `countdown`: how long is left or how late, to the minute; the browser keeps both kinds fresh. */
export function Time({ at, now, countdown = false }: { at: Date; now: Date; countdown?: boolean }) {
  return (
    <time datetime={at.toISOString()} title={absolute(at)} data-countdown={countdown ? '' : undefined}>
      {countdown ? timeLeft(at, now) : ago(at, now)}
    </time>
  )
}

/** "just now", "12 min ago", "in 3 h", "5 d ago". */
export function ago(at: Date, now: Date): string {
  const minutes = Math.round(Math.abs(now.getTime() - at.getTime()) / 60_000)
  if (minutes < 1) return 'just now'
  return at <= now ? `${span(minutes)} ago` : `in ${span(minutes)}`
}

/** "12 min", "6 h", "3 d": for a wait. */
export const waited = (since: Date, now: Date) => span(Math.max(0, Math.floor((now.getTime() - since.getTime()) / 60_000)))

/** "12 min" left; overdue as "-04:10" (hours:minutes), beyond two days in days. */
export function timeLeft(due: Date, now: Date): string {
  const left = Math.floor((due.getTime() - now.getTime()) / 60_000)
  if (left >= 0) return left === 0 ? '<1 min' : span(left)
  const late = Math.max(1, -left)
  if (late >= 2880) return `-${Math.floor(late / 1440)} d`
  return `-${String(Math.floor(late / 60)).padStart(2, '0')}:${String(late % 60).padStart(2, '0')}`
}

export const absolute = (at: Date) => ABSOLUTE.format(at)

function span(minutes: number): string {
  if (minutes < 60) return `${minutes} min`
  if (minutes < 2880) return `${Math.floor(minutes / 60)} h`
  return `${Math.floor(minutes / 1440)} d`
}

const ABSOLUTE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long', timeZone: 'UTC' })
