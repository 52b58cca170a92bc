// What a send costs before it is sent: the platform's dated prices over the very posts that would go out.
import type { OutgoingPost, Prices } from '../connectors/connector.ts'
import { type AccountRow, getAccount } from '../db/accounts.ts'
import type { Db } from '../db/schema.ts'
import { listSpending } from '../db/spending.ts'
import type { TicketRow } from '../db/tickets.ts'
import type { Desk } from '../desk.ts'
import type { Visibility } from '../domain.ts'
import { pricesOf, type Spend, spendOf } from '../triage/spend.ts'
import { asAnswerable, type MayAnswer, mayAnswer } from './permission.ts'
import { sign } from './signature.ts'
import { splitAnswer } from './thread.ts'

export type Priced = Parameters<Prices['send']>[0]
export interface Price {
  usd: number
  /** "3 posts: $0.23 because of the link; $0.04 without it." */
  words: string
  /** This month, of the account it is charged to; null where no cap was set. */
  spend: Spend | null
}

export interface PriceQuestion {
  text: string
  visibility: Visibility
  pointerText: string
  initials: string
  /** Where it was asked already. */
  permission?: Record<Visibility, Pick<MayAnswer, 'mention'>>
  /** Parts of this thread that are out already. */
  out: number
}

/** Of what the composer holds, cut as it would be sent; null: this account pays for nothing by use. */
export async function priceAnswer(
  desk: Pick<Desk, 'db' | 'connectorFor' | 'now'>,
  ticket: TicketRow,
  question: PriceQuestion,
): Promise<Price | null> {
  const account = await getAccount(desk.db, ticket.accountId)
  const prices = pricesOf(desk, account)
  if (!prices) return null
  const posts = postsOf(desk, ticket, question, question.permission ?? (await mayAnswer(desk, ticket)))
  const what = question.visibility === 'private' ? 'messages' : 'posts'
  const [words, pointer] =
    question.pointerText.trim() && question.visibility === 'private' ? [posts.slice(0, -1), posts.at(-1)!] : [posts, null]
  const said = priceWords(prices, words, what)
  const usd = sum(posts.map(prices.send))
  const spend = account.monthlyCapUsd === null ? null : await spendOfMonth(desk.db, account, desk.now())
  return {
    usd,
    spend,
    words: pointer ? `Together ${money(usd)}. ${said} ${priceWords(prices, [pointer], 'posts', 'The public pointer')}` : said,
  }
}

/** One post, or several of the same kind. */
export function priceWords(prices: Prices, posts: readonly Priced[], what: string, who?: string): string {
  const usd = sum(posts.map(prices.send))
  const plainUsd = sum(posts.map(post => prices.send({ ...post, text: '' })))
  const begin = who ? `${who} costs ` : posts.length > 1 ? `${posts.length} ${what} cost ` : 'Costs '
  return usd > plainUsd && prices.dearer
    ? `${begin}${money(usd)} because of ${prices.dearer}; ${money(plainUsd)} without it.`
    : `${begin}${money(usd)}.`
}

export async function spendOfMonth(db: Db, account: Pick<AccountRow, 'id' | 'monthlyCapUsd'>, now: Date): Promise<Spend> {
  const since = new Date(Math.min(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1), now.getTime() - 7 * DAY_MS))
  return spendOf(await listSpending(db, since, account.id), account.monthlyCapUsd, now)
}

/** A person is told where it gets tight; sending goes on even so. */
export function capWords({ soFar, capUsd, level }: Spend): string | null {
  if (capUsd === null || level === 'calm' || level === 50) return null
  const of = `${money(soFar)} of this month’s cap of ${money(capUsd)}`
  return level === 'over' ? `The cap is used up: ${of}. It is sent all the same.` : `${Math.floor((soFar / capUsd) * 100)} % used: ${of}.`
}

/** `$0.015`, `$0.20`: tenths of a cent only where there are some. */
export function money(usd: number): string {
  const tenths = Math.round(usd * 1000)
  return `$${(tenths / 1000).toFixed(tenths % 10 ? 3 : 2)}`
}

function postsOf(
  desk: Pick<Desk, 'connectorFor'>,
  ticket: Pick<TicketRow, 'platform'>,
  { text, visibility, pointerText, initials, out }: PriceQuestion,
  permission: Record<Visibility, Pick<MayAnswer, 'mention'>>,
): Priced[] {
  const cut = splitAnswer(text, desk.connectorFor(ticket.platform).limits[visibility], initials, out)
  const texts = cut.ok ? cut.pieces.map(piece => piece.text) : [sign(text, initials)]
  const answered = (way: Visibility): OutgoingPost['inReplyTo'] => {
    const { mention } = permission[way]
    return mention && asAnswerable(mention)
  }
  const words = texts.map((one, n) => ({ text: one, visibility, inReplyTo: answered(visibility), continues: n + out > 0 ? BEFORE : null }))
  const isMove = visibility === 'private' && pointerText.trim() !== ''
  return isMove ? [...words, { text: sign(pointerText, initials), visibility: 'public', inReplyTo: answered('public') }] : words
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0)
/** Some part of ours before this one; its id is not known yet. */
const BEFORE = 'the part before'
const DAY_MS = 86_400_000
