// pollSearch: asks an account's platform for its watch terms, one after the other, and never before its own mentions were asked for.
import { v7 as newId } from 'uuid'
import { PlatformError } from '../connectors/connector.ts'
import { type AccountRow, getAccount } from '../db/accounts.ts'
import { listBudgets } from '../db/budgets.ts'
import type { GapCause } from '../db/coverage.ts'
import { insertDeliveries } from '../db/deliveries.ts'
import { claimSearch, markSearched, markSearchFailed, putOffSearches, type WatchTermRow } from '../db/watch-terms.ts'
import type { Desk } from '../desk.ts'
import type { Id } from '../domain.ts'
import { openLine } from '../line.ts'
import { causeOf, recordSource, searchSourceOf, streamSourceOf } from './coverage.ts'
import { isScarce } from './pacing.ts'
import { mayStillSearch } from './spend.ts'

/** Searches for every term of the account that is due. May run twice, and beside itself: a term is held while it is searched for. */
export async function pollSearch(desk: Desk, accountId: Id) {
  for (;;) {
    const account = await getAccount(desk.db, accountId)
    const { search, polling } = desk.connectorFor(account.platform).intake
    if (!search || account.status !== 'connected') return
    // Own mentions first: what is left of the platform's limits is for searches. The clock rings again.
    if (polling && account.nextPollAt <= desk.now()) return
    const until = await scarceUntil(desk, account)
    if (until) return putOffSearches(desk.db, accountId, until)
    const term = await claimSearch(desk.db, accountId, desk.now(), HOLD_MS)
    if (!term) return
    // Over the account's monthly cap searches are the first to stop.
    const spend = await mayStillSearch(desk.db, account, desk.now())
    if (!spend.ok) return waitForMoney(desk, term, spend)
    const goesOn = await searchFor(desk, account, term)
    desk.live.tell({ topic: 'account', id: accountId })
    if (!goesOn) return
  }
}

/** Somebody may raise the cap before the month is over: asked again within the quarter of an hour. */
async function waitForMoney(desk: Desk, term: WatchTermRow, { until, because }: { until: Date; because: string }) {
  const again = new Date(Math.min(until.getTime(), desk.now().getTime() + SPENT_WAIT_MS))
  await markSearchFailed(desk.db, term, desk.now(), because, again)
  await putOffSearches(desk.db, term.accountId, again)
}

/** Where searches and polls live on the same limit, its last quarter is for the account's own mentions and for answers. */
async function scarceUntil(desk: Desk, account: AccountRow): Promise<Date | null> {
  const now = desk.now()
  const scarce = (await listBudgets(desk.db, [account.id, account.appId], now)).filter(one => one.holdsUpPolls && isScarce(one, now))
  return scarce.length ? new Date(Math.max(...scarce.map(one => one.resetAt.getTime()))) : null
}

/** The cursor moves only after the last page is stored. False: the account's other searches must wait too. */
async function searchFor(desk: Desk, account: AccountRow, term: WatchTermRow): Promise<boolean> {
  const search = desk.connectorFor(account.platform).intake.search!
  const startedAt = desk.now()
  const next = new Date(startedAt.getTime() + (term.streamedSince ? Math.max(search.everyMs, BACKSTOP_MS) : search.everyMs))
  const line = await openLine(desk, account.id)
  try {
    const since = new Date(startedAt.getTime() - FIRST_REACH_MS)
    const pages = search.search(line, term, term.cursor, since)
    let page = await pages.next()
    for (; !page.done; page = await pages.next()) {
      const { list, body } = page.value
      await insertDeliveries(desk.db, [
        {
          id: newId(),
          appId: account.appId,
          accountId: account.id,
          source: `poll:${list}`,
          headers: {},
          body: desk.vault.seal(body),
          receivedAt: desk.now(),
        },
      ])
      await desk.ring({ name: 'readDeliveries' })
    }
    const isUnfinished = search.isUnfinished?.(page.value) ?? false
    await recordSearch(desk, account, term, startedAt, isUnfinished ? 'unfinished' : undefined)
    await markSearched(desk.db, term, desk.now(), isUnfinished ? desk.now() : next, page.value)
    return true
  } catch (error) {
    await recordSearch(desk, account, term, desk.now(), causeOf(error))
    if (!(error instanceof PlatformError)) {
      await markSearchFailed(desk.db, term, desk.now(), 'the search failed; see the log', next)
      throw error
    }
    return putOff(desk, account, term, error, next)
  } finally {
    await line.saveBudgets()
  }
}

/** The coverage ledger of this term: searches read back what they missed, as far as the platform reaches. */
async function recordSearch(desk: Desk, account: AccountRow, term: WatchTermRow, at: Date, cause?: GapCause) {
  const { reach, everyMs } = desk.connectorFor(account.platform).intake.search!
  const patienceMs = Math.max(BACKSTOP_MS, everyMs) * 3
  const hastenedBy = streamSourceOf(term.id)
  // The first one reads back a day.
  const since = term.lastSearchAt ?? (cause ? at : new Date(at.getTime() - FIRST_REACH_MS))
  const told = { at, since, patienceMs, hastenedBy, ...(cause && { cause }), ...(reach && { reach }) }
  await recordSource(desk.db, account, searchSourceOf(term.id), told)
}

/** A search that is refused stops itself alone: whether the account may still speak for us, its own poll finds out. */
async function putOff(desk: Desk, account: AccountRow, term: WatchTermRow, error: PlatformError, next: Date): Promise<boolean> {
  const isLimit = error.kind === 'retry'
  const waitMs = isLimit ? (error.retryAfterMs ?? 0) : REFUSED_WAIT_MS
  const until = new Date(Math.max(next.getTime(), desk.now().getTime() + waitMs))
  await markSearchFailed(desk.db, term, desk.now(), error.message, until)
  if (isLimit) await putOffSearches(desk.db, account.id, new Date(desk.now().getTime() + waitMs))
  desk.log.warn({ accountId: account.id, termId: term.id, kind: error.kind }, 'search put off')
  return !isLimit
}

/** What a new term brings at first. */
const FIRST_REACH_MS = 24 * 3_600_000
/** What a stream tells at once is searched for only to be sure. */
const BACKSTOP_MS = 15 * 60_000
const SPENT_WAIT_MS = 15 * 60_000
const HOLD_MS = 120_000
const REFUSED_WAIT_MS = 3_600_000
