// Settings a lead may change while Heed runs: one JSON value per key.
import type { ColumnType, Generated } from 'kysely'
import type { Db } from './schema.ts'

export interface SettingsTable {
  key: string
  value: ColumnType<unknown, string, string>
  updatedAt: Generated<Date>
}

export async function findSetting(db: Db, key: string): Promise<unknown> {
  return (await db.selectFrom('settings').select('value').where('key', '=', key).executeTakeFirst())?.value
}

export async function saveSetting(db: Db, key: string, value: unknown, now: Date) {
  const row = { value: JSON.stringify(value), updatedAt: now }
  await db
    .insertInto('settings')
    .values({ key, ...row })
    .onConflict(c => c.column('key').doUpdateSet(row))
    .execute()
}
