// The operator's own developer apps: what signs webhooks and opens the sign-in; and pasting a token where there is none.
import { type Context, Hono } from 'hono'
import type { Child } from 'hono/jsx'
import { v7 as newId } from 'uuid'
import { connectors } from '../connectors/all.ts'
import { type Connector, PlatformError } from '../connectors/connector.ts'
import { findPlatformApp, insertPlatformApp, listAccounts, type PlatformAppRow, updatePlatformApp } from '../db/accounts.ts'
import { insertAuditEntry } from '../db/audit-entries.ts'
import { openSecrets, sealSecrets } from '../line.ts'
import { sayConnected } from './account-sign-in.tsx'
import { callbackUrl, checkAccount, connectAccount, webhookUrlOf } from './connect-account.ts'
import type { WebDesk, WebEnv } from './env.ts'
import { isId } from './ids.ts'
import { withArticle } from './parts/article.ts'
import { CopyField } from './parts/copy-field.tsx'
import { redirectSaying } from './parts/flash.ts'
import { Page } from './parts/page.tsx'
import { refused } from './parts/refused.tsx'
import { readSecretFields, SecretFields } from './parts/secret-fields.tsx'
import { requireRole } from './session.ts'

export function platformAppPages(): Hono<WebEnv> {
  const pages = new Hono<WebEnv>()
  pages.use('/accounts/apps/*', requireRole('admin'))
  pages.use('/accounts/paste/*', requireRole('admin'))
  pages.get('/accounts/apps/new/:platform', c => withConnector(c, connector => appForm(c, connector, {})))
  pages.post('/accounts/apps/new/:platform', c => withConnector(c, connector => addApp(c, connector)))
  pages.get('/accounts/apps/:appId', c => withApp(c, (app, connector) => appForm(c, connector, { app })))
  pages.post('/accounts/apps/:appId', c => withApp(c, (app, connector) => changeApp(c, app, connector)))
  pages.get('/accounts/paste/:appId', c => withApp(c, (app, connector) => pasteForm(c, app, connector, {})))
  pages.post('/accounts/paste/:appId', c => withApp(c, (app, connector) => pasteAccount(c, app, connector)))
  return pages
}

async function addApp(c: Context<WebEnv>, connector: Connector) {
  const desk = c.get('desk')
  const form = await c.req.parseBody()
  const { secrets, missing } = readSecretFields(form, connector.appSecrets)
  const apiBase = String(form.apiBase ?? '').trim() || null
  const problems = {
    ...missing,
    ...(apiBase && !isLoopback(apiBase)
      ? { apiBase: 'Only a simulator on this machine may stand in for the platform: http://127.0.0.1:PORT.' }
      : {}),
  }
  const label = String(form.label ?? '').trim() || `${connector.label} app`
  if (Object.keys(problems).length) return appForm(c, connector, { label, problems }, 422)
  const id = newId()
  await desk.db.transaction().execute(async tx => {
    await insertPlatformApp(tx, {
      id,
      platform: connector.platform,
      label,
      apiBase,
      secrets: sealSecrets(desk.vault, secrets),
      createdAt: desk.now(),
    })
    await insertAuditEntry(tx, {
      at: desk.now(),
      teammateId: c.get('teammate').id,
      action: 'app.added',
      subject: id,
      after: { platform: connector.platform, label, given: Object.keys(secrets), apiBase },
    })
  })
  desk.live.tell({ topic: 'account' })
  return redirectSaying(c, '/accounts', `${label} is stored. Paste its webhook address over there, then connect an account.`)
}

