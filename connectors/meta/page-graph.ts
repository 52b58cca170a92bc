// Graph as one page of ours sees it: the page's token on every call, and what is used up told to whoever asked.
import type { Line } from '../connector.ts'
import { PlatformError } from '../connector.ts'
import { type GraphAnswer, type GraphParams, graphClient } from './graph-client.ts'
import type { Product } from './product.ts'
import { remainingOf, resetOf } from './usage.ts'

export interface PageGraph {
  get: (path: string, params?: GraphParams) => Promise<GraphAnswer>
  post: (path: string, params?: GraphParams) => Promise<GraphAnswer>
  delete: (path: string) => Promise<GraphAnswer>
}
export type PageLine = Pick<Line, 'secrets' | 'apiBase' | 'now' | 'onBudget'>

export function pageGraph(line: PageLine, product: Pick<Product, 'name'>): PageGraph {
  const token = line.secrets.pageToken
  if (!token) throw new PlatformError('account', 'The page has no token: connect it again.')
  const call = async (method: 'get' | 'post' | 'delete', path: string, params: GraphParams = {}) => {
    const answer = await graphClient.call({
      token,
      appSecret: line.secrets.appSecret || null,
      base: line.apiBase,
      product: product.name,
      method,
      path,
      params,
    })
    for (const usage of answer.usage)
      line.onBudget?.(usage.name, remainingOf(usage), resetOf(usage, line.now()), {
        limit: 100,
        ...(usage.name === 'app' && { scope: 'app' }),
      })
    return answer
  }
  return {
    get: (path, params) => call('get', path, params),
    post: (path, params) => call('post', path, params),
    delete: path => call('delete', path),
  }
}

/** An id as one step of a path. */
export function step(id: string): string {
  return encodeURIComponent(id)
}
