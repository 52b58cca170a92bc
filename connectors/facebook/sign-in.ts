// Facebook Login for pages: which may be connected, who a token speaks for, and what must be set up over there.
import type { Line } from '../connector.ts'
import { PlatformError } from '../connector.ts'
import { setWebhook } from '../meta/app-webhook.ts'
import { GraphError } from '../meta/graph-error.ts'
import { capabilitiesOf, facebookLogin } from '../meta/login.ts'
import { type PageLine, pageGraph, step } from '../meta/page-graph.ts'
import { idOf, type JsonObject, maybeText } from '../meta/shape.ts'
import { product } from './product.ts'

export const signIn = facebookLogin({
  product,
  scopes: [
    'pages_show_list',
    'pages_manage_metadata',
    'pages_read_engagement',
    'pages_read_user_content',
    'pages_manage_engagement',
    'pages_manage_posts',
    'pages_messaging',
  ],
  fields: 'id,name,username',
  whoIs,
  nothing: 'Facebook named no page: choose at least one in the sign-in, as somebody who manages it.',
})

/** Asks for a page's field too, so that a person's token pasted by mistake is told apart. */
export async function whoAmI(line: PageLine) {
  try {
    const { body } = await pageGraph(line, product).get('me', { fields: 'id,name,username,category' })
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
  await setWebhook(line, webhookUrl, product)
  const { body } = await pageGraph(line, product).post(`${step(line.account.externalId)}/subscribed_apps`, {
    subscribed_fields: product.webhook.fields,
  })
  if (body.success !== true) throw new PlatformError('refused', 'Facebook did not subscribe our app to the page.')
}

function whoIs(page: JsonObject): { externalId: string; handle: string; name: string } {
  const externalId = idOf(page.id, 'page.id')
  const name = maybeText(page.name) ?? externalId
  return { externalId, handle: maybeText(page.username) ?? name, name }
}
