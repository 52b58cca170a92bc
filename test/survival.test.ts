// Separate processes on PostgreSQL and Redis: what is killed or emptied under load loses no mention and sends nothing twice.
import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { v7 as newId } from 'uuid'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { readConfig } from '../config.ts'
import { connectorFor } from '../connectors/all.ts'
import { insertPlatformApp, storeConnected } from '../db/accounts.ts'
import type { Desk } from '../desk.ts'
import { openLine, sealSecrets } from '../line.ts'
import { openDesk } from '../open-desk.ts'
import { approveReply } from '../responders/approve.ts'
import { settleReply } from '../responders/send.ts'
import { startXSimulator, type XSimulator } from '../simulators/x/start.ts'
import { createTeammate } from '../web/auth.ts'
import { describeWith } from './needs.ts'
import { eventually, startProduct } from './processes.ts'
import { createDatabase, freePort, type RunningServer, startPostgres, startRedis } from './servers.ts'

describeWith({ PostgreSQL: true, Redis: true }, 'on PostgreSQL and Redis', () => {
  let postgres: RunningServer
  let redis: RunningServer
  beforeAll(async () => void ([postgres, redis] = await Promise.all([startPostgres(), startRedis()])))
  afterAll(() => Promise.all([postgres.stop(), redis.stop()]))

  test('redis-cli flushall under load loses no mention and sends nothing twice', async () => {
    const { env, desk } = await install()
    const x = await startX()
    const handle = x.control.brands()[0]!.username
    const anaId = await createTeammate(desk, {
      name: 'Ana Silva',
      email: 'ana@heed.test',
      role: 'rep',
      initials: 'AS',
      password: 'a long enough password',
    })
    await desk.db.updateTable('teammates').set({ undoSeconds: 0 }).where('id', '=', anaId).execute()
    let web = startProduct('web/server.ts', env)
    let worker = startProduct('worker.ts', env)
    const clock = startProduct('clock.ts', env)
    await web.says(/web started/)
    await worker.says(/worker started/)
    await clock.says(/clock started/)
    await connect(desk, x, Number(env.PORT))
    // An answer takes its time, so that a kill meets some on their way; two are accepted and never confirmed.
    x.control.setFault({ kind: 'accepted-then-dropped', method: 'POST', path: '/2/tweets', times: 2 })
    x.control.setFault({ kind: 'slow', ms: 150, method: 'POST', path: '/2/tweets', times: 1_000 })

    const random = seeded(20261121)
    const tally = { posted: 0, flushes: 0, kills: [] as string[], approved: 0 }
    let isOver = false
    const customersWrite = async () => {
      for (; !isOver || tally.posted < MENTIONS; tally.posted++) {
        // Every third is written by somebody who writes once, and is answered.
        const from = tally.posted % 3 ? `regular${Math.floor(random() * 60)}` : `asker${tally.posted}`
        x.control.post({ from, text: `@${handle} ${WORDS[Math.floor(random() * WORDS.length)]} (${tally.posted})` })
        await new Promise(resolve => setTimeout(resolve, random() * 60))
      }
    }
    const redisIsFlushed = async () => {
      const client = new Redis(redis.url, { maxRetriesPerRequest: 0, retryStrategy: () => 200 })
      client.on('error', () => {})
      for (; !isOver; await new Promise(resolve => setTimeout(resolve, 100 + random() * 400)))
        if ((await client.flushall().catch(() => null)) === 'OK') tally.flushes++
      client.disconnect()
    }
    const repsAnswer = async () => {
      while (tally.approved < ANSWERS) {
        const [next] = await unanswered(desk)
        if (!next) await new Promise(resolve => setTimeout(resolve, 50))
        else {
          const request = {
            ticketId: next.id,
            teammateId: anaId,
            text: `Sorry ${next.handle}, we look into it`,
            visibility: 'public',
            role: 'answer',
            revision: next.revision,
            afterSending: 'open',
          } as const
          expect(await approveReply(desk, { ...request, idempotencyKey: newId() })).toMatchObject({ ok: true })
          tally.approved++
        }
      }
    }
    const allIsKilledInTurn = async () => {
      await eventually('the load to begin', () => tally.posted > 40 && tally.approved > 0)
      for (const victim of ['worker', 'web', 'Redis', 'Redis for a while', 'worker']) {
        if (victim === 'worker') {
          await eventually(
            'an answer on its way',
            async () =>
              tally.approved >= ANSWERS ||
              (await desk.db.selectFrom('replies').select('id').where('status', '=', 'sending').execute()).length > 0,
          )
          await worker.kill()
          worker = startProduct('worker.ts', env)
          await worker.says(/worker started/)
        } else if (victim === 'web') {
          await web.kill()
          web = startProduct('web/server.ts', env)
          await web.says(/web started/)
        } else if (victim === 'Redis') await redis.killAndRestart()
        else {
          const before = tally.posted
          process.kill(redis.pid, 'SIGSTOP')
          await eventually('the load to go on without Redis', () => tally.posted > before + 40)
          process.kill(redis.pid, 'SIGCONT')
        }
        tally.kills.push(victim)
      }
      isOver = true
    }
    await Promise.all([customersWrite(), redisIsFlushed(), repsAnswer(), allIsKilledInTurn()])

    const allIsTaken = () => {
      x.control.retryPushes()
      return x.control.pushes().pending === 0
    }
    await eventually('every push to be taken', allIsTaken, 30_000)
    await eventually('nothing to wait', async () => (await waiting(desk)).length === 0, 60_000)
    await minutesPass(desk)
    // The last answers come back as pushes of their own.
    await eventually('our own words to come back', async () => allIsTaken() && (await waiting(desk)).length === 0, 60_000)

    expect(tally.kills).toHaveLength(5)
    expect(tally.flushes).toBeGreaterThan(5)
    const written = x.control.posts().filter(post => post.author !== handle)
    const mentions = await desk.db
      .selectFrom('mentions')
      .select(['externalId', 'state', 'ticketId', 'text'])
      .where('direction', '=', 'inbound')
      .execute()
    expect(written).toHaveLength(tally.posted)
    expect(mentions.map(mention => mention.externalId).sort()).toEqual(written.map(post => post.id).sort())
    expect(mentions.filter(mention => mention.state !== 'triaged' || !mention.ticketId)).toEqual([])
    const replies = await desk.db.selectFrom('replies').selectAll().execute()
    expect(replies).toHaveLength(ANSWERS)
    const answers = x.control.posts({ author: handle })
    for (const reply of replies) {
      const there = answers.filter(post => post.text.includes(reply.text))
      expect
        .soft([reply.status, there.map(post => post.id), reply.problem])
        .toEqual(reply.status === 'sent' ? ['sent', [reply.externalId], null] : ['unsure', [], expect.stringContaining('Look yourself')])
    }
    const echoes = await desk.db.selectFrom('mentions').select('externalId').where('direction', '=', 'outbound').execute()
    expect(echoes.map(echo => echo.externalId).sort()).toEqual(answers.map(post => post.id).sort())
  }, 240_000)

  test('a queue that does not answer keeps nobody waiting, and is rung again once it is back', async () => {
    const { desk } = await install()
    process.kill(redis.pid, 'SIGSTOP')
    onTestFinished(() => void process.kill(redis.pid, 'SIGCONT'))
    const job = { name: 'sendReply', replyId: newId(), at: new Date() } as const
    await expect(desk.ring(job)).rejects.toThrow('the queue does not answer')
    await expect(desk.ring({ name: 'readDeliveries' })).rejects.toThrow('the queue does not answer')
    process.kill(redis.pid, 'SIGCONT')
    await desk.ring(job)
    await desk.ring({ name: 'readDeliveries' })
  }, 60_000)

  /** A database of its own, migrated by the release process. */
  async function install(): Promise<{ env: Record<string, string>; desk: Desk }> {
    const env = {
      DATABASE_URL: await createDatabase(postgres, `heed_${randomBytes(4).toString('hex')}`),
      REDIS_URL: redis.url,
      SECRET_KEY: randomBytes(32).toString('hex'),
      PORT: String(await freePort()),
      HOST: '127.0.0.1',
      LOG_LEVEL: 'info',
    }
    const release = startProduct('release.ts', env)
    expect([await release.ended(60_000), release.output()]).toEqual([0, expect.stringContaining('migrated: ')])
    const opened = await openDesk(readConfig({ ...env, LOG_LEVEL: 'silent' }), 'worker')
    onTestFinished(opened.close)
    return { env, desk: opened.desk }
  }
})

