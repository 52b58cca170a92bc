// The directory of DIDs, the AppView and what it lives on, as one process: prints where they are. Started by start.ts.
import './on-loopback.ts'
import { mockResolvers, TestBsky, TestBsync, TestPlc } from '@atproto/dev-env'
import type { AppViewSettings } from './start.ts'

const { port, pdsPort, databaseUrl } = JSON.parse(process.argv[2]!) as AppViewSettings
const pdsUrl = `http://localhost:${pdsPort}`
const plc = await TestPlc.create({})
const bsync = await TestBsync.create({ apiKeys: ['bsync-api-key'], dbUrl: databaseUrl, dbSchema: 'bsync' })
const appView = await TestBsky.create({
  plcUrl: plc.url,
  pdsPort,
  port,
  // Where its picture links point.
  publicUrl: `http://localhost:${port}`,
  bsyncUrl: bsync.url,
  bsyncApiKey: 'bsync-api-key',
  repoProvider: `ws://localhost:${pdsPort}`,
  dbPostgresUrl: databaseUrl,
  dbPostgresSchema: 'appview',
  labelsFromIssuerDids: [],
  // Its types ask for a Redis; it lives without.
} as unknown as Parameters<typeof TestBsky.create>[0])
// Handles end in .test, which no DNS knows: whose they are is asked of the PDS, by its own well-known address.
const pds = { url: pdsUrl, port: pdsPort, ctx: { cfg: { service: { publicUrl: pdsUrl }, identity: { serviceHandleDomains: ['.test'] } } } }
for (const { idResolver } of [appView.ctx, appView.dataplane]) mockResolvers(idResolver as never, pds as never)
console.log(JSON.stringify({ plcUrl: plc.url, appViewUrl: appView.url, appViewDid: appView.serverDid }))
