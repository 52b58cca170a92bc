// Ids as addresses and forms bring them: only what the database takes for one is asked for.
import type { Context } from 'hono'

export function isId(text: string | undefined): text is string {
  return text !== undefined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)
}

/** `:id` in the address; one that is none is an id of nothing. */
export function idOf(c: Context): string {
  const id = c.req.param('id')
  return isId(id) ? id : '00000000-0000-0000-0000-000000000000'
}
