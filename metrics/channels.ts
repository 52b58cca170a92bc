// Each channel as health and accounts show it: what it covered, whether it is silent, what is left of its limits, and what it costs.
import { z } from 'zod'
import type { PolledList } from '../connectors/connector.ts'
import { type AccountRow, listAccounts } from '../db/accounts.ts'
import { type BudgetsTable, listBudgets } from '../db/budgets.ts'
import { type CoverageSpansTable, listSpansSince, type Span } from '../db/coverage.ts'
import { countOnlyPolled } from '../db/heard-hours.ts'
import { listReplays, type ReplaysTable } from '../db/replays.ts'
import { findSetting } from '../db/settings.ts'
import { type DaySpent, listSpending } from '../db/spending.ts'
import { type ActiveTerm, listActiveTerms } from '../db/watch-terms.ts'
import type { Desk } from '../desk.ts'
import type { Id } from '../domain.ts'
import { isPushGapOver, listsOf, OWN_STREAM, PUSHES, patienceOf, searchSourceOf, sourceOf, streamSourceOf } from '../triage/coverage.ts'
import { pricesOf, type Spend, spendOf } from '../triage/spend.ts'
import { type CoverageWords, coverageWords, type Source, upToNow } from './coverage-words.ts'
import { alsoPushed, onlyPushed } from './heard-otherwise.ts'
import { readCalendar } from './zone.ts'

export interface ChannelState {
  account: AccountRow
  /** The platform's name. */
  label: string
  sources: Source[]
  coverage: CoverageWords
  /** What the clock saw in its last look; null: it has not looked yet, or long ago. */
  watched: Watched | null
  budgets: BudgetsTable[]
  /** Null where nothing is charged by use. */
  spend: Spend | null
}

const watchedShape = z.object({
  accountId: z.string(),
  isSilent: z.boolean(),
  silence: z.string(),
  /** Mentions in a usual hour; null: not known yet. */
  perHour: z.number().nullable(),
  seenBy: z.object({ both: z.number(), onlyPushed: z.number(), onlyPolled: z.number() }).nullable(),
})
export type Watched = z.infer<typeof watchedShape>
export const WATCHED = 'watchedChannels'

/** `since`: how far back the pages look. */
export async function findChannels(desk: Pick<Desk, 'db' | 'now' | 'connectorFor'>, since: Date): Promise<ChannelState[]> {
  const now = desk.now()
  const accounts = await listAccounts(desk.db)
  if (!accounts.length) return []
  const owners = [...new Set(accounts.flatMap(account => [account.id, account.appId]))]
  const [spans, terms, budgets, spending, watched, replays, { zone }] = await Promise.all([
    listSpansSince(desk.db, since),
    listActiveTerms(desk.db),
    listBudgets(desk.db, owners, now),
    listSpending(desk.db, spendingSince(now)),
    findWatched(desk, now),
    listReplays(desk.db, since),
    readCalendar(desk.db),
  ])
  const onlyPolled = await countInGaps(desk, spans, since)
  return accounts.map(account => {
    const { label } = desk.connectorFor(account.platform)
    const seen = watched.find(one => one.accountId === account.id) ?? null
    const spend = spendFor(desk, account, spending, now)
    const sources = sourcesOf(desk, account, { spans, terms, spend, now })
    return {
      account,
      label,
      sources,
      coverage: coverageWords(sources, {
        platform: label,
        since,
        now,
        zone,
        perHour: seen?.perHour ?? null,
        patienceMs: patienceOf(desk.connectorFor(account.platform).intake.polling),
        onlyPolled: gap => onlyPolled(account.id, gap),
        replayed: gap => replayed(replays, account.appId, gap),
      }),
      watched: seen,
      budgets: budgets.filter(one => one.ownerId === account.id || one.ownerId === account.appId),
      spend,
    }
  })
}

/** What the sources are drawn from. */
export interface Known {
  spans: readonly CoverageSpansTable[]
  terms: readonly ActiveTerm[]
  spend: Spend | null
  now: Date
}

/** The lists a poll walks, pushes where somebody asked for them and what they alone bring, and each watch term's searches and stream. */
export function sourcesOf(desk: Pick<Desk, 'connectorFor'>, account: AccountRow, known: Known): Source[] {
  const { polling, webhook } = desk.connectorFor(account.platform).intake
  const rowsOf = (name: string) => known.spans.filter(span => span.accountId === account.id && span.source === name)
  const { now } = known
  const pushes = pushesUpToNow(rowsOf(PUSHES), account, now)
  const lists: readonly PolledList[] = polling ? listsOf(polling, account) : []
  const polled = lists.map(list => ({
    name: sourceOf(list),
    label: list.label,
    kind: 'own' as const,
    reach: list.reach ?? null,
    spans: alsoPushed(
      upToNow(rowsOf(sourceOf(list)), { now, status: account.status, patienceMs: patienceOf(polling) }),
      list.pushed,
      pushes,
    ),
  }))
  const pushed = {
    name: PUSHES,
    label: polling ? 'pushes' : 'mentions',
    kind: polling ? ('pushes' as const) : ('own' as const),
    reach: webhook?.reach ?? null,
    spans: pushes,
  }
  const alone = webhook?.onlyPushed && {
    name: 'pushed',
    label: webhook.onlyPushed,
    kind: 'own' as const,
    reach: webhook.reach ?? null,
    spans: onlyPushed(pushes, webhook.reach, now),
    isOnlyPushed: true as const,
  }
  return [
    ...polled,
    ...(alone ? [alone] : []),
    ...(webhook && (pushes.length || !polling) ? [pushed] : []),
    ...ownStreamOf(account, rowsOf(OWN_STREAM), now),
    ...known.terms.filter(term => term.accountId === account.id).flatMap(term => sourcesOfTerm(desk, account, term, known, rowsOf)),
  ]
}

