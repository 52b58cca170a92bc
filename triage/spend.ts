// Counts what platforms charge for reading and sending, and says what may still be spent: searches stop first, own mentions never.
import type { Prices } from '../connectors/connector.ts'
import type { AccountRow } from '../db/accounts.ts'
import type { Db } from '../db/schema.ts'
import { addSpending, type DaySpent, listSpending, type Spent } from '../db/spending.ts'
import type { Desk } from '../desk.ts'
import type { Visibility } from '../domain.ts'
import { asAccount } from '../line.ts'

/** Null where the platform, or this account's plan, charges nothing by use. */
export function pricesOf(desk: Pick<Desk, 'connectorFor'>, account: AccountRow): Prices | null {
  return desk.connectorFor(account.platform).prices?.(asAccount(account)) ?? null
}

/** What newly stored mentions cost to read. Reading one again the same day is free, so only the first time counts. */
export function costsOfReading(
  desk: Pick<Desk, 'connectorFor'>,
  read: readonly { account: AccountRow; source: string; visibility: Visibility; at: Date }[],
): Spent[] {
  return read.flatMap(({ account, source, visibility, at }) => {
    const prices = pricesOf(desk, account)
    return prices ? [{ accountId: account.id, at, item: source, count: 1, usd: prices.read(source, visibility) }] : []
  })
}

export async function recordSendingCost(db: Db, accountId: string, at: Date, usd: number) {
  await addSpending(db, [{ accountId, at, item: 'send', count: 1, usd }])
}

export interface Spend {
  /** US dollars since the month began, in UTC. */
  soFar: number
  /** By the end of the month, at the pace of the last seven days. */
  forecast: number
  /** Where it went, dearest first. */
  items: { item: string; count: number; usd: number; forecast: number }[]
  capUsd: number | null
  /** How much of the cap is used: the warning it deserves. */
  level: 'calm' | 50 | 80 | 95 | 'over'
}

/** Pure: from the days of this month and of the week before. */
export function spendOf(days: readonly DaySpent[], capUsd: number | null, now: Date): Spend {
  const month = now.toISOString().slice(0, 7)
  const weekAgo = new Date(now.getTime() - 7 * DAY_MS).toISOString().slice(0, 10)
  const daysLeft = (Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1) - now.getTime()) / DAY_MS
  const first = Math.max(Date.parse(weekAgo), Date.parse(days[0]?.day ?? weekAgo))
  const daysKnown = Math.max(1, (now.getTime() - first) / DAY_MS)
  const items = [...new Set(days.map(one => one.item))].map(item => {
    const its = days.filter(one => one.item === item)
    const inMonth = its.filter(one => one.day.startsWith(month))
    const usd = sum(inMonth.map(one => one.usd))
    const aDay = sum(its.filter(one => one.day >= weekAgo).map(one => one.usd)) / daysKnown
    return { item, count: sum(inMonth.map(one => one.count)), usd, forecast: usd + aDay * daysLeft }
  })
  const soFar = sum(items.map(one => one.usd))
  return {
    soFar,
    forecast: sum(items.map(one => one.forecast)),
    items: items.filter(one => one.count > 0).sort((a, b) => b.usd - a.usd),
    capUsd,
    level: levelOf(soFar, capUsd),
  }
}

/** Asked before each search: over the cap they are the first to stop, and the only ones. */
export async function mayStillSearch(
  db: Db,
  account: AccountRow,
  now: Date,
): Promise<{ ok: true } | { ok: false; until: Date; because: string }> {
  if (account.monthlyCapUsd === null) return { ok: true }
  const days = await listSpending(db, new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1)), account.id)
  const { level } = spendOf(days, account.monthlyCapUsd, now)
  if (level !== 'over') return { ok: true }
  return {
    ok: false,
    until: new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1)),
    because: `This month's cap of $${account.monthlyCapUsd.toFixed(2)} is spent: searches wait for the next month, or for a higher cap. Own mentions go on.`,
  }
}

function levelOf(soFar: number, capUsd: number | null): Spend['level'] {
  if (capUsd === null) return 'calm'
  if (soFar >= capUsd) return 'over'
  return ([95, 80, 50] as const).find(level => soFar >= (capUsd * level) / 100) ?? 'calm'
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0)
const DAY_MS = 86_400_000
