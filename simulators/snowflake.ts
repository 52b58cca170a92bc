// Ids that carry their time, as X makes them: 41 bits of milliseconds, 22 bits that keep them apart.

const epoch = 1288834974657n // X's own, 4 November 2010
const low = 22n

export interface Snowflakes {
  /** A new id for this moment (milliseconds since 1970). */
  next: (atMs: number) => string
  /** An id that was made before a restart: no new one may meet it. */
  seen: (id: string) => void
}

export function snowflakes(): Snowflakes {
  let serial = 0n
  return {
    next: atMs => {
      serial = (serial + 1n) & 0x3fffffn
      const ms = BigInt(Math.floor(atMs)) - epoch
      return String(((ms > 0n ? ms : 0n) << low) | serial)
    },
    seen: id => {
      const theirs = BigInt(id) & 0x3fffffn
      if (theirs > serial) serial = theirs
    },
  }
}

export function timeOfSnowflake(id: string): number {
  return Number((BigInt(id) >> low) + epoch)
}

/** Ids are longer than a double holds: compared by length, then as text. */
export function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)
}
