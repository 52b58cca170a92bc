// Asks X's JSON for what is expected, and says what is missing instead of guessing.
import type { Author } from '../../domain.ts'

export type JsonObject = Record<string, unknown>

export function asObject(value: unknown, what: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${what} should be an object`)
  return value as JsonObject
}

/** X sends one where a list may stand. */
export function asList(value: unknown, what: string): unknown[] {
  if (Array.isArray(value)) return value
  return [asObject(value, what)]
}

/** Ids are text to us even where X sends a number. */
export function asId(value: unknown, what: string): string {
  const id = typeof value === 'number' ? String(value) : value
  if (typeof id !== 'string' || id === '') throw new Error(`${what} should be an id`)
  return id
}

export function asText(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new Error(`${what} should be text`)
  return value
}

export function asDate(value: unknown, what: string): Date {
  // Timestamps in milliseconds come as text of digits.
  const date = new Date(typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : (value as string | number))
  if ((typeof value !== 'string' && typeof value !== 'number') || Number.isNaN(date.getTime())) throw new Error(`${what} should be a time`)
  return date
}

/**
 * Everybody a payload introduces, by id. X writes a list or a map, sometimes wraps each in `data`, and with private messages has
 * sent the older user object too (`screen_name`).
 */
export function peopleOf(includes: unknown): Map<string, Author> {
  const users = typeof includes === 'object' && includes !== null ? (includes as JsonObject).users : undefined
  const people = new Map<string, Author>()
  for (const entry of Object.values((users ?? {}) as JsonObject)) {
    const outer = asObject(entry, 'user')
    const user = outer.data === undefined ? outer : asObject(outer.data, 'user')
    const externalId = asId(user.id, 'user.id')
    const followers = (user.public_metrics as JsonObject | undefined)?.followers_count ?? user.followers_count
    people.set(externalId, {
      externalId,
      handle: asText(user.username ?? user.screen_name, 'user.username'),
      name: asText(user.name, 'user.name'),
      followers: typeof followers === 'number' ? followers : null,
    })
  }
  return people
}

/** Somebody nobody introduced can still be answered: the id is enough. */
export function authorOf(id: string, people: Map<string, Author>): Author {
  return people.get(id) ?? { externalId: id, handle: '', name: `X user ${id}`, followers: null }
}
