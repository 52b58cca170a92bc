// Reads JSON without losing a digit: a whole number too large for a double becomes its digits as text.

/** Platforms send 64-bit ids as bare numbers now and then; JSON.parse alone would round them. */
export function parseLossless(text: string): unknown {
  // The reviver visits every value, which costs five times the parsing; nearly no body has such a number.
  if (!LONG_NUMBER.test(text)) return JSON.parse(text)
  return (JSON.parse as ParseWithSource)(text, (_key, value, context) => {
    if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
    const source = context?.source
    return source !== undefined && /^-?\d+$/.test(source) ? source : value
  })
}

/** A bare number of sixteen digits or more; within a string it may be found too, which costs only time. */
const LONG_NUMBER = /(?:^|[:,[\s])-?\d{16}/

/** TypeScript's library does not know the reviver's third argument yet (Node 24 does). */
type ParseWithSource = (text: string, reviver: (key: string, value: unknown, context?: { source?: string }) => unknown) => unknown
