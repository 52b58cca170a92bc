// Who may come in: passwords, sessions and throttling by better-auth, on our own tables.
import { betterAuth } from 'better-auth'
import { hashPassword } from 'better-auth/crypto'
import { v7 as uuid } from 'uuid'
import type { Config } from '../config.ts'
import { endSessions, insertLogin, replacePassword } from '../db/logins.ts'
import type { Db } from '../db/schema.ts'
import { insertTeammate } from '../db/teammates.ts'
import type { Id, Role } from '../domain.ts'
import type { Vault } from '../vault.ts'

export type Auth = ReturnType<typeof openAuth>

/** Set by us from the socket on the request we build ourselves: nothing a client sends is believed. */
export const ADDRESS_HEADER = 'x-heed-address'
/** Tries per address within the window, in seconds. */
export const SIGN_IN_TRIES = { window: 60, max: 8 }

export function openAuth(desk: { db: Db; vault: Vault; config: Pick<Config, 'publicUrl'> }) {
  return betterAuth({
    appName: 'Heed',
    baseURL: desk.config.publicUrl,
    basePath: '/api/auth',
    secret: desk.vault.derive('sessions'),
    telemetry: { enabled: false },
    database: { db: desk.db, type: 'postgres' },
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: MIN_PASSWORD, maxPasswordLength: 200 },
    user: {
      modelName: 'teammates',
      additionalFields: {
        role: { type: 'string', required: true, input: false },
        initials: { type: 'string', required: true, input: false },
        undoSeconds: { type: 'number', required: false, input: false },
        isActive: { type: 'boolean', required: false, input: false },
      },
    },
    session: { modelName: 'sessions', expiresIn: 14 * DAY, updateAge: DAY },
    account: { modelName: 'logins' },
    verification: { modelName: 'verifications' },
    rateLimit: {
      enabled: true,
      storage: 'database',
      modelName: 'rateLimits',
      customRules: { '/sign-in/email': SIGN_IN_TRIES },
    },
    advanced: {
      cookiePrefix: 'heed',
      useSecureCookies: desk.config.publicUrl.startsWith('https:'),
      database: { generateId: () => uuid() },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
    },
    // Its own log knows nothing of ours; what goes wrong is answered, not printed.
    logger: { disabled: true },
  })
}

export const MIN_PASSWORD = 10
const DAY = 86_400

export interface NewTeammate {
  name: string
  email: string
  role: Role
  /** Two to four letters, unique in the workspace. */
  initials: string
  password: string
}

/** @throws when the e-mail or the initials are taken (unique in the database). */
export async function createTeammate(desk: { db: Db; now: () => Date }, teammate: NewTeammate): Promise<Id> {
  const id = uuid()
  const password = await hashPassword(teammate.password)
  await desk.db.transaction().execute(async tx => {
    const { name, role, initials } = teammate
    await insertTeammate(tx, { id, name, role, initials, email: teammate.email.trim().toLowerCase(), emailVerified: true })
    await insertLogin(tx, { id: uuid(), teammateId: id, password, at: desk.now() })
  })
  return id
}

/** A new password ends every session of theirs. */
export async function setPassword(desk: { db: Db; now: () => Date }, teammateId: Id, password: string) {
  const hash = await hashPassword(password)
  await desk.db.transaction().execute(async tx => {
    await replacePassword(tx, { id: uuid(), teammateId, password: hash, at: desk.now() })
    await endSessions(tx, teammateId)
  })
}
