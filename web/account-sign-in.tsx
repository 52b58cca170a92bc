// Connecting an account by the platform's own sign-in: off with a state, back with a code, a choice where there are several.
import { randomBytes } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { type ConnectableAccount, type Connector, PlatformError } from '../connectors/connector.ts'
import { findPlatformApp, getPlatformApp, listAccounts } from '../db/accounts.ts'
import { findSignInAttempt, insertSignInAttempt, takeSignInAttempt } from '../db/sign-in-attempts.ts'
import { openSecrets } from '../line.ts'
import { type Connected, callbackUrl, connectAccount } from './connect-account.ts'
import type { WebDesk, WebEnv } from './env.ts'
import { redirectSaying } from './parts/flash.ts'
import { Page } from './parts/page.tsx'
import { refused } from './parts/refused.tsx'
import { requireRole } from './session.ts'

export function accountSignInPages(): Hono<WebEnv> {
  const pages = new Hono<WebEnv>()
  pages.post('/accounts/sign-in/:appId', requireRole('admin'), leave)
  pages.get('/accounts/callback', requireRole('admin'), comeBack)
  pages.get('/accounts/choose/:state', requireRole('admin'), showChoice)
  pages.post('/accounts/choose/:state', requireRole('admin'), choose)
  return pages
}

async function leave(c: Context<WebEnv>) {
  const desk = c.get('desk')
  const app = await findPlatformApp(desk.db, c.req.param('appId')!)
  const signIn = app && desk.connectorFor(app.platform).signIn
  if (!app || !signIn)
    return refused(
      c,
      404,
      'No sign-in here',
      'This app is gone, or its platform has no sign-in of its own. Nothing was changed.',
      TO_ACCOUNTS,
    )
  const [state, verifier] = [randomBytes(32).toString('base64url'), randomBytes(48).toString('base64url')]
  try {
    const url = signIn.authorizeUrl({
      app: openSecrets(desk.vault, app.secrets),
      apiBase: app.apiBase,
      redirectUri: callbackUrl(desk),
      state,
      verifier,
    })
    await insertSignInAttempt(
      desk.db,
      {
        state,
        appId: app.id,
        teammateId: c.get('teammate').id,
        verifier,
        choices: null,
        expiresAt: inTenMinutes(desk),
      },
      desk.now(),
    )
    return c.redirect(url, 303)
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error
    return refused(c, 422, 'The app is not complete', `${error.message} Nothing was changed.`, {
      href: `/accounts/apps/${app.id}`,
      label: 'Complete the app',
    })
  }
}

async function comeBack(c: Context<WebEnv>) {
  const desk = c.get('desk')
  const { state = '', code, error, error_description: described, error_message: message } = c.req.query()
  const attempt = await takeSignInAttempt(desk.db, state, c.get('teammate').id)
  if (!attempt || attempt.choices)
    return refused(
      c,
      (await isForeign(c, state)) ? 403 : 400,
      'This sign-in cannot be finished',
      `${await whyNot(c, state)} Nothing was changed.`,
      START_AGAIN,
    )
  if (attempt.expiresAt <= desk.now())
    return refused(
      c,
      400,
      'This sign-in took too long',
      'It was begun more than ten minutes ago, so it no longer counts. Nothing was changed; start it again.',
      START_AGAIN,
    )
  const app = await getPlatformApp(desk.db, attempt.appId)
  const connector = desk.connectorFor(app.platform)
  if (error || !code)
    return refused(
      c,
      422,
      `${connector.label} did not let us in`,
      `${inWords(connector, error, described ?? message)} Nothing was changed.`,
      START_AGAIN,
    )
  try {
    const found = await connector.signIn!.finish({
      app: openSecrets(desk.vault, app.secrets),
      apiBase: app.apiBase,
      redirectUri: callbackUrl(desk),
      code,
      verifier: attempt.verifier,
      now: desk.now(),
    })
    if (!found.length)
      return refused(
        c,
        422,
        'Nothing to connect',
        `${connector.label} named no account that this sign-in may care for. Nothing was changed.`,
        START_AGAIN,
      )
    if (found.length === 1) return sayConnected(c, [await connectAccount(desk, c.get('teammate'), app, found[0]!)])
    const choosing = randomBytes(32).toString('base64url')
    await insertSignInAttempt(
      desk.db,
      {
        ...attempt,
        state: choosing,
        verifier: '',
        choices: desk.vault.seal(JSON.stringify(found)),
        expiresAt: inTenMinutes(desk),
      },
      desk.now(),
    )
    return c.redirect(`/accounts/choose/${choosing}`, 303)
  } catch (problem) {
    if (!(problem instanceof PlatformError)) throw problem
    desk.log.warn({ platform: app.platform, kind: problem.kind }, 'a sign-in was not finished')
    return refused(c, 422, `${connector.label} did not finish the sign-in`, `${problem.message} Nothing was changed.`, START_AGAIN)
  }
}

