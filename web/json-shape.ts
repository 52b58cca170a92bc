// The shape of a JSON text, keys and kinds without one word of its content: for mending a reader without reading customers.

/** `{object: text, entry: [{id: text, changes: [{field: text, value: {…}}]}]}`, four levels deep. */
export function shapeOf(text: string): string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return `not JSON, ${text.length.toLocaleString('en')} characters`
  }
  return shapeOfValue(value, 4)
}

function shapeOfValue(value: unknown, depth: number): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return value.length ? `[${shapeOfValue(value[0], depth)}${value.length > 1 ? ` ×${value.length}` : ''}]` : '[]'
  if (typeof value === 'object') {
    if (depth === 0) return '{…}'
    const entries = Object.entries(value)
    const shown = entries.slice(0, 12).map(([key, inner]) => `${KEY.test(key) ? key : '‹key›'}: ${shapeOfValue(inner, depth - 1)}`)
    return `{${shown.join(', ')}${entries.length > 12 ? ', …' : ''}}`
  }
  return typeof value === 'string' ? 'text' : typeof value
}

/** Platforms put ids and names into keys too (X's `users`): only what looks like a field's name is shown. */
const KEY = /^[a-z_][a-z_0-9]{0,39}$/i
