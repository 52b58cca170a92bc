// The business calendar and the zone reports are made in: one setting.
import { z } from 'zod'
import type { Db } from '../db/schema.ts'
import { findSetting, saveSetting } from '../db/settings.ts'
import { type BusinessCalendar, isZone } from './calendar.ts'

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/)
const shape = z.object({
  zone: z.string().refine(isZone, 'is no time zone'),
  versions: z
    .array(
      z.object({
        from: z.iso.date(),
        weekly: z.array(z.object({ weekday: z.number().int().min(0).max(6), from: time, to: time })),
        holidays: z.array(z.iso.date()),
      }),
    )
    .min(1),
})

export const defaultCalendar: BusinessCalendar = {
  zone: 'UTC',
  versions: [{ from: '1970-01-01', weekly: [1, 2, 3, 4, 5].map(weekday => ({ weekday, from: '09:00', to: '18:00' })), holidays: [] }],
}

export async function readCalendar(db: Db): Promise<BusinessCalendar> {
  const stored = await findSetting(db, 'businessCalendar')
  return stored === undefined ? defaultCalendar : shape.parse(stored)
}

/** A new version from today on; what was in force before stays in force for its dates. */
export async function saveOpenHours(
  db: Db,
  change: { zone: string; today: string; weekly: BusinessCalendar['versions'][number]['weekly']; holidays: readonly string[] },
  now: Date,
): Promise<{ ok: true } | { ok: false; because: string }> {
  const before = await readCalendar(db)
  const version = { from: change.today, weekly: change.weekly, holidays: change.holidays }
  const read = shape.safeParse({ zone: change.zone, versions: [...before.versions.filter(v => v.from !== change.today), version] })
  if (!read.success) return { ok: false, because: read.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`).join('; ') }
  if (change.weekly.some(hours => hours.from >= hours.to)) return { ok: false, because: 'The closing time must be after the opening time.' }
  await saveSetting(db, 'businessCalendar', read.data, now)
  return { ok: true }
}