/** Empty fields keep what is stored; what the plan may do is asked again for every account of the app. */
async function changeApp(c: Context<WebEnv>, app: PlatformAppRow, connector: Connector) {
  const desk = c.get('desk')
  const form = await c.req.parseBody()
  const kept = openSecrets(desk.vault, app.secrets)
  const cleared = connector.appSecrets.filter(field => !field.required && form[`clear.${field.name}`] === 'on').map(field => field.name)
  const { secrets, missing } = readSecretFields(
    form,
    connector.appSecrets,
    Object.fromEntries(Object.entries(kept).filter(([name]) => !cleared.includes(name))),
  )
  const label = String(form.label ?? '').trim() || app.label
  if (Object.keys(missing).length) return appForm(c, connector, { app, label, problems: missing }, 422)
  const changed = connector.appSecrets.map(field => field.name).filter(name => secrets[name] !== kept[name])
  await desk.db.transaction().execute(async tx => {
    await updatePlatformApp(tx, app.id, { label, secrets: sealSecrets(desk.vault, secrets) })
    await insertAuditEntry(tx, {
      at: desk.now(),
      teammateId: c.get('teammate').id,
      action: 'app.changed',
      subject: app.id,
      before: { label: app.label },
      after: { label, changed },
    })
  })
  desk.live.tell({ topic: 'account', id: app.id })
  if (!changed.length) return redirectSaying(c, '/accounts', `${label} is stored.`)
  const problems: string[] = []
  for (const account of await listAccounts(desk.db)) {
    if (account.appId !== app.id || account.status !== 'connected') continue
    const { problem } = await checkAccount(desk, c.get('teammate'), account.id)
    if (problem) problems.push(`@${account.handle}: ${problem}`)
  }
  if (problems.length) return redirectSaying(c, '/accounts', `${label} is stored, but with it: ${problems.join(' ')}`, { tone: 'bad' })
  return redirectSaying(c, '/accounts', `${label} is stored, and its accounts were checked with it.`)
}

/** The fallback for platforms without a sign-in, and for tokens made over there. */
async function pasteAccount(c: Context<WebEnv>, app: PlatformAppRow, connector: Connector) {
  const desk = c.get('desk')
  const { secrets, missing } = readSecretFields(await c.req.parseBody(), connector.accountSecrets)
  if (Object.keys(missing).length) return pasteForm(c, app, connector, { problems: missing }, 422)
  const appSecrets = openSecrets(desk.vault, app.secrets)
  try {
    const who = await connector.whoAmI({ secrets: { ...appSecrets, ...secrets }, apiBase: app.apiBase, now: desk.now })
    return sayConnected(c, [await connectAccount(desk, c.get('teammate'), app, { ...who, secrets, tokenExpiresAt: null })])
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error
    const given = connector.accountSecrets.filter(field => secrets[field.name])
    const blamed = error.kind === 'retry' ? {} : { [given[0]!.name]: `${connector.label} did not accept this ${given[0]!.label}.` }
    return pasteForm(c, app, connector, { problem: `${error.message} Nothing was stored.`, problems: blamed }, 422)
  }
}

interface FormState {
  app?: PlatformAppRow
  label?: string
  problem?: string
  problems?: Record<string, string>
}

function appForm(c: Context<WebEnv>, connector: Connector, { app, label, problems = {} }: FormState, status: 200 | 422 = 200) {
  const desk = c.get('desk')
  const title = app ? `Change ${app.label}` : `Add ${withArticle(connector.label)} app`
  const kept = new Set(app ? Object.keys(openSecrets(desk.vault, app.secrets)) : [])
  return c.html(
    <Page c={c} title={title} section="accounts" styles={['accounts']} scripts={['accounts']}>
      <h1>{title}</h1>
      <div class="form-and-guide">
        <form method="post" class="card stack">
          <Problems problems={problems} />
          <label>
            Name
            <input name="label" value={label ?? app?.label ?? ''} placeholder={`${connector.label} app`} maxlength={80} />
            <span class="hint">For your own eyes: say which brand or region it serves.</span>
          </label>
          <SecretFields fields={connector.appSecrets} kept={kept} problems={problems} />
          {app ? null : (
            <details open={!!problems.apiBase}>
              <summary class="muted">For trying out: a simulator instead of {connector.label}</summary>
              <label>
                Address of the simulator
                <input name="apiBase" placeholder="http://127.0.0.1:4001" aria-invalid={problems.apiBase ? 'true' : undefined} />
                {problems.apiBase ? <span class="field-problem">{problems.apiBase}</span> : null}
              </label>
            </details>
          )}
          {connector.appSecrets.some(field => !field.required && kept.has(field.name)) ? (
            <fieldset class="stack">
              <legend>Forget</legend>
              {connector.appSecrets
                .filter(field => !field.required && kept.has(field.name))
                .map(field => (
                  <label class="check">
                    <input type="checkbox" name={`clear.${field.name}`} />
                    {field.label}
                  </label>
                ))}
            </fieldset>
          ) : null}
          <div class="row">
            <button type="submit" class="primary">
              {app ? 'Store' : 'Add the app'}
            </button>
            <a class="button quiet" href="/accounts">
              Cancel
            </a>
          </div>
        </form>
        <Guide>
          <p>In {connector.label}'s developer console, allow this callback address:</p>
          <CopyField label="Callback address" value={callbackUrl(desk)} />
          {app ? (
            <>
              <p>and send webhooks here:</p>
              <CopyField label="Webhook address" value={webhookUrlOf(desk, app.id)} />
            </>
          ) : (
            <p>The webhook address is made when the app is added: you find it on the accounts page.</p>
          )}
          {connector.signIn ? <p class="muted">The sign-in will ask for: {connector.signIn.scopes.join(', ')}.</p> : null}
          <p class="muted">What you paste is encrypted before it is stored, and never shown again.</p>
        </Guide>
      </div>
    </Page>,
    status,
  )
}

