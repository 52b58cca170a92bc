// Facebook Login, for all that stands behind a page: from the operator's consent to what may be connected, each with a token that lasts.
// developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow and …/access-tokens/get-long-lived (checked 2026-11-21).
import type { ConnectableAccount, Secrets, SignIn } from '../connector.ts'
import { PlatformError } from '../connector.ts'
import { GRAPH_VERSION, type GraphParams, graphClient } from './graph-client.ts'
import { GraphError } from './graph-error.ts'
import { pageGraph } from './page-graph.ts'
import type { Product } from './product.ts'
import { type JsonObject, maybeText } from './shape.ts'
import { walk } from './walk.ts'

export interface Behind {
  product: Product
  scopes: readonly string[]
  /** Of each page. */
  fields: string
  /** What this page offers; null: nothing to connect. */
  whoIs: (page: JsonObject) => { externalId: string; handle: string; name: string } | null
  /** Said when no page offers anything. */
  nothing: string
}

export function facebookLogin(behind: Behind): SignIn {
  return {
    scopes: behind.scopes,
    authorizeUrl: ({ app, apiBase, redirectUri, state }) => {
      const query = new URLSearchParams({
        client_id: need(app, 'appId'),
        redirect_uri: redirectUri,
        state,
        response_type: 'code',
        scope: behind.scopes.join(','),
      })
      return `${apiBase ?? 'https://www.facebook.com'}/${GRAPH_VERSION}/dialog/oauth?${query}`
    },
    finish: async ({ app, apiBase, redirectUri, code }) => {
      const client = { client_id: need(app, 'appId'), client_secret: need(app, 'appSecret') }
      const short = await tokenFor(apiBase, { ...client, redirect_uri: redirectUri, code })
      // A page token made from the short one would die with it within hours; from the long one it does not run out.
      const long = await tokenFor(apiBase, { ...client, grant_type: 'fb_exchange_token', fb_exchange_token: short })
      return behindPagesOf(behind, long, app, apiBase)
    },
  }
}

async function tokenFor(base: string | null, params: GraphParams): Promise<string> {
  const { body } = await graphClient
    .call({ token: null, appSecret: null, base, product: 'Facebook', method: 'get', path: 'oauth/access_token', params })
    .catch((error: unknown) => {
      // Here, and only here, code 1 means a wrong app secret.
      if (!(error instanceof GraphError && error.code === 1)) throw error
      throw new PlatformError('refused', `Facebook does not accept the app's ID and secret. ${error.message}`, undefined, { cause: error })
    })
  const token = maybeText(body.access_token)
  if (!token) throw new PlatformError('refused', 'Facebook gave no token for this sign-in: start it again.')
  return token
}

async function behindPagesOf(
  { product, fields, whoIs, nothing }: Behind,
  token: string,
  app: Secrets,
  apiBase: string | null,
): Promise<ConnectableAccount[]> {
  const graph = pageGraph({ secrets: { ...app, pageToken: token }, apiBase, now: () => new Date() }, product)
  const found: ConnectableAccount[] = []
  for await (const { items } of walk(graph, 'me/accounts', { fields: `${fields},access_token`, limit: 100 })) {
    for (const page of items) {
      // A page without a token is one whose role does not allow us anything.
      const pageToken = maybeText(page.access_token)
      const who = pageToken ? whoIs(page) : null
      if (pageToken && who) found.push({ ...who, secrets: { pageToken }, tokenExpiresAt: null, capabilities: capabilitiesOf(app) })
    }
  }
  if (found.length === 0) throw new PlatformError('refused', nothing)
  return found
}

/** Meta names the feature nowhere in its API, so the operator says whether the app has it. */
export function capabilitiesOf(secrets: Secrets): Record<string, boolean> {
  return { humanAgent: /^(yes|true|1)$/i.test(secrets.humanAgent ?? '') }
}

function need(app: Secrets, name: string): string {
  const value = app[name]
  if (!value) throw new PlatformError('refused', `The Facebook app has no ${name}: add it first.`)
  return value
}
