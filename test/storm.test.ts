// The short storm: every fault at once on five platforms, and afterwards every mention and every answer is accounted for.
import { readFileSync } from 'node:fs'
import { expect, inject, test } from 'vitest'
import { openEmbeddedDatabase } from '../db/connect.ts'
import { freePort } from './servers.ts'
import { runStorm } from './storm/storm.ts'

test('after a storm every mention is stored once, every answer stands once or says why not, and every gap is in the ledger', async () => {
  const database = await openEmbeddedDatabase({ syncToDisk: false, snapshot: new Blob([readFileSync(inject('snapshot'))]) })
  try {
    const report = await runStorm({ seed: 20261122, mentions: 300, database, port: await freePort() })
    expect(report.wrong).toEqual([])
    // A storm in which nothing happened proves nothing.
    expect(Object.keys(report.platforms)).toEqual(['bluesky', 'facebook', 'instagram', 'mastodon', 'x'])
    for (const [platform, counts] of Object.entries(report.platforms)) {
      expect(counts.stored, platform).toBeGreaterThan(10)
      expect(counts.sent, platform).toBeGreaterThan(0)
    }
    for (const fault of [
      'jobs killed',
      'jobs run twice at once',
      'sign-ins revoked',
      'sign-ins renewed',
      'pushes lost',
      'pushes in disorder',
      'streams broken',
      'hours without webhooks',
      'edits',
      'removals told',
    ])
      expect(report.counts[fault], fault).toBeGreaterThan(0)
  } finally {
    await database.close()
  }
})
