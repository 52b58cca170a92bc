// pollAccount: asks an account's platform what we have not heard yet, and keeps the coverage ledger of it.
import { v7 as newId } from 'uuid'
import { type Cursor, PlatformError, type Polling, type PollPage } from '../connectors/connector.ts'
import {
  type AccountRow,
  claimPoll,
  countConnected,
  getAccount,
  hurryPolls,
  markAccountError,
  markHearingTrouble,
  markPolled,
  markReconnect,
} from '../db/accounts.ts'
import { listBudgets } from '../db/budgets.ts'
import { insertDeliveries } from '../db/deliveries.ts'
import type { Desk } from '../desk.ts'
import type { Id } from '../domain.ts'
import { type OpenLine, openLine } from '../line.ts'
import { type Brought, causeOf, recordNotPolled, recordPolled } from './coverage.ts'
import { heldUntil, nextPollIn } from './pacing.ts'
import { replayMissed } from './replay.ts'
import { keepSubscribed } from './subscription.ts'

/** Asks a platform what we have not heard yet. The cursor moves only after the last page is stored. */
export async function pollAccount(desk: Desk, accountId: Id) {
  const startedAt = desk.now()
  const account = await claimPoll(desk.db, accountId, startedAt, POLL_HOLD_MS)
  if (!account) return
  const polling = desk.connectorFor(account.platform).intake.polling
  if (!polling) return
  try {
    const line = await openLine(desk, accountId)
    // Also what a poll was told that failed: it says how long the next one waits.
    await pollAlong(desk, line, account, polling, startedAt).finally(() => line.saveBudgets(polling.isHeldUpBy ?? (() => true)))
  } catch (error) {
    await putOffPoll(desk, account, polling, error, startedAt)
  }
  desk.live.tell({ topic: 'account', id: accountId })
}

async function pollAlong(desk: Desk, line: OpenLine, account: AccountRow, polling: Polling, startedAt: Date) {
  const held = heldUntil(await listBudgets(desk.db, [account.id, account.appId], startedAt), startedAt)
  if (held) throw new PlatformError('retry', USED_UP, held.getTime() - startedAt.getTime(), { trouble: 'limit' })
  const { cursor, brought } = await fetchPages(desk, account, polling.poll(line, account.pollCursor))
  await recordPolled(desk.db, account, polling, { startedAt, cursor, brought })
  const mentions = [...brought.values()].reduce((sum, list) => sum + list.mentions, 0)
  const quietPolls = mentions ? 0 : Math.min(account.quietPolls + 1, 1000)
  const inMs = nextPollIn({
    everyMs: rhythmOf(desk, account, polling),
    mentions,
    quietPolls,
    hasPushes: account.lastDeliveryAt !== null,
    met: line.budgets().filter(budget => polling.isHeldUpBy?.(budget.endpoint) ?? true),
    sharedBy: await countConnected(desk.db, account.appId),
    now: desk.now(),
  })
  await markPolled(desk.db, account.id, desk.now(), new Date(startedAt.getTime() + inMs), cursor, quietPolls)
  await hurryAfterStream(desk, account)
  await keepSubscribed(desk, account, line)
  await replayMissed(desk, account, line)
}

/** What a stream tells at once is polled for to be sure of it. */
function rhythmOf(desk: Desk, account: AccountRow, polling: Polling): number {
  const { ownStream } = desk.connectorFor(account.platform).intake
  return ownStream && account.streamedSince ? Math.max(ownStream.pollEveryMs, polling.everyMs) : polling.everyMs
}

/** Its stream began or broke while this poll ran: the next one, which was due at once, still is. */
async function hurryAfterStream(desk: Desk, { id, platform, streamedSince }: AccountRow) {
  if (!desk.connectorFor(platform).intake.ownStream) return
  const after = await getAccount(desk.db, id)
  if (after.streamedSince?.getTime() !== streamedSince?.getTime()) await hurryPolls(desk.db, [id], desk.now())
}

/** Each page is a delivery; how much of each list came says whether the platform still showed everything. */
async function fetchPages(desk: Desk, account: AccountRow, pages: AsyncGenerator<PollPage, Cursor>) {
  const brought = new Map<string, Brought>()
  let page = await pages.next()
  for (; !page.done; page = await pages.next()) {
    const source = `poll:${page.value.list}`
    const delivery = { id: newId(), appId: account.appId, accountId: account.id, source, headers: {}, receivedAt: desk.now() }
    await insertDeliveries(desk.db, [{ ...delivery, body: desk.vault.seal(page.value.body) }])
    countBrought(desk, account, brought, page.value, delivery)
    await desk.ring({ name: 'readDeliveries' })
  }
  return { cursor: page.value, brought }
}

function countBrought(
  desk: Desk,
  account: AccountRow,
  brought: Map<string, Brought>,
  { list, body }: PollPage,
  delivery: { source: string; receivedAt: Date },
) {
  try {
    const { externalId, handle } = account
    const incoming = desk.connectorFor(account.platform).read({ ...delivery, headers: {}, body, account: { externalId, handle } })
    const said = incoming.flatMap(one => (one.kind === 'mention' ? [one.mention] : []))
    const before = brought.get(list) ?? { mentions: 0, items: 0, oldestAt: null }
    const oldestMs = Math.min(...said.map(one => one.postedAt.getTime()), before.oldestAt?.getTime() ?? Number.POSITIVE_INFINITY)
    brought.set(list, {
      mentions: before.mentions + said.filter(one => one.direction === 'inbound').length,
      items: before.items + incoming.length,
      oldestAt: Number.isFinite(oldestMs) ? new Date(oldestMs) : null,
    })
  } catch (error) {
    // It is stored; readDeliveries sets it aside with its problem where a person sees it.
    desk.log.warn({ err: error, accountId: account.id, list }, 'a page of a poll cannot be counted')
  }
}

/** Nothing is skipped: the next poll begins where the last good one ended. */
async function putOffPoll(desk: Desk, account: AccountRow, polling: Polling, error: unknown, startedAt: Date) {
  const now = desk.now()
  const next = new Date(startedAt.getTime() + polling.everyMs)
  const cause = causeOf(error)
  await recordNotPolled(desk.db, account, polling, now, cause)
  await markHearingTrouble(desk.db, account.id, now, cause)
  if (!(error instanceof PlatformError)) {
    await markAccountError(desk.db, account.id, now, 'the poll failed; see the log', next)
    throw error
  }
  if (error.kind === 'account') await markReconnect(desk.db, account.id, now, error.message)
  else {
    const until = new Date(Math.max(next.getTime(), now.getTime() + (error.retryAfterMs ?? 0)))
    await markAccountError(desk.db, account.id, now, error.message, until)
  }
  desk.log.warn({ accountId: account.id, kind: error.kind, trouble: error.trouble }, 'poll put off')
}

const POLL_HOLD_MS = 120_000
const USED_UP = 'Its calls are used up for now: it is asked again when the platform allows more.'
