// Teammates: who works here and what they may do; a new password is shown once, to the admin who made it.
import { type Context, Hono } from 'hono'
import { insertAuditEntry } from '../db/audit-entries.ts'
import { endSessions } from '../db/logins.ts'
import { changeTeammate, countActiveAdmins, findTeammate, listTeammates, type TeammateRow } from '../db/teammates.ts'
import type { Role } from '../domain.ts'
import { createTeammate, setPassword } from './auth.ts'
import type { WebEnv } from './env.ts'
import { isId } from './ids.ts'
import { oneTimePassword } from './one-time-password.ts'
import { redirectSaying } from './parts/flash.ts'
import { Page } from './parts/page.tsx'
import { refused } from './parts/refused.tsx'
import { Time } from './parts/time.tsx'
import { hasRole, requireRole } from './session.ts'

export function teammatesPages(): Hono<WebEnv> {
  const pages = new Hono<WebEnv>()
  pages.get('/teammates', c => showTeammates(c, {}))
  pages.post('/teammates', requireRole('admin'), addTeammate)
  pages.post('/teammates/:id', requireRole('admin'), c => withTeammate(c, teammate => change(c, teammate)))
  pages.post('/teammates/:id/password', requireRole('admin'), c => withTeammate(c, teammate => newPassword(c, teammate)))
  pages.post('/teammates/:id/deactivate', requireRole('admin'), c => withTeammate(c, teammate => switchOff(c, teammate)))
  pages.post('/teammates/:id/activate', requireRole('admin'), c => withTeammate(c, teammate => switchOn(c, teammate)))
  return pages
}

async function addTeammate(c: Context<WebEnv>) {
  const desk = c.get('desk')
  const given = readForm(await c.req.parseBody())
  const problems = problemsOf(given, await listTeammates(desk.db), null)
  if (Object.keys(problems).length) return showTeammates(c, { given, problems }, 422)
  const password = oneTimePassword()
  const id = await createTeammate(desk, { ...given, role: given.role as Role, password })
  await insertAuditEntry(desk.db, {
    at: desk.now(),
    teammateId: c.get('teammate').id,
    action: 'teammate.added',
    subject: id,
    after: given,
  })
  return showPassword(c, `${given.name} can sign in`, given.email, password)
}

async function change(c: Context<WebEnv>, before: TeammateRow) {
  const desk = c.get('desk')
  const given = { ...readForm(await c.req.parseBody()), email: before.email }
  const problems = problemsOf(given, await listTeammates(desk.db), before.id)
  if (Object.keys(problems).length) return refused(c, 422, 'Not changed', `${Object.values(problems).join(' ')} Nothing was changed.`, BACK)
  if (before.role === 'admin' && given.role !== 'admin' && before.isActive && (await countActiveAdmins(desk.db)) === 1) return lastAdmin(c)
  const after = { name: given.name, initials: given.initials, role: given.role as Role }
  await changeTeammate(desk.db, before.id, { ...after, updatedAt: desk.now() })
  await insertAuditEntry(desk.db, {
    at: desk.now(),
    teammateId: c.get('teammate').id,
    action: 'teammate.changed',
    subject: before.id,
    before: { name: before.name, initials: before.initials, role: before.role },
    after,
  })
  return redirectSaying(c, '/teammates', `${after.name} is stored.`)
}

async function newPassword(c: Context<WebEnv>, teammate: TeammateRow) {
  const desk = c.get('desk')
  const password = oneTimePassword()
  await setPassword(desk, teammate.id, password)
  await insertAuditEntry(desk.db, {
    at: desk.now(),
    teammateId: c.get('teammate').id,
    action: 'teammate.password_reset',
    subject: teammate.id,
  })
  return showPassword(c, `A new password for ${teammate.name}`, teammate.email, password)
}

async function switchOff(c: Context<WebEnv>, teammate: TeammateRow) {
  const desk = c.get('desk')
  if (teammate.id === c.get('teammate').id)
    return refused(c, 422, 'Not yourself', 'You cannot deactivate your own login: ask another admin. Nothing was changed.', BACK)
  if (teammate.role === 'admin' && (await countActiveAdmins(desk.db)) === 1) return lastAdmin(c)
  await desk.db.transaction().execute(async tx => {
    await changeTeammate(tx, teammate.id, { isActive: false, updatedAt: desk.now() })
    await endSessions(tx, teammate.id)
    await insertAuditEntry(tx, {
      at: desk.now(),
      teammateId: c.get('teammate').id,
      action: 'teammate.deactivated',
      subject: teammate.id,
    })
  })
  return redirectSaying(c, '/teammates', `${teammate.name} is signed out everywhere and cannot sign in. What they wrote stays.`)
}

