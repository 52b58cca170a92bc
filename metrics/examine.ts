// Finds out how the desk and its accounts are: asks each platform who we are there, and reads what the desk keeps. Changes nothing over there unless told to repair.
import type { Line } from '../connectors/connector.ts'
import { type AccountRow, listPlatformApps, type PlatformAppRow } from '../db/accounts.ts'
import { type AccountWithWork, listAccountsWithWork, listRefusals, type RefusalSum } from '../db/accounts-page.ts'
import { countUnreadable, type UnreadableCount } from '../db/deliveries.ts'
import { findWorkWaiting } from '../db/health-page.ts'
import { missingSteps } from '../db/migrate.ts'
import type { Desk } from '../desk.ts'
import type { Id } from '../domain.ts'
import { patienceOf } from '../triage/coverage.ts'
import { checkSubscription, subscribeAgain } from '../triage/subscription.ts'
import { attempt } from './asked.ts'
import { type ChannelState, findChannels } from './channels.ts'
import { type AccountFacts, checkAccount, type Who } from './check-account.ts'
import { checkDesk, database } from './check-desk.ts'
import type { CheckUp } from './check-up.ts'
import { hearingItsClock } from './platform-clock.ts'
import { readCalendar } from './zone.ts'

export interface Means {
  lineTo: (accountId: Id) => Promise<Line & { saveBudgets: () => Promise<void> }>
  /** Null: the queue answers; else why it does not. */
  queueProblem: () => Promise<string | null>
  isEmbedded: boolean
}
/** `handle`: only the accounts called so, with or without @. */
export interface Wanted {
  handle?: string | undefined
  isRepairing: boolean
}

export async function examine(desk: Desk, means: Means, wanted: Wanted): Promise<CheckUp> {
  const missing = await missingSteps(desk.db)
  if (missing.length) return { at: desk.now(), desk: [database(means, missing)], accounts: [] }
  const [apps, all] = [await listPlatformApps(desk.db), await listAccountsWithWork(desk.db)]
  const accounts = all.filter(account => isCalled(account, wanted.handle))
  // One after the other: whose date an answer carries must be known.
  const asked = new Map<Id, Answers>()
  for (const account of accounts) asked.set(account.id, await ask(desk, means, account, apps, wanted.isRepairing))
  const now = desk.now()
  const since = new Date(now.getTime() - DAY_MS)
  const [channels, refusals, unreadable, { zone }] = [
    await findChannels(desk, since),
    await listRefusals(desk.db, since),
    await countUnreadable(desk.db),
    await readCalendar(desk.db),
  ]
  const kept = { now, zone, isStopped: means.isEmbedded, channels, refusals, unreadable }
  return {
    at: now,
    desk: await examineDesk(desk, means, apps, all),
    accounts: accounts.map(account => ({
      platform: desk.connectorFor(account.platform).label,
      handle: account.handle,
      checks: checkAccount(factsOf(desk, account, asked.get(account.id)!, kept)),
    })),
  }
}

const isCalled = ({ handle }: AccountRow, wanted: string | undefined) =>
  wanted === undefined || handle.toLowerCase() === wanted.replace(/^@/, '').toLowerCase()

async function examineDesk(desk: Desk, means: Means, apps: readonly PlatformAppRow[], accounts: readonly AccountRow[]) {
  const now = desk.now()
  const sealed = [...apps, ...accounts].map(row => row.secrets)
  const pushedTo = accounts.filter(
    account =>
      account.status === 'connected' && appOf(account, apps).apiBase === null && desk.connectorFor(account.platform).intake.webhook,
  )
  return checkDesk({
    now,
    isEmbedded: means.isEmbedded,
    secrets: { stored: sealed.length, opened: sealed.filter(bytes => opens(desk, bytes)).length },
    queueProblem: await means.queueProblem(),
    work: await findWorkWaiting(desk.db, now),
    publicUrl: desk.publicUrl,
    pushedTo: pushedTo.length,
  })
}

