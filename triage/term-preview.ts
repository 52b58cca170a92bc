// What a watch term would have caught in the last day: asked of the platform before the term is stored, and nothing of it is kept.
import { type IncomingMention, PlatformError, type PollPage, type Prices, type Watched } from '../connectors/connector.ts'
import { type AccountRow, getAccount } from '../db/accounts.ts'
import { addSpending } from '../db/spending.ts'
import type { Desk } from '../desk.ts'
import type { Id } from '../domain.ts'
import { asAccount, openLine } from '../line.ts'
import { maskCardsInJson } from './cards.ts'
import { mayStillSearch, pricesOf } from './spend.ts'

export interface TermPreview {
  /** How the platform was asked. */
  asked: string
  found: number
  /** False: there is more than we looked at; the numbers by month are from the pace of what was found. */
  isWhole: boolean
  /** Of those found, said to us: they come without a term too. */
  toUs: number
  perMonth: number
  samples: IncomingMention[]
  /** US dollars; null: the platform charges nothing. */
  price: { each: number; thisPreview: number; perMonth: number; source: string; checkedOn: string } | null
}
export type Previewed = { ok: true; preview: TermPreview } | { ok: false; because: string }

/** The term must be without problems. */
export async function previewTerm(desk: Desk, accountId: Id, words: Pick<Watched, 'anyOf' | 'noneOf' | 'languages'>): Promise<Previewed> {
  const account = await getAccount(desk.db, accountId)
  const connector = desk.connectorFor(account.platform)
  const search = connector.intake.search!
  const term: Watched = { ...words, id: PREVIEW }
  const prices = pricesOf(desk, account)
  const spend = await mayStillSearch(desk.db, account, desk.now())
  if (!spend.ok) return spend
  const since = new Date(desk.now().getTime() - DAY_MS)
  try {
    const mentions: IncomingMention[] = []
    const pages = search.search(await openLine(desk, accountId), term, {}, since)
    let isWhole = false
    // Where each post found costs, one page must do.
    for (let nth = 0; nth < (prices ? 1 : FREE_PAGES); nth++) {
      const page = await pages.next()
      if (page.done) {
        isWhole = true
        break
      }
      mentions.push(...readPage(desk, account, page.value))
    }
    if (prices && mentions.length < PRICED_PAGE) isWhole = true
    const price = prices && (await pay(desk, account, prices, mentions.length))
    const theirs = mentions.filter(one => one.direction === 'inbound')
    return { ok: true, preview: summary(desk, search.asks(term, asAccount(account)), theirs, isWhole, price) }
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error
    return { ok: false, because: error.message }
  }
}

function readPage(desk: Desk, account: AccountRow, page: PollPage): IncomingMention[] {
  const connector = desk.connectorFor(account.platform)
  const body = maskCardsInJson(page.body, connector.textKeys) ?? page.body
  const { externalId, handle } = account
  const incoming = connector.read({
    source: `poll:${page.list}`,
    headers: {},
    body,
    receivedAt: desk.now(),
    account: { externalId, handle },
  })
  return incoming.flatMap(one => (one.kind === 'mention' ? [one.mention] : []))
}

interface Paid {
  each: number
  spent: number
  source: string
  checkedOn: string
}

async function pay(desk: Desk, account: AccountRow, prices: Prices, count: number): Promise<Paid> {
  const item = `poll:search:${PREVIEW}`
  const each = prices.read(item, 'public')
  if (count) await addSpending(desk.db, [{ accountId: account.id, at: desk.now(), item, count, usd: each * count }])
  return { each, spent: each * count, source: prices.source, checkedOn: prices.checkedOn }
}

function summary(desk: Desk, asked: string, found: IncomingMention[], isWhole: boolean, paid: Paid | null): TermPreview {
  const newestFirst = [...found].sort((a, b) => b.postedAt.getTime() - a.postedAt.getTime())
  const oldest = newestFirst.at(-1)
  const spanMs = isWhole || !oldest ? DAY_MS : Math.max(60_000, desk.now().getTime() - oldest.postedAt.getTime())
  const perMonth = Math.round((found.length / spanMs) * DAY_MS * 30)
  return {
    asked,
    found: found.length,
    isWhole,
    toUs: found.filter(one => one.addressesUs).length,
    perMonth,
    samples: newestFirst.slice(0, SAMPLES),
    price: paid && {
      each: paid.each,
      thisPreview: paid.spent,
      perMonth: paid.each * perMonth,
      source: paid.source,
      checkedOn: paid.checkedOn,
    },
  }
}

const PREVIEW = 'preview'
const DAY_MS = 86_400_000
const FREE_PAGES = 5
const PRICED_PAGE = 100
const SAMPLES = 10
