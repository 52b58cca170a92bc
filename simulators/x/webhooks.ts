// X's webhooks with their CRC, and the Activity API's subscriptions that push to them.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { Hono } from 'hono'
import { isLoopback } from '../pushes.ts'
import { timeOfSnowflake } from '../snowflake.ts'
import { access, type Caller } from './access.ts'
import { activityEventTypes } from './activity.ts'
import { readJson } from './posts.ts'
import { clientForbidden, forbidden, invalidRequest, problem } from './problems.ts'
import type { XSubscription, XWebhook } from './state.ts'
import type { XWorld } from './world.ts'

export function webhookRoutes(world: XWorld): Hono<{ Variables: { caller: Caller } }> {
  const { state } = world
  const routes = new Hono<{ Variables: { caller: Caller } }>()

  routes.get('/2/webhooks', access(world, 'GET /2/webhooks', 'app'), c => {
    const mine = [...state.webhooks.values()].filter(webhook => webhook.appId === c.get('caller').app.id)
    return c.json({ ...(mine.length ? { data: mine.map(renderWebhook) } : {}), meta: { result_count: mine.length } })
  })
  routes.post('/2/webhooks', access(world, 'POST /2/webhooks', 'app'), async c => {
    const { app } = c.get('caller')
    const body = await readJson(c.req.raw)
    if (body instanceof Response) return body
    const { url = '' } = body as { url?: string }
    if (!isLoopback(url))
      return invalidRequest('UrlValidationFailed: this simulator calls http addresses of this machine only.', {
        url: [url],
      })
    if ([...state.webhooks.values()].some(webhook => webhook.appId === app.id && webhook.url === url)) {
      return invalidRequest('DuplicateUrlFailed: this url is already registered.', { url: [url] })
    }
    if (!(await answersCrc(url, app.consumerSecret)))
      return invalidRequest('CrcValidationFailed: the CRC check of this url failed.', { url: [url] })
    const webhook: XWebhook = {
      id: world.ids.next(world.clock.now()),
      appId: app.id,
      url,
      valid: true,
      createdAt: world.clock.now(),
    }
    world.record({ type: 'webhook', webhook })
    return c.json(renderWebhook(webhook))
  })
  routes.post('/2/webhooks/replay', access(world, 'POST /2/webhooks/replay', 'app'), async c => {
    const { app } = c.get('caller')
    const body = await readJson(c.req.raw)
    if (body instanceof Response) return body
    if (state.notes.get('replay') === 'no') return clientForbidden(app.id)
    const { webhook_id: webhookId = '', from_date: from = '', to_date: to = '' } = body as Record<string, string>
    const webhook = state.webhooks.get(webhookId)
    if (webhook?.appId !== app.id) return invalidRequest('WebhookIdInvalid: there is no such webhook.', { webhook_id: [webhookId] })
    const [fromMs, toMs] = [minuteIn(from), minuteIn(to)]
    const now = world.clock.now()
    if (fromMs === null || toMs === null || fromMs > toMs || toMs > now || fromMs < now - DAY_MS - MINUTE_MS)
      return invalidRequest('from_date and to_date must be yyyymmddhhmm, in that order, within the last 24 hours.')
    const createdAt = new Date(now)
    const again = state.pushedLately.filter(
      one => one.lane === webhookId && timeOfSnowflake(one.id) >= fromMs && timeOfSnowflake(one.id) < toMs + MINUTE_MS,
    )
    for (const { lane, content } of again) {
      const push = { id: world.ids.next(now), lane, content }
      world.record({ type: 'push', ...push, again: true })
      world.pushes.add(push)
    }
    return c.json({ job_id: world.ids.next(now), created_at: createdAt.toISOString() })
  })
  routes.put('/2/webhooks/:id', access(world, 'PUT /2/webhooks', 'app'), async c => {
    const webhook = state.webhooks.get(c.req.param('id'))
    if (!webhook || webhook.appId !== c.get('caller').app.id) return invalidRequest('WebhookIdInvalid: there is no such webhook.')
    await checkWebhook(world, webhook)
    return c.json({ data: { attempted: true } })
  })
  routes.delete('/2/webhooks/:id', access(world, 'DELETE /2/webhooks', 'app'), c => {
    const webhook = state.webhooks.get(c.req.param('id'))
    if (!webhook || webhook.appId !== c.get('caller').app.id) return invalidRequest('WebhookIdInvalid: there is no such webhook.')
    world.record({ type: 'webhook gone', id: webhook.id })
    return c.json({ data: { deleted: true } })
  })

  const subscriptionsOf = (appId: string) => [...state.subscriptions.values()].filter(one => one.appId === appId)
  routes.get('/2/activity/subscriptions', access(world, 'GET /2/activity/subscriptions', 'both'), c => {
    const { app, user } = c.get('caller')
    // With an account's token: its own only.
    const mine = subscriptionsOf(app.id).filter(one => !user || one.userId === user.id)
    return c.json({ data: mine.map(renderSubscription), meta: { result_count: mine.length } })
  })
  routes.post('/2/activity/subscriptions', access(world, 'POST /2/activity/subscriptions', 'both'), async c => {
    const { app, user } = c.get('caller')
    const body = await readJson(c.req.raw)
    if (body instanceof Response) return body
    const { event_type: eventType = '', filter, tag, webhook_id: webhookId } = body as SubscriptionBody
    const userId = filter?.user_id ?? ''
    if (!(activityEventTypes as readonly string[]).includes(eventType))
      return invalidRequest(`event_type [${eventType}] is not known`, { event_type: [eventType] })
    if (!state.users.has(userId)) return invalidRequest(`filter.user_id [${userId}] is not known`, { 'filter.user_id': [userId] })
    if (webhookId && state.webhooks.get(webhookId)?.appId !== app.id)
      return invalidRequest('WebhookIdInvalid: there is no such webhook.', { webhook_id: [webhookId] })
    const granted = [...state.grants.values()].some(grant => grant.appId === app.id && grant.userId === userId)
    if (isPrivate(eventType) && !granted && user?.id !== userId)
      return forbidden(`User ${userId} has not authorized this app to receive ${eventType}.`)
    if (
      subscriptionsOf(app.id).some(one => one.eventType === eventType && one.userId === userId && one.webhookId === (webhookId ?? null))
    ) {
      return problem(409, {
        title: 'Conflict',
        detail: 'DuplicateSubscriptionFailed: this subscription exists.',
        type: 'https://api.x.com/2/problems/conflict',
        status: 409,
      })
    }
    const subscription: XSubscription = {
      id: world.ids.next(world.clock.now()),
      appId: app.id,
      eventType,
      userId,
      tag: tag ?? null,
      webhookId: webhookId ?? null,
      createdAt: world.clock.now(),
    }
    world.record({ type: 'subscription', subscription })
    const total = subscriptionsOf(app.id).length
    return c.json({
      data: { subscription: renderSubscription(subscription), total_subscriptions_for_instance_id: total },
      meta: { total_subscriptions: total },
    })
  })
  routes.put('/2/activity/subscriptions/:id', access(world, 'PUT /2/activity/subscriptions', 'both'), async c => {
    const subscription = state.subscriptions.get(c.req.param('id'))
    const { app } = c.get('caller')
    if (subscription?.appId !== app.id) return invalidRequest('There is no such subscription.')
    const body = await readJson(c.req.raw)
    if (body instanceof Response) return body
    const { tag, webhook_id: webhookId } = body as SubscriptionBody
    if (webhookId && state.webhooks.get(webhookId)?.appId !== app.id)
      return invalidRequest('WebhookIdInvalid: there is no such webhook.', { webhook_id: [webhookId] })
    const changed = { ...subscription, tag: tag ?? subscription.tag, webhookId: webhookId ?? subscription.webhookId }
    world.record({ type: 'subscription', subscription: changed })
    return c.json({
      data: { subscription: renderSubscription(changed), total_subscriptions: subscriptionsOf(app.id).length },
    })
  })
  const unsubscribe = (appId: string, ids: string[]) => {
    for (const id of ids) if (state.subscriptions.get(id)?.appId === appId) world.record({ type: 'subscription gone', id })
    return { data: { deleted: true }, meta: { total_subscriptions: subscriptionsOf(appId).length } }
  }
  routes.delete('/2/activity/subscriptions/:id', access(world, 'DELETE /2/activity/subscriptions', 'both'), c =>
    c.json(unsubscribe(c.get('caller').app.id, [c.req.param('id')])),
  )
  routes.delete('/2/activity/subscriptions', access(world, 'DELETE /2/activity/subscriptions', 'both'), c =>
    c.json(unsubscribe(c.get('caller').app.id, (c.req.query('ids') ?? '').split(','))),
  )
  return routes
}

