// When an account is asked again: busy sooner, quiet later, and never beyond what the platform allows.
import { expect, test } from 'vitest'
import type { MetBudget } from '../../line.ts'
import { heldUntil, isScarce, nextPollIn, type Pace } from '../../triage/pacing.ts'

const now = new Date('2026-03-02T10:00:00Z')
const inMs = (ms: number) => new Date(now.getTime() + ms)
const MINUTE = 60_000
const pace = (given: Partial<Pace>): Pace => ({
  everyMs: 90_000,
  mentions: 3,
  quietPolls: 0,
  hasPushes: false,
  met: [],
  sharedBy: 1,
  now,
  ...given,
})
const budget = (given: Partial<MetBudget>): MetBudget => ({
  endpoint: 'GET mentions',
  scope: 'account',
  remaining: 250,
  limit: 300,
  resetAt: inMs(10 * MINUTE),
  used: 1,
  ...given,
})

test.each<[string, Partial<Pace>, number]>([
  ['as the connector says', {}, 90_000],
  ['twice as often while it is busy', { mentions: 40 }, 45_000],
  ['no more than every 15 s', { mentions: 40, everyMs: 20_000 }, 15_000],
  ['as ever after a few quiet polls', { mentions: 0, quietPolls: 10 }, 90_000],
  ['later after many', { mentions: 0, quietPolls: 13 }, 90_000 * 1.3],
  ['no later than half as long again where only polls listen', { mentions: 0, quietPolls: 500 }, 90_000 * 1.5],
  ['later still where pushes come as well', { mentions: 0, quietPolls: 500, hasPushes: true }, 90_000 * 2.5],
  ['a wide budget changes nothing', { met: [budget({})] }, 90_000],
  ['what is left is spread over the window', { met: [budget({ remaining: 10, limit: 300, used: 3 })] }, 200_000],
  ['and shared with the other accounts of the app', { met: [budget({ scope: 'app', remaining: 10, limit: 300 })], sharedBy: 3 }, 200_000],
  ['a busy account is held back too', { mentions: 40, met: [budget({ remaining: 10, used: 3 })] }, 200_000],
  ['from three quarters used on, half as often', { met: [budget({ remaining: 25, limit: 100, resetAt: inMs(MINUTE) })] }, 180_000],
  ['a little before that, not', { met: [budget({ remaining: 26, limit: 100, resetAt: inMs(MINUTE) })] }, 90_000],
  ['too little for one more: when it begins anew', { met: [budget({ remaining: 2, used: 4 })] }, 10 * MINUTE],
  ['nothing left: when it begins anew', { met: [budget({ remaining: 0 })] }, 10 * MINUTE],
  ['a window that is over holds up nothing', { met: [budget({ remaining: 0, resetAt: inMs(-1) })] }, 90_000],
])('%s', (_, given, ms) => expect(Math.round(nextPollIn(pace(given)))).toBe(ms))

test('a poll waits for the last of the budgets it needs, and for none that others met', () => {
  const row = { endpoint: '', resetAt: inMs(MINUTE), remaining: 0, holdsUpPolls: true }
  expect(heldUntil([row, { ...row, resetAt: inMs(5 * MINUTE) }], now)).toEqual(inMs(5 * MINUTE))
  expect(
    heldUntil(
      [
        { ...row, holdsUpPolls: false },
        { ...row, remaining: 1 },
        { ...row, resetAt: inMs(-1) },
      ],
      now,
    ),
  ).toBeNull()
})

test('searches stop at the last quarter, so that own mentions and answers have it', () => {
  expect(isScarce({ remaining: 75, most: 300, resetAt: inMs(MINUTE) }, now)).toBe(true)
  expect(isScarce({ remaining: 76, most: 300, resetAt: inMs(MINUTE) }, now)).toBe(false)
  expect(isScarce({ remaining: 0, most: 300, resetAt: inMs(-1) }, now)).toBe(false)
})
