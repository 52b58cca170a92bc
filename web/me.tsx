// Your own settings: how long a send can be undone, the shortcut keys, your password.

import { verifyPassword } from 'better-auth/crypto'
import { type Context, Hono } from 'hono'
import { insertAuditEntry } from '../db/audit-entries.ts'
import { findPasswordHash } from '../db/logins.ts'
import { changeTeammate } from '../db/teammates.ts'
import { MIN_PASSWORD, setPassword } from './auth.ts'
import type { WebEnv } from './env.ts'
import { redirectSaying } from './parts/flash.ts'
import { Page } from './parts/page.tsx'

export function mePages(): Hono<WebEnv> {
  const pages = new Hono<WebEnv>()
  pages.get('/me', c => showMe(c, {}))
  pages.post('/me', changeSettings)
  pages.post('/me/password', changePassword)
  return pages
}

async function changeSettings(c: Context<WebEnv>) {
  const desk = c.get('desk')
  const form = await c.req.parseBody()
  const undoSeconds = Number(form.undoSeconds)
  if (!Number.isInteger(undoSeconds) || undoSeconds < 0 || undoSeconds > 60)
    return showMe(c, { settings: 'The undo time is a whole number of seconds from 0 to 60. Nothing was changed.' }, 422)
  await changeTeammate(desk.db, c.get('teammate').id, { undoSeconds, updatedAt: desk.now() })
  return redirectSaying(c, '/me', 'Your settings are stored.')
}

async function changePassword(c: Context<WebEnv>) {
  const desk = c.get('desk')
  const form = await c.req.parseBody()
  const { id } = c.get('teammate')
  const wanted = typeof form.wanted === 'string' ? form.wanted : ''
  const hash = await findPasswordHash(desk.db, id)
  if (!hash || !(await verifyPassword({ hash, password: typeof form.current === 'string' ? form.current : '' })))
    return showMe(c, { password: 'Your present password is another one. Nothing was changed.' }, 422)
  if (wanted.length < MIN_PASSWORD || wanted.length > 200)
    return showMe(c, { password: `A password has at least ${MIN_PASSWORD} characters. Nothing was changed.` }, 422)
  await setPassword(desk, id, wanted)
  await insertAuditEntry(desk.db, { at: desk.now(), teammateId: id, action: 'teammate.password_changed', subject: id })
  return c.redirect('/sign-in', 303)
}

function showMe(c: Context<WebEnv>, problems: { settings?: string; password?: string }, status: 200 | 422 = 200) {
  const me = c.get('teammate')
  return c.html(
    <Page c={c} title="Your own settings" section="none" styles={['setup']}>
      <h1>Your own settings</h1>
      <div class="grid two">
        <form method="post" action="/me" class="card stack">
          <h2>How you work</h2>
          {problems.settings ? (
            <p class="problem" role="alert">
              {problems.settings}
            </p>
          ) : null}
          <label>
            Seconds a send can be undone
            <input type="number" name="undoSeconds" min="0" max="60" step="1" value={String(me.undoSeconds)} required class="seconds" />
            <span class="hint">0 to 60. The answer leaves when they are over; you may go on to the next ticket meanwhile.</span>
          </label>
          <div>
            <button type="submit" class="primary">
              Store
            </button>
          </div>
          <p class="hint only-js">
            Single keys are switched on and off for each browser, beside their list:{' '}
            <button type="button" class="link" data-open="help">
              Keyboard shortcuts
            </button>
          </p>
        </form>
        <form method="post" action="/me/password" class="card stack">
          <h2>Password</h2>
          {problems.password ? (
            <p class="problem" role="alert">
              {problems.password}
            </p>
          ) : null}
          <input type="hidden" name="username" autocomplete="username" value={me.email} />
          <label>
            Present password
            <input type="password" name="current" autocomplete="current-password" required />
          </label>
          <label>
            New password
            <input type="password" name="wanted" autocomplete="new-password" minlength={MIN_PASSWORD} maxlength={200} required />
            <span class="hint">At least {MIN_PASSWORD} characters. Everywhere you are signed in, you will have to sign in again.</span>
          </label>
          <div>
            <button type="submit">Change password</button>
          </div>
        </form>
      </div>
      <p class="muted">
        You are {me.name}, {me.email}; your answers are signed ^{me.initials}. An admin can change these on the{' '}
        <a href="/teammates">Teammates</a> page.
      </p>
    </Page>,
    status,
  )
}