/** yyyymmddhhmm in UTC; null: it is none. */
function minuteIn(text: string): number | null {
  const parts = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(text)?.slice(1).map(Number)
  return parts ? Date.UTC(parts[0]!, parts[1]! - 1, parts[2]!, parts[3]!, parts[4]!) : null
}
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

interface SubscriptionBody {
  event_type?: string
  filter?: { user_id?: string }
  tag?: string
  webhook_id?: string
}

/** Calls the webhook as X does every so often; a wrong answer makes it invalid and its pushes wait. */
export async function checkWebhook(world: XWorld, webhook: XWebhook): Promise<boolean> {
  const app = world.state.apps.get(webhook.appId)
  const valid = app !== undefined && (await answersCrc(webhook.url, app.consumerSecret))
  if (valid !== webhook.valid) world.record({ type: 'webhook', webhook: { ...webhook, valid } })
  if (valid) world.pushes.retryNow()
  return valid
}

export async function answersCrc(url: string, consumerSecret: string): Promise<boolean> {
  const token = randomBytes(24).toString('base64url')
  const expected = `sha256=${createHmac('sha256', consumerSecret).update(token).digest('base64')}`
  const asked = new URL(url)
  asked.searchParams.set('crc_token', token)
  asked.searchParams.set('nonce', randomBytes(16).toString('base64url'))
  try {
    const response = await fetch(asked, { redirect: 'error', signal: AbortSignal.timeout(10_000) })
    const answer = Buffer.from(String(((await response.json()) as { response_token?: string }).response_token ?? ''))
    return response.status === 200 && answer.length === expected.length && timingSafeEqual(answer, Buffer.from(expected))
  } catch {
    // Not reachable, redirected, or no JSON: to X each of them is a failed check.
    return false
  }
}

function isPrivate(eventType: string): boolean {
  return /^(dm|chat)\./.test(eventType)
}

function renderWebhook(webhook: XWebhook): object {
  return {
    id: webhook.id,
    url: webhook.url,
    valid: webhook.valid,
    created_at: new Date(webhook.createdAt).toISOString(),
  }
}

function renderSubscription(subscription: XSubscription): object {
  const at = new Date(subscription.createdAt).toISOString()
  return {
    subscription_id: subscription.id,
    event_type: subscription.eventType,
    filter: { user_id: subscription.userId },
    ...(subscription.tag ? { tag: subscription.tag } : {}),
    ...(subscription.webhookId ? { webhook_id: subscription.webhookId } : {}),
    created_at: at,
    updated_at: at,
  }
}
