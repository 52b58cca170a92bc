// The whole product in this process between two simulated platforms: real app, real worker, real pushes, an embedded database in memory.
import { readFileSync } from 'node:fs'
import pino from 'pino'
import { v7 as newId } from 'uuid'
import { inject, onTestFinished } from 'vitest'
import { readConfig } from '../config.ts'
import { connectorFor } from '../connectors/all.ts'
import type { Secrets } from '../connectors/connector.ts'
import { insertPlatformApp, storeConnected } from '../db/accounts.ts'
import { openEmbeddedDatabase } from '../db/connect.ts'
import type { TicketRow } from '../db/tickets.ts'
import type { Desk } from '../desk.ts'
import type { Id, Platform, Role } from '../domain.ts'
import { openDoorbell } from '../jobs.ts'
import { openLine, sealSecrets } from '../line.ts'
import { openLive } from '../live.ts'
import { movableClock } from '../simulators/clock.ts'
import { type GraphSimulator, startGraphSimulator } from '../simulators/graph/start.ts'
import { startXSimulator, type XSimulator } from '../simulators/x/start.ts'
import { openVault } from '../vault.ts'
import { createTeammate } from '../web/auth.ts'
import { startWeb } from '../web/server.ts'
import { serveDoorbell } from '../worker.ts'
import { eventually } from './processes.ts'
import { freePort } from './servers.ts'
import { signIn, type Visitor } from './visitor.ts'

export interface Stage {
  desk: Desk
  x: XSimulator['control']
  graph: GraphSimulator['control']
  /** The brand's handle on X and Instagram, and the name of its page. */
  handle: string
  pageName: string
  /** Moves the clock of the product and of both platforms. */
  pass: (ms: number) => void
  /** Somebody of the team, signed in by the form; undo 0 s unless given. */
  teammate: (name: string, role: Role, undoSeconds?: number) => Promise<Visitor & { id: Id }>
  /** The ticket these words are on, once there is one. */
  ticketAbout: (words: string) => Promise<TicketRow>
  ticket: (id: Id) => Promise<TicketRow>
  /** The kinds of its events, in order. */
  events: (ticketId: Id) => Promise<string[]>
  /** Waits until every push was taken, every delivery read, every mention judged. */
  settled: () => Promise<void>
}

