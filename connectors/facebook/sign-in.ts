// Facebook Login: from the operator's consent to the pages they may connect, each with a token that lasts.
// developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow and …/access-tokens/get-long-lived (checked 2026-11-21).
import type { ConnectableAccount, Line, Secrets, SignIn } from '../connector.ts'
import { PlatformError } from '../connector.ts'
import { GRAPH_VERSION, type GraphParams, graphClient } from './graph-client.ts'
import { GraphError } from './graph-error.ts'
import { pageGraph, step } from './page-graph.ts'
import { idOf, isObject, type JsonObject, listOf, maybeText } from './shape.ts'
import { walk } from './walk.ts'

const scopes = [
  'pages_show_list',
  'pages_manage_metadata',
  'pages_read_engagement',
  'pages_read_user_content',
  'pages_manage_engagement',
  'pages_manage_posts',
  'pages_messaging',
] as const

export const signIn: SignIn = {
  scopes,
  authorizeUrl: ({ app, apiBase, redirectUri, state }) => {
    const query = new URLSearchParams({
      client_id: need(app, 'appId'),
      redirect_uri: redirectUri,
      state,
      response_type: 'code',
      scope: scopes.join(','),
    })
    return `${apiBase ?? 'https://www.facebook.com'}/${GRAPH_VERSION}/dialog/oauth?${query}`
  },
  finish: async ({ app, apiBase, redirectUri, code }) => {
    const client = { client_id: need(app, 'appId'), client_secret: need(app, 'appSecret') }
    const short = await tokenFor(apiBase, { ...client, redirect_uri: redirectUri, code })
    // A page token made from the short one would die with it within hours; from the long one it does not run out.
    const long = await tokenFor(apiBase, { ...client, grant_type: 'fb_exchange_token', fb_exchange_token: short })
    return pagesOf(long, app, apiBase)
  },
}

async function tokenFor(base: string | null, params: GraphParams): Promise<string> {
  const { body } = await graphClient
    .call({ token: null, appSecret: null, base, method: 'get', path: 'oauth/access_token', params })
    .catch((error: unknown) => {
      // Here, and only here, code 1 means a wrong app secret.
      if (!(error instanceof GraphError && error.code === 1)) throw error
      throw new PlatformError('refused', `Facebook does not accept the app's ID and secret. ${error.message}`, undefined, { cause: error })
    })
  const token = maybeText(body.access_token)
  if (!token) throw new PlatformError('refused', 'Facebook gave no token for this sign-in: start it again.')
  return token
}

async function pagesOf(token: string, app: Secrets, apiBase: string | null): Promise<ConnectableAccount[]> {
  const graph = pageGraph({ secrets: { ...app, pageToken: token }, apiBase, now: () => new Date() })
  const pages: ConnectableAccount[] = []
  for await (const { items } of walk(graph, 'me/accounts', { fields: 'id,name,username,access_token', limit: 100 })) {
    pages.push(...items.flatMap(page => connectable(page, app)))
  }
  if (pages.length === 0)
    throw new PlatformError('refused', 'Facebook named no page: choose at least one in the sign-in, as somebody who manages it.')
  return pages
}

/** A page without a token is one whose role does not allow us anything. */
function connectable(page: JsonObject, app: Secrets): ConnectableAccount[] {
  const pageToken = maybeText(page.access_token)
  if (!pageToken) return []
  return [{ ...whoIs(page), secrets: { pageToken }, tokenExpiresAt: null, capabilities: capabilitiesOf(app) }]
}

/** Asks for a page's field too, so that a person's token pasted by mistake is told apart. */
export async function whoAmI(line: Pick<Line, 'secrets' | 'apiBase' | 'now'>) {
  try {
    const { body } = await pageGraph(line).get('me', { fields: 'id,name,username,category' })
    return { ...whoIs(body), capabilities: capabilitiesOf(line.secrets) }
  } catch (error) {
    if (!(error instanceof GraphError && error.code === 100 && error.subcode !== 33)) throw error
    throw new PlatformError('refused', `This is not a page's token, perhaps a person's. ${error.message}`, undefined, {
      cause: error,
    })
  }
}

/** Meta tells us of a page only once our app has a webhook and the page subscribed the app. Doing it twice changes nothing. */
export async function onConnected(line: Line, webhookUrl: string): Promise<void> {
  await setWebhook(line, webhookUrl)
  const { body } = await pageGraph(line).post(`${step(line.account.externalId)}/subscribed_apps`, {
    subscribed_fields: SUBSCRIBED_FIELDS,
  })
  if (body.success !== true) throw new PlatformError('refused', 'Facebook did not subscribe our app to the page.')
}

/** Meta calls public https addresses only; elsewhere polling must do. A webhook the operator set by hand is left as it is. */
async function setWebhook(line: Line, webhookUrl: string): Promise<void> {
  const { appId, appSecret, verifyToken } = line.secrets
  if (!appId || !appSecret || !verifyToken || (line.apiBase === null && !webhookUrl.startsWith('https:'))) return
  const app = { token: `${appId}|${appSecret}`, appSecret, base: line.apiBase, path: `${step(appId)}/subscriptions` }
  const { body } = await graphClient.call({ ...app, method: 'get' })
  if (listOf(body.data, 'subscriptions.data').some(one => isObject(one) && one.object === 'page')) return
  const params = {
    object: 'page',
    callback_url: webhookUrl,
    verify_token: verifyToken,
    fields: SUBSCRIBED_FIELDS,
    include_values: true,
  }
  await graphClient.call({ ...app, method: 'post', params })
}

const SUBSCRIBED_FIELDS = 'feed,mention,messages,messaging_postbacks,message_echoes,message_edits'

function whoIs(page: JsonObject): { externalId: string; handle: string; name: string } {
  const externalId = idOf(page.id, 'page.id')
  const name = maybeText(page.name) ?? externalId
  return { externalId, handle: maybeText(page.username) ?? name, name }
}

/** Meta names the feature nowhere in its API, so the operator says whether the app has it. */
function capabilitiesOf(secrets: Secrets): Record<string, boolean> {
  return { humanAgent: /^(yes|true|1)$/i.test(secrets.humanAgent ?? '') }
}

function need(app: Secrets, name: string): string {
  const value = app[name]
  if (!value) throw new PlatformError('refused', `The Facebook app has no ${name}: add it first.`)
  return value
}
