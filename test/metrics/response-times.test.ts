// First responses and the share within an hour, over turns written by hand.
import { expect, test } from 'vitest'
import type { Turn } from '../../db/dashboard-page.ts'
import { periodOf } from '../../metrics/calendar.ts'
import { firstResponses, firstResponsesWithin, minutesOf } from '../../metrics/response-times.ts'
import { share, slaShare } from '../../metrics/sla.ts'

const at = (time: string) => new Date(`2026-03-02T${time}:00Z`)
const today = periodOf('today', at('18:00'), 'UTC')
let n = 0
const turn = (given: Partial<Turn>): Turn => ({
  ticketId: `t${++n}`,
  startedAt: at('09:00'),
  dueAt: null,
  answeredAt: null,
  droppedAt: null,
  isFirst: true,
  teammateId: null,
  excluded: null,
  ...given,
})

test('reopened ticket measured from birth: each turn counts from its own start', () => {
  const turns = [
    turn({ startedAt: new Date('2026-02-25T09:00:00Z'), answeredAt: new Date('2026-02-25T09:20:00Z') }),
    turn({ startedAt: at('10:00'), answeredAt: at('10:10'), isFirst: false }),
  ]
  expect(firstResponses(turns, today).counted).toHaveLength(0)
  expect(minutesOf(turns.slice(1))).toEqual([10])
})

test('a duration belongs to the period of the answer, not of the ticket', () => {
  const overnight = turn({ startedAt: new Date('2026-03-01T23:50:00Z'), answeredAt: at('00:20') })
  expect(minutesOf(firstResponses([overnight], today).counted)).toEqual([30])
  expect(firstResponses([overnight], periodOf('yesterday', at('18:00'), 'UTC')).counted).toHaveLength(0)
})

test('within 60 min counts the unanswered that are older than an hour, and not the younger', () => {
  const turns = [
    turn({ answeredAt: at('09:30') }),
    turn({ answeredAt: at('10:00') }),
    turn({ answeredAt: at('11:00') }),
    turn({ startedAt: at('16:00') }),
    turn({ startedAt: at('17:30') }),
  ]
  const result = firstResponsesWithin(turns, today, 60)
  expect([result.within.length, result.counted.length]).toEqual([2, 4])
})

test('solved without an answer before the hour is over is not decided; after it, it is late', () => {
  const result = firstResponsesWithin([turn({ droppedAt: at('09:30') }), turn({ droppedAt: at('10:30') })], today, 60)
  expect([result.within.length, result.late.length]).toEqual([0, 1])
})

test('incident-linked, spam and backfilled turns are left out, and told apart', () => {
  const turns = [
    turn({ answeredAt: at('09:30') }),
    turn({ answeredAt: at('12:30'), excluded: 'incident' }),
    turn({ answeredAt: at('12:30'), excluded: 'spam' }),
  ]
  const result = firstResponses(turns, today)
  expect(minutesOf(result.counted)).toEqual([30])
  expect(result.excluded).toEqual({ incident: 1, spam: 1 })
})

test('average taken only over met targets: late answers are in the same list as the rest', () => {
  const turns = [turn({ dueAt: at('10:00'), answeredAt: at('09:10') }), turn({ dueAt: at('10:00'), answeredAt: at('14:00') })]
  expect(minutesOf(firstResponses(turns, today).counted)).toEqual([10, 300])
})

test('targets: met, late, unanswered past due and not yet due', () => {
  const turns = [
    turn({ dueAt: at('10:00'), answeredAt: at('10:00') }),
    turn({ dueAt: at('10:00'), answeredAt: at('10:01') }),
    turn({ dueAt: at('11:00') }),
    turn({ dueAt: at('19:00') }),
    turn({}),
    turn({ dueAt: at('11:00'), droppedAt: at('10:30') }),
    turn({ dueAt: at('11:00'), droppedAt: at('12:00') }),
  ]
  const result = slaShare(turns, today)
  expect([result.met.length, result.breached.length]).toEqual([1, 3])
})

test('a target is decided at min(stop, due): yesterday’s breach stays yesterday’s when it is answered today', () => {
  const late = turn({ startedAt: new Date('2026-03-01T22:00:00Z'), dueAt: new Date('2026-03-01T23:00:00Z'), answeredAt: at('08:00') })
  const yesterday = periodOf('yesterday', at('18:00'), 'UTC')
  const before = slaShare([{ ...late, answeredAt: null }], yesterday)
  const after = slaShare([late], yesterday)
  expect([before.breached.length, after.breached.length]).toEqual([1, 1])
  expect(slaShare([late], today).counted).toHaveLength(0)
})

test('no data is no share, not zero', () => expect(share(0, 0)).toBeNull())
