// The page that says why something was refused and what to do instead.
import type { Context } from 'hono'
import type { WebEnv } from '../env.ts'
import { Page, PlainPage } from './page.tsx'

/** `because` is whole sentences: what happened, whether anything was changed, what to do. */
export function refused(
  c: Context<WebEnv>,
  status: 400 | 401 | 403 | 404 | 409 | 413 | 422 | 429 | 500 | 502 | 503,
  title: string,
  because: string,
  back?: { href: string; label: string },
) {
  const body = (
    <div class="refusal card stack">
      <h1>{title}</h1>
      <p>{because}</p>
      <p>
        <a class="button primary" href={back?.href ?? '/queue'}>
          {back?.label ?? 'Back to the queue'}
        </a>
      </p>
    </div>
  )
  return c.html(
    c.get('frame') ? (
      <Page c={c} title={title} section="none">
        {body}
      </Page>
    ) : (
      <PlainPage title={title}>{body}</PlainPage>
    ),
    status,
  )
}
