// How the optional suite runs: beside the other tests, on packages of its own.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { root: import.meta.dirname, include: ['*.test.ts'], testTimeout: 180_000, hookTimeout: 180_000 },
})
