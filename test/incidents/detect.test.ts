// Detection: the chance of so many reports, and what a person is told.
import { describe, expect, test } from 'vitest'
import { findSuggestion, judgeReporters, judgeRuns, muteSuggestion, poissonTail } from '../../incidents/detect.ts'
import { openTicket } from '../open-ticket.ts'
import { testWorld, type World } from '../world.ts'

describe('P(X ≥ c) for a Poisson mean', () => {
  test.each([
    [6, 0.8, 0.00018],
    [4, 0.8, 0.0091],
    [6, 2, 0.0166],
    [0, 3, 1],
  ])('c %i, λ %f → %f', (count, mean, chance) => {
    expect(Math.abs(poissonTail(count, mean) - chance)).toBeLessThan(0.00005)
  })
})

describe('one run', () => {
  test.each([
    [6, 0.8, 'likely'],
    [4, 0.8, 'possible'],
    [6, 2, null],
    [5, 0, 'likely'],
    [3, 0, null],
    [5, null, 'likely'],
    [4, null, null],
  ] as const)('c %i, λ %s → %s', (reporters, expected, likelihood) => expect(judgeReporters(reporters, expected)).toBe(likelihood))
})

test('likely needs two runs in a row', () => {
  expect([judgeRuns('likely', 'likely'), judgeRuns('likely', null), judgeRuns('possible', null), judgeRuns(null, 'likely')]).toEqual([
    'likely',
    'possible',
    'possible',
    null,
  ])
})

async function report(world: World, minutesAgo: number[]) {
  const account = await world.account({ platform: 'x' })
  for (const minutes of minutesAgo)
    await openTicket(world.desk.db, account, { startedAt: new Date(world.desk.now().getTime() - minutes * 60_000) })
}

test('five different people in ten minutes are a likely outage while there is no history', async () => {
  const world = await testWorld()
  await report(world, [2, 3, 4, 5, 6])
  expect(await findSuggestion(world.desk.db, world.desk.now())).toEqual({ likelihood: 'likely', reporters: 5, expected: null })
})

test('one person counts once', async () => {
  const world = await testWorld()
  await report(world, [2, 3, 4, 5, 6])
  const [first] = await world.desk.db.selectFrom('mentions').selectAll().execute()
  await world.desk.db.updateTable('mentions').set({ customerId: first!.customerId }).execute()
  expect(await findSuggestion(world.desk.db, world.desk.now())).toBeNull()
})

test('what is usual at this hour of this weekday is no outage', async () => {
  const world = await testWorld()
  await report(world, [
    2,
    3,
    4,
    5,
    6,
    ...[1, 2, 3, 4, 5, 6, 7, 8].flatMap(week => Array.from({ length: 18 }, (_, n) => week * 7 * 1440 - 1 - n)),
  ])
  expect(await findSuggestion(world.desk.db, world.desk.now())).toBeNull()
})

test('not an incident, says a person with a reason: quiet for two hours', async () => {
  const world = await testWorld()
  expect(await muteSuggestion(world.desk, { because: ' ', teammateId: world.ana.id })).toMatchObject({ ok: false })
  await muteSuggestion(world.desk, { because: 'a meme about us', teammateId: world.ana.id })
  world.pass(2 * 3_600_000 - 1)
  await report(world, [2, 3, 4, 5, 6])
  expect(await findSuggestion(world.desk.db, world.desk.now())).toBeNull()
  world.pass(2)
  expect(await findSuggestion(world.desk.db, world.desk.now())).toMatchObject({ likelihood: 'likely' })
})
