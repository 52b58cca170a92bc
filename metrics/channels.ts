// Each channel as health and accounts show it: what it covered, whether it is silent, what is left of its limits, and what it costs.
import { z } from 'zod'
import type { PolledList } from '../connectors/connector.ts'
import { type AccountRow, listAccounts } from '../db/accounts.ts'
import { type BudgetsTable, listBudgets } from '../db/budgets.ts'
import { type CoverageSpansTable, listSpansSince } from '../db/coverage.ts'
import { findSetting } from '../db/settings.ts'
import { type DaySpent, listSpending } from '../db/spending.ts'
import { type ActiveTerm, listActiveTerms } from '../db/watch-terms.ts'
import type { Desk } from '../desk.ts'
import { listsOf, PUSHES, patienceOf, sourceOf } from '../triage/coverage.ts'
import { pricesOf, type Spend, spendOf } from '../triage/spend.ts'
import { type CoverageWords, coverageWords, type Source, upToNow } from './coverage-words.ts'
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
  const [spans, terms, budgets, spending, watched, { zone }] = await Promise.all([
    listSpansSince(desk.db, since),
    listActiveTerms(desk.db),
    listBudgets(desk.db, owners, now),
    listSpending(desk.db, spendingSince(now)),
    findWatched(desk, now),
    readCalendar(desk.db),
  ])
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

/** The lists a poll walks, pushes where somebody asked for them, and the searches that run. */
export function sourcesOf(desk: Pick<Desk, 'connectorFor'>, account: AccountRow, { spans, terms, spend, now }: Known): Source[] {
  const { polling, webhook, search } = desk.connectorFor(account.platform).intake
  const mine = spans.filter(span => span.accountId === account.id)
  const rowsOf = (name: string) => {
    const rows = mine.filter(span => span.source === name)
    return upToNow(rows, { now, status: account.status, patienceMs: name === PUSHES ? PUSH_CHECK_MS : patienceOf(polling) })
  }
  const lists: readonly PolledList[] = polling ? listsOf(polling, account) : []
  const polled = lists.map(list => ({
    name: sourceOf(list),
    label: list.label,
    kind: 'own' as const,
    reach: list.reach ?? null,
    spans: rowsOf(sourceOf(list)),
  }))
  const kind = polling ? ('pushes' as const) : ('own' as const)
  const pushes = { name: PUSHES, label: 'pushes', kind, reach: webhook?.reach ?? null, spans: rowsOf(PUSHES) }
  const searches = terms
    .filter(term => term.accountId === account.id)
    .map(term => ({
      name: `poll:search:${term.id}`,
      label: `“${term.name}”`,
      kind: 'search' as const,
      reach: search?.reach ?? null,
      spans: upToNow(
        mine.filter(span => span.source === `poll:search:${term.id}`),
        { now, status: account.status, patienceMs: SEARCH_PATIENCE_MS, ...(spend?.level === 'over' && { standing: 'capped' as const }) },
      ),
    }))
  return [...polled, ...(webhook && (pushes.spans.length || !polling) ? [pushes] : []), ...searches.filter(one => one.spans.length)]
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
