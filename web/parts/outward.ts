// Links to what stands on a platform: the demo's lead to its simulators, which answer under the platform's own paths.
import type { Context } from 'hono'
import type { WebEnv } from '../env.ts'

/** `label`: the platform's, as the demo's links bear it. */
export function outward(c: Context<WebEnv>, label: string, isDemo: boolean): (url: string | null) => string | null {
  const there = isDemo ? c.get('desk').demo?.links.find(link => link.label === label)?.url : undefined
  return url => {
    if (!there || !url || !URL.canParse(url)) return url
    const { pathname, search, hash } = new URL(url)
    return new URL(pathname + search + hash, there).href
  }
}