function pasteForm(
  c: Context<WebEnv>,
  app: PlatformAppRow,
  connector: Connector,
  { problem, problems = {} }: FormState,
  status: 200 | 422 = 200,
) {
  return c.html(
    <Page c={c} title={`Paste ${withArticle(connector.label)} token`} section="accounts" styles={['accounts']}>
      <h1>Paste {withArticle(connector.label)} token</h1>
      <div class="form-and-guide">
        <form method="post" class="card stack">
          {problem ? (
            <p class="problem" role="alert">
              {problem}
            </p>
          ) : (
            <Problems problems={problems} />
          )}
          <SecretFields fields={connector.accountSecrets} problems={problems} />
          <div class="row">
            <button type="submit" class="primary">
              Check and connect
            </button>
            <a class="button quiet" href="/accounts">
              Cancel
            </a>
          </div>
        </form>
        <Guide>
          <p>{connector.label} is asked at once whose token this is. Only when it answers is anything stored.</p>
          {connector.signIn ? (
            <p>
              Signing in with {connector.label} is simpler, and its token renews itself: <a href="/accounts">go back</a> and press “Connect
              with {connector.label}”.
            </p>
          ) : null}
          <p class="muted">It belongs to the app {app.label}. What you paste is encrypted before it is stored, and never shown again.</p>
        </Guide>
      </div>
    </Page>,
    status,
  )
}

function Problems({ problems }: { problems: Record<string, string> }) {
  const words = Object.values(problems)
  return words.length ? (
    <p class="problem" role="alert">
      {words.join(' ')} Nothing was stored.
    </p>
  ) : null
}

const Guide = ({ children }: { children?: Child }) => (
  <aside class="stack guide" aria-label="What to do over there">
    {children}
  </aside>
)

function withConnector(c: Context<WebEnv>, answer: (connector: Connector) => Response | Promise<Response>) {
  const connector = connectors.find(one => one.platform === c.req.param('platform'))
  return connector ? answer(connector) : refused(c, 404, 'No such platform', 'Heed does not speak it. Nothing was changed.', TO_ACCOUNTS)
}

async function withApp(c: Context<WebEnv>, answer: (app: PlatformAppRow, connector: Connector) => Response | Promise<Response>) {
  const desk: WebDesk = c.get('desk')
  const id = c.req.param('appId')!
  const app = isId(id) ? await findPlatformApp(desk.db, id) : undefined
  return app
    ? answer(app, desk.connectorFor(app.platform))
    : refused(c, 404, 'No such app', 'It is not on the accounts page any more. Nothing was changed.', TO_ACCOUNTS)
}

const isLoopback = (address: string) =>
  URL.canParse(address) && new URL(address).protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(address).hostname)
const TO_ACCOUNTS = { href: '/accounts', label: 'Back to the accounts' }
