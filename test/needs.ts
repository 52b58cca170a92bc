// Suites that need a real server: run where it is installed, skipped aloud where it is not, failed where nothing may skip.
import { describe } from 'vitest'
import { hasChromium, hasPostgres, hasRedis } from './servers.ts'

/** `describe`, or a visible skip that says what it needs; where nothing may skip, a failure. */
export function describeWith(needs: Partial<Record<'Redis' | 'PostgreSQL' | 'Chromium', true>>, name: string, suite: () => void) {
  const has = { Redis: hasRedis, PostgreSQL: hasPostgres, Chromium: hasChromium }
  const missing = Object.keys(needs).filter(need => !has[need as keyof typeof has])
  if (missing.length && process.env.NOTHING_MAY_SKIP)
    throw new Error(`${name} needs ${missing.join(' and ')}, and nothing may be skipped here`)
  if (missing.length) return describe.skip(`${name} (skipped: needs ${missing.join(' and ')})`, suite)
  return describe(name, suite)
}
