// Starts a real Bluesky network on this machine: PostgreSQL, the directory of DIDs, the AppView, and a PDS that can be killed.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { freePort, startPostgres } from '../../../test/servers.ts'

/** What a test is told of the network. */
export interface Network {
  pdsUrl: string
  pdsPort: number
  appViewUrl: string
  plcUrl: string
  /** Requests with this in `x-ratelimit-bypass` count towards no limit: customers', never Heed's. */
  bypassKey: string
  /** What the PDS signs sessions with. */
  jwtSecret: string
  /** POST /kill ends the PDS as a power cut would, POST /start starts it again over the same data. */
  controlUrl: string
}
export interface AppViewSettings {
  port: number
  pdsPort: number
  databaseUrl: string
}
export interface PdsSettings {
  port: number
  folder: string
  plcUrl: string
  appViewUrl: string
  appViewDid: string
  bypassKey: string
  jwtSecret: string
}

export async function startNetwork(): Promise<{ network: Network; stop: () => Promise<void> }> {
  const closers: (() => unknown)[] = []
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close()
  }
  try {
    const folder = mkdtempSync(join(tmpdir(), 'heed-pds-'))
    closers.push(() => rmSync(folder, { recursive: true, force: true }))
    mkdirSync(join(folder, 'data'))
    const postgres = await startPostgres()
    closers.push(postgres.stop)
    const pdsPort = await freePort()
    const appView = await startProcess('app-view.ts', {
      port: await freePort(),
      pdsPort,
      databaseUrl: postgres.url,
    } satisfies AppViewSettings)
    closers.push(appView.kill)
    const found = JSON.parse(appView.said) as Pick<PdsSettings, 'plcUrl' | 'appViewUrl' | 'appViewDid'>
    const known = { bypassKey: 'customers of this suite', jwtSecret: 'a secret of this suite' }
    const startPds = () => startProcess('pds.ts', { ...found, ...known, port: pdsPort, folder } satisfies PdsSettings)
    let pds = await startPds()
    closers.push(() => pds.kill())
    const control = await listen(async path => {
      if (path === '/kill') await pds.kill()
      else if (path === '/start') pds = await startPds()
      else throw new Error(`the network has no ${path}`)
    })
    closers.push(control.close)
    return { stop, network: { ...found, ...known, pdsPort, pdsUrl: `http://127.0.0.1:${pdsPort}`, controlUrl: control.url } }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Comes back with the first line it prints. */
async function startProcess(file: string, settings: object): Promise<{ said: string; kill: () => Promise<void> }> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, file), JSON.stringify(settings)], {
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', LOG_ENABLED: process.env.BLUESKY_LOG ?? 'false' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let complaints = ''
  child.stderr.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk).slice(-4000)
    if (process.env.BLUESKY_LOG) process.stderr.write(chunk)
  })
  const end = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })
  const said = await Promise.race([once(lines, 'line').then(([line]) => line as string), end.then(() => null)])
  if (said === null) throw new Error(`${file} ended (${child.exitCode ?? child.signalCode}):\n${complaints}`)
  if (process.env.BLUESKY_LOG) lines.on('line', line => process.stderr.write(`${line}\n`))
  let isWanted = true
  child.once('exit', (code, signal) => {
    if (isWanted) console.error(`${file} ended by itself (${code ?? signal}):\n${complaints}`)
  })
  const kill = async () => {
    isWanted = false
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await end
  }
  return { said, kill }
}

async function listen(obey: (path: string) => Promise<void>): Promise<{ url: string; close: () => Promise<unknown> }> {
  const server = createServer((request, response) => {
    obey(request.url!).then(
      () => response.end(),
      error => response.writeHead(500).end(String(error)),
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
