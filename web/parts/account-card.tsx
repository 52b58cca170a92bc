// One app with its accounts: each channel's state, what it last heard, and what an admin may do about it.
import type { Connector } from '../../connectors/connector.ts'
import type { AccountRow, PlatformAppRow } from '../../db/accounts.ts'
import type { AccountWithWork } from '../../db/accounts-page.ts'
import { asAccount, openSecrets } from '../../line.ts'
import type { ChannelState } from '../../metrics/channels.ts'
import type { Health } from '../account-health.ts'
import { webhookUrlOf } from '../connect-account.ts'
import type { WebDesk } from '../env.ts'
import { AccountSpend } from './account-spend.tsx'
import { CopyField } from './copy-field.tsx'
import { HealthMark } from './health-mark.tsx'
import { PlanFacts } from './plan-facts.tsx'
import { Time } from './time.tsx'

export interface Channel {
  account: AccountWithWork
  health: Health
  /** What it covered, costs and was told of limits. */
  state: ChannelState
}

export function AppCard({
  desk,
  app,
  connector,
  channels,
  areMany,
  mayChange,
}: {
  desk: WebDesk
  app: PlatformAppRow
  connector: Connector
  channels: Channel[]
  /** Then the well ones are folded. */
  areMany: boolean
  mayChange: boolean
}) {
  const opened = tryOpen(desk, app.secrets)
  return (
    <section class="card stack app" aria-labelledby={`app-${app.id}`}>
      <header class="row">
        <PlatformIcon platform={app.platform} />
        <h2 class="grow" id={`app-${app.id}`}>
          {app.label} <span class="muted">{connector.label}</span>
        </h2>
        {app.apiBase ? (
          <span class="chip" title={app.apiBase}>
            simulator
          </span>
        ) : null}
        {app.isDemo ? <span class="chip">demo</span> : null}
        {connector.signIn ? (
          <form method="post" action={`/accounts/sign-in/${app.id}`}>
            <button type="submit" class="primary" {...ifAdmin(mayChange)}>
              Connect with {connector.label}
            </button>
          </form>
        ) : null}
        {mayChange ? (
          <a class="button" href={`/accounts/paste/${app.id}`}>
            Paste a token
          </a>
        ) : (
          <button type="button" {...ifAdmin(false)}>
            Paste a token
          </button>
        )}
        {mayChange ? (
          <a class="button quiet" href={`/accounts/apps/${app.id}`}>
            Change app
          </a>
        ) : null}
      </header>
      {opened ? null : (
        <p class="problem">
          Its secrets cannot be opened: SECRET_KEY is not the one they were stored with. Give back the old key, or paste the secrets again.
        </p>
      )}
      {connector.intake.webhook ? (
        <div class="webhook">
          <span class="muted">Webhook address, to paste over there</span>
          <CopyField label={`Webhook address of ${app.label}`} value={webhookUrlOf(desk, app.id)} />
        </div>
      ) : null}
      {channels.map(channel => {
        const card = <AccountCard desk={desk} app={app} connector={connector} channel={channel} mayChange={mayChange} />
        return areMany && channel.health.tone === 'good' ? <Folded channel={channel}>{card}</Folded> : card
      })}
      {channels.length === 0 ? <p class="muted">No account is connected through this app yet.</p> : null}
      <PlanFacts
        connector={connector}
        accounts={channels.map(one => one.account)}
        now={desk.now()}
        changeAt={mayChange ? `/accounts/apps/${app.id}` : null}
      />
    </section>
  )
}

/** A link to the account inside opens it. */
function Folded({ channel: { account, health, state }, children }: { channel: Channel; children?: unknown }) {
  return (
    <details class="folded">
      <summary>
        <span class="name">
          {account.name} <span class="muted">@{account.handle}</span>
        </span>
        <HealthMark health={health} />
        <span class="muted">
          {health.because} {capital(COVERAGE[state.coverage.tone])}.
        </span>
      </summary>
      {children as never}
    </details>
  )
}

