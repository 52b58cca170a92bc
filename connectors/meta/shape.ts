// Asks JSON for what is expected in it, and names the place where it is not.

export type JsonObject = { [key: string]: unknown }

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Throws with the place's name, so that whoever looks at an unreadable delivery knows where to look. */
export function objectOf(value: unknown, where: string): JsonObject {
  if (!isObject(value)) throw new Error(`${where}: an object was expected`)
  return value
}

export function listOf(value: unknown, where: string): unknown[] {
  if (!Array.isArray(value)) throw new Error(`${where}: a list was expected`)
  return value
}

/** An id or a key, sent as a string or as a number. */
export function idOf(value: unknown, where: string): string {
  const id = maybeId(value)
  if (id === null) throw new Error(`${where}: an id was expected`)
  return id
}

export function maybeId(value: unknown): string | null {
  if (typeof value === 'string' && value !== '') return value
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : null
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

export function maybeText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

/** Meta's times: seconds for changes, milliseconds for messaging, ISO 8601 from the API. Milliseconds, or null. */
export function maybeTime(value: unknown): number | null {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  if (typeof number === 'number') return number < 1e11 ? number * 1000 : number
  if (typeof number !== 'string') return null
  const ms = Date.parse(number.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
  return Number.isNaN(ms) ? null : ms
}

export function timeOf(value: unknown, where: string): number {
  const ms = maybeTime(value)
  if (ms === null) throw new Error(`${where}: a time was expected`)
  return ms
}
