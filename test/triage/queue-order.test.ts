// The queue's order, and which status follows which.
import { expect, test } from 'vitest'
import { compareQueued, effectiveRank, isPromoted, type Queued } from '../../triage/queue-order.ts'
import { nextStatus } from '../../triage/status.ts'

const now = new Date('2026-03-02T12:00:00Z')
const inMinutes = (minutes: number) => new Date(now.getTime() + minutes * 60_000)
const ticket = (id: string, priority: Queued['priority'], left: number | null, waitingSince = '2026-03-02T11:00:00Z'): Queued => ({
  id,
  priority,
  responseDueAt: left === null ? null : inMinutes(left),
  waitingSince: new Date(waitingSince),
})

test('urgent first, overdue normal promoted to high, then time left, then who waits longest', () => {
  const queue = [
    ticket('A', 'high', 5, '2026-03-02T11:05:00Z'),
    ticket('B', 'normal', -30),
    ticket('C', 'high', -4),
    ticket('D', 'urgent', 10),
    ticket('E', 'high', 5, '2026-03-02T10:50:00Z'),
  ]
  expect(queue.sort((a, b) => compareQueued(a, b, now)).map(t => t.id)).toEqual(['D', 'B', 'C', 'E', 'A'])
})

test('a ticket without a running clock comes last of its priority', () => {
  const queue = [ticket('idle', 'high', null), ticket('due', 'high', 300), ticket('normal', 'normal', 1)]
  expect(queue.sort((a, b) => compareQueued(a, b, now)).map(t => t.id)).toEqual(['due', 'idle', 'normal'])
})

test('overdue never lifts into urgent', () => {
  expect(effectiveRank(ticket('a', 'high', -600), now)).toBe(1)
  expect(isPromoted(ticket('a', 'high', -600), now)).toBe(false)
  expect(isPromoted(ticket('a', 'normal', -1), now)).toBe(true)
})

test.each([
  ['new', 'assigned', 'open'],
  ['open', 'assigned', null],
  ['open', 'asked_customer', 'pending'],
  ['pending', 'customer_wrote', 'open'],
  ['on_hold', 'customer_wrote', 'open'],
  ['solved', 'customer_wrote', 'open'],
  ['closed', 'customer_wrote', null],
  ['closed', 'solved', null],
  ['new', 'customer_wrote', null],
  ['solved', 'expired', 'closed'],
  ['closed', 'reopened_by_hand', null],
] as const)('%s when %s becomes %s', (from, cause, to) => {
  expect(nextStatus(from, cause)).toBe(to)
})
