// The accounts page: every app and account, and at a glance whether each channel is alive.
import { type Context, Hono } from 'hono'
import { connectors } from '../connectors/all.ts'
import type { Connector } from '../connectors/connector.ts'
import { type AccountRow, listPlatformApps, type PlatformAppRow } from '../db/accounts.ts'
import { type AccountWithWork, listAccountsWithWork, listRefusals, type RefusalSum } from '../db/accounts-page.ts'
import { findWorkWaiting, type WorkWaiting } from '../db/health-page.ts'
import { openSecrets } from '../line.ts'
import { type Health, healthOf } from './account-health.ts'
import { checkAccount, switchOff, webhookUrlOf } from './connect-account.ts'
import type { WebDesk, WebEnv } from './env.ts'
import { withArticle } from './parts/article.ts'
import { CopyField } from './parts/copy-field.tsx'
import { redirectSaying } from './parts/flash.ts'
import { HealthMark } from './parts/health-mark.tsx'
import { Page } from './parts/page.tsx'
import { PlanFacts } from './parts/plan-facts.tsx'
import { RefusalTable } from './parts/refusal-table.tsx'
import { refused } from './parts/refused.tsx'
import { Time } from './parts/time.tsx'
import { hasRole, requireRole } from './session.ts'

export function accountsPages(): Hono<WebEnv> {
  const pages = new Hono<WebEnv>()
  pages.get('/accounts', showAccounts)
  pages.post('/accounts/:id/check', requireRole('admin'), c => withAccount(c, async account => {
    const { problem, account: after } = await checkAccount(c.get('desk'), c.get('teammate'), account.id)
    return problem
      ? redirectSaying(c, '/accounts', `@${after.handle}: ${problem}`, { tone: 'bad' })
      : redirectSaying(c, '/accounts', `@${after.handle} answered: signed in, subscribed, and on.`)
  }))
  pages.post('/accounts/:id/off', requireRole('admin'), c => withAccount(c, async account => {
    await switchOff(c.get('desk'), c.get('teammate'), account.id)
    return redirectSaying(c, '/accounts', `@${account.handle} is off: nothing is polled or sent. Its history stays.`)
  }))
  return pages
}

async function showAccounts(c: Context<WebEnv>) {
  const desk = c.get('desk')
  const now = desk.now()
  const [apps, accounts, refusals, work] = await Promise.all([
    listPlatformApps(desk.db), listAccountsWithWork(desk.db), listRefusals(desk.db, new Date(now.getTime() - 7 * 86_400_000)), findWorkWaiting(desk.db, now),
  ])
  const channels = accounts.map(account => ({ account, health: healthOf(account, now, desk.connectorFor(account.platform).intake.polling?.everyMs ?? null) }))
  const mayChange = hasRole(c.get('teammate'), 'admin')
  return c.html(
    <Page c={c} title="Accounts" section="accounts" styles={['accounts']} scripts={['accounts']}>
      <div class="row">
        <h1 class="grow">Accounts</h1>
        {connectors.map(one => mayChange
          ? <a class="button" href={`/accounts/apps/new/${one.platform}`}>Add {withArticle(one.label)} app</a>
          : <button type="button" disabled title={ADMINS_ONLY}>Add {withArticle(one.label)} app</button>)}
      </div>
      {mayChange ? null : <p class="muted">{ADMINS_ONLY} You can look at everything.</p>}
      <Glance channels={channels} />
      {desk.demo?.links.length ? <p class="muted">The demo runs on invented accounts. Write as one of their customers: {desk.demo.links.map(link => <> <a href={link.url} target="_blank" rel="noopener">{link.label} ↗</a></>)}</p> : null}
      {apps.map(app => (
        <App desk={desk} app={app} connector={desk.connectorFor(app.platform)} channels={channels.filter(one => one.account.appId === app.id)} mayChange={mayChange} />
      ))}
      {apps.length === 0 ? (
        <div class="empty card"><strong>Nothing is connected yet.</strong><p>Add your developer app of a platform first: it signs what the platform sends us, and opens its sign-in.</p></div>
      ) : null}
      <Ledger work={work} refusals={refusals} now={now} />
    </Page>,
  )
}

interface Channel {
  account: AccountWithWork
  health: Health
}