const MENTIONS = 400
const ANSWERS = 40
const WORDS = [
  'my parcel is three weeks late and nobody answers',
  'you charged me twice for the same order',
  'the app logs me out every time, what can I do?',
  'still no refund after your promise, this is the fourth time I ask',
  'where is my order? It should have been here on Monday',
  'your driver left it in the rain, all is broken',
]

async function startX(): Promise<XSimulator> {
  const x = await startXSimulator()
  onTestFinished(x.stop)
  x.control.setLimit({ endpoint: '*', limit: 1_000_000 })
  x.control.createBrand({ handle: 'heronair', name: 'Heron Air' })
  return x
}

async function connect(desk: Desk, { control, url }: XSimulator, port: number) {
  const brand = control.brands()[0]!
  const app = control.createApp({ name: 'Heed at Heron Air' })
  const tokens = control.issueTokens({ app: app.id, account: brand.id })
  const appId = newId()
  const { clientId, clientSecret, consumerSecret, bearerToken } = app
  await insertPlatformApp(desk.db, {
    id: appId,
    platform: 'x',
    label: 'Test app',
    apiBase: url,
    secrets: sealSecrets(desk.vault, { clientId, clientSecret, consumerSecret, bearerToken }),
  })
  const secrets = sealSecrets(desk.vault, {
    accessToken: tokens.accessToken,
    refreshToken: tokens.refreshToken,
    accessTokenExpiresAt: new Date(tokens.expiresAt).toISOString(),
  })
  const { account } = await storeConnected(desk.db, {
    id: newId(),
    appId,
    platform: 'x',
    externalId: brand.id,
    handle: brand.username,
    name: brand.name,
    secrets,
    capabilities: { tier: 'self-serve', dms: true },
    tokenExpiresAt: null,
    isDemo: false,
    at: new Date(Date.now() - 60_000),
  })
  await connectorFor('x').onConnected!(await openLine(desk, account.id), `http://127.0.0.1:${port}/webhooks/${appId}`)
}

