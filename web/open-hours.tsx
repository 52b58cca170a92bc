// The zone reports are made in, and the hours the team is open: what business time counts.
import { type Context, Hono } from 'hono'
import { type BusinessCalendar, isZone, localDate } from '../metrics/calendar.ts'
import { readCalendar, saveOpenHours } from '../metrics/zone.ts'
import type { WebEnv } from './env.ts'
import { redirectSaying } from './parts/flash.ts'
import { Page } from './parts/page.tsx'
import { hasRole, requireRole } from './session.ts'

const DAYS = [
  ['1', 'Monday'],
  ['2', 'Tuesday'],
  ['3', 'Wednesday'],
  ['4', 'Thursday'],
  ['5', 'Friday'],
  ['6', 'Saturday'],
  ['0', 'Sunday'],
] as const

export function openHoursPages(): Hono<WebEnv> {
  const pages = new Hono<WebEnv>()
  pages.get('/dashboard/hours', async c => c.html(<HoursPage c={c} calendar={await readCalendar(c.get('desk').db)} />))
  pages.post('/dashboard/hours', requireRole('lead'), async c => {
    const { db, now } = c.get('desk')
    const form = await c.req.formData()
    const text = (name: string) => String(form.get(name) ?? '').trim()
    const weekly = DAYS.filter(([day]) => text(`from-${day}`) && text(`to-${day}`)).map(([day]) => ({
      weekday: Number(day),
      from: text(`from-${day}`),
      to: text(`to-${day}`) === '00:00' ? '24:00' : text(`to-${day}`),
    }))
    const holidays = text('holidays')
      .split(/[\s,]+/)
      .filter(Boolean)
    const zone = text('zone')
    const today = isZone(zone) ? localDate(zone, now()) : '2026-01-01'
    const saved = await saveOpenHours(db, { zone, today, weekly, holidays }, now())
    if (saved.ok) return redirectSaying(c, '/dashboard/hours', 'Saved. It counts from today on; earlier days keep the hours they had.')
    return c.html(<HoursPage c={c} calendar={{ zone, versions: [{ from: today, weekly, holidays }] }} problem={saved.because} />, 422)
  })
  return pages
}

function HoursPage({ c, calendar, problem }: { c: Context<WebEnv>; calendar: BusinessCalendar; problem?: string }) {
  const may = hasRole(c.get('teammate'), 'lead')
  const version = calendar.versions.toSorted((a, b) => (a.from < b.from ? -1 : 1)).at(-1)!
  return (
    <Page c={c} title="Zone and open hours" section="dashboard" styles={['dashboard']}>
      <header class="page-head">
        <div>
          <p>
            <a href="/dashboard">Dashboard</a>
          </p>
          <h1>Zone and open hours</h1>
          <p class="muted">Days and hours of every report are made in this zone. Business time counts open hours only.</p>
        </div>
      </header>
      {problem ? (
        <p class="problem" role="alert">
          Nothing was saved. {problem}
        </p>
      ) : null}
      {may ? null : <p class="advice">Only a lead or an admin can change this; you can see how it is.</p>}
      <form method="post" class="card stack hours-form">
        <fieldset class="bare stack" disabled={!may}>
          <label>
            Time zone
            <select name="zone">
              {Intl.supportedValuesOf('timeZone')
                .concat('UTC')
                .map(zone => (
                  <option value={zone} selected={zone === calendar.zone}>
                    {zone}
                  </option>
                ))}
            </select>
          </label>
          <table>
            <caption>Leave a day empty when nobody works.</caption>
            <thead>
              <tr>
                <th scope="col">Day</th>
                <th scope="col">From</th>
                <th scope="col">To</th>
              </tr>
            </thead>
            <tbody>
              {DAYS.map(([day, name]) => {
                const hours = version.weekly.find(one => one.weekday === Number(day))
                return (
                  <tr>
                    <th scope="row">{name}</th>
                    <td>
                      <input type="time" name={`from-${day}`} value={hours?.from ?? ''} aria-label={`${name}, from`} />
                    </td>
                    <td>
                      <input type="time" name={`to-${day}`} value={hours?.to.replace('24:00', '00:00') ?? ''} aria-label={`${name}, to`} />
                    </td>
                  </tr>
                )
              })}
            </tbody>
          </table>
          <label>
            Holidays<span class="hint">One date a line, as 2026-12-25</span>
            <textarea name="holidays" rows={3}>
              {version.holidays.join('\n')}
            </textarea>
          </label>
          <div>
            <button type="submit" class="primary">
              Save
            </button>
          </div>
        </fieldset>
      </form>
    </Page>
  )
}
