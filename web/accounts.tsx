// The accounts page: every app and account, and at a glance whether each channel is alive.
import { type Context, Hono } from 'hono'
import { connectors } from '../connectors/all.ts'
import { listPlatformApps, setMonthlyCap } from '../db/accounts.ts'
import { type AccountWithWork, listAccountsWithWork, listRefusals, type RefusalSum } from '../db/accounts-page.ts'
import { insertAuditEntry } from '../db/audit-entries.ts'
import { findWorkWaiting, type WorkWaiting } from '../db/health-page.ts'
import { findChannels } from '../metrics/channels.ts'
import { healthOf } from './account-health.ts'
import { checkAccount, switchOff } from './connect-account.ts'
import type { WebEnv } from './env.ts'
import { ADMINS_ONLY, AppCard, type Channel, PlatformIcon } from './parts/account-card.tsx'
import { withArticle } from './parts/article.ts'
import { redirectSaying } from './parts/flash.ts'
import { HealthMark } from './parts/health-mark.tsx'
import { Page } from './parts/page.tsx'
import { RefusalTable } from './parts/refusal-table.tsx'
import { refused } from './parts/refused.tsx'
import { hasRole, requireRole } from './session.ts'

export function accountsPages(): Hono<WebEnv> {
  const pages = new Hono<WebEnv>()
  pages.get('/accounts', showAccounts)
  pages.post('/accounts/:id/check', requireRole('admin'), c =>
    withAccount(c, async account => {
      const { problem, account: after } = await checkAccount(c.get('desk'), c.get('teammate'), account.id)
      return problem
        ? redirectSaying(c, '/accounts', `@${after.handle}: ${problem}`, { tone: 'bad' })
        : redirectSaying(c, '/accounts', `@${after.handle} answered: signed in, subscribed, and on.`)
    }),
  )
  pages.post('/accounts/:id/off', requireRole('admin'), c =>
    withAccount(c, async account => {
      await switchOff(c.get('desk'), c.get('teammate'), account.id)
      return redirectSaying(c, '/accounts', `@${account.handle} is off: nothing is polled or sent. Its history stays.`)
    }),
  )
  pages.post('/accounts/:id/cap', requireRole('admin'), c => withAccount(c, account => setCap(c, account)))
  return pages
}

/** Empty takes the cap away. */
async function setCap(c: Context<WebEnv>, account: AccountWithWork) {
  const desk = c.get('desk')
  const given = String((await c.req.parseBody()).usd ?? '').trim()
  const usd = given === '' ? null : Number(given.replace(/^\$/, ''))
  if (usd !== null && !(usd >= 0 && usd <= 1_000_000))
    return refused(
      c,
      422,
      'That is no sum of money',
      `“${given}” was not understood: write dollars, such as 25 or 25.50. Nothing was changed.`,
      {
        href: `/accounts#account-${account.id}`,
        label: 'Back to the account',
      },
    )
  await desk.db.transaction().execute(async tx => {
    await setMonthlyCap(tx, account.id, usd)
    await insertAuditEntry(tx, {
      at: desk.now(),
      teammateId: c.get('teammate').id,
      action: 'account.cap',
      subject: account.id,
      before: { usd: account.monthlyCapUsd },
      after: { usd },
    })
  })
  const said =
    usd === null ? 'has no monthly cap any more.' : `stops searching at $${usd.toFixed(2)} a month. Own mentions are always read.`
  return redirectSaying(c, `/accounts#account-${account.id}`, `@${account.handle} ${said}`)
}

async function showAccounts(c: Context<WebEnv>) {
  const desk = c.get('desk')
  const now = desk.now()
  const [apps, accounts, refusals, work, states] = await Promise.all([
    listPlatformApps(desk.db),
    listAccountsWithWork(desk.db),
    listRefusals(desk.db, new Date(now.getTime() - 7 * 86_400_000)),
    findWorkWaiting(desk.db, now),
    findChannels(desk, new Date(now.getTime() - 86_400_000)),
  ])
  const channels = accounts.flatMap(account => {
    const state = states.find(one => one.account.id === account.id)
    if (!state) return []
    const silence = state.watched?.isSilent ? state.watched.silence : null
    return [
      { account, state, health: healthOf(account, now, desk.connectorFor(account.platform).intake.polling?.everyMs ?? null, silence) },
    ]
  })
  const mayChange = hasRole(c.get('teammate'), 'admin')
  return c.html(
    <Page c={c} title="Accounts" section="accounts" styles={['accounts']} scripts={['accounts']}>
      <div class="row">
        <h1 class="grow">Accounts</h1>
        <div class="row add-apps">
          {connectors.map(one =>
            mayChange ? (
              <a class="button" href={`/accounts/apps/new/${one.platform}`}>
                Add {withArticle(one.label)} app
              </a>
            ) : (
              <button type="button" disabled title={ADMINS_ONLY}>
                Add {withArticle(one.label)} app
              </button>
            ),
          )}
        </div>
      </div>
      {mayChange ? null : <p class="muted">{ADMINS_ONLY} You can look at everything.</p>}
      <Glance channels={channels} />
      {desk.demo?.links.length ? (
        <p class="muted">
          The demo runs on invented accounts. Write as one of their customers:{' '}
          {desk.demo.links.map(link => (
            <>
              {' '}
              <a href={link.url} target="_blank" rel="noopener">
                {link.label} ↗
              </a>
            </>
          ))}
        </p>
      ) : null}
      {apps.map(app => (
        <AppCard
          desk={desk}
          app={app}
          connector={desk.connectorFor(app.platform)}
          channels={channels.filter(one => one.account.appId === app.id)}
          areMany={channels.length > FEW}
          mayChange={mayChange}
        />
      ))}
      {apps.length === 0 ? (
        <div class="empty card">
          <strong>Nothing is connected yet.</strong>
          <p>Add your developer app of a platform first: it signs what the platform sends us, and opens its sign-in.</p>
        </div>
      ) : null}
      <Ledger work={work} refusals={refusals} now={now} />
    </Page>,
  )
}

