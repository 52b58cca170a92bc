// Facebook Login for professional accounts behind a page: which may be connected, who a token speaks for, what must be set up over there.
// developers.facebook.com/docs/instagram-platform/instagram-api-with-facebook-login (checked 2026-11-22).
import type { Line } from '../connector.ts'
import { PlatformError } from '../connector.ts'
import { setWebhook } from '../meta/app-webhook.ts'
import { GraphError } from '../meta/graph-error.ts'
import { capabilitiesOf, facebookLogin } from '../meta/login.ts'
import { type PageLine, pageGraph } from '../meta/page-graph.ts'
import { idOf, isObject, type JsonObject, listOf, maybeId, maybeText } from '../meta/shape.ts'
import { product } from './product.ts'

const PAGE_FIELDS = 'id,name,instagram_business_account{id,username,name}'

export const signIn = facebookLogin({
  product,
  scopes: [
    'pages_show_list',
    'pages_manage_metadata',
    'pages_read_engagement',
    'instagram_basic',
    'instagram_manage_comments',
    'instagram_manage_messages',
  ],
  fields: PAGE_FIELDS,
  whoIs,
  nothing:
    'None of these pages has a professional Instagram account: link one under the page’s settings › Linked accounts, then sign in again.',
})

export async function whoAmI(line: PageLine) {
  try {
    const { body } = await pageGraph(line, product).get('me', { fields: PAGE_FIELDS })
    const who = whoIs(body)
    if (!who)
      throw new PlatformError('refused', `The page ${maybeText(body.name) ?? ''} has no professional Instagram account linked to it.`)
    return { ...who, capabilities: capabilitiesOf(line.secrets) }
  } catch (error) {
    if (!(error instanceof GraphError && error.code === 100 && error.subcode !== 33)) throw error
    throw new PlatformError('refused', `This is not a page's token, perhaps a person's. ${error.message}`, undefined, { cause: error })
  }
}

/** Meta tells us of the account only once our app has a webhook for Instagram and the page behind it subscribed the app. */
export async function onConnected(line: Line, webhookUrl: string): Promise<void> {
  await setWebhook(line, webhookUrl, product)
  const graph = pageGraph(line, product)
  const { body: subscribed } = await graph.get('me/subscribed_apps')
  // A subscription is replaced whole, so what the page itself tells our app is left alone.
  const isOurs = (app: unknown) => isObject(app) && maybeId(app.id) === line.secrets.appId
  if (listOf(subscribed.data, 'subscribed_apps.data').some(isOurs)) return
  // Any field of the page will do; this one is hardly ever told.
  const { body } = await graph.post('me/subscribed_apps', { subscribed_fields: 'name' })
  if (body.success !== true) throw new PlatformError('refused', 'Facebook did not subscribe our app to the page behind this account.')
}

/** Null: this page has no professional account behind it. */
function whoIs(page: JsonObject): { externalId: string; handle: string; name: string } | null {
  const account = page.instagram_business_account
  if (!isObject(account)) return null
  const externalId = idOf(account.id, 'instagram_business_account.id')
  const handle = maybeText(account.username) ?? externalId
  return { externalId, handle, name: maybeText(account.name) ?? handle }
}