/** One tile a channel: whoever looks for one second must know. */
function Glance({ channels }: { channels: Channel[] }) {
  if (!channels.length) return null
  const ill = channels.filter(one => one.health.tone === 'bad' || one.health.tone === 'warn')
  const off = channels.filter(one => one.health.word === 'Off').length
  return (
    <section aria-label="At a glance" class="stack">
      <p class={ill.length ? 'advice' : 'all-well'} role="status">
        {ill.length
          ? <><strong>{ill.length} of {channels.length} {channels.length === 1 ? 'channel needs' : 'channels need'} a look:</strong> {ill.map(one => `@${one.account.handle}`).join(', ')}.</>
          : <><strong>{channels.length - off === 1 ? 'The channel is alive.' : `All ${channels.length - off} channels are alive.`}</strong>{off ? ` ${off} switched off.` : ''}</>}
      </p>
      <div class="grid glance">
        {channels.map(({ account, health }) => (
          <a class={`tile channel ${health.tone}`} href={`#account-${account.id}`}>
            <span class="row"><PlatformIcon platform={account.platform} /><span class="grow handle">@{account.handle}</span>{account.isDemo ? <span class="chip">demo</span> : null}</span>
            <strong><HealthMark health={health} /></strong>
            <small class="muted clamp">{health.because}</small>
          </a>
        ))}
      </div>
    </section>
  )
}

function App({ desk, app, connector, channels, mayChange }: { desk: WebDesk; app: PlatformAppRow; connector: Connector; channels: Channel[]; mayChange: boolean }) {
  const opened = tryOpen(desk, app.secrets)
  return (
    <section class="card stack app" aria-labelledby={`app-${app.id}`}>
      <header class="row">
        <PlatformIcon platform={app.platform} />
        <h2 class="grow" id={`app-${app.id}`}>{app.label} <span class="muted">{connector.label}</span></h2>
        {app.apiBase ? <span class="chip" title={app.apiBase}>simulator</span> : null}
        {app.isDemo ? <span class="chip">demo</span> : null}
        {connector.signIn ? <form method="post" action={`/accounts/sign-in/${app.id}`}><button type="submit" class="primary" {...ifAdmin(mayChange)}>Connect with {connector.label}</button></form> : null}
        {mayChange ? <a class="button" href={`/accounts/paste/${app.id}`}>Paste a token</a> : <button type="button" {...ifAdmin(false)}>Paste a token</button>}
        {mayChange ? <a class="button quiet" href={`/accounts/apps/${app.id}`}>Change app</a> : null}
      </header>
      {opened ? null : <p class="problem">Its secrets cannot be opened: SECRET_KEY is not the one they were stored with. Give back the old key, or paste the secrets again.</p>}
      {connector.intake.webhook ? (
        <div class="webhook"><span class="muted">Webhook address, to paste over there</span><CopyField label={`Webhook address of ${app.label}`} value={webhookUrlOf(desk, app.id)} /></div>
      ) : null}
      {channels.map(channel => <AccountCard desk={desk} app={app} connector={connector} channel={channel} mayChange={mayChange} />)}
      {channels.length === 0 ? <p class="muted">No account is connected through this app yet.</p> : null}
      <PlanFacts connector={connector} accounts={channels.map(one => one.account)} now={desk.now()} changeAt={mayChange ? `/accounts/apps/${app.id}` : null} />
    </section>
  )
}

