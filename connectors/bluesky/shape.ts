// Asks Bluesky's JSON for what is expected, and says what is missing instead of guessing.
import type { Author } from '../../domain.ts'

export type JsonObject = Record<string, unknown>

export function asObject(value: unknown, what: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${what} should be an object`)
  return value as JsonObject
}

export function asList(value: unknown, what: string): unknown[] {
  if (!Array.isArray(value)) throw new Error(`${what} should be a list`)
  return value
}

export function asText(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new Error(`${what} should be text`)
  return value
}

export function asDate(value: unknown, what: string): Date {
  const date = new Date(asText(value, what))
  if (Number.isNaN(date.getTime())) throw new Error(`${what} should be a time`)
  return date
}

/** How many follow somebody stands only in their full profile. */
export function authorIn(value: unknown): Author {
  const profile = asObject(value, 'a profile')
  const handle = asText(profile.handle, 'profile.handle')
  const name = typeof profile.displayName === 'string' ? profile.displayName.trim() : ''
  return { externalId: asText(profile.did, 'profile.did'), handle, name: name || handle, followers: null }
}