type Answers = Pick<AccountFacts, 'who' | 'renewsItself' | 'aheadMs'> & Pick<NonNullable<AccountFacts['pushes']>, 'state' | 'repair'>

async function ask(desk: Desk, means: Means, account: AccountRow, apps: readonly PlatformAppRow[], isRepairing: boolean): Promise<Answers> {
  const unasked = { renewsItself: false, aheadMs: null, state: null, repair: null }
  if (account.isDemo || account.status === 'off') return { ...unasked, who: NOT_ASKED }
  if (!opens(desk, account.secrets) || !opens(desk, appOf(account, apps).secrets)) return { ...unasked, who: SEALED, state: SEALED }
  const { whoAmI, intake, onConnected } = desk.connectorFor(account.platform)
  const line = await means.lineTo(account.id)
  const { result: who, aheadMs } = await hearingItsClock(desk.now, () => attempt<Who>(() => whoAmI(line)))
  const url = webhookUrlOf(desk, account)
  const isSubscribed = intake.webhook?.isSubscribed
  const look = () => (isSubscribed ? attempt(() => isSubscribed(line, url)) : null)
  // A sign-in that does not work cannot be asked what it is subscribed to.
  let state: Answers['state'] = 'answer' in who ? await look() : isSubscribed ? NOT_LOOKED : null
  let repair: Answers['repair'] = null
  if (isRepairing && onConnected && state && 'answer' in state && state.answer === 'no') {
    const tried = await attempt(async () => {
      await checkSubscription(desk, account, line)
      await subscribeAgain(desk, account, line)
    })
    repair = 'answer' in tried ? 'done' : { failed: tried.words }
    state = await look()
  }
  await line.saveBudgets()
  return { who, aheadMs, state, repair, renewsItself: Boolean(line.secrets.refreshToken) }
}

interface Kept {
  now: Date
  zone: string
  isStopped: boolean
  channels: readonly ChannelState[]
  refusals: readonly RefusalSum[]
  unreadable: readonly UnreadableCount[]
}

function factsOf(desk: Desk, account: AccountWithWork, { state, repair, ...answers }: Answers, kept: Kept): AccountFacts {
  const { label, intake } = desk.connectorFor(account.platform)
  return {
    ...answers,
    now: kept.now,
    zone: kept.zone,
    isStopped: kept.isStopped,
    account,
    platform: label,
    pushes: intake.webhook
      ? { url: webhookUrlOf(desk, account), state, repair, refusals: kept.refusals.filter(one => one.platform === account.platform) }
      : null,
    pollPatienceMs: intake.polling ? patienceOf(intake.polling) : null,
    channel: kept.channels.find(one => one.account.id === account.id)!,
    unreadable: kept.unreadable
      .filter(one => one.appId === account.appId && (one.accountId ?? account.id) === account.id)
      .reduce((sum, one) => sum + one.count, 0),
    unsureReplies: account.unsureReplies,
    waitingReplies: account.waitingReplies,
  }
}

const webhookUrlOf = (desk: Desk, account: AccountRow) => `${desk.publicUrl}/webhooks/${account.appId}`
const appOf = (account: AccountRow, apps: readonly PlatformAppRow[]) => apps.find(app => app.id === account.appId)!

function opens(desk: Desk, sealed: Uint8Array): boolean {
  try {
    desk.vault.open(sealed)
    return true
  } catch {
    // Another key: said once for all, by the desk's own check.
    return false
  }
}

const NOT_ASKED = { cause: 'not_asked', words: 'Not asked.' } as const
const NOT_LOOKED = { cause: 'not_asked', words: 'Not looked at: the token’s check says why.' } as const
const SEALED = { cause: 'not_asked', words: 'Not looked at: SECRET_KEY does not open its secrets, as the desk’s own check says.' } as const
const DAY_MS = 86_400_000
