// What the embedded database would else never do by itself.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { tendMostChanged } from '../../db/upkeep.ts'
import { testWorld } from '../world.ts'

test('the table that changed most is counted first, and none twice', async () => {
  const { db } = (await testWorld()).desk
  while (await tendMostChanged(db));
  await grow(2_000)
  expect(await tendMostChanged(db)).toBe('public.settings')
  expect(await counted()).toBe(2_000)
  expect(await tendMostChanged(db)).toBeNull()

  async function grow(rows: number) {
    await sql`insert into settings (key, value) select 'key ' || n, to_jsonb(repeat('x', 200)) from generate_series(1, ${sql.lit(rows)}) as n`.execute(
      db,
    )
  }
  async function counted() {
    const { rows } = await sql<{ n: number }>`select reltuples::int as n from pg_class where relname = 'settings'`.execute(db)
    return rows[0]!.n
  }
})

test('the room of rows that are gone is used again', async () => {
  const { db } = (await testWorld()).desk
  await sql`insert into settings (key, value) select 'key ' || n, to_jsonb(repeat('x', 200)) from generate_series(1, 2000) as n`.execute(db)
  while (await tendMostChanged(db));
  const before = await pages()
  for (let round = 0; round < 12; round++) {
    await sql`update settings set value = to_jsonb(repeat('y', 200 + ${sql.lit(round)}))`.execute(db)
    while (await tendMostChanged(db));
  }
  expect(await pages()).toBeLessThan(before * 3)

  async function pages() {
    const { rows } = await sql<{ n: number }>`select pg_relation_size('settings') / 8192 as n`.execute(db)
    return Number(rows[0]!.n)
  }
})
