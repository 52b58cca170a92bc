// The demo: two simulated platforms with invented customers, connected like real accounts; on the embedded default only.
import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { v7 as newId } from 'uuid'
import type { ConnectableAccount, Secrets } from './connectors/connector.ts'
import { insertPlatformApp, listAccounts, listPlatformApps, storeConnected, updatePlatformApp } from './db/accounts.ts'
import { removeDemoRows } from './db/demo-rows.ts'
import { findSetting, saveSetting } from './db/settings.ts'
import type { Desk } from './desk.ts'
import type { Platform } from './domain.ts'
import { openLine, openSecrets, sealSecrets } from './line.ts'
import { createDemoWorld, playDemoStory } from './simulators/demo-story.ts'
import { startGraphSimulator } from './simulators/graph/start.ts'
import { startXSimulator } from './simulators/x/start.ts'

export interface Demo {
  /** The public timelines, where one can write as a customer. */
  links: { label: string; url: string }[]
  /** Stops the simulators and removes every row that carries the demo's mark. */
  remove: () => Promise<void>
  stop: () => Promise<void>
}

/** Null where it must not run: a real account is connected, or somebody removed it. `webUrl`: where the simulators push to. */
export async function startDemo(desk: Desk, where: { dataDir: string; port: number; webUrl: string }): Promise<Demo | null> {
  const accounts = await listAccounts(desk.db)
  if (accounts.some(account => !account.isDemo) || (await findSetting(desk.db, 'demo')) === 'removed') return null

  const journalDir = join(where.dataDir, 'demo')
  const x = await startOn(where.port && where.port + 1, port => startXSimulator({ port, journalDir: join(journalDir, 'x') }))
  const graph = await startOn(where.port && where.port + 2, port => startGraphSimulator({ port, journalDir: join(journalDir, 'graph') }))
  const world = createDemoWorld(x, graph)
  const { app, brand } = world.x
  const { app: metaApp, page } = world.graph

  await connect(desk, where.webUrl, {
    // The demo's own platforms, each on its simulator.
    platform: 'x',
    label: 'Demo app on the simulated X',
    apiBase: x.url,
    appSecrets: {
      clientId: app.clientId,
      clientSecret: app.clientSecret,
      consumerSecret: app.consumerSecret,
      bearerToken: app.bearerToken,
    },
    account: () => {
      const tokens = x.control.issueTokens({ app: app.id, account: brand.id })
      const secrets = {
        accessToken: tokens.accessToken,
        refreshToken: tokens.refreshToken,
        accessTokenExpiresAt: new Date(tokens.expiresAt).toISOString(),
      }
      return {
        externalId: brand.id,
        handle: brand.username,
        name: brand.name,
        secrets,
        tokenExpiresAt: new Date(tokens.expiresAt),
        capabilities: { tier: 'self-serve', dms: true },
      }
    },
  })
  const meta = await connect(desk, where.webUrl, {
    platform: 'facebook',
    label: 'Demo app on the simulated Facebook',
    apiBase: graph.url,
    appSecrets: { appId: metaApp.id, appSecret: metaApp.secret, verifyToken: randomBytes(16).toString('hex') },
    account: () => {
      const { pageToken } = graph.control.issueTokens({ app: metaApp.id, page: page.id })
      return {
        externalId: page.id,
        handle: page.username,
        name: page.name,
        secrets: { pageToken },
        tokenExpiresAt: null,
        capabilities: { humanAgent: true },
      }
    },
  })
  // An operator does this by hand in Meta's console: the app's own webhook.
  await graph.control.setWebhook({ app: metaApp.id, url: meta.webhookUrl, verifyToken: meta.appSecrets.verifyToken!, pages: [] })
  const story = playDemoStory(x, graph, { onError: error => desk.log.error({ err: error }, 'demo story') })

  let stopped: Promise<unknown> | undefined
  const stop = async () => {
    story.stop()
    stopped ??= Promise.all([x.stop(), graph.stop()])
    await stopped
  }
  return {
    links: [
      { label: 'X', url: x.url },
      { label: 'Facebook', url: graph.url },
    ],
    stop,
    async remove() {
      await saveSetting(desk.db, 'demo', 'removed', desk.now())
      await stop()
      await desk.db.transaction().execute(removeDemoRows)
      await rm(journalDir, { recursive: true, force: true })
      desk.live.tell({ topic: 'queue' })
    },
  }
}

interface DemoAccount {
  platform: Platform
  label: string
  apiBase: string
  appSecrets: Secrets
  /** Makes tokens: called only when there is none that lives. */
  account: () => ConnectableAccount
}

/** Connects as a person would, by the connector's own `onConnected`; on a later start only the simulator's new address is written down. */
async function connect(desk: Desk, webUrl: string, demo: DemoAccount): Promise<{ webhookUrl: string; appSecrets: Secrets }> {
  const known = (await listPlatformApps(desk.db)).find(app => app.isDemo && app.platform === demo.platform)
  const appId = known?.id ?? newId()
  // The simulator's secrets win, but for the verify token: that is of our own making, and the stored one goes on.
  const { verifyToken } = known ? openSecrets(desk.vault, known.secrets) : demo.appSecrets
  const appSecrets = { ...demo.appSecrets, ...(verifyToken ? { verifyToken } : {}) }
  const secrets = sealSecrets(desk.vault, appSecrets)
  if (known) await updatePlatformApp(desk.db, appId, { apiBase: demo.apiBase, secrets })
  else
    await insertPlatformApp(desk.db, {
      id: appId,
      platform: demo.platform,
      label: demo.label,
      apiBase: demo.apiBase,
      secrets,
      isDemo: true,
    })

  const accounts = await listAccounts(desk.db)
  let account = accounts.find(a => a.appId === appId)
  if (!account) {
    const given = demo.account()
    // Connected "two days ago": the story's first lines are of today, and are not history read back.
    const at = new Date(desk.now().getTime() - 2 * 86_400_000)
    account = (
      await storeConnected(desk.db, {
        ...given,
        id: newId(),
        appId,
        platform: demo.platform,
        isDemo: true,
        at,
        secrets: sealSecrets(desk.vault, given.secrets),
      })
    ).account
  }
  const webhookUrl = `${webUrl}/webhooks/${appId}`
  await desk.connectorFor(demo.platform).onConnected?.(await openLine(desk, account.id), webhookUrl)
  return { webhookUrl, appSecrets }
}

/** The neighbouring port, so that its address is easy to guess and stays; else any free one. */
async function startOn<T>(port: number, start: (port: number) => Promise<T>): Promise<T> {
  try {
    return await start(port)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    return start(0)
  }
}