async function showChoice(c: Context<WebEnv>) {
  const desk = c.get('desk')
  const attempt = await findSignInAttempt(desk.db, c.req.param('state')!)
  if (!attempt?.choices || attempt.teammateId !== c.get('teammate').id || attempt.expiresAt <= desk.now()) return choiceGone(c)
  const app = await getPlatformApp(desk.db, attempt.appId)
  const connector = desk.connectorFor(app.platform)
  const here = new Set(
    (await listAccounts(desk.db)).filter(account => account.platform === app.platform).map(account => account.externalId),
  )
  return c.html(
    <Page c={c} title="Choose accounts" section="accounts" styles={['accounts']}>
      <h1>Which shall Heed care for?</h1>
      <form method="post" class="card stack narrow">
        <p class="muted">
          {connector.label} lets this sign-in act for {choicesOf(desk, attempt.choices).length} accounts. Only those you choose are
          connected; the others' tokens are thrown away.
        </p>
        <fieldset class="stack">
          <legend>Accounts</legend>
          {choicesOf(desk, attempt.choices).map(one => (
            <label class="check choice">
              <input type="checkbox" name="externalId" value={one.externalId} />
              <span>
                <strong>{one.name}</strong> <span class="muted">@{one.handle}</span>
              </span>
              {here.has(one.externalId) ? <span class="chip">connected already: renews it</span> : null}
            </label>
          ))}
        </fieldset>
        <div class="row">
          <button type="submit" class="primary">
            Connect
          </button>
          <a class="button quiet" href="/accounts">
            Connect none
          </a>
        </div>
      </form>
    </Page>,
  )
}

async function choose(c: Context<WebEnv>) {
  const desk = c.get('desk')
  const state = c.req.param('state')!
  const wanted = [(await c.req.parseBody({ all: true })).externalId ?? []].flat().map(String)
  if (!wanted.length)
    return refused(c, 422, 'Nothing was chosen', 'Tick at least one account, then connect. Nothing was changed.', {
      href: `/accounts/choose/${state}`,
      label: 'Back to the choice',
    })
  const attempt = await takeSignInAttempt(desk.db, state, c.get('teammate').id)
  if (!attempt?.choices || attempt.expiresAt <= desk.now()) return choiceGone(c)
  const app = await getPlatformApp(desk.db, attempt.appId)
  const chosen = choicesOf(desk, attempt.choices).filter(one => wanted.includes(one.externalId))
  if (chosen.length !== wanted.length)
    return refused(
      c,
      422,
      'Not yours to connect',
      'One of the accounts was not among those the platform named. Nothing was changed.',
      START_AGAIN,
    )
  const connected: Connected[] = []
  for (const one of chosen) connected.push(await connectAccount(desk, c.get('teammate'), app, one))
  return sayConnected(c, connected)
}

/** What was connected, and what did not work over there: said on the accounts page, kept in the account's health. */
export function sayConnected(c: Context<WebEnv>, connected: readonly Connected[]) {
  const problems = connected.filter(one => one.problem)
  const names = connected.map(one => `@${one.account.handle}`).join(', ')
  const words = connected.every(one => one.isNew)
    ? `${names} ${connected.length > 1 ? 'are' : 'is'} connected.`
    : `${names}: connected again, with everything that waited.`
  if (!problems.length) return redirectSaying(c, '/accounts', words)
  return redirectSaying(
    c,
    '/accounts',
    `${words} But it was not set up whole: ${problems.map(one => `@${one.account.handle}: ${one.problem}`).join(' ')}`,
    { tone: 'bad' },
  )
}

const isForeign = async (c: Context<WebEnv>, state: string) => !!(await findSignInAttempt(c.get('desk').db, state))

async function whyNot(c: Context<WebEnv>, state: string): Promise<string> {
  if (!state) return 'The platform came back without the state we gave it.'
  return (await isForeign(c, state))
    ? 'Somebody else began this sign-in: only they can finish it, signed in to Heed as themselves.'
    : 'We did not begin it, it was finished already, or it was begun too long ago.'
}

function inWords(connector: Connector, error: string | undefined, described: string | undefined): string {
  if (error === 'access_denied' || error === 'user_denied')
    return `Access was declined on ${connector.label}'s page${described ? ` (“${described}”)` : ''}.`
  if (!error) return `${connector.label} came back with neither a code nor a reason.`
  return `${connector.label} said: ${described ?? error}.`
}

const choicesOf = (desk: WebDesk, sealed: Uint8Array) =>
  (
    JSON.parse(desk.vault.open(sealed).toString('utf8')) as (Omit<ConnectableAccount, 'tokenExpiresAt'> & {
      tokenExpiresAt: string | null
    })[]
  ).map((one): ConnectableAccount => ({ ...one, tokenExpiresAt: one.tokenExpiresAt ? new Date(one.tokenExpiresAt) : null }))

const choiceGone = (c: Context<WebEnv>) =>
  refused(
    c,
    400,
    'This choice is over',
    "It was made already, is somebody else's, or waited longer than ten minutes. Nothing was changed; start the sign-in again.",
    START_AGAIN,
  )

const inTenMinutes = (desk: WebDesk) => new Date(desk.now().getTime() + 10 * 60_000)
const TO_ACCOUNTS = { href: '/accounts', label: 'Back to the accounts' }
const START_AGAIN = { href: '/accounts', label: 'Start again' }
