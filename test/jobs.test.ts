// The doorbell on Redis, PostgreSQL and the embedded database: rings once, rings again after failure, waits when told to.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { type Database, openDatabase, openEmbeddedDatabase } from '../db/connect.ts'
import { type Doorbell, type Job, openDoorbell, type Verbs } from '../jobs.ts'
import { describeWith } from './needs.ts'
import { createDatabase, type RunningServer, startPostgres, startRedis } from './servers.ts'

const problems: Error[] = []
const onProblem = (error: Error) => void problems.push(error)

async function until(what: () => boolean | Promise<boolean>) {
  for (let tries = 0; tries < 400; tries++) {
    if (await what()) return
    await new Promise(resolve => setTimeout(resolve, 25))
  }
  throw new Error('waited in vain')
}

/** Serves with verbs that write down what they were called for. */
function serve(bell: Doorbell, given: Partial<Verbs> = {}) {
  const served: Job[] = []
  const faults: string[] = []
  const note = async (job: Job) => void served.push(job)
  const worker = bell.startWorker(
    { readDeliveries: note, triageMentions: note, pollAccount: note, sendReply: note, settleReply: note, ...given },
    { concurrency: 4, onFault: name => void faults.push(name) },
  )
  onTestFinished(() => worker.close())
  return { served, faults }
}

function doorbellKeepsItsWord(open: () => Promise<Doorbell>) {
  test('a ring is served once, with its payload', async () => {
    const bell = await open()
    const { served } = serve(bell)
    await bell.ring({ name: 'pollAccount', accountId: 'a' })
    await until(() => served.length > 0)
    expect(served).toEqual([{ name: 'pollAccount', accountId: 'a' }])
  })

  test('many rings while nobody serves are few', async () => {
    const bell = await open()
    await Promise.all(Array.from({ length: 200 }, () => bell.ring({ name: 'readDeliveries' })))
    await Promise.all(Array.from({ length: 50 }, () => bell.ring({ name: 'pollAccount', accountId: 'a' })))
    const { waiting, active, delayed } = await bell.counts()
    expect(waiting! + active! + delayed!).toBeLessThanOrEqual(4)
  })

  test('a ring during the work is one more run after it: rows that came late are not forgotten', async () => {
    const bell = await open()
    const gate = Promise.withResolvers<void>()
    let runs = 0
    serve(bell, {
      pollAccount: async () => {
        runs++
        await gate.promise
      },
    })
    await bell.ring({ name: 'pollAccount', accountId: 'a' })
    await until(() => runs === 1)
    await bell.ring({ name: 'pollAccount', accountId: 'a' })
    await bell.ring({ name: 'pollAccount', accountId: 'a' })
    gate.resolve()
    await until(() => runs === 2)
    await until(async () => Object.values(await bell.counts()).every(n => n === 0))
    expect(runs).toBe(2)
  })

  test('work that fails is tried again, and a ring after the last failure is heard', async () => {
    const bell = await open()
    let tries = 0
    const { faults } = serve(bell, {
      settleReply: async () => {
        tries++
        if (tries <= 3) throw new Error('not yet')
      },
    })
    await bell.ring({ name: 'settleReply', replyId: 'r' })
    await until(() => faults.length >= 3)
    await until(async () => Object.values(await bell.counts()).every(n => n === 0))
    await bell.ring({ name: 'settleReply', replyId: 'r' })
    await until(() => tries === 4)
  })

  test('a reply is rung for at its time, not before', async () => {
    const bell = await open()
    const { served } = serve(bell)
    const at = new Date(Date.now() + 700)
    await bell.ring({ name: 'sendReply', replyId: 'r', at })
    await until(() => served.length > 0)
    expect(Date.now()).toBeGreaterThanOrEqual(at.getTime() - 20)
    expect(served).toEqual([{ name: 'sendReply', replyId: 'r', at }])
  })
}

describe('on the embedded database', () => {
  const open = async () => {
    const database = await openEmbeddedDatabase({ syncToDisk: false, snapshot: new Blob([readFileSync(inject('snapshot'))]) })
    const bell = await openDoorbell({ pool: database.pool, isEmbedded: true, onProblem })
    onTestFinished(async () => {
      await bell.close()
      await database.close()
    })
    return bell
  }

  doorbellKeepsItsWord(open)

  test('the first ring is heard at once, and what is rung soon after it is gathered into one more', async () => {
    const bell = await open()
    const { served } = serve(bell)
    await bell.ring({ name: 'readDeliveries' })
    await until(() => served.length === 1)
    for (let n = 0; n < 20; n++) await bell.ring({ name: 'readDeliveries' })
    await until(() => served.length === 2)
    await until(async () => Object.values(await bell.counts()).every(n => n === 0))
    expect(served).toHaveLength(2)
  })
})

describeWith({ PostgreSQL: true }, 'on PostgreSQL', () => {
  let server: RunningServer
  beforeAll(async () => void (server = await startPostgres()))
  afterAll(() => server.stop())
  doorbellKeepsItsWord(async () => {
    const database = await freshDatabase(server)
    const bell = await openDoorbell({ pool: database.pool, onProblem })
    onTestFinished(async () => {
      await bell.close()
      await database.close()
    })
    return bell
  })
})

describeWith({ Redis: true, PostgreSQL: true }, 'on Redis', () => {
  let redis: RunningServer
  let postgres: RunningServer
  beforeAll(async () => void ([redis, postgres] = await Promise.all([startRedis(), startPostgres()])))
  afterAll(() => Promise.all([redis.stop(), postgres.stop()]))
  doorbellKeepsItsWord(async () => {
    const database = await freshDatabase(postgres)
    await redis.killAndRestart()
    const bell = await openDoorbell({ redisUrl: redis.url, pool: database.pool, onProblem })
    onTestFinished(async () => {
      await bell.close()
      await database.close()
    })
    return bell
  })
})

async function freshDatabase(server: RunningServer): Promise<Database> {
  const databaseUrl = await createDatabase(server, `heed_${randomUUID().slice(0, 8)}`)
  return openDatabase({ databaseUrl, databasePool: 4, dataDir: '', syncToDisk: true })
}
