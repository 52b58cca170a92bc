// Asks an instance's JSON (in masto's camelCase) for what is expected, and says what is missing instead of guessing.
import type { Author } from '../../domain.ts'
import { fullHandle, plainText } from './text.ts'

export type JsonObject = Record<string, unknown>

export function asObject(value: unknown, what: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${what} should be an object`)
  return value as JsonObject
}

export function asList(value: unknown, what: string): unknown[] {
  if (!Array.isArray(value)) throw new Error(`${what} should be a list`)
  return value
}

export function asId(value: unknown, what: string): string {
  if (typeof value !== 'string' || value === '') throw new Error(`${what} should be an id`)
  return value
}

export function asDate(value: unknown, what: string): Date {
  const date = new Date(typeof value === 'string' ? value : Number.NaN)
  if (Number.isNaN(date.getTime())) throw new Error(`${what} should be a time`)
  return date
}

/**
 * Each instance numbers the accounts it knows by itself, so the same number means another person elsewhere: an account is known to us as
 * `number@instance`, where the instance is the one that told us.
 */
export const accountId = (id: string, host: string) => `${id}@${host}`
export const numberOf = (accountId: string) => accountId.split('@')[0]!
export const hostOf = (accountId: string) => accountId.split('@')[1] ?? ''

export function authorOf(account: unknown, host: string): Author {
  const { id, acct, displayName, followersCount } = asObject(account, 'account')
  const handle = fullHandle(asId(acct, 'account.acct'), host)
  return {
    externalId: accountId(asId(id, 'account.id'), host),
    handle,
    name: (typeof displayName === 'string' && plainText(displayName)) || handle,
    followers: typeof followersCount === 'number' && followersCount >= 0 ? followersCount : null,
  }
}
