// Keeps each app's opened secrets for a few seconds, so that a webhook costs no query and no decryption.
import type { Connector, Secrets } from '../connectors/connector.ts'
import { findPlatformApp } from '../db/accounts.ts'
import type { Id } from '../domain.ts'
import { openSecrets } from '../line.ts'
import type { WebDesk } from './env.ts'

export interface WebhookApp {
  id: Id
  secrets: Secrets
  connector: Connector
}

/** Undefined: no such app. What another process changed is seen after KEPT_MS at the latest, and sooner when it tells. */
export function webhookApps(desk: WebDesk): (id: string) => Promise<WebhookApp | undefined> {
  const kept = new Map<string, { until: number; app: Promise<WebhookApp | undefined> }>()
  desk.live.hear(changes => {
    if (changes.some(change => change.topic === 'account')) kept.clear()
  })
  return id => {
    if (!UUID.test(id)) return NOBODY
    const held = kept.get(id)
    if (held && held.until > performance.now()) return held.app
    // Made-up ids must not fill the memory.
    if (kept.size >= MAX_KEPT) kept.clear()
    const app = load(desk, id)
    kept.set(id, { until: performance.now() + KEPT_MS, app })
    app.catch(() => kept.delete(id))
    return app
  }
}

async function load(desk: WebDesk, id: Id): Promise<WebhookApp | undefined> {
  const row = await findPlatformApp(desk.db, id)
  return row && { id: row.id, secrets: openSecrets(desk.vault, row.secrets), connector: desk.connectorFor(row.platform) }
}

const KEPT_MS = 5_000
const MAX_KEPT = 1_000
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const NOBODY = Promise.resolve(undefined)
