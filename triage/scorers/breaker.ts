// Leaves alone what failed several times in a row, for a while; then one try decides.

export interface Breaker {
  mayAsk(now: Date): boolean
  /** Every answer, and every failure, in the order they came. */
  note(isAnswer: boolean, now: Date): void
}

export function newBreaker(): Breaker {
  let failures = 0
  let openUntil = 0
  return {
    mayAsk: now => now.getTime() >= openUntil,
    note(isAnswer, now) {
      failures = isAnswer ? 0 : failures + 1
      if (failures < FAILURES) return
      openUntil = now.getTime() + PAUSE_MS
      failures = FAILURES - 1
    },
  }
}

const FAILURES = 5
const PAUSE_MS = 60_000
