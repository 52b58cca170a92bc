// Sign-ins under way at a platform: one row from "Connect" until the account is stored, ten minutes at most.
import type { Selectable } from 'kysely'
import type { Id } from '../domain.ts'
import type { SignInAttemptsTable } from './accounts.ts'
import type { Db } from './schema.ts'

export type SignInAttemptRow = Selectable<SignInAttemptsTable>

/** Clears away what has expired, too. */
export async function insertSignInAttempt(db: Db, attempt: SignInAttemptRow, now: Date) {
  await db.deleteFrom('signInAttempts').where('expiresAt', '<', now).execute()
  await db.insertInto('signInAttempts').values(attempt).execute()
}

export const findSignInAttempt = (db: Db, state: string) =>
  db.selectFrom('signInAttempts').selectAll().where('state', '=', state).executeTakeFirst()

/** Good for one use: undefined when it was used, never was, or belongs to another teammate. */
export const takeSignInAttempt = (db: Db, state: string, teammateId: Id) =>
  db.deleteFrom('signInAttempts').where('state', '=', state).where('teammateId', '=', teammateId).returningAll().executeTakeFirst()