/** One tile a channel: whoever looks for one second must know. */
function Glance({ channels }: { channels: Channel[] }) {
  if (!channels.length) return null
  const ill = channels.filter(one => one.health.tone === 'bad' || one.health.tone === 'warn')
  const off = channels.filter(one => one.health.word === 'Off').length
  // Where there are many, a tile is for what needs a look.
  const well = channels.length > FEW ? channels.filter(one => one.health.tone === 'good') : []
  return (
    <section aria-label="At a glance" class="stack">
      <p class={ill.length ? 'advice' : 'all-well'} role="status">
        {ill.length ? (
          <>
            <strong>
              {ill.length} of {channels.length} {channels.length === 1 ? 'channel needs' : 'channels need'} a look:
            </strong>{' '}
            {ill.map(one => `@${one.account.handle}`).join(', ')}.
          </>
        ) : (
          <>
            <strong>
              {channels.length - off === 1
                ? 'The channel is alive.'
                : channels.length - off === 2
                  ? 'Both channels are alive.'
                  : `All ${channels.length - off} channels are alive.`}
            </strong>
            {off ? ` ${off} switched off.` : ''}
          </>
        )}
      </p>
      <div class="grid glance">
        {channels
          .filter(one => !well.includes(one))
          .map(({ account, health }) => (
            <a class={`tile channel ${health.tone}`} href={`#account-${account.id}`}>
              <span class="row">
                <PlatformIcon platform={account.platform} />
                <span class="grow handle">@{account.handle}</span>
                {account.isDemo ? <span class="chip">demo</span> : null}
              </span>
              <strong>
                <HealthMark health={health} />
              </strong>
              <small class="muted clamp">{health.because}</small>
            </a>
          ))}
      </div>
      {well.length ? (
        <ul class="well-channels">
          {well.map(({ account, health }) => (
            <li>
              <HealthMark health={health} />
              <PlatformIcon platform={account.platform} />
              <a href={`#account-${account.id}`} title={`@${account.handle}. ${health.because}`}>
                @{account.handle}
              </a>
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  )
}

function Ledger({ work, refusals, now }: { work: WorkWaiting; refusals: RefusalSum[]; now: Date }) {
  return (
    <section class="card stack" aria-labelledby="ledger">
      <h2 id="ledger">What did not get through</h2>
      <p>
        {work.unreadable || work.setAside ? (
          <>
            {work.unreadable ? (
              <a href="/health#unreadable">
                {work.unreadable} {work.unreadable === 1 ? 'delivery' : 'deliveries'} could not be read
              </a>
            ) : null}
            {work.unreadable && work.setAside ? ' and ' : null}
            {work.setAside ? (
              <a href="/health#set-aside">
                {work.setAside} {work.setAside === 1 ? 'mention was' : 'mentions were'} set aside
              </a>
            ) : null}
            : kept, and waiting for you.
          </>
        ) : (
          'Every delivery was read, and every mention judged.'
        )}
      </p>
      <RefusalTable refusals={refusals} now={now} />
    </section>
  )
}

async function withAccount(c: Context<WebEnv>, act: (account: AccountWithWork) => Promise<Response>) {
  const account = (await listAccountsWithWork(c.get('desk').db)).find(one => one.id === c.req.param('id'))
  return account
    ? act(account)
    : refused(c, 404, 'No such account', 'It is not on the accounts page any more. Nothing was changed.', {
        href: '/accounts',
        label: 'Back to the accounts',
      })
}

/** So many are shown whole. */
const FEW = 8