/** Tickets of those who write once, not answered yet. */
function unanswered(desk: Desk) {
  return desk.db
    .selectFrom('tickets as t')
    .innerJoin('customers as c', 'c.id', 't.customerId')
    .select(['t.id', 't.revision', 'c.handle'])
    .where('c.handle', 'like', 'asker%')
    .where(eb => eb.not(eb.exists(eb.selectFrom('replies as r').select('r.id').whereRef('r.ticketId', '=', 't.id'))))
    .orderBy('t.number')
    .limit(1)
    .execute()
}

async function waiting(desk: Desk): Promise<unknown[]> {
  return [
    ...(await desk.db.selectFrom('deliveries').select(['id', 'status']).where('status', '!=', 'read').execute()),
    ...(await desk.db.selectFrom('mentions').select(['id', 'state']).where('state', '=', 'waiting').execute()),
    ...(await desk.db.selectFrom('replies').select(['id', 'status']).where('status', '=', 'approved').execute()),
  ]
}

/** What the clock would do in the next ten minutes for answers whose end nobody saw. */
async function minutesPass(desk: Desk) {
  for (let minutes = 3; minutes <= 13; minutes++) {
    const later = { ...desk, now: () => new Date(Date.now() + minutes * 60_000) }
    for (const reply of await desk.db.selectFrom('replies').select('id').where('status', 'in', ['sending', 'unsure']).execute())
      await settleReply(later, reply.id)
  }
}

/** The same numbers every time. */
function seeded(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t ^= t + Math.imul(t ^ (t >>> 7), 61 | t)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
