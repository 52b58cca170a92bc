// Keeps other web sites' pages away from a simulator: no foreign Host, no form posted from elsewhere.
import type { MiddlewareHandler } from 'hono'

/** The clients that dial in for api.x.com or graph.facebook.com keep that Host, and so do those that fetch pictures. */
const kept = String.raw`pbs\.twimg\.com|ton\.twitter\.com|[\w.-]+\.fbcdn\.net|[\w.-]+\.cdninstagram\.com|cdn\.bsky\.app|[\w.-]+\.example`
const called = String.raw`127\.0\.0\.1|localhost|\[::1\]|api\.x\.com|x\.com|api\.twitter\.com|graph\.facebook\.com|www\.facebook\.com`
const hosts = new RegExp(`^(${called}|${kept})(:\\d+)?$`)

export const onlyFromHere: MiddlewareHandler = async (c, next) => {
  const host = c.req.header('host') ?? ''
  if (!hosts.test(host)) return c.text('This simulator answers this machine only.', 403)
  const origin = c.req.header('origin')
  if (origin && c.req.method !== 'GET' && (!URL.canParse(origin) || new URL(origin).host !== host)) {
    return c.text('This simulator takes no forms from other sites.', 403)
  }
  return next()
}
