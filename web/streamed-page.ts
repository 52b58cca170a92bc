// Sends a page whose middle takes a while: its head at once, then how far the work is, then the rest; without any script.
import type { Context } from 'hono'
import { raw } from 'hono/html'
import { stream } from 'hono/streaming'
import type { WebEnv } from './env.ts'

type Html = { toString: () => string | Promise<string> }

/** Stands in the page where the work's own parts come. */
export const workHere = raw('<!--work-->')

/**
 * `work` yields parts as they are ready. Closing the page aborts `signal`: cancelling is going elsewhere.
 * What goes wrong after the head is sent can only be said in the page.
 */
export function streamPage(c: Context<WebEnv>, page: Html, work: (signal: AbortSignal) => AsyncGenerator<Html>): Response {
  c.header('content-type', 'text/html; charset=utf-8')
  c.header('x-accel-buffering', 'no')
  const gone = new AbortController()
  return stream(
    c,
    async out => {
      out.onAbort(() => gone.abort())
      const [head, tail = ''] = (await page.toString()).split('<!--work-->')
      await out.write(head!)
      for await (const part of work(gone.signal)) {
        if (gone.signal.aborted) return
        await out.write(await part.toString())
      }
      await out.write(tail)
    },
    async (error, out) => {
      c.get('desk').log.error({ err: error, path: c.req.path }, 'a streamed page broke off')
      await out.write('<p class="problem" role="alert">This broke off here. Nothing was changed; try again.</p>')
    },
  )
}
