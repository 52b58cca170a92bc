// The clock's look at every channel, each minute: keeps the ledger of those nobody can ask, and writes down what a lead must hear of.
import { type AccountRow, listAccounts } from '../db/accounts.ts'
import { forgetBudgets } from '../db/budgets.ts'
import { forgetSpans, listSpansSince } from '../db/coverage.ts'
import { countPolledSince, countSeenBy, forgetHeardHours, type HeardHoursTable, listHeardHours, type SeenBy } from '../db/heard-hours.ts'
import { forgetReplays } from '../db/replays.ts'
import { findSetting, saveSetting } from '../db/settings.ts'
import { listSpending } from '../db/spending.ts'
import { listActiveTerms } from '../db/watch-terms.ts'
import type { Desk } from '../desk.ts'
import type { Id } from '../domain.ts'
import { isPushedTo, noteSleep } from '../triage/awake.ts'
import { listsOf, patienceOf, recordNotPushing, recordStanding } from '../triage/coverage.ts'
import type { Spend } from '../triage/spend.ts'
import { findWatched, sourcesOf, spendFor, spendingSince, WATCHED, type Watched } from './channels.ts'
import { type CoverageWords, coverageWords } from './coverage-words.ts'
import { pushFault } from './push-fault.ts'
import { silenceOf, type Usual, usualOf } from './silence.ts'
import { readCalendar } from './zone.ts'

/** What the banner says, the most pressing first. */
export interface ChannelWarning {
  accountId: Id
  platform: string
  handle: string
  kind: 'reconnect' | 'gap' | 'silent' | 'spend'
  words: string
}
export const WARNINGS = 'channelWarnings'

export async function watchChannels(desk: Desk): Promise<void> {
  const now = desk.now()
  const accounts = await listAccounts(desk.db)
  for (const account of accounts) await keepStanding(desk, account, now)
  await noteSleep(desk)
  const hours = await listHeardHours(desk.db, new Date(now.getTime() - 8 * 7 * DAY_MS))
  await watchPushes(desk, accounts, hours, now)
  const since = new Date(now.getTime() - DAY_MS)
  const [spans, terms, spending, before, seenBy, { zone }] = await Promise.all([
    listSpansSince(desk.db, since),
    listActiveTerms(desk.db),
    listSpending(desk.db, spendingSince(now)),
    findWatched(desk, now),
    // A poll is given the time to see what was pushed.
    now.getMinutes() % SEEN_EVERY_MIN === 0 ? countSeenBy(desk.db, since, new Date(now.getTime() - SETTLED_MS)) : null,
    readCalendar(desk.db),
  ])
  const watched: Watched[] = []
  const warnings: ChannelWarning[] = []
  for (const account of accounts) {
    const usual = usualOf(
      hours.filter(one => one.accountId === account.id),
      now,
    )
    const silence = silenceOf(usual, account.newestMentionAt ?? account.connectedAt, now)
    const perHour = usual.isKnown ? meanOf(usual) : null
    const spend = spendFor(desk, account, spending, now)
    const { label, intake } = desk.connectorFor(account.platform)
    const coverage = coverageWords(sourcesOf(desk, account, { spans, terms, spend, now }), {
      platform: label,
      since,
      now,
      zone,
      perHour,
      patienceMs: patienceOf(intake.polling),
    })
    const isSilent = account.status === 'connected' && silence.isAlarming
    const seen = seenBy
      ? (seenBy.find(one => one.accountId === account.id) ?? NONE)
      : before.find(one => one.accountId === account.id)?.seenBy
    watched.push({ accountId: account.id, isSilent, silence: silence.words, perHour, seenBy: seen ? onlyCounts(seen) : null })
    warnings.push(...warningsOf(account, label, { coverage, silence: isSilent ? silence.words : null, spend }))
  }
  const told = await findSetting(desk.db, WARNINGS)
  await saveSetting(desk.db, WATCHED, { at: now, channels: watched }, now)
  await saveSetting(
    desk.db,
    WARNINGS,
    warnings.sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind)),
    now,
  )
  // Open pages show it at once; what only ages is shown by the next page.
  for (const id of changedOf(told, warnings)) desk.live.tell({ topic: 'account', id })
  if (now.getMinutes() === 0) await forget(desk, now)
}

/** What a lead is told on every page; what an operator finds on the health page is more. */
export function warningsOf(
  account: Pick<AccountRow, 'id' | 'platform' | 'handle' | 'status'>,
  label: string,
  seen: { coverage: CoverageWords; silence: string | null; spend: Spend | null },
): ChannelWarning[] {
  const warn = (kind: ChannelWarning['kind'], words: string): ChannelWarning => ({
    accountId: account.id,
    platform: account.platform,
    handle: account.handle,
    kind,
    words,
  })
  if (account.status === 'off') return []
  const pressing = seen.coverage.gaps.find(gap => gap.isPressing && gap.span.state === 'open')
  if (account.status === 'reconnect')
    return [
      warn('reconnect', `must be connected again: its replies wait, and ${label} is not read.${pressing ? ` ${pressing.repair}` : ''}`),
    ]
  return [
    ...(seen.coverage.tone === 'bad' ? [warn('gap', seen.coverage.sentence)] : []),
    ...(seen.silence ? [warn('silent', seen.silence)] : []),
    ...(seen.spend && ['over', 95, 80].includes(seen.spend.level) ? [warn('spend', spendWords(seen.spend))] : []),
  ]
}

