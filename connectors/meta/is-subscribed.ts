// Does Meta still push a page's news to our app? Asked of the page, since Meta unsubscribes without a word an app whose webhook fails.
import type { Line } from '../connector.ts'
import { pageGraph, step } from './page-graph.ts'
import type { Product } from './product.ts'
import { idOf, isObject, type JsonObject, listOf, maybeId } from './shape.ts'

/** After an hour of failures Messenger's subscription is taken away silently (developers.facebook.com/docs/messenger-platform/webhooks, checked 2026-11-21). */
export function isSubscribedTo(product: Product, pageOf: (line: Line) => string, field?: string) {
  return async (line: Line, webhookUrl: string): Promise<'yes' | 'no' | 'never'> => {
    // Meta calls public https addresses only.
    if (line.apiBase === null && !webhookUrl.startsWith('https:')) return 'never'
    const { body } = await pageGraph(line, product).get(`${step(pageOf(line))}/subscribed_apps`)
    const apps = listOf(body.data, 'subscribed_apps.data').filter(isObject)
    const ours = apps.find(app => maybeId(app.id) === line.secrets.appId)
    return ours && tells(ours, field) ? 'yes' : 'no'
  }
}

/**
 * One subscription stands for a page and the Instagram account behind it, under one app: Meta takes it away for both.
 */
export function subscriptionOf(product: Product, pageOf: (line: Line) => string) {
  return async (line: Line): Promise<{ name: string; isThere: boolean }> => {
    const graph = pageGraph(line, product)
    const [{ body: page }, { body: subscribed }] = [
      await graph.get(step(pageOf(line)), { fields: 'id' }),
      await graph.get(`${step(pageOf(line))}/subscribed_apps`),
    ]
    const apps = listOf(subscribed.data, 'subscribed_apps.data').filter(isObject)
    return {
      name: `meta ${line.secrets.appId} ${idOf(page.id, 'page.id')}`,
      isThere: apps.some(app => maybeId(app.id) === line.secrets.appId),
    }
  }
}

/** Another product of the same app may have subscribed the page for itself alone: then the page's own news is not told. */
function tells({ subscribed_fields: fields }: JsonObject, field: string | undefined): boolean {
  return field === undefined || !Array.isArray(fields) || fields.some(one => one === field || (isObject(one) && one.name === field))
}

/** How long Meta tries again what we did not take (developers.facebook.com/docs/graph-api/webhooks/getting-started). */
export const pushReach = {
  hours: 36,
  source: 'https://developers.facebook.com/docs/graph-api/webhooks/getting-started',
  checkedOn: '2026-11-21',
} as const
