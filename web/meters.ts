// Counts what this process does, for whoever scrapes /metrics: no customer's data, no account's name.
import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { Counter, Histogram, Registry } from 'prom-client'

export const meters = new Registry()

export const webhooksAccepted = new Counter({
  name: 'heed_webhooks_accepted_total',
  help: 'Webhooks stored and answered 200.',
  labelNames: ['platform'],
  registers: [meters],
})
export const webhooksRefused = new Counter({
  name: 'heed_webhooks_refused_total',
  help: 'Webhooks and handshakes refused, by reason.',
  labelNames: ['platform', 'reason'],
  registers: [meters],
})
export const webhookCommits = new Counter({
  name: 'heed_webhook_commits_total',
  help: 'Commits that stored webhooks: many share one.',
  registers: [meters],
})
const httpSeconds = new Histogram({
  name: 'heed_http_request_seconds',
  help: 'How long answers took, by route.',
  labelNames: ['method', 'route', 'status'],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 10],
  registers: [meters],
})

/** Times every answer under the route's pattern, never the path itself: ids are not labels. */
export function timeAnswers(): MiddlewareHandler {
  return async (c, next) => {
    const start = performance.now()
    await next()
    httpSeconds.observe({ method: c.req.method, route: routePath(c, -1), status: c.res.status }, (performance.now() - start) / 1000)
  }
}
