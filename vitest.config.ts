// How the tests run: sources as they are, one prepared database for all, and a last line that counts.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    globalSetup: ['test/prepare.ts'],
    reporters: ['default', './test/count-reporter.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Files of one worker share what they import, and its pool of databases: half the time. No test may change a module's state for another.
    isolate: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'hono/jsx' } },
})
