// Reads JSON without losing a digit: a whole number too large for a double becomes its digits as text.

/** Platforms send 64-bit ids as bare numbers now and then; JSON.parse alone would round them. */
export function parseLossless(text: string): unknown {
  return (JSON.parse as ParseWithSource)(text, (_key, value, context) => {
    if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
    const source = context?.source
    return source !== undefined && /^-?\d+$/.test(source) ? source : value
  })
}

/** TypeScript's library does not know the reviver's third argument yet (Node 24 does). */
type ParseWithSource = (text: string, reviver: (key: string, value: unknown, context?: { source?: string }) => unknown) => unknown
