// Does Meta still push a page's news to our app? Asked of the page, since Meta unsubscribes without a word an app whose webhook fails.
import type { Line } from '../connector.ts'
import { type PageGraph, pageGraph, step } from './page-graph.ts'
import type { Product } from './product.ts'
import { idOf, isObject, type JsonObject, listOf, maybeId } from './shape.ts'

/** After an hour of failures Messenger's subscription is taken away silently (developers.facebook.com/docs/messenger-platform/webhooks, checked 2026-11-21). */
export function isSubscribedTo(product: Product, pageOf: (line: Line) => string, field?: string) {
  return async (line: Line, webhookUrl: string): Promise<'yes' | 'no' | 'never'> => {
    // Meta calls public https addresses only.
    if (line.apiBase === null && !webhookUrl.startsWith('https:')) return 'never'
    const ours = await ourAppOn(pageGraph(line, product), pageOf(line), line)
    return ours && tells(ours, field) ? 'yes' : 'no'
  }
}

/** One subscription stands for a page and the Instagram account behind it, under one app: Meta takes it away for both. */
export function subscriptionOf(product: Product, pageOf: (line: Line) => string) {
  return async (line: Line): Promise<{ name: string; isThere: boolean }> => {
    const graph = pageGraph(line, product)
    const { body: page } = await graph.get(step(pageOf(line)), { fields: 'id' })
    return {
      name: `meta ${line.secrets.appId} ${idOf(page.id, 'page.id')}`,
      isThere: (await ourAppOn(graph, pageOf(line), line)) !== undefined,
    }
  }
}

async function ourAppOn(graph: PageGraph, page: string, { secrets }: Line): Promise<JsonObject | undefined> {
  const { body } = await graph.get(`${step(page)}/subscribed_apps`)
  return listOf(body.data, 'subscribed_apps.data')
    .filter(isObject)
    .find(app => maybeId(app.id) === secrets.appId)
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
