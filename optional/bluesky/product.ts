// The whole product in this process, with one account on the real network: real app, worker and verbs, an embedded database in memory.
import { readFileSync } from 'node:fs'
import pino from 'pino'
import { v7 as newId } from 'uuid'
import { inject } from 'vitest'
import { ringDue, sweep } from '../../clock.ts'
import { readConfig } from '../../config.ts'
import { connectorFor } from '../../connectors/all.ts'
import type { Secrets } from '../../connectors/connector.ts'
import { insertPlatformApp, storeConnected } from '../../db/accounts.ts'
import { openEmbeddedDatabase } from '../../db/connect.ts'
import type { MentionRow } from '../../db/mentions.ts'
import type { ReplyRow } from '../../db/replies.ts'
import { getTicket, type TicketRow } from '../../db/tickets.ts'
import type { Desk } from '../../desk.ts'
import type { Id, Visibility } from '../../domain.ts'
import { openDoorbell } from '../../jobs.ts'
import { sealSecrets } from '../../line.ts'
import { openLive } from '../../live.ts'
import { approveReply } from '../../responders/approve.ts'
import { movableClock } from '../../simulators/clock.ts'
import { eventually } from '../../test/processes.ts'
import { freePort } from '../../test/servers.ts'
import { signIn, type Visitor } from '../../test/visitor.ts'
import { pollAccount } from '../../triage/poll-account.ts'
import { openVault } from '../../vault.ts'
import { createTeammate } from '../../web/auth.ts'
import { startWeb } from '../../web/server.ts'
import { serveDoorbell } from '../../worker.ts'
import type { Person } from './people.ts'
import { layWire, type Wire } from './wire.ts'

export interface Product {
  desk: Desk
  accountId: Id
  wire: Wire
  /** Ana, a lead without an undo delay, signed in by the form. */
  ana: Visitor & { id: Id }
  /** Moves the product's clock; the network's goes on as it is. */
  pass: (ms: number) => void
  /** Asks the platform now, whatever the account's pace, and waits until everything is read and judged. */
  poll: () => Promise<void>
  /** Rings for whatever is due by the product's clock, as the clock process does. */
  tick: () => Promise<void>
  /** Polls until a mention with these words is judged. */
  heard: (words: string) => Promise<MentionRow>
  ticketOf: (mention: MentionRow) => Promise<TicketRow>
  /** Ana presses Send. Fails the test if something stops it. */
  answer: (mention: MentionRow, text: string, visibility?: Visibility) => Promise<ReplyRow>
  /** Ticks until the reply has this status. */
  becomes: (replyId: Id, status: ReplyRow['status']) => Promise<ReplyRow>
  reply: (id: Id) => Promise<ReplyRow>
  close: () => Promise<void>
}

/**
 * Connects the account as the accounts page does: an app password is checked, and what it may do is kept. `apiBase`: where Heed calls;
 * left out: the wire. Given: past it, so that nothing answers for a PDS that is away.
 */
