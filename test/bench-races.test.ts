// Several workers on one PostgreSQL, with busy authors and repeated pushes: they may wait for each other, never crosswise.
import pino from 'pino'
import { v7 as newId } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { generator } from '../bench/generate.ts'
import { brand, type Product, productOnServers, webhookSecret } from '../bench/product.ts'
import { emptyLedger, findFaults } from '../bench/truth.ts'
import { connectorFor } from '../connectors/all.ts'
import { insertDeliveries } from '../db/deliveries.ts'
import type { Desk } from '../desk.ts'
import { readDeliveries } from '../triage/intake.ts'
import { triageMentions } from '../triage/triage.ts'
import { openVault } from '../vault.ts'
import { describeWith } from './needs.ts'
import { type RunningServer, startPostgres } from './servers.ts'

describeWith({ PostgreSQL: true }, 'workers beside each other', () => {
  let postgres: RunningServer
  let product: Product
  beforeAll(async () => {
    postgres = await startPostgres()
    product = await productOnServers(
      postgres,
      { url: 'redis://127.0.0.1:1', pid: 0, stop: async () => {}, killAndRestart: async () => {} },
      'races',
    )
  })
  afterAll(async () => {
    await product.stop()
    await postgres.stop()
  })

  test('three readers and three triages at once end without a deadlock, and everything is filed once', async () => {
    await product.inDatabase(async database => {
      const vault = openVault('a secret of the test, long enough to be one')
      const desk: Desk = {
        db: database.db,
        ring: async () => {},
        now: () => new Date(),
        vault,
        live: { tell: () => {} },
        log: pino({ level: 'silent' }),
        connectorFor,
        publicUrl: 'http://localhost',
      }
      const next = generator({ seed: 3, secret: webhookSecret, brand, startAt: new Date(), duplicates: 0.3, forgeries: 0, authors: 60 })
      const ledger = emptyLedger()
      const appId = product.path.split('/').at(-1)!
      for (let wave = 0; wave < 4; wave++) {
        const pushes = Array.from({ length: 900 }, next)
        await insertDeliveries(
          desk.db,
          pushes.map(({ body }) => ({
            id: newId(),
            appId,
            accountId: null,
            source: 'webhook',
            headers: {},
            body: vault.seal(body),
            receivedAt: new Date(),
          })),
        )
        for (const { mention } of pushes) ledger.expected.set(mention.externalId, mention)
        ledger.accepted += pushes.length
        const verbs = [readDeliveries, triageMentions, readDeliveries, triageMentions, readDeliveries, triageMentions]
        // A verb that finds nothing ends at once, so each looks a few times.
        await Promise.all(
          verbs.map(async verb => {
            for (let n = 0; n < 4; n++) await verb(desk)
          }),
        )
      }
      await triageMentions(desk)
      expect(await findFaults(database, ledger)).toEqual([])
    })
  }, 120_000)
})
