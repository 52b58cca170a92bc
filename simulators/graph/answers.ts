// How a Graph call is answered: its fields, its lists page by page, and whether its token may.
import type { Context } from 'hono'
import type { GraphEnv, Params } from './access.ts'
import { badParameter, graphError } from './errors.ts'
import { type Field, parseFields } from './fields.ts'
import type { Rendered } from './render.ts'

export function self(c: Context<GraphEnv>, id: string): string {
  const { token } = c.get('caller')
  return id === 'me' && token ? (token.pageId ?? token.userId) : id
}

export function answerList<T extends { id: string }>(
  c: Context<GraphEnv>,
  items: T[],
  render: (item: T, fields: Field[] | undefined) => Rendered,
): Response {
  const params = c.get('params')
  const fields = fieldsOf(params)
  if (fields instanceof Response) return fields
  const size = Number(params.limit ?? 25)
  if (!Number.isInteger(size) || size < 1) return badParameter('Param limit must be a positive number')
  const since = Number(params.since ?? 0) * 1000
  const until = Number(params.until ?? Number.MAX_SAFE_INTEGER / 1000) * 1000
  const inTime = items.filter(item => !('at' in item) || ((item.at as number) >= since && (item.at as number) <= until))
  const start = startOf(inTime, params)
  if (start === null) return graphError({ code: 100, message: 'Invalid cursors values: cursors expire.' })
  const page = inTime.slice(start, start + Math.min(size, 100))
  const data: Rendered[] = []
  for (const item of page) {
    const rendered = render(item, fields)
    if ('unknown' in rendered) return badParameter(String(rendered.unknown))
    data.push(rendered)
  }
  return c.json(
    listPage(
      c,
      data,
      page.map(item => item.id),
      start + page.length < inTime.length,
      start > 0,
    ),
  )
}

export function verbOf(c: Context<GraphEnv>): string {
  return (c.get('params').method ?? c.req.method).toUpperCase()
}

export function speaksFor(c: Context<GraphEnv>, pageId: string, scope: string): boolean {
  const { token } = c.get('caller')
  return token?.pageId === pageId && token.scopes.includes(scope)
}

export function fieldsOf(params: Params): Field[] | undefined | Response {
  if (!params.fields) return undefined
  return parseFields(params.fields) ?? graphError({ code: 2500, message: 'Syntax error "Expected end of string" in the fields parameter.' })
}

export function answer(c: Context<GraphEnv>, rendered: Rendered): Response {
  return 'unknown' in rendered ? badParameter(String(rendered.unknown)) : c.json(rendered)
}

const cursorOf = (id: string) => Buffer.from(id).toString('base64url')

/** Where a page begins; null: the cursor's object is gone. */
function startOf(items: { id: string }[], params: Params): number | null {
  const { after, before } = params
  if (after) {
    const at = items.findIndex(item => cursorOf(item.id) === after)
    return at < 0 ? null : at + 1
  }
  if (before) {
    const at = items.findIndex(item => cursorOf(item.id) === before)
    return at < 0 ? null : Math.max(0, at - Number(params.limit ?? 25))
  }
  return 0
}

/** `next` repeats the call with its token, to be followed as it stands. */
export function listPage(c: Context<GraphEnv>, data: unknown[], ids: string[], more = false, earlier = false): object {
  const first = ids[0]
  const last = ids.at(-1)
  if (!first || !last) return { data: [] }
  const cursors = { before: cursorOf(first), after: cursorOf(last) }
  const link = (name: string, value: string) => {
    const host = c.req.header('host') ?? ''
    const url = new URL(new URL(c.req.url).pathname, host.startsWith('graph.') ? `https://${host}` : `http://${host}`)
    for (const [key, own] of Object.entries(c.get('params'))) if (!['after', 'before'].includes(key)) url.searchParams.set(key, own)
    url.searchParams.set(name, value)
    return url.href
  }
  return {
    data,
    paging: {
      cursors,
      ...(more ? { next: link('after', cursors.after) } : {}),
      ...(earlier ? { previous: link('before', cursors.before) } : {}),
    },
  }
}
