// The incident an address names.
import type { Context } from 'hono'
import { findIncidentByNumber, type IncidentRow } from '../db/incidents.ts'
import type { WebEnv } from './env.ts'
import { refused } from './parts/refused.tsx'

/** Beyond this PostgreSQL has no number, and would say so by an error. */
export async function findIncidentOf(c: Context<WebEnv>): Promise<IncidentRow | undefined> {
  const number = Number(c.req.param('number'))
  return Number.isSafeInteger(number) ? findIncidentByNumber(c.get('desk').db, number) : undefined
}

export const noIncident = (c: Context<WebEnv>) =>
  refused(c, 404, 'No such incident', 'There is no incident of that number here.', { href: '/incidents', label: 'To the incidents' })
