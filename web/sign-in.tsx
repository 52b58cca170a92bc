// Sign in and out: plain forms; whoever was thrown out while writing finds the words again.
import type { Context } from 'hono'
import { Hono } from 'hono'
import { getCookie } from 'hono/cookie'
import { endSession } from '../db/logins.ts'
import { findTeammate } from '../db/teammates.ts'
import { ADDRESS_HEADER } from './auth.ts'
import { addressOf } from './client-address.ts'
import type { WebEnv } from './env.ts'
import { Icon } from './parts/icon.tsx'
import { PlainPage } from './parts/page.tsx'

export function signInPages() {
  const pages = new Hono<WebEnv>()
  pages.get('/sign-in', c => c.html(<SignInPage to={localPath(c.req.query('to'))} />))
  pages.post('/sign-in', signIn)
  pages.post('/sign-out', signOut)
  return pages
}

/** The answer to a request nobody is signed in for: 401 with the form when something was being sent, else off to the sign-in page. */
export async function askToSignIn(c: Context<WebEnv>) {
  const isExpired = getCookie(c, sessionCookie(c)) !== undefined
  const to = localPath(c.req.path + new URL(c.req.url).search)
  if (c.req.method !== 'GET') {
    const words = await wordsOf(c)
    return c.html(
      <SignInPage
        to={to}
        kept={words}
        problem="Your session has ended, so nothing was sent. Your words are kept below: sign in, and you can send them."
      />,
      401,
    )
  }
  // What scripts fetch and streams listen to is told plainly; a page is led to the form.
  if (!(c.req.header('accept') ?? '').includes('text/html')) return c.text('Sign in first.', 401)
  if (isExpired) return c.html(<SignInPage to={to} problem="Your session has ended. Sign in, and you are back where you were." />, 401)
  return c.redirect(to === '/' || to === '/queue' ? '/sign-in' : `/sign-in?to=${encodeURIComponent(to)}`, 302)
}

async function signIn(c: Context<WebEnv>) {
  const form = await c.req.parseBody()
  const to = localPath(text(form.to))
  const email = text(form.email).trim().toLowerCase()
  const kept = text(form.kept) ? (JSON.parse(text(form.kept)) as Words) : undefined
  const again = (problem: string, status: 401 | 422 | 429) =>
    c.html(<SignInPage to={to} email={email} kept={kept} problem={problem} />, status)
  if (!email || !text(form.password)) return again('Give both, e-mail and password.', 422)

  const { auth, config, db } = c.get('desk')
  const answer = await auth.handler(
    new Request(`${config.publicUrl}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        origin: new URL(config.publicUrl).origin,
        [ADDRESS_HEADER]: addressOf(c),
        'user-agent': c.req.header('user-agent') ?? '',
      },
      body: JSON.stringify({ email, password: text(form.password), rememberMe: true }),
    }),
  )
  if (answer.status === 429)
    return again(`Too many tries from here. Wait ${answer.headers.get('x-retry-after') ?? '60'} seconds, then try again.`, 429)
  if (answer.status === 401 || answer.status === 400)
    return again('E-mail or password is wrong. Forgotten it? An admin can give you a new one on the Teammates page.', 401)
  if (!answer.ok) throw new Error(`sign-in answered ${answer.status}`)
  const { user, token } = (await answer.json()) as { user: { id: string }; token: string }
  if (!(await findTeammate(db, user.id))?.isActive) {
    await endSession(db, token)
    return again('This login is switched off. Ask an admin.', 401)
  }
  for (const cookie of answer.headers.getSetCookie()) c.header('set-cookie', cookie, { append: true })
  return kept ? c.html(<SendAgainPage to={to} kept={kept} />) : c.redirect(to, 303)
}

async function signOut(c: Context<WebEnv>) {
  const answer = await c.get('desk').auth.api.signOut({ headers: c.req.raw.headers, asResponse: true })
  for (const cookie of answer.headers.getSetCookie()) c.header('set-cookie', cookie, { append: true })
  return c.redirect('/sign-in', 303)
}

type Words = [string, string][]

function SignInPage({ to, email = '', kept, problem }: { to: string; email?: string; kept?: Words | undefined; problem?: string }) {
  const written = kept?.filter(([name, value]) => WRITTEN.includes(name) && value)
  return (
    <PlainPage title="Sign in">
      <form class="sign-in card stack" method="post" action="/sign-in">
        <p class="brand">
          <Icon name="mark" />
          Heed
        </p>
        <h1>Sign in</h1>
        {problem ? (
          <p class="problem" role="alert">
            {problem}
          </p>
        ) : null}
        <input type="hidden" name="to" value={to} />
        {kept ? <input type="hidden" name="kept" value={JSON.stringify(kept)} /> : null}
        <label>
          E-mail
          <input type="email" name="email" value={email} autocomplete="username" required autofocus={!email} />
        </label>
        <label>
          Password
          <input type="password" name="password" autocomplete="current-password" required autofocus={!!email} />
        </label>
        <button type="submit" class="primary">
          Sign in
        </button>
        {written?.map(([, value]) => (
          <label>
            What you were writing
            <textarea readonly rows={4}>
              {value}
            </textarea>
          </label>
        ))}
      </form>
    </PlainPage>
  )
}

/** A POST is never repeated behind someone's back: they see it and press the button. */
function SendAgainPage({ to, kept }: { to: string; kept: Words }) {
  return (
    <PlainPage title="Go on">
      <form class="sign-in card stack" method="post" action={to}>
        <h1>You are signed in again</h1>
        <p>Nothing was sent meanwhile. This is what you were about to do:</p>
        {kept.map(([name, value]) =>
          WRITTEN.includes(name) ? (
            <label>
              Your words
              <textarea name={name} rows={5}>
                {value}
              </textarea>
            </label>
          ) : (
            <input type="hidden" name={name} value={value} />
          ),
        )}
        <button type="submit" class="primary">
          Go on
        </button>
        <a class="button quiet" href="/queue">
          Leave it, go to the queue
        </a>
      </form>
    </PlainPage>
  )
}

/** Fields that hold people's words. */
const WRITTEN = ['text', 'pointerText', 'reason', 'individuallyBecause']

async function wordsOf(c: Context): Promise<Words> {
  const form = await c.req.parseBody({ all: true })
  return Object.entries(form).flatMap(([name, value]) =>
    [value].flat().flatMap((one): Words => (typeof one === 'string' ? [[name, one]] : [])),
  )
}

/** Only a path of ours: `//evil` and `/\evil` are other people's houses. */
export function localPath(to: string | undefined): string {
  return to && /^\/(?![/\\])[^\\\r\n]*$/.test(to) && !to.startsWith('/sign-in') && !to.startsWith('/sign-out') ? to : '/queue'
}

const text = (value: unknown) => (typeof value === 'string' ? value : '')
const sessionCookie = (c: Context<WebEnv>) => `${c.get('desk').config.publicUrl.startsWith('https:') ? '__Secure-' : ''}heed.session_token`
