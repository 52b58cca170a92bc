// Tells Meta where our app hears of one kind of object. An app has one address for each kind, so pages and Instagram accounts never share one.
import type { Line } from '../connector.ts'
import { graphClient } from './graph-client.ts'
import { step } from './page-graph.ts'
import type { Product } from './product.ts'
import { isObject, listOf } from './shape.ts'

/** Meta calls public https addresses only; elsewhere polling must do. A webhook the operator set by hand is left as it is. */
export async function setWebhook(line: Line, webhookUrl: string, { name, webhook }: Product): Promise<void> {
  const { appId, appSecret, verifyToken } = line.secrets
  if (!appId || !appSecret || !verifyToken || (line.apiBase === null && !webhookUrl.startsWith('https:'))) return
  const app = { token: `${appId}|${appSecret}`, appSecret, base: line.apiBase, product: name, path: `${step(appId)}/subscriptions` }
  const { body } = await graphClient.call({ ...app, method: 'get' })
  if (listOf(body.data, 'subscriptions.data').some(one => isObject(one) && one.object === webhook.object)) return
  const params = {
    object: webhook.object,
    callback_url: webhookUrl,
    verify_token: verifyToken,
    fields: webhook.fields,
    include_values: true,
  }
  await graphClient.call({ ...app, method: 'post', params })
}