async function switchOn(c: Context<WebEnv>, teammate: TeammateRow) {
  const desk = c.get('desk')
  await changeTeammate(desk.db, teammate.id, { isActive: true, updatedAt: desk.now() })
  await insertAuditEntry(desk.db, {
    at: desk.now(),
    teammateId: c.get('teammate').id,
    action: 'teammate.activated',
    subject: teammate.id,
  })
  return redirectSaying(c, '/teammates', `${teammate.name} can sign in again, with the old password.`)
}

interface Given {
  name: string
  email: string
  initials: string
  role: string
}
interface FormState {
  given?: Given
  problems?: Partial<Record<keyof Given, string>>
}

async function showTeammates(c: Context<WebEnv>, { given, problems = {} }: FormState, status: 200 | 422 = 200) {
  const desk = c.get('desk')
  const teammates = await listTeammates(desk.db)
  const me = c.get('teammate')
  const mayChange = hasRole(me, 'admin')
  const locked = mayChange ? {} : { disabled: true, title: ADMINS_ONLY }
  return c.html(
    <Page c={c} title="Teammates" section="teammates" styles={['setup']}>
      <div class="row">
        <h1 class="grow">Teammates</h1>
        <a class="button" href="/me">
          Your own settings
        </a>
      </div>
      {mayChange ? null : <p class="muted">{ADMINS_ONLY} You can look at everything.</p>}
      <ul class="people">
        {teammates.map(one => (
          <li class={`card person${one.isActive ? '' : ' is-off'}`}>
            <span class="avatar large" aria-hidden="true">
              {one.initials}
            </span>
            <div class="grow">
              <h2>
                {one.name} {one.id === me.id ? <span class="chip accent">you</span> : null}
                {one.isActive ? null : <span class="chip">deactivated</span>}
              </h2>
              <p class="muted">
                {one.email} · signs ^{one.initials} · since <Time at={one.createdAt} now={desk.now()} />
              </p>
            </div>
            <form method="post" action={`/teammates/${one.id}`} class="row fields" aria-label={`Change ${one.name}`}>
              <label>
                Name
                <input name="name" value={one.name} required maxlength={80} {...locked} />
              </label>
              <label>
                Initials
                <input name="initials" value={one.initials} required maxlength={4} class="initials" {...locked} />
              </label>
              <RoleSelect value={one.role} locked={locked} />
              <button type="submit" {...locked}>
                Store<span class="visually-hidden"> {one.name}</span>
              </button>
            </form>
            <div class="row">
              <form method="post" action={`/teammates/${one.id}/password`}>
                <button type="submit" class="small quiet" {...locked}>
                  New password<span class="visually-hidden"> for {one.name}</span>
                </button>
              </form>
              {one.isActive ? (
                <form method="post" action={`/teammates/${one.id}/deactivate`}>
                  <button
                    type="submit"
                    class="small quiet danger"
                    {...(one.id === me.id ? { disabled: true, title: 'You cannot deactivate your own login.' } : locked)}
                  >
                    Deactivate<span class="visually-hidden"> {one.name}</span>
                  </button>
                </form>
              ) : (
                <form method="post" action={`/teammates/${one.id}/activate`}>
                  <button type="submit" class="small" {...locked}>
                    Activate<span class="visually-hidden"> {one.name}</span>
                  </button>
                </form>
              )}
            </div>
          </li>
        ))}
      </ul>
      <form method="post" action="/teammates" class="card stack add-person" aria-labelledby="add">
        <h2 id="add">Add a teammate</h2>
        {Object.keys(problems).length ? (
          <p class="problem" role="alert">
            {Object.values(problems).join(' ')} Nobody was added.
          </p>
        ) : null}
        <div class="row fields">
          <Field name="name" label="Name" given={given} problems={problems} locked={locked} />
          <Field name="email" label="E-mail" type="email" given={given} problems={problems} locked={locked} />
          <Field name="initials" label="Initials" given={given} problems={problems} locked={locked} maxlength={4} />
          <RoleSelect value={given?.role ?? 'rep'} locked={locked} />
          <button type="submit" class="primary" {...locked}>
            Add
          </button>
        </div>
        <p class="hint">
          Read-only looks; a rep answers; a lead also overrides, declares incidents and writes templates; an admin also connects accounts
          and changes teammates.
        </p>
        <p class="hint">Initials sign every answer (“^SB”), so no two people may have the same. The first password is shown to you once.</p>
      </form>
    </Page>,
    status,
  )
}

