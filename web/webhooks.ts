// receiveWebhook: proves who sent it on the raw bytes, stores it sealed, and answers 200 only after the commit.
import { type Context, Hono } from 'hono'
import { v7 as newId } from 'uuid'
import { insertDeliveries, type NewDelivery } from '../db/deliveries.ts'
import type { WebDesk, WebEnv } from './env.ts'
import { groupCommit } from './group-commit.ts'
import { webhookCommits, webhooksAccepted } from './meters.ts'
import { type WebhookApp, webhookApps } from './webhook-apps.ts'
import type { RefusalCounter } from './webhook-refusals.ts'

/** Public: no session and no CSRF token, the platform's signature is the proof. */
export function webhookRoutes(desk: WebDesk, refusals: RefusalCounter): Hono<WebEnv> {
  const findApp = webhookApps(desk)
  const store = groupCommit<NewDelivery>(deliveries => insertAndRing(desk, deliveries), {
    maxItems: 500,
    maxBytes: 16 * 1024 * 1024,
    maxWaitingBytes: 256 * 1024 * 1024,
    bytesOf: delivery => delivery.body.byteLength,
    // The embedded database has one session; PostgreSQL fills the next batch while it syncs this one.
    parallel: desk.isEmbedded ? 1 : 2,
    secondAt: 100,
  })

  const routes = new Hono<WebEnv>()
  routes.get('/webhooks/:appId', async c => {
    const app = await findApp(c.req.param('appId'))
    if (!app?.connector.intake.webhook) return unknownApp(c)
    const answer = app.connector.intake.webhook.handshake(new URL(c.req.url).searchParams, app.secrets)
    if (answer) return c.body(answer.body, answer.status, { 'content-type': answer.type })
    refusals.count(app.connector.platform, 'handshake refused')
    return c.text('This handshake is not one we agreed on: check the verify token.\n', 403)
  })
  routes.post('/webhooks/:appId', c => receiveWebhook(c, findApp, refusals, store, desk))
  return routes
}

async function receiveWebhook(
  c: Context<WebEnv>,
  findApp: ReturnType<typeof webhookApps>,
  refusals: RefusalCounter,
  store: (delivery: NewDelivery) => Promise<void>,
  desk: WebDesk,
) {
  const app = await findApp(c.req.param('appId')!)
  const webhook = app?.connector.intake.webhook
  if (!app || !webhook) return unknownApp(c)
  const { platform } = app.connector
  const rawBody = await readRaw(c.req.raw, c.req.header('content-length'))
  if (!rawBody) {
    refusals.count(platform, 'too large')
    return c.text(`A webhook may have ${MAX_BODY_BYTES / 1024 / 1024} MB at most.\n`, 413)
  }
  const headers = c.req.header()
  if (!webhook.verify(rawBody, headers, app.secrets)) {
    refusals.count(platform, signatureName(headers) ? 'signature wrong' : 'signature missing')
    return c.text('The signature is missing or wrong.\n', 401)
  }
  try {
    await store(toDelivery(app, rawBody, headers, desk))
  } catch (error) {
    desk.log.error({ err: error, platform }, 'a webhook could not be stored')
    return c.text('Not stored: please send it again.\n', 500)
  }
  webhooksAccepted.inc({ platform })
  return c.body(null, 200)
}

async function insertAndRing(desk: WebDesk, deliveries: NewDelivery[]) {
  await insertDeliveries(desk.db, deliveries)
  webhookCommits.inc()
  // The 200 does not wait for the bell: a ring that is lost is rung again by the sweep.
  desk.ring({ name: 'readDeliveries' }).catch(error => desk.log.warn({ err: error }, 'the bell for new deliveries did not ring'))
}

function toDelivery(app: WebhookApp, rawBody: Uint8Array, headers: Record<string, string>, desk: WebDesk): NewDelivery {
  const signature = signatureName(headers)
  return {
    id: newId(),
    appId: app.id,
    accountId: null,
    source: 'webhook',
    headers: { 'content-type': headers['content-type'] ?? '', ...(signature ? { signature } : {}) },
    body: desk.vault.seal(rawBody),
    receivedAt: desk.now(),
  }
}

/** The name alone is kept: with the body beside it, the value would be a crib for guessing the secret. */
const signatureName = (headers: Record<string, string>) => Object.keys(headers).find(name => name.includes('signature'))

/** The bytes as they came; null: more than we take. */
async function readRaw(request: Request, length: string | undefined): Promise<Uint8Array | null> {
  if (Number(length) > MAX_BODY_BYTES) return null
  // Node lets no more through than was announced, so this needs no counting.
  if (length !== undefined) return new Uint8Array(await request.arrayBuffer())
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > MAX_BODY_BYTES) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const unknownApp = (c: Context) => c.text('No app of ours has this address: copy it again from the accounts page.\n', 404)

const MAX_BODY_BYTES = 10 * 1024 * 1024