/** Its gaps end where it stands again, or where the platform offers it no more; polls repair it all the while. */
function ownStreamOf(account: AccountRow, rows: readonly Span[], now: Date): Source[] {
  const last = rows.at(-1)
  if (!last) return []
  const isBroken = account.status === 'connected' && account.streamedSince === null && last.state !== 'covered'
  const spans = isBroken
    ? account.streamBarred === null && last.untilAt < now
      ? stillMissing(rows, now)
      : [...rows]
    : upToNow(rows, { now, status: account.status, patienceMs: STREAM_PATIENCE_MS })
  return [{ name: OWN_STREAM, label: 'stream', kind: 'own-stream', reach: null, spans }]
}

/** A term that nobody has searched for yet is shown too: it waits. */
function sourcesOfTerm(
  desk: Pick<Desk, 'connectorFor'>,
  account: AccountRow,
  { id, name, streamedSince }: ActiveTerm,
  { spend, now }: Known,
  rowsOf: (name: string) => readonly Span[],
): Source[] {
  const { search } = desk.connectorFor(account.platform).intake
  if (!search) return []
  const standing = spend?.level === 'over' ? { standing: 'capped' as const } : {}
  const told = (rows: readonly Span[], patienceMs: number) => upToNow(rows, { now, status: account.status, patienceMs, ...standing })
  const streamed = rowsOf(streamSourceOf(id))
  // Searches repair it while it is broken.
  const isBroken = streamed.length > 0 && streamedSince === null && streamed.at(-1)!.state !== 'covered' && account.status === 'connected'
  const stream = isBroken ? stillMissing(streamed, now) : told(streamed, STREAM_PATIENCE_MS)
  return [
    {
      name: searchSourceOf(id),
      label: `search for “${name}”`,
      kind: 'search',
      term: name,
      reach: search.reach ?? null,
      spans: told(rowsOf(searchSourceOf(id)), SEARCH_PATIENCE_MS),
    },
    ...(stream.length
      ? [{ name: streamSourceOf(id), label: `stream of “${name}”`, kind: 'stream' as const, term: name, reach: null, spans: stream }]
      : []),
  ]
}

/** A gap of pushes goes on until the platform says that it pushes again, or a push arrives; polls repair it all the while. */
function pushesUpToNow(rows: readonly Span[], account: AccountRow, now: Date): Span[] {
  const last = rows.at(-1)
  if (!last || last.state === 'covered' || account.status !== 'connected' || last.untilAt >= now)
    return upToNow(rows, { now, status: account.status, patienceMs: PUSH_CHECK_MS })
  return isPushGapOver(rows, account) ? [...rows] : stillMissing(rows, now)
}

function stillMissing(rows: readonly Span[], now: Date): Span[] {
  const { untilAt, cause } = rows.at(-1)!
  return [...rows, { fromAt: untilAt, untilAt: now, state: 'open', cause, repairedAt: null }]
}

/** Was the platform asked to push a gap again? A refusal holds for whatever is missed after it. */
function replayed(replays: readonly ReplaysTable[], appId: Id, gap: Span): 'asked' | 'refused' | null {
  const its = replays.filter(one => one.appId === appId && one.untilAt > gap.fromAt)
  if (its.some(one => one.answer === 'asked' && one.fromAt < gap.untilAt)) return 'asked'
  return replays.some(one => one.appId === appId && one.answer === 'refused') ? 'refused' : null
}

/** How many mentions polls brought in each gap of pushes that the pages show. */
async function countInGaps(desk: Pick<Desk, 'db'>, spans: readonly CoverageSpansTable[], since: Date) {
  const gaps = spans.filter(span => span.source === PUSHES && span.state !== 'covered' && span.untilAt > since)
  const counts = gaps.length ? await countOnlyPolled(desk.db, gaps) : []
  return (accountId: Id, gap: Span) =>
    counts
      .filter(one => one.accountId === accountId && one.fromAt >= gap.fromAt && one.fromAt < gap.untilAt)
      .reduce((sum, one) => sum + one.count, 0)
}

export async function findWatched(desk: Pick<Desk, 'db'>, now: Date): Promise<Watched[]> {
  const stored = z.object({ at: z.coerce.date(), channels: z.array(watchedShape) }).safeParse(await findSetting(desk.db, WATCHED))
  return stored.success && now.getTime() - stored.data.at.getTime() < STALE_MS ? stored.data.channels : []
}

/** This month, and the week before today for the forecast. */
export function spendingSince(now: Date): Date {
  return new Date(Math.min(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1), now.getTime() - 8 * 86_400_000))
}

export function spendFor(desk: Pick<Desk, 'connectorFor'>, account: AccountRow, days: readonly DaySpent[], now: Date): Spend | null {
  const mine = days.filter(one => one.accountId === account.id)
  return pricesOf(desk, account) ? spendOf(mine, account.monthlyCapUsd, now) : null
}

const STALE_MS = 10 * 60_000
/** A streamed term is searched for every quarter of an hour. */
const SEARCH_PATIENCE_MS = 45 * 60_000
/** Pushes are checked every quarter of an hour. */
const PUSH_CHECK_MS = 40 * 60_000
/** A stream says each minute that it stands. */
const STREAM_PATIENCE_MS = 3 * 60_000
