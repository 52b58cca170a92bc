// Asks X to push: registers our webhook for the app, and subscribes an account's activity to it. May run again any time.
import { type Line, PlatformError } from '../connector.ts'
import { callX, callXAsApp } from './call.ts'

/**
 * What is about words: said to us, by us (also in X's own app), or taken back. https://docs.x.com/x-api/activity, checked 2026-11-21.
 * Answers deeper in a thread and edits are not pushed at all, so polling goes on beside.
 */
export const EVENT_TYPES = [
  'post.mention.create',
  'post.reply.create',
  'post.quote.create',
  'post.create',
  'post.delete',
  'dm.received',
  'dm.sent',
  'chat.received',
  'oauth.revoke',
] as const

export async function onConnected(line: Line, webhookUrl: string): Promise<void> {
  const webhookId = await ensureWebhook(line, webhookUrl)
  const present = await subscribedTypes(line, webhookId)
  for (const event_type of EVENT_TYPES) {
    if (present.has(event_type) || (line.account.capabilities.dms === false && /^(dm|chat)\./.test(event_type))) continue
    await subscribe(line, {
      event_type,
      filter: { user_id: line.account.externalId },
      tag: `heed-${line.account.externalId}`,
      webhook_id: webhookId,
    })
  }
}

/** X stops pushing to a webhook that once failed its challenge, or has failed for 28 hours, and says so only here. */
export async function isSubscribed(line: Line, webhookUrl: string): Promise<'yes' | 'no' | 'never'> {
  // Without the app's own token nobody could ask X to push, and X pushes to public https addresses only.
  if (!line.secrets.bearerToken || (line.apiBase === null && !webhookUrl.startsWith('https:'))) return 'never'
  const webhook = await findWebhook(line, webhookUrl)
  if (!webhook?.valid) return 'no'
  const present = await subscribedTypes(line, webhook.id)
  const wanted = [...REQUIRED].filter(type => line.account.capabilities.dms !== false || !type.startsWith('dm.'))
  return wanted.every(type => present.has(type)) ? 'yes' : 'no'
}

/** Ours, under whatever name this machine is reached. */
export async function findWebhook(line: Line, webhookUrl: string): Promise<Webhook | undefined> {
  const { data = [] } = await callXAsApp(line, 'read', client => client.v2.get<{ data?: Webhook[] }>('webhooks'))
  const { pathname } = new URL(webhookUrl)
  return data.find(one => URL.canParse(one.url) && new URL(one.url).pathname === pathname)
}

async function ensureWebhook(line: Line, url: string): Promise<string> {
  const { data = [] } = await callXAsApp(line, 'read', client => client.v2.get<{ data?: Webhook[] }>('webhooks'))
  const known = data.find(webhook => webhook.url === url)
  if (!known) {
    const made = await callXAsApp(line, 'write', client => client.v2.post<Webhook & { data?: Webhook }>('webhooks', { url }))
    return idOf(made.data ?? made)
  }
  // X stops pushing to a webhook it finds invalid; asking it to try our challenge again is the way back.
  if (!known.valid) await callXAsApp(line, 'write', client => client.v2.put(`webhooks/${known.id}`))
  return known.id
}

async function subscribedTypes(line: Line, webhookId: string): Promise<Set<string>> {
  const types = new Set<string>()
  let pagination_token: string | undefined
  do {
    // With the account's own token X lists this account's subscriptions only.
    const page = await callX(line, 'read', client =>
      client.v2.get<{ data?: Subscription[]; meta?: { next_token?: string } }>(
        'activity/subscriptions',
        pagination_token ? { pagination_token } : {},
      ),
    )
    for (const one of page.data ?? [])
      if (one.filter?.user_id === line.account.externalId && one.webhook_id === webhookId) types.add(one.event_type)
    pagination_token = page.meta?.next_token
  } while (pagination_token)
  return types
}

/** Private events need the account's own grant, so its token asks, not the app's. */
async function subscribe(line: Line, wanted: Subscription): Promise<void> {
  try {
    await callX(line, 'write', client => client.v2.post('activity/subscriptions', wanted))
  } catch (error) {
    const code = error instanceof PlatformError ? (error.cause as { code?: number } | undefined)?.code : undefined
    // Somebody connected the same account at the same moment.
    if (code === 409) return
    // X adds and renames event types while the activity API is young: one it does not know must not cost us the others. Polling covers it.
    if (code !== 400 || REQUIRED.has(wanted.event_type)) throw error
  }
}

const REQUIRED = new Set<string>(['post.mention.create', 'dm.received'])

interface Webhook {
  id: string
  url: string
  valid: boolean
}
interface Subscription {
  event_type: string
  filter?: { user_id?: string }
  webhook_id?: string
  tag?: string
}

function idOf(webhook: Webhook): string {
  if (!webhook?.id) throw new PlatformError('unsure', 'X answered without naming the webhook: connect once more.')
  return webhook.id
}
