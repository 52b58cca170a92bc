// Starts an anchor that is a small HTTP server of its own process.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { freePort } from '../../test/servers.ts'
import { answers, diesWithUs, ended, webhookSecret } from '../product.ts'

export interface AnchorServer {
  port: number
  pid: number
  stop: () => Promise<void>
}

export async function startAnchor(name: 'hmac-server' | 'single-insert', databaseUrl?: string): Promise<AnchorServer> {
  const port = await freePort()
  const env = { PATH: process.env.PATH, PORT: String(port), SECRET: webhookSecret, ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}) }
  const child = spawn(process.execPath, [join(import.meta.dirname, `${name}.js`)], {
    env: env as NodeJS.ProcessEnv,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  diesWithUs(child)
  await answers(port, '/')
  return { port, pid: child.pid!, stop: () => ended(child) }
}
