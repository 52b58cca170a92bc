// Prints one last line that a machine can count: "212 passed, 0 failed, 3 skipped".
import type { Reporter, TestModule } from 'vitest/node'

export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]) {
    const count = { passed: 0, failed: 0, skipped: 0 }
    const skips = new Set<string>()
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const result = test.result()
        if (result.state === 'passed' || result.state === 'failed' || result.state === 'skipped') count[result.state]++
        if (result.state === 'skipped') skips.add(('note' in result && result.note) || test.fullName)
      }
      // A file that does not load has no tests to count.
      if (module.state() === 'failed' && module.errors().length) count.failed++
    }
    for (const skip of skips) console.log(skip.includes('needs ') ? `skipped: ${skip.slice(skip.indexOf('needs '))}` : `skipped: ${skip}`)
    console.log(`\n${count.passed} passed, ${count.failed + errors.length} failed, ${count.skipped} skipped`)
  }
}
