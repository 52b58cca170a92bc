// The simulators' movable clock: real time plus an offset, so a 7-day window passes in a test's millisecond.

export interface Clock {
  /** Milliseconds since 1970. */
  now: () => number
  /** Only forward: a platform's time never runs back. */
  advance: (ms: number) => void
  offsetMs: () => number
}

export function movableClock(base: () => number = Date.now): Clock {
  let offset = 0
  return {
    now: () => base() + offset,
    advance: ms => {
      if (!(ms >= 0)) throw new RangeError('the clock only moves forward')
      offset += ms
    },
    offsetMs: () => offset,
  }
}