export async function openProduct(
  brand: Person,
  given: { privileged?: boolean; appSecrets?: Secrets; apiBase?: string } = {},
): Promise<Product> {
  const clock = movableClock()
  const wire = await layWire(inject('network').pdsPort)
  const apiBase = given.apiBase ?? wire.url
  const config = readConfig({ PORT: String(await freePort()), DEMO: 'off', LOG_LEVEL: 'silent' })
  const onProblem = (error: unknown) => {
    throw error
  }
  const database = await openEmbeddedDatabase({ syncToDisk: false, snapshot: new Blob([readFileSync(inject('snapshot'))]) })
  const doorbell = await openDoorbell({ pool: database.pool, isEmbedded: true, onProblem })
  const live = await openLive(database, undefined, onProblem)
  const desk: Desk = {
    db: database.db,
    now: () => new Date(clock.now()),
    vault: openVault('a secret of this suite, long enough to be one'),
    live,
    log: pino({ level: process.env.HEED_LOG ?? 'silent' }),
    connectorFor,
    publicUrl: config.publicUrl,
    // The queue waits in real time: what is due in ours is due there.
    ring: job => doorbell.ring('at' in job ? { ...job, at: new Date(job.at.getTime() - clock.offsetMs()) } : job),
  }
  const close = async () => {
    await doorbell.close()
    await live.close()
    await database.close()
  }
  const web = await startWeb({ desk, database, doorbell, live, close }, config)
  serveDoorbell(desk, doorbell)
  const accountId = await connect()
  const anaId = await createTeammate(desk, {
    name: 'Ana Silva',
    email: 'ana@heed.test',
    role: 'lead',
    initials: 'AS',
    password: 'a long enough password',
  })
  await desk.db.updateTable('teammates').set({ undoSeconds: 0 }).where('id', '=', anaId).execute()
  const visitor = await signIn(config.publicUrl, 'ana@heed.test', 'a long enough password')

  async function connect(): Promise<Id> {
    const appSecrets = given.appSecrets ?? {}
    const secrets = await appPasswordOf(brand, given.privileged ?? true)
    const { capabilities, ...who } = await connectorFor('bluesky').whoAmI({
      secrets: { ...appSecrets, ...secrets },
      apiBase,
      now: desk.now,
    })
    const appId = newId()
    await insertPlatformApp(desk.db, {
      id: appId,
      platform: 'bluesky',
      label: 'Bluesky',
      apiBase,
      secrets: sealSecrets(desk.vault, appSecrets),
    })
    const stored = await storeConnected(desk.db, {
      ...who,
      capabilities,
      id: newId(),
      appId,
      platform: 'bluesky',
      secrets: sealSecrets(desk.vault, secrets),
      tokenExpiresAt: null,
      isDemo: false,
      at: desk.now(),
    })
    return stored.account.id
  }

  const reply: Product['reply'] = id => desk.db.selectFrom('replies').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  const mentionSaying = (words: string) =>
    desk.db
      .selectFrom('mentions')
      .selectAll()
      .where('text', 'like', `%${words}%`)
      .where('state', '=', 'triaged')
      .where('direction', '=', 'inbound')
      .executeTakeFirst()
  const product: Product = {
    desk,
    accountId,
    wire,
    ana: { id: anaId, ...visitor },
    pass: clock.advance,
    reply,
    async poll() {
      await desk.db.updateTable('accounts').set({ nextPollAt: desk.now(), pollingUntil: null }).where('id', '=', accountId).execute()
      await pollAccount(desk, accountId)
      await settled(desk)
    },
    async tick() {
      await ringDue(desk)
      await sweep(desk)
    },
    heard: words =>
      eventually(`Heed to hear “${words}”`, async () => {
        await product.poll()
        return mentionSaying(words)
      }).catch(async error => {
        const account = await desk.db.selectFrom('accounts').select(['status', 'lastError', 'inTrouble']).executeTakeFirst()
        const heard = await desk.db.selectFrom('mentions').select(['text', 'state', 'direction']).execute()
        throw new Error(`${error.message}: ${JSON.stringify({ account, heard })}`, { cause: error })
      }),
    ticketOf: async mention => {
      if (!mention.ticketId) throw new Error(`“${mention.text}” opened no ticket: ${JSON.stringify(mention.verdict)}`)
      return getTicket(desk.db, mention.ticketId)
    },
    async answer(mention, text, visibility = 'public') {
      const { id, revision } = await product.ticketOf(mention)
      const approval = await approveReply(desk, {
        ticketId: id,
        teammateId: anaId,
        text,
        visibility,
        role: 'answer',
        revision,
        idempotencyKey: newId(),
        afterSending: 'open',
      })
      if (!approval.ok) throw new Error(`the answer was stopped: ${JSON.stringify(approval)}`)
      return approval.replies[0]!
    },
    becomes: (replyId, status) =>
      eventually(`the reply to be ${status}`, async () => {
        const now = await reply(replyId)
        if (now.status === status) return now
        await product.tick()
        return null
      }).catch(async error => {
        throw new Error(`${error.message}: ${JSON.stringify(await reply(replyId))}`, { cause: error })
      }),
    async close() {
      await web.close()
      await close()
      await wire.close()
    },
  }
  return product
}

export async function appPasswordOf(brand: Person, privileged: boolean): Promise<Secrets> {
  const name = `Heed ${Math.random().toString(36).slice(2)}`
  const { data } = await brand.agent.com.atproto.server.createAppPassword({ name, privileged })
  return { identifier: brand.handle, appPassword: data.password }
}

/** Everything that came in is read and judged. */
async function settled(desk: Desk): Promise<void> {
  await eventually('everything to be read and judged', async () => {
    const deliveries = await desk.db.selectFrom('deliveries').select('id').where('status', '=', 'waiting').execute()
    const mentions = await desk.db.selectFrom('mentions').select('id').where('state', '=', 'waiting').execute()
    return deliveries.length + mentions.length === 0
  })
}
