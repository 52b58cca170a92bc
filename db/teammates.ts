// Teammates: our people, their role and initials.
import type { Generated, Selectable } from 'kysely'
import type { Id, Role } from '../domain.ts'
import type { Db } from './schema.ts'

export interface TeammatesTable {
  id: Id
  name: string
  email: string
  emailVerified: Generated<boolean>
  image: string | null
  role: Generated<Role>
  initials: string
  undoSeconds: Generated<number>
  isActive: Generated<boolean>
  createdAt: Generated<Date>
  updatedAt: Generated<Date>
}
export type TeammateRow = Selectable<TeammatesTable>

export const listTeammates = (db: Db) => db.selectFrom('teammates').selectAll().orderBy('name').execute()
export const findTeammate = (db: Db, id: Id) => db.selectFrom('teammates').selectAll().where('id', '=', id).executeTakeFirst()
export const getTeammate = (db: Db, id: Id) => db.selectFrom('teammates').selectAll().where('id', '=', id).executeTakeFirstOrThrow()

export async function insertTeammate(
  tx: Db,
  teammate: Pick<TeammateRow, 'id' | 'name' | 'email' | 'role' | 'initials'> & { emailVerified?: boolean },
) {
  await tx.insertInto('teammates').values(teammate).execute()
}

export async function changeTeammate(
  db: Db,
  id: Id,
  change: Partial<Pick<TeammateRow, 'name' | 'initials' | 'role' | 'undoSeconds' | 'isActive' | 'updatedAt'>>,
) {
  await db.updateTable('teammates').set(change).where('id', '=', id).execute()
}

export async function countActiveAdmins(db: Db): Promise<number> {
  const row = await db
    .selectFrom('teammates')
    .select(eb => eb.fn.countAll<number>().as('n'))
    .where('role', '=', 'admin')
    .where('isActive', '=', true)
    .executeTakeFirstOrThrow()
  return Number(row.n)
}
