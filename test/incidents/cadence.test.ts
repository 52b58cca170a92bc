// When the next update is due, how late it is, and when the all-clear may be given.
import { describe, expect, test } from 'vitest'
import { whyNotClear } from '../../incidents/all-clear.ts'
import { lateness, mayPostAt, nextUpdateDueAt } from '../../incidents/cadence.ts'
import { mayMove } from '../../incidents/incident.ts'
import { finishText, wallTime } from '../../incidents/wording.ts'

const at = (time: string) => new Date(`2026-03-02T${time}Z`)

describe('the next update is due', () => {
  test.each([
    ['SEV1', true, '10:30:00'],
    ['SEV1', false, '11:00:00'],
    ['SEV2', true, '11:00:00'],
    ['SEV2', false, '11:00:00'],
    ['SEV3', true, null],
  ] as const)('%s, short posts %s → %s', (severity, isShort, due) =>
    expect(nextUpdateDueAt(severity, isShort, at('10:00:00'))).toEqual(due && at(due)),
  )
})

describe('a countdown', () => {
  test.each([
    [null, 'none'],
    ['10:05:01', 'calm'],
    ['10:05:00', 'soon'],
    ['10:00:00', 'soon'],
    ['09:59:59', 'overdue'],
  ] as const)('due at %s, at 10:00 is %s', (due, state) => expect(lateness(due && at(due), at('10:00:00'))).toBe(state))
})

test('two posts lie ten minutes apart', () => {
  expect(mayPostAt(null, at('10:00:00'))).toBeNull()
  expect(mayPostAt(at('09:50:01'), at('10:00:00'))).toEqual(at('10:00:01'))
  expect(mayPostAt(at('09:50:00'), at('10:00:00'))).toBeNull()
})

test('the all-clear waits for fifteen minutes of monitoring', () => {
  expect(whyNotClear({ status: 'identified', monitoringSince: null }, at('10:00:00'))).toContain('identified')
  expect(whyNotClear({ status: 'monitoring', monitoringSince: at('09:46:00') }, at('10:00:00'))).toContain('14 of 15')
  expect(whyNotClear({ status: 'monitoring', monitoringSince: at('09:45:00') }, at('10:00:00'))).toBeNull()
})

test('an incident may step back while it runs, and is resolved only by the all-clear', () => {
  expect([mayMove('monitoring', 'investigating'), mayMove('investigating', 'monitoring'), mayMove('resolved', 'postmortem')]).toEqual([
    true,
    true,
    true,
  ])
  expect([mayMove('monitoring', 'resolved'), mayMove('resolved', 'investigating')]).toEqual([false, false])
})

test('a promised time names its zone', () => expect(wallTime('Europe/Berlin', new Date('2026-03-02T13:30:00Z'))).toBe('14:30 CET'))

test('the time said is the time promised; without one it says when instead', () => {
  expect(finishText('We will update here by {{next}}.', at('13:30:00'), 'UTC')).toBe('We will update here by 13:30 UTC. ^Team')
  expect(finishText('We will update here by {{next}}. ^Team', null, 'UTC')).toBe('We will update here as soon as something changes. ^Team')
})
