// Puts the newcomer's first steps away, and brings them back.
import { type Context, Hono } from 'hono'
import type { WebEnv } from './env.ts'
import { keepSteps } from './parts/first-steps.tsx'
import { redirectSaying } from './parts/flash.ts'
import { placeOf, placeQuery, queuePath, ticketPath } from './parts/place.ts'

export function firstStepsActions() {
  const actions = new Hono<WebEnv>()
  actions.post('/first-steps/away', async c => {
    const back = await whereFrom(c)
    keepSteps(c, 'away')
    const undo = { path: `/first-steps/away/undo${placeQuery(placeOf(c))}`, label: 'Undo' }
    return redirectSaying(c, back, 'First steps are put away.', { undo })
  })
  actions.post('/first-steps/away/undo', async c => {
    const back = await whereFrom(c)
    keepSteps(c, 'opened')
    return redirectSaying(c, back, 'First steps are back.')
  })
  return actions
}

async function whereFrom(c: Context<WebEnv>): Promise<string> {
  const open = Number((await c.req.parseBody()).open)
  return Number.isSafeInteger(open) && open > 0 ? ticketPath(open, placeOf(c)) : queuePath(placeOf(c))
}
