// Logins and sessions: the rows better-auth keeps for a teammate, as far as we write them ourselves.
import type { Generated } from 'kysely'
import type { Id } from '../domain.ts'
import type { Db } from './schema.ts'

export interface LoginsTable {
  id: Id
  /** The name better-auth gives the login's owner at its provider: for a password, the teammate's id. */
  accountId: string
  providerId: string
  userId: Id
  password: string | null
  createdAt: Generated<Date>
  updatedAt: Generated<Date>
}
export interface SessionsTable {
  id: Id
  token: string
  userId: Id
  expiresAt: Date
  ipAddress: string | null
  userAgent: string | null
  createdAt: Generated<Date>
  updatedAt: Generated<Date>
}
interface Password {
  id: Id
  teammateId: Id
  /** Hashed. */
  password: string
  at: Date
}

export async function insertLogin(tx: Db, login: Password) {
  const { id, teammateId, password, at } = login
  await tx
    .insertInto('logins')
    .values({ id, accountId: teammateId, providerId: 'credential', userId: teammateId, password, createdAt: at, updatedAt: at })
    .execute()
}

/** Changes the password, or gives one to a teammate who had none. */
export async function replacePassword(tx: Db, login: Password) {
  const result = await tx
    .updateTable('logins')
    .set({ password: login.password, updatedAt: login.at })
    .where('userId', '=', login.teammateId)
    .where('providerId', '=', 'credential')
    .executeTakeFirst()
  if (result.numUpdatedRows === 0n) await insertLogin(tx, login)
}

/** Signs a teammate out everywhere: after a new password, and when they are switched off. */
export async function endSessions(tx: Db, teammateId: Id) {
  await tx.deleteFrom('sessions').where('userId', '=', teammateId).execute()
}

export async function endSession(db: Db, token: string) {
  await db.deleteFrom('sessions').where('token', '=', token).execute()
}

export async function findPasswordHash(db: Db, teammateId: Id): Promise<string | null> {
  const row = await db
    .selectFrom('logins')
    .select('password')
    .where('userId', '=', teammateId)
    .where('providerId', '=', 'credential')
    .executeTakeFirst()
  return row?.password ?? null
}