export async function openStage(): Promise<Stage> {
  const clock = movableClock()
  const [x, graph] = [await startXSimulator({ now: clock }), await startGraphSimulator({ now: clock })]
  onTestFinished(async () => void (await Promise.all([x.stop(), graph.stop()])))

  const config = readConfig({ PORT: String(await freePort()), DEMO: 'off', LOG_LEVEL: 'silent' })
  const onProblem = (error: unknown) => {
    throw error
  }
  const database = await openEmbeddedDatabase({ syncToDisk: false, snapshot: new Blob([readFileSync(inject('snapshot'))]) })
  const doorbell = await openDoorbell({ pool: database.pool, onProblem })
  const live = await openLive(database, undefined, onProblem)
  const desk: Desk = {
    db: database.db,
    now: () => new Date(clock.now()),
    vault: openVault('a secret of the stage, long enough to be one'),
    live,
    log: pino({ level: 'silent' }),
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
  onTestFinished(async () => {
    await web.close()
    await close()
  })

  const brand = x.control.createBrand({ handle: 'heronair', name: 'Heron Air' })
  const xApp = x.control.createApp({ name: 'Heed at Heron Air' })
  const tokens = x.control.issueTokens({ app: xApp.id, account: brand.id })
  await connect('x', x.url, {
    app: { clientId: xApp.clientId, clientSecret: xApp.clientSecret, consumerSecret: xApp.consumerSecret, bearerToken: xApp.bearerToken },
    account: {
      accessToken: tokens.accessToken,
      refreshToken: tokens.refreshToken,
      accessTokenExpiresAt: new Date(tokens.expiresAt).toISOString(),
    },
    externalId: brand.id,
    handle: brand.username,
    name: brand.name,
    capabilities: { tier: 'self-serve', dms: true },
  })
  const page = graph.control.createPage({ name: 'Heron Air', username: 'heronair' })
  const graphApp = graph.control.createApp({ name: 'Heed at Heron Air' })
  const verifyToken = 'a verify token of the stage'
  const webhookUrl = await connect('facebook', graph.url, {
    app: { appId: graphApp.id, appSecret: graphApp.secret, verifyToken },
    account: { pageToken: graph.control.issueTokens({ app: graphApp.id, page: page.id }).pageToken },
    externalId: page.id,
    handle: page.username,
    name: page.name,
    capabilities: {},
  })
  // An operator does this by hand in Meta's console.
  await graph.control.setWebhook({ app: graphApp.id, url: webhookUrl, verifyToken, pages: [] })
  // The same Meta app, with an entry and an address of its own.
  const instagram = graph.control.createInstagram({ page: page.id })
  const instagramUrl = await connect('instagram', graph.url, {
    app: { appId: graphApp.id, appSecret: graphApp.secret, verifyToken },
    account: { pageToken: graph.control.issueTokens({ app: graphApp.id, page: page.id }).pageToken },
    externalId: instagram.id,
    handle: instagram.username,
    name: instagram.name,
    capabilities: {},
  })
  await graph.control.setWebhook({ app: graphApp.id, url: instagramUrl, verifyToken, pages: [], object: 'instagram' })

  async function connect(
    platform: Platform,
    apiBase: string,
    given: {
      app: Secrets
      account: Secrets
      externalId: string
      handle: string
      name: string
      capabilities: Record<string, string | boolean>
    },
  ): Promise<string> {
    const { app, account, ...who } = given
    const appId = newId()
    await insertPlatformApp(desk.db, { id: appId, platform, label: 'Test app', apiBase, secrets: sealSecrets(desk.vault, app) })
    const at = new Date(desk.now().getTime() - 86_400_000)
    const stored = await storeConnected(desk.db, {
      ...who,
      id: newId(),
      appId,
      platform,
      secrets: sealSecrets(desk.vault, account),
      tokenExpiresAt: null,
      isDemo: false,
      at,
    })
    const webhookUrl = `http://127.0.0.1:${web.port}/webhooks/${appId}`
    await connectorFor(platform).onConnected?.(await openLine(desk, stored.account.id), webhookUrl)
    return webhookUrl
  }

  const ticket: Stage['ticket'] = id => desk.db.selectFrom('tickets').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  return {
    desk,
    x: x.control,
    graph: graph.control,
    handle: brand.username,
    pageName: page.name,
    pass: clock.advance,
    ticket,
    teammate: async (name, role, undoSeconds = 0) => {
      const [first, last] = name.split(' ')
      const email = `${first!.toLowerCase()}@heed.test`
      const id = await createTeammate(desk, { name, email, role, initials: `${first![0]}${last![0]}`, password: 'a long enough password' })
      await desk.db.updateTable('teammates').set({ undoSeconds }).where('id', '=', id).execute()
      return { id, ...(await signIn(config.publicUrl, email, 'a long enough password')) }
    },
    ticketAbout: words =>
      eventually(`a ticket about “${words}”`, async () => {
        const mention = await desk.db
          .selectFrom('mentions')
          .select('ticketId')
          .where('text', 'like', `%${words}%`)
          .where('ticketId', 'is not', null)
          .executeTakeFirst()
        return mention && ticket(mention.ticketId!)
      }),
    events: async ticketId =>
      (await desk.db.selectFrom('ticketEvents').select('kind').where('ticketId', '=', ticketId).orderBy('id').execute()).map(
        event => event.kind,
      ),
    settled: async () => {
      await x.control.pushesDelivered()
      await graph.control.pushesDelivered()
      await eventually('everything to be read and judged', async () => {
        const [deliveries, mentions] = [
          await desk.db.selectFrom('deliveries').select('id').where('status', '=', 'waiting').execute(),
          await desk.db.selectFrom('mentions').select('id').where('state', '=', 'waiting').execute(),
        ]
        return deliveries.length + mentions.length === 0
      })
    },
  }
}
