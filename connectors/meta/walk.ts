// Walks Graph's lists page by page, no faster than Meta allows.
import { PlatformError } from '../connector.ts'
import { GRAPH_VERSION, type GraphAnswer, type GraphParams } from './graph-client.ts'
import type { PageGraph } from './page-graph.ts'
import { isObject, type JsonObject, listOf } from './shape.ts'
import { PACE_FROM, STOP_FROM } from './usage.ts'

export interface ListPage {
  items: JsonObject[]
  answeredAt: Date | null
}

/** Follows `paging.next` as it was given; their cursors expire, so none is ever kept. */
export async function* walk(graph: PageGraph, path: string, params: GraphParams): AsyncGenerator<ListPage, void> {
  let answer = await graph.get(path, params)
  for (;;) {
    yield { items: listOf(answer.body.data, `${path}: data`).filter(isObject), answeredAt: answer.answeredAt }
    const next = isObject(answer.body.paging) ? answer.body.paging.next : null
    if (typeof next !== 'string' || next === '') return
    await minding(answer)
    answer = await graph.get(pathOf(next))
  }
}

/** Our own token goes along with every call, so the one Meta wrote into the address is left out. */
function pathOf(next: string): string {
  const url = new URL(next)
  for (const name of ['access_token', 'appsecret_proof']) url.searchParams.delete(name)
  const at = url.pathname.indexOf(`/${GRAPH_VERSION}/`)
  return url.pathname.slice(Math.max(at, 0)) + url.search
}

async function minding({ usage }: GraphAnswer): Promise<void> {
  const highest = Math.max(0, ...usage.map(use => use.percent))
  if (highest >= STOP_FROM) {
    const regainMs = Math.max(...usage.map(use => use.regainMs)) || 5 * 60_000
    throw new PlatformError('retry', `${highest} % of what Meta allows is used up: reading goes on later.`, regainMs, { trouble: 'limit' })
  }
  if (highest >= PACE_FROM) await pause(1_000)
}

export function pause(ms: number): Promise<void> {
  return new Promise(go => setTimeout(go, ms))
}