function AccountCard({
  desk,
  app,
  connector,
  channel: { account, health, state },
  mayChange,
}: {
  desk: WebDesk
  app: PlatformAppRow
  connector: Connector
  channel: Channel
  mayChange: boolean
}) {
  const now = desk.now()
  const prices = connector.prices?.(asAccount(account)) ?? null
  return (
    <article class={`account ${health.tone}`} id={`account-${account.id}`} aria-label={`@${account.handle}`}>
      <div class="who">
        <h3>
          {account.name} <span class="muted">@{account.handle}</span>
        </h3>
        <p class="verdict">
          <HealthMark health={health} />
        </p>
        <p class="because">{health.because}</p>
      </div>
      <dl class="facts">
        <Fact label="Last webhook">
          <When at={account.lastDeliveryAt} now={now} never="none yet" />
        </Fact>
        <Fact label="Last poll">
          {connector.intake.polling ? <When at={account.lastPollAt} now={now} never="none yet" /> : 'this platform only pushes'}
        </Fact>
        <Fact label="Newest mention">
          <When at={account.newestMentionAt} now={now} never="none yet" />
        </Fact>
        <Fact label="Sign-in">
          <TokenState desk={desk} account={account} now={now} />
        </Fact>
        <Fact label="Coverage">
          <a href={`/health#channel-${account.id}`} title={state.coverage.sentence}>
            {COVERAGE[state.coverage.tone]}
          </a>
        </Fact>
        <Fact label="Last problem">{account.lastErrorAt ? <Time at={account.lastErrorAt} now={now} /> : 'none'}</Fact>
        <Fact label="Replies waiting">
          {account.waitingReplies}
          {account.unsureReplies ? ` · ${account.unsureReplies} unsure` : ''}
        </Fact>
      </dl>
      <div class="row actions">
        {account.status === 'reconnect' && connector.signIn ? (
          <form method="post" action={`/accounts/sign-in/${app.id}`}>
            <button type="submit" class="primary" {...ifAdmin(mayChange)}>
              Reconnect
            </button>
          </form>
        ) : null}
        <form method="post" action={`/accounts/${account.id}/check`}>
          <button type="submit" class="small" {...ifAdmin(mayChange)}>
            {account.status === 'off' ? 'Switch on' : 'Check now'}
            <span class="visually-hidden"> @{account.handle}</span>
          </button>
        </form>
        {account.status === 'off' ? null : (
          <form method="post" action={`/accounts/${account.id}/off`}>
            <button type="submit" class="small quiet" {...ifAdmin(mayChange)}>
              Switch off<span class="visually-hidden"> @{account.handle}</span>
            </button>
          </form>
        )}
      </div>
      {state.spend && prices ? (
        <AccountSpend
          accountId={account.id}
          handle={account.handle}
          spend={state.spend}
          prices={prices}
          itemName={item => itemName(item, state)}
          mayChange={mayChange}
        />
      ) : null}
    </article>
  )
}

const COVERAGE: Record<ChannelState['coverage']['tone'], string> = {
  good: 'all accounted for',
  warn: 'a gap to look at',
  bad: 'mentions are missing',
  neutral: 'not asked yet',
}

/** "poll:dms" is "private messages"; a search is named by its own page. */
function itemName(item: string, { sources }: ChannelState): string {
  if (item === 'send') return 'replies and messages sent'
  if (item === 'gesture') return 'likes and hides'
  if (item === 'poll:parents') return 'what customers answered'
  if (/^poll:(search|stream):/.test(item)) return 'a watch term'
  return sources.find(source => source.name === item)?.label ?? (item === 'webhook' ? 'pushed mentions' : item.replace(/^poll:/, ''))
}

function TokenState({ desk, account, now }: { desk: WebDesk; account: AccountRow; now: Date }) {
  const secrets = tryOpen(desk, account.secrets)
  if (!secrets) return <span class="late">cannot be opened: SECRET_KEY changed</span>
  if (account.status === 'reconnect') return <span class="late">no longer works</span>
  if (secrets.refreshToken) return 'renews itself'
  if (!account.tokenExpiresAt) return 'no end date known'
  const isOver = account.tokenExpiresAt < now
  return (
    <span class={isOver ? 'late' : undefined}>
      {isOver ? 'ended ' : 'ends '}
      <Time at={account.tokenExpiresAt} now={now} />
    </span>
  )
}

const Fact = ({ label, children }: { label: string; children?: unknown }) => (
  <div>
    <dt>{label}</dt>
    <dd>{children as never}</dd>
  </div>
)
const When = ({ at, now, never }: { at: Date | null; now: Date; never: string }) =>
  at ? <Time at={at} now={now} /> : <span class="muted">{never}</span>
export const PlatformIcon = ({ platform }: { platform: string }) => (
  <img class="platform-icon" src={`/public/platforms/${platform}/icon.svg`} alt="" width="20" height="20" />
)

function tryOpen(desk: WebDesk, sealed: Uint8Array) {
  try {
    return openSecrets(desk.vault, sealed)
  } catch (error) {
    desk.log.warn({ err: error }, 'secrets cannot be opened')
    return null
  }
}

const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1)
const ifAdmin = (mayChange: boolean) => (mayChange ? {} : { disabled: true, title: ADMINS_ONLY })
export const ADMINS_ONLY = 'Only an admin can connect and change accounts.'