function AccountCard({ desk, app, connector, channel: { account, health }, mayChange }: { desk: WebDesk; app: PlatformAppRow; connector: Connector; channel: Channel; mayChange: boolean }) {
  const now = desk.now()
  return (
    <article class={`account ${health.tone}`} id={`account-${account.id}`} aria-label={`@${account.handle}`}>
      <div class="who">
        <h3>{account.name} <span class="muted">@{account.handle}</span></h3>
        <p class="verdict"><HealthMark health={health} /></p>
        <p class="because">{health.because}</p>
      </div>
      <dl class="facts">
        <Fact label="Last webhook"><When at={account.lastDeliveryAt} now={now} never="none yet" /></Fact>
        <Fact label="Last poll">{connector.intake.polling ? <When at={account.lastPollAt} now={now} never="none yet" /> : 'this platform only pushes'}</Fact>
        <Fact label="Newest mention"><When at={account.newestMentionAt} now={now} never="none yet" /></Fact>
        <Fact label="Sign-in"><TokenState desk={desk} account={account} now={now} /></Fact>
        <Fact label="Last problem">{account.lastErrorAt ? <Time at={account.lastErrorAt} now={now} /> : 'none'}</Fact>
        <Fact label="Replies waiting">{account.waitingReplies}{account.unsureReplies ? ` · ${account.unsureReplies} unsure` : ''}</Fact>
      </dl>
      <div class="row actions">
        {account.status === 'reconnect' && connector.signIn
          ? <form method="post" action={`/accounts/sign-in/${app.id}`}><button type="submit" class="primary" {...ifAdmin(mayChange)}>Reconnect</button></form>
          : null}
        <form method="post" action={`/accounts/${account.id}/check`}>
          <button type="submit" class="small" {...ifAdmin(mayChange)}>{account.status === 'off' ? 'Switch on' : 'Check now'}<span class="visually-hidden"> @{account.handle}</span></button>
        </form>
        {account.status === 'off' ? null : (
          <form method="post" action={`/accounts/${account.id}/off`}>
            <button type="submit" class="small quiet" {...ifAdmin(mayChange)}>Switch off<span class="visually-hidden"> @{account.handle}</span></button>
          </form>
        )}
      </div>
    </article>
  )
}

function Ledger({ work, refusals, now }: { work: WorkWaiting; refusals: RefusalSum[]; now: Date }) {
  return (
    <section class="card stack" aria-labelledby="ledger">
      <h2 id="ledger">What did not get through</h2>
      <p>
        {work.unreadable || work.setAside
          ? <>
              {work.unreadable ? <a href="/health#unreadable">{work.unreadable} {work.unreadable === 1 ? 'delivery' : 'deliveries'} could not be read</a> : null}
              {work.unreadable && work.setAside ? ' and ' : null}
              {work.setAside ? <a href="/health#set-aside">{work.setAside} {work.setAside === 1 ? 'mention was' : 'mentions were'} set aside</a> : null}
              : kept, and waiting for you.
            </>
          : 'Every delivery was read, and every mention judged.'}
      </p>
      <RefusalTable refusals={refusals} now={now} />
    </section>
  )
}

function TokenState({ desk, account, now }: { desk: WebDesk; account: AccountRow; now: Date }) {
  const secrets = tryOpen(desk, account.secrets)
  if (!secrets) return <span class="late">cannot be opened: SECRET_KEY changed</span>
  if (account.status === 'reconnect') return <span class="late">no longer works</span>
  if (secrets.refreshToken) return 'renews itself'
  if (!account.tokenExpiresAt) return 'no end date known'
  const isOver = account.tokenExpiresAt < now
  return <span class={isOver ? 'late' : undefined}>{isOver ? 'ended ' : 'ends '}<Time at={account.tokenExpiresAt} now={now} /></span>
}

const Fact = ({ label, children }: { label: string; children?: unknown }) => <div><dt>{label}</dt><dd>{children as never}</dd></div>
const When = ({ at, now, never }: { at: Date | null; now: Date; never: string }) => (at ? <Time at={at} now={now} /> : <span class="muted">{never}</span>)
const PlatformIcon = ({ platform }: { platform: string }) => <img class="platform-icon" src={`/public/platforms/${platform}/icon.svg`} alt="" width="20" height="20" />

function tryOpen(desk: WebDesk, sealed: Uint8Array) {
  try {
    return openSecrets(desk.vault, sealed)
  } catch (error) {
    desk.log.warn({ err: error }, 'secrets cannot be opened')
    return null
  }
}

async function withAccount(c: Context<WebEnv>, act: (account: AccountWithWork) => Promise<Response>) {
  const account = (await listAccountsWithWork(c.get('desk').db)).find(one => one.id === c.req.param('id'))
  return account ? act(account) : refused(c, 404, 'No such account', 'It is not on the accounts page any more. Nothing was changed.', { href: '/accounts', label: 'Back to the accounts' })
}

const ifAdmin = (mayChange: boolean) => (mayChange ? {} : { disabled: true, title: ADMINS_ONLY })
const ADMINS_ONLY = 'Only an admin can connect and change accounts.'
