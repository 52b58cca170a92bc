// Where in the queue somebody is: the view and the search, kept in the address so that Back, reload and sharing work.
import type { Context } from 'hono'
import { mentionViews, ticketViews, type View } from '../../db/queue-page.ts'

export interface Place {
  view: View
  q: string
}

export function placeOf(c: Context): Place {
  const view = c.req.query('view') as View | undefined
  return { view: view && VIEWS.includes(view) ? view : 'waiting', q: (c.req.query('q') ?? '').slice(0, 300) }
}

/** `''`, or `?view=mine&q=…`: what every link and form of the workspace carries on. */
export function placeQuery({ view, q }: Place, more: Record<string, string> = {}): string {
  const query = new URLSearchParams({ ...(view === 'waiting' ? {} : { view }), ...(q ? { q } : {}), ...more }).toString()
  return query ? `?${query}` : ''
}
export const queuePath = (place: Place, more?: Record<string, string>) => `/queue${placeQuery(place, more)}`
export const ticketPath = (number: number, place: Place) => `/tickets/${number}${placeQuery(place)}`

const VIEWS: readonly View[] = [...ticketViews, ...mentionViews]
