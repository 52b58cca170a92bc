// What a check-up found: one line for each thing looked at, in words, and what to do about it.

/** `unknown`: it could not be looked at; `says` tells why. */
export type CheckState = 'ok' | 'warning' | 'fault' | 'unknown'
export interface Check {
  name: string
  state: CheckState
  /** What was found, and what it means. Never a secret, never anybody's words. */
  says: string
  /** What to do about it; null: nothing. */
  remedy: string | null
}
export interface CheckUp {
  at: Date
  desk: Check[]
  accounts: { platform: string; handle: string; checks: Check[] }[]
}

/** 0: no fault. 1: a fault. 2: no fault was found, but something could not be looked at. */
export function exitCodeOf(checkUp: CheckUp): 0 | 1 | 2 {
  const states = new Set(checksOf(checkUp).map(check => check.state))
  return states.has('fault') ? 1 : states.has('unknown') ? 2 : 0
}

export const checksOf = ({ desk, accounts }: CheckUp): Check[] => [...desk, ...accounts.flatMap(account => account.checks)]

export const ok = (name: string, says: string): Check => ({ name, state: 'ok', says, remedy: null })
export const warning = (name: string, says: string, remedy: string | null): Check => ({ name, state: 'warning', says, remedy })
export const fault = (name: string, says: string, remedy: string | null): Check => ({ name, state: 'fault', says, remedy })
export const unknown = (name: string, says: string, remedy: string | null): Check => ({ name, state: 'unknown', says, remedy })

export const counted = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`
