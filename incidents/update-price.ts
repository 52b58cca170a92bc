// What a status update costs before it is published: each account's posts, and all of them together.
import { findAccounts } from '../db/accounts.ts'
import type { Desk } from '../desk.ts'
import type { Id } from '../domain.ts'
import { capWords, money, priceWords, spendOfMonth } from '../responders/price.ts'
import { pricesOf } from '../triage/spend.ts'
import { cutStatus } from './wording.ts'

export interface UpdatePrice {
  /** Null: it costs nothing. */
  total: string | null
  /** By account; those that charge nothing are left out. */
  each: Record<Id, { words: string; cap: string | null }>
}

/** `renditions`: finished texts, for the accounts it would go out on. */
export async function priceUpdate(
  desk: Pick<Desk, 'db' | 'connectorFor' | 'now'>,
  renditions: readonly { accountId: Id; text: string }[],
): Promise<UpdatePrice> {
  const each: UpdatePrice['each'] = {}
  let usd = 0
  const accounts = await findAccounts(
    desk.db,
    renditions.map(one => one.accountId),
  )
  for (const account of accounts) {
    const prices = pricesOf(desk, account)
    const rule = desk.connectorFor(account.platform).limits.status
    if (!prices || !rule) continue
    const { text } = renditions.find(one => one.accountId === account.id)!
    const cut = cutStatus(text, rule)
    const posts = (cut.ok ? cut.pieces : [{ text }]).map((piece, n) => ({
      text: piece.text,
      visibility: 'public' as const,
      inReplyTo: null,
      continues: n > 0 ? 'the part before' : null,
    }))
    usd += posts.reduce((sum, post) => sum + prices.send(post), 0)
    const spend = account.monthlyCapUsd === null ? null : await spendOfMonth(desk.db, account, desk.now())
    each[account.id] = { words: priceWords(prices, posts, 'posts'), cap: spend && capWords(spend) }
  }
  return { total: Object.keys(each).length ? `Publishing it costs ${money(usd)}.` : null, each }
}