interface FieldProps {
  name: keyof Given
  label: string
  type?: string
  given: Given | undefined
  problems: FormState['problems'] & {}
  locked: object
  maxlength?: number
}
function Field({ name, label, type = 'text', given, problems, locked, maxlength = 120 }: FieldProps) {
  return (
    <label>
      {label}
      <input
        name={name}
        type={type}
        value={given?.[name] ?? ''}
        required
        maxlength={maxlength}
        class={name}
        aria-invalid={problems[name] ? 'true' : undefined}
        autocomplete="off"
        {...locked}
      />
    </label>
  )
}

const RoleSelect = ({ value, locked }: { value: string; locked: object }) => (
  <label>
    Role
    <select name="role" {...locked}>
      {ROLES.map(([role, words]) => (
        <option value={role} selected={role === value}>
          {words}
        </option>
      ))}
    </select>
  </label>
)

/** Not a redirect: the password must be in no cookie, no address and no log. */
function showPassword(c: Context<WebEnv>, title: string, email: string, password: string) {
  c.header('cache-control', 'no-store')
  return c.html(
    <Page c={c} title={title} section="teammates" styles={['setup']}>
      <div class="card stack narrow">
        <h1>{title}</h1>
        <p>Hand this over in person or by a channel you trust. It is shown only now; they can change it under “Your own settings”.</p>
        <dl>
          <dt>E-mail</dt>
          <dd>{email}</dd>
          <dt>Password</dt>
          <dd>
            <code class="password">{password}</code>
          </dd>
        </dl>
        <p>
          <a class="button primary" href="/teammates">
            Done
          </a>
        </p>
      </div>
    </Page>,
  )
}

function readForm(form: Record<string, unknown>): Given {
  const text = (name: string) => (typeof form[name] === 'string' ? (form[name] as string).trim() : '')
  return {
    name: text('name'),
    email: text('email').toLowerCase(),
    initials: text('initials').toUpperCase(),
    role: text('role'),
  }
}

function problemsOf(given: Given, teammates: TeammateRow[], exceptId: string | null): FormState['problems'] & {} {
  const others = teammates.filter(one => one.id !== exceptId)
  const twin = others.find(one => one.initials.toUpperCase() === given.initials)
  return {
    ...(given.name ? {} : { name: 'A name is needed.' }),
    ...(/^[^\s@]+@[^\s@]+$/.test(given.email)
      ? others.some(one => one.email === given.email)
        ? { email: 'Somebody with this e-mail is here already.' }
        : {}
      : { email: 'That is not an e-mail address.' }),
    ...(/^[\p{L}\p{N}]{1,4}$/u.test(given.initials)
      ? twin
        ? { initials: `${twin.name} already signs ^${given.initials}.` }
        : {}
      : { initials: 'Initials are one to four letters or digits.' }),
    ...(ROLES.some(([role]) => role === given.role) ? {} : { role: 'There is no such role.' }),
  }
}

async function withTeammate(c: Context<WebEnv>, act: (teammate: TeammateRow) => Response | Promise<Response>) {
  const id = c.req.param('id')!
  const teammate = isId(id) ? await findTeammate(c.get('desk').db, id) : undefined
  return teammate ? act(teammate) : refused(c, 404, 'No such teammate', 'Nobody here has this address. Nothing was changed.', BACK)
}

const lastAdmin = (c: Context<WebEnv>) =>
  refused(
    c,
    422,
    'The last admin',
    'Somebody must be able to change accounts and teammates: make another teammate an admin first. Nothing was changed.',
    BACK,
  )

const ROLES: readonly (readonly [Role, string])[] = [
  ['readonly', 'Read-only'],
  ['rep', 'Rep'],
  ['lead', 'Lead'],
  ['admin', 'Admin'],
]
const BACK = { href: '/teammates', label: 'Back to the teammates' }
const ADMINS_ONLY = 'Only an admin can change teammates.'
