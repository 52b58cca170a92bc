// The web process: pages, webhooks and live events over HTTP.
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { type Config, readConfig } from '../config.ts'
import type { Demo } from '../demo.ts'
import { type OpenDesk, openDesk, startProcess, stopOnSignal } from '../open-desk.ts'
import { SAY_EVERY_MS, sayAwake } from '../triage/awake.ts'
import { buildApp } from './app.ts'
import { openAuth } from './auth.ts'
import type { WebDesk } from './env.ts'
import { createFirstAdmin, storeStarterTemplates } from './first-start.ts'
import { refusalCounter } from './webhook-refusals.ts'

/** Listens, and answers with the port it got. `demo` is asked each time: it starts after us, and may be removed. */
export async function startWeb(
  opened: OpenDesk,
  config: Config,
  demo: () => Demo | null = () => null,
): Promise<{ port: number; close: () => Promise<void> }> {
  const { desk, doorbell, live, database } = opened
  const webDesk: WebDesk = {
    ...desk,
    config,
    live,
    auth: openAuth({ ...desk, config }),
    queueCounts: doorbell.counts,
    prometheus: doorbell.prometheus,
    isEmbedded: database.isEmbedded,
    get demo() {
      return demo() ?? undefined
    },
  }
  const refusals = refusalCounter(webDesk)
  const app = buildApp(webDesk, refusals)
  const { promise, resolve, reject } = Promise.withResolvers<AddressInfo>()
  const server = serve({ fetch: app.fetch, port: config.port, hostname: config.host }, resolve)
  server.on('error', (error: NodeJS.ErrnoException) =>
    reject(
      error.code === 'EADDRINUSE' ? new Error(`PORT ${config.port} is in use: stop what listens there, or set PORT to another`) : error,
    ),
  )
  const { port } = await promise
  const saying = await keepSayingAwake(desk)
  return {
    port,
    close: async () => {
      clearInterval(saying)
      await new Promise<void>((done, failed) => {
        server.close(error => (error ? failed(error) : done()))
        // Live events never end by themselves; webhooks under way get their answer first.
        setTimeout(() => 'closeAllConnections' in server && server.closeAllConnections(), 1_000).unref()
      })
      await refusals.flush()
    },
  }
}

/** What was pushed while nobody said so was taken by nobody. */
async function keepSayingAwake(desk: OpenDesk['desk']) {
  const say = () =>
    sayAwake(desk).catch(error => desk.log.error({ err: error }, 'could not say that somebody is here to take what is pushed'))
  await say()
  return setInterval(say, SAY_EVERY_MS).unref()
}

if (import.meta.main)
  startProcess(async () => {
    const config = readConfig(process.env)
    const opened = await openDesk(config, 'web')
    await storeStarterTemplates(opened.desk)
    const admin = await createFirstAdmin(opened.desk)
    if (admin) console.log(`First start: sign in as ${admin.email} with the password ${admin.password} (shown this once)`)
    const web = await startWeb(opened, config)
    stopOnSignal(async () => {
      await web.close()
      await opened.close()
    }, opened.desk.log)
    opened.desk.log.info({ port: web.port }, 'web started')
  })
