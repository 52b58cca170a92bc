// Which app is told what: the app's webhook with its handshake, and each page's subscription to it.
import { randomInt } from 'node:crypto'
import { Hono } from 'hono'
import { isLoopback } from '../pushes.ts'
import type { GraphEnv } from './access.ts'
import { self } from './answers.ts'
import { badParameter, graphError, noSuchObject, notPermitted } from './errors.ts'
import type { AppSubscription } from './state.ts'
import type { GraphWorld } from './world.ts'

const pageFields = [
  'feed',
  'mention',
  'messages',
  'messaging_postbacks',
  'message_echoes',
  'message_edits',
  'message_deliveries',
  'message_reads',
  'messaging_handovers',
  'message_reactions',
  'standby',
  'name',
  'picture',
  'ratings',
  'live_videos',
  'messaging_optins',
  'messaging_referrals',
]

const instagramFields = [
  'comments',
  'live_comments',
  'mentions',
  'messages',
  'messaging_postbacks',
  'messaging_seen',
  'messaging_handover',
  'messaging_referral',
  'message_reactions',
  'standby',
  'story_insights',
]

export function subscriptionRoutes(world: GraphWorld): Hono<GraphEnv> {
  const { state } = world
  const routes = new Hono<GraphEnv>()

  routes.get('/:id/subscriptions', c => {
    const { app, token } = c.get('caller')
    if (token || app.id !== c.req.param('id'))
      return graphError({ code: 15, message: '(#15) This method must be called with an app access_token.' })
    const mine = [...state.appSubscriptions.values()].filter(one => one.appId === app.id)
    return c.json({
      data: mine.map(one => ({
        object: one.object,
        callback_url: one.callbackUrl,
        active: one.active,
        fields: one.fields.map(name => ({ name, version: 'v25.0' })),
      })),
    })
  })
  routes.post('/:id/subscriptions', async c => {
    const { app, token } = c.get('caller')
    const { object, callback_url: callbackUrl = '', verify_token: verifyToken = '', fields = '' } = c.get('params')
    if (token || app.id !== c.req.param('id'))
      return graphError({ code: 15, message: '(#15) This method must be called with an app access_token.' })
    if (object !== 'page' && object !== 'instagram') return badParameter('Param object must be one of {page, instagram}')
    const known = object === 'page' ? pageFields : instagramFields
    const wanted = listOf(fields)
    const unknown = wanted.find(field => !known.includes(field))
    if (unknown) return badParameter(`Param fields[0] must be one of {${known.join(', ')}} - got "${unknown}"`)
    if (!isLoopback(callbackUrl))
      return graphError({
        code: 2200,
        message: '(#2200) Callback verification failed: this simulator calls http addresses of this machine only.',
      })
    const problem = await handshakeProblem(callbackUrl, verifyToken)
    if (problem)
      return graphError({
        code: 2200,
        message: `(#2200) Callback verification failed with the following errors: ${problem}`,
      })
    world.record({
      type: 'app subscription',
      subscription: { appId: app.id, object, callbackUrl, verifyToken, fields: wanted, active: true },
    })
    world.pushes.retryNow()
    return c.json({ success: true })
  })

  routes.get('/:id/subscribed_apps', c => {
    const { app } = c.get('caller')
    const fields = state.pageSubscriptions.get(`${app.id} ${self(c, c.req.param('id'))}`)
    return c.json({
      data: fields
        ? [
            {
              category: 'Business',
              link: 'https://example.com/',
              name: app.name,
              id: app.id,
              subscribed_fields: fields,
            },
          ]
        : [],
    })
  })
  routes.post('/:id/subscribed_apps', c => {
    const { app, token } = c.get('caller')
    const pageId = self(c, c.req.param('id'))
    if (!state.pages.has(pageId)) return noSuchObject(pageId, 'post')
    if (token?.pageId !== pageId)
      return graphError({ code: 210, message: '(#210) A page access token is required to request this resource.' })
    if (!token.scopes.includes('pages_manage_metadata'))
      return notPermitted('To subscribe to this page, your app needs the pages_manage_metadata permission.')
    const fields = listOf(c.get('params').subscribed_fields)
    const unknown = fields.find(field => !pageFields.includes(field))
    if (!fields.length || unknown)
      return badParameter(
        `Param subscribed_fields must be non-empty, one of {${pageFields.join(', ')}}${unknown ? ` - got "${unknown}"` : ''}`,
      )
    world.record({ type: 'page subscription', appId: app.id, pageId, fields })
    return c.json({ success: true })
  })
  routes.delete('/:id/subscribed_apps', c => {
    world.record({ type: 'page subscription', appId: c.get('caller').app.id, pageId: self(c, c.req.param('id')), fields: null })
    return c.json({ success: true })
  })
  return routes
}

/** Null: the receiver answered the challenge. */
export async function handshakeProblem(callbackUrl: string, verifyToken: string): Promise<string | null> {
  const challenge = String(randomInt(100_000_000, 2_000_000_000))
  const url = new URL(callbackUrl)
  url.searchParams.set('hub.mode', 'subscribe')
  url.searchParams.set('hub.challenge', challenge)
  url.searchParams.set('hub.verify_token', verifyToken)
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(10_000) })
    const body = await response.text()
    if (response.status !== 200) return `HTTP Status Code = ${response.status}`
    return body === challenge ? null : 'the challenge was not answered'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

export async function checkSubscription(subscription: AppSubscription): Promise<boolean> {
  return (await handshakeProblem(subscription.callbackUrl, subscription.verifyToken)) === null
}

/** `feed,mention`, or a JSON list. */
function listOf(text = ''): string[] {
  return text
    .replace(/[[\]"\s]/g, '')
    .split(',')
    .filter(Boolean)
}
