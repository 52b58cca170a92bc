// What a dashboard address asks for: which days, and by which clock.
import type { Context } from 'hono'
import type { Turn } from '../db/dashboard-page.ts'
import { bus, isPeriodName, type Period, periodOf } from '../metrics/calendar.ts'
import { minutesWaited } from '../metrics/turns.ts'
import { readCalendar } from '../metrics/zone.ts'
import type { WebEnv } from './env.ts'

export interface View {
  period: Period
  now: Date
  clock: 'calendar' | 'business'
  /** Minutes of a turn by that clock. */
  measure: (turn: Turn) => number
}

/** What the address asks for: `?period=7d&clock=business`. */
export async function readView(c: Context<WebEnv>): Promise<View> {
  const { db, now } = c.get('desk')
  const calendar = await readCalendar(db)
  const name = c.req.query('period')
  const clock = c.req.query('clock') === 'business' ? 'business' : 'calendar'
  return {
    now: now(),
    period: periodOf(isPeriodName(name) ? name : 'today', now(), calendar.zone),
    clock,
    measure: clock === 'business' ? turn => bus(calendar, turn.startedAt!, turn.answeredAt!) : minutesWaited,
  }
}

export function dates(period: Period): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: period.zone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  })
  const last = new Date(period.end.getTime() - 1)
  return period.days === 1 ? format.format(period.start) : `${format.format(period.start)} – ${format.format(last)}`
}