export function spendWords({ soFar, capUsd, level, forecast }: Spend): string {
  const money = (usd: number) => `$${usd.toFixed(2)}`
  if (capUsd === null) return `${money(soFar)} this month; about ${money(forecast)} by its end.`
  if (level === 'over') return `The monthly cap of ${money(capUsd)} is spent (${money(soFar)}): searches have stopped, own mentions go on.`
  const share = Math.floor((soFar / capUsd) * 100)
  return `${share} % of the monthly cap is spent (${money(soFar)} of ${money(capUsd)}); about ${money(forecast)} by the month's end.`
}

/** Accounts whose warnings came or went since the last look. */
function changedOf(told: unknown, warnings: readonly ChannelWarning[]): Id[] {
  const before = (Array.isArray(told) ? told : []) as ChannelWarning[]
  const has = (list: readonly ChannelWarning[], one: ChannelWarning) =>
    list.some(other => other.accountId === one.accountId && other.kind === one.kind)
  const changed = [...before.filter(one => !has(warnings, one)), ...warnings.filter(one => !has(before, one))]
  return [...new Set(changed.map(one => one.accountId))]
}

async function keepStanding(desk: Desk, account: AccountRow, now: Date) {
  if (account.status === 'connected') return
  const { polling } = desk.connectorFor(account.platform).intake
  await recordStanding(desk.db, account, polling, now, account.status === 'off' ? 'not_connected' : 'token')
}

/** Pushes that fail without a word: a gap from the last one on, until another arrives. */
async function watchPushes(desk: Desk, accounts: readonly AccountRow[], hours: readonly HeardHoursTable[], now: Date) {
  const pushed = accounts.filter(account => isPushedTo(desk, account))
  const oldest = new Date(now.getTime() - 7 * DAY_MS)
  const asked = pushed.map(account => {
    const last = account.lastDeliveryAt ?? account.connectedAt
    return { accountId: account.id, since: last > oldest ? last : oldest, sources: pushedSources(desk, account).map(one => one.source) }
  })
  const counts = await countPolledSince(desk.db, asked, new Date(now.getTime() - SETTLED_MS))
  for (const account of pushed) {
    const count = (isWhole: boolean) =>
      pushedSources(desk, account)
        .filter(one => one.isWhole === isWhole)
        .flatMap(one => counts.filter(counted => counted.accountId === account.id && counted.source === one.source))
        .reduce((sum, one) => sum + one.count, 0)
    const fault = pushFault(
      {
        lastAt: account.lastDeliveryAt,
        connectedAt: account.connectedAt,
        polledSince: { whole: count(true), partly: count(false) },
        hours: hours.filter(one => one.accountId === account.id),
      },
      now,
    )
    if (fault) await recordNotPushing(desk.db, account, { from: fault.from, until: now, cause: fault.cause })
  }
}

/** Lists of which pushes tell too. */
function pushedSources(desk: Desk, account: AccountRow): { source: string; isWhole: boolean }[] {
  const { polling } = desk.connectorFor(account.platform).intake
  return (polling ? listsOf(polling, account) : []).flatMap(list =>
    list.pushed ? [{ source: `poll:${list.name}`, isWhole: list.pushed === 'all' }] : [],
  )
}

/** Half a year of the ledger, ten weeks of hours. */
async function forget(desk: Desk, now: Date) {
  await forgetSpans(desk.db, new Date(now.getTime() - 180 * DAY_MS))
  await forgetHeardHours(desk.db, new Date(now.getTime() - 70 * DAY_MS))
  await forgetBudgets(desk.db, new Date(now.getTime() - DAY_MS))
  await forgetReplays(desk.db, new Date(now.getTime() - 35 * DAY_MS))
}

const meanOf = ({ byHour }: Usual) => byHour.reduce((sum, one) => sum + one, 0) / byHour.length
const onlyCounts = ({ both, onlyPushed, onlyPolled }: Omit<SeenBy, 'accountId'>) => ({ both, onlyPushed, onlyPolled })
const KINDS: readonly ChannelWarning['kind'][] = ['reconnect', 'gap', 'silent', 'spend']
const NONE = { both: 0, onlyPushed: 0, onlyPolled: 0 }
const DAY_MS = 86_400_000
const SETTLED_MS = 10 * 60_000
const SEEN_EVERY_MIN = 5
