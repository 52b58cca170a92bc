// The demo's ways out: to the simulators' timelines, and one button after which everything invented is gone.
import { Hono } from 'hono'
import type { WebEnv } from './env.ts'
import { redirectSaying } from './parts/flash.ts'
import { refused } from './parts/refused.tsx'
import { requireRole } from './session.ts'

export function demoActions() {
  const routes = new Hono<WebEnv>()
  routes.get('/demo/customer/:label?', c => {
    const links = c.get('desk').demo?.links ?? []
    const link = links.find(one => one.label === c.req.param('label')) ?? links[0]
    return link ? c.redirect(link.url, 302) : refused(c, 404, 'There is no demo here', NOWHERE)
  })
  routes.post('/demo/remove', requireRole('admin'), async c => {
    const { demo } = c.get('desk')
    if (!demo) return refused(c, 409, 'There is no demo here', NOWHERE)
    await demo.remove()
    return redirectSaying(c, '/accounts', 'The demo is gone. Connect an account to begin.')
  })
  return routes
}

const NOWHERE = 'It runs on the embedded database while no real account is connected. Nothing was changed.'
