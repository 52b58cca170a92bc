// Keeps the coverage ledger: what a poll read back to, what it could not, and whether pushes are on.
import { PlatformError, type PolledList, type Polling, type Reach, type Trouble } from '../connectors/connector.ts'
import type { AccountRow } from '../db/accounts.ts'
import { type GapCause, listOpenSpans, listSources, listSpansFrom, listTail, lockLedger, replaceSpans, type Span } from '../db/coverage.ts'
import type { Db, Tx } from '../db/schema.ts'
import type { WatchTermRow } from '../db/watch-terms.ts'
import type { Id } from '../domain.ts'
import { asAccount } from '../line.ts'
import { heard, missed, repairedByPolls, uncover } from './coverage-spans.ts'

/** A poll ended: each of its lists is covered from where the last one ended until this one began. */
export async function recordPolled(
  db: Db,
  account: AccountRow,
  polling: Polling,
  poll: { startedAt: Date; cursor: Readonly<Record<string, string>>; brought: ReadonlyMap<string, Brought> },
) {
  const unfinished = polling.unfinished?.(poll.cursor) ?? []
  await inLedger(db, account, async tx => {
    const polled: Span[][] = []
    for (const list of listsOf(polling, account)) {
      const source = sourceOf(list)
      polled.push(
        await change(tx, account, source, spans =>
          unfinished.includes(list.name)
            ? missed(spans, { at: poll.startedAt, since: sinceOf(account), cause: 'unfinished', patienceMs: patienceOf(polling) })
            : heard(spans, {
                until: poll.startedAt,
                since: sinceOf(account),
                patienceMs: patienceOf(polling),
                readsBack: true,
                reachedTo: reachedTo(list.reach, poll.startedAt, poll.brought.get(list.name)),
              }),
        ),
      )
    }
    for (const hastened of [PUSHES, OWN_STREAM]) await repairHastened(tx, account, hastened, polled, poll.startedAt)
  })
}

/** A poll failed, or could not be asked for: its lists miss what was said since they were last covered. */
export async function recordNotPolled(db: Db, account: AccountRow, polling: Polling, at: Date, cause: GapCause) {
  await inLedger(db, account, async tx => {
    for (const list of listsOf(polling, account))
      await change(tx, account, sourceOf(list), spans =>
        missed(spans, { at, since: sinceOf(account), cause, patienceMs: patienceOf(polling) }),
      )
  })
}

/** One source by itself, such as a search: heard until `at`, or missed with a cause. */
export async function recordSource(
  db: Db,
  account: AccountRow,
  source: string,
  told: { at: Date; since: Date; patienceMs: number; cause?: GapCause; reach?: Reach; brought?: Brought; hastenedBy?: string },
) {
  const { at, since, patienceMs, cause, reach, brought, hastenedBy } = told
  await inLedger(db, account, async tx => {
    const read = await change(tx, account, source, spans =>
      cause
        ? missed(spans, { at, since, cause, patienceMs })
        : heard(spans, { until: at, since, patienceMs, readsBack: true, reachedTo: reachedTo(reach, at, brought) }),
    )
    if (hastenedBy) await repairHastened(tx, account, hastenedBy, [read], at)
  })
}

/** What a stream tells of: a watch term, or `own`, the account itself. */
export type Streamed = Pick<WatchTermRow, 'id' | 'accountId'>

/** A connection begins: whatever was said since the ledger last told of it came by no stream. */
export async function recordStreamBegun(db: Db, terms: readonly Streamed[], at: Date) {
  await changeStreams(db, terms, spans => {
    const last = spans.at(-1)
    if (!last) return []
    return missed(spans, { at, since: at, cause: last.cause ?? 'we_were_down', patienceMs: Number.POSITIVE_INFINITY })
  })
}

/** It stands, and has from `since` on. */
export async function recordStreaming(db: Db, terms: readonly Streamed[], { since, until }: { since: Date; until: Date }) {
  await changeStreams(db, terms, spans =>
    heard(spans, { until, since, patienceMs: Number.POSITIVE_INFINITY, readsBack: false, reachedTo: null }),
  )
}

/** It broke, and is broken still. */
export async function recordStreamBroken(db: Db, terms: readonly Streamed[], since: Date, at: Date, cause: GapCause) {
  await changeStreams(db, terms, spans => missed(spans, { at, since, cause, patienceMs: Number.POSITIVE_INFINITY }))
}

async function changeStreams(db: Db, terms: readonly Streamed[], next: (spans: Span[]) => Span[]) {
  for (const { id, accountId } of terms)
    await inLedger(db, { id: accountId }, tx => change(tx, { id: accountId }, streamSourceOf(id), next))
}

/** The platform says that it pushes; between two good answers it did, unless something else shows that nothing arrives. */
export async function recordPushing(db: Db, account: AccountRow, at: Date) {
  await inLedger(db, account, tx =>
    change(tx, account, PUSHES, spans => {
      const since = account.subscriptionCheckedAt ?? at
      const cause = unproved(spans, account.lastDeliveryAt)
      return cause
        ? missed(spans, { at, since, cause, patienceMs: PUSH_PATIENCE_MS })
        : heard(spans, { until: at, since, patienceMs: PUSH_PATIENCE_MS, readsBack: false, reachedTo: null })
    }),
  )
}

/** Nothing was pushed, or taken, between the two, whatever the ledger said of it. */
export async function recordNotPushing(db: Db, account: AccountRow, missing: { from: Date; until: Date; cause: GapCause }) {
  await inLedger(db, account, async tx => {
    const before = await listSpansFrom(tx, account.id, PUSHES, missing.from)
    await replaceSpans(tx, account.id, PUSHES, before, uncover(before, missing))
  })
}

/** Only a push that arrives ends these: the platform's word does not. Null: the last gap is none of them, or one has arrived since. */
export function unproved(spans: readonly Span[], lastDeliveryAt: Date | null): GapCause | null {
  const last = spans.at(-1)
  if (!last || last.state === 'covered' || !UNPROVED.has(last.cause)) return null
  return lastDeliveryAt && lastDeliveryAt >= last.untilAt ? null : last.cause
}

/** Nothing says that a gap of pushes goes on: the platform pushes again, one arrived, or our own process is back. */
export function isPushGapOver(rows: readonly Span[], account: Pick<AccountRow, 'lastDeliveryAt' | 'subscriptionGoodAt'>): boolean {
  const last = rows.at(-1)
  if (!last || last.state === 'covered') return true
  return UNPROVED.has(last.cause)
    ? unproved(rows, account.lastDeliveryAt) === null
    : last.cause === 'web_down' || (account.subscriptionGoodAt !== null && account.subscriptionGoodAt >= last.untilAt)
}

/** The account cannot be asked at all: every source of it misses what is said meanwhile. */
export async function recordStanding(
  db: Db,
  account: AccountRow,
  polling: Polling | undefined,
  at: Date,
  cause: 'token' | 'not_connected',
) {
  await inLedger(db, account, async tx => {
    const sources = new Set([...(await listSources(tx, account.id)), ...(polling ? listsOf(polling, account).map(sourceOf) : [])])
    for (const source of sources)
      await change(tx, account, source, spans =>
        missed(spans, { at, since: sinceOf(account), cause, patienceMs: polling ? patienceOf(polling) : PUSH_PATIENCE_MS }),
      )
  })
}

/** How much of a list a poll brought, for platforms that show only so many. */
export interface Brought {
  /** New words of customers. */
  mentions: number
  /** Everything on the list: what the platform counts. */
  items: number
  oldestAt: Date | null
}

/** Why a call failed, as the ledger keeps it: by code alone. */
export function causeOf(error: unknown): GapCause {
  return error instanceof PlatformError ? CAUSES[error.trouble] : 'fault'
}

/** Where a platform has but one list it is the whole poll. */
export function listsOf(polling: Polling, account: AccountRow): readonly PolledList[] {
  return polling.lists?.(asAccount(account)) ?? [{ name: '', label: 'mentions' }]
}
export const sourceOf = (list: PolledList) => (list.name ? `poll:${list.name}` : 'poll')

/** SPEC's ten minutes, or three polls where they are rarer. */
export const patienceOf = (polling: Polling | undefined) => Math.max(10 * 60_000, 3 * (polling?.everyMs ?? 0))
export const PUSHES = 'webhook'
export const searchSourceOf = (termId: Id) => `poll:search:${termId}`
export const streamSourceOf = (termId: Id) => `stream:${termId}`
export const OWN_STREAM = 'stream:own'
/** Gaps that the platform's own word does not end. */
export const UNPROVED: ReadonlySet<GapCause | null> = new Set(['push_missing', 'push_silent'])

async function change(tx: Tx, account: Pick<AccountRow, 'id'>, source: string, next: (spans: Span[]) => Span[]): Promise<Span[]> {
  const before = await listTail(tx, account.id, source)
  const after = next(before)
  await replaceSpans(tx, account.id, source, before, after)
  return after
}

/** What only hastens missed nothing that these read. */
async function repairHastened(tx: Tx, account: AccountRow, source: string, polled: readonly Span[][], at: Date) {
  const open = await listOpenSpans(tx, account.id, source)
  if (!open.length || !polled.length) return
  const ends = polled.map(spans => spans.findLast(span => span.state !== 'open' && span.state !== 'lost')?.untilAt.getTime() ?? 0)
  const coveredTo = new Date(Math.min(...ends))
  const lost = polled.flat().filter(span => span.state === 'lost')
  // With what stands before and between them, so that neighbours become one row.
  const before = await listSpansFrom(tx, account.id, source, new Date(open[0]!.fromAt.getTime() - 1))
  await replaceSpans(tx, account.id, source, before, repairedByPolls(before, { coveredTo, lost }, at))
}

const inLedger = (db: Db, account: Pick<AccountRow, 'id'>, write: (tx: Tx) => Promise<unknown>) =>
  db.transaction().execute(async tx => {
    await lockLedger(tx, account.id)
    await write(tx)
  })

/** An account from before there was a ledger: its polls had come this far. */
const sinceOf = (account: AccountRow) => account.lastPollAt ?? account.connectedAt

/** Hours are counted back from now; a number of mentions from the oldest that still came. */
function reachedTo(reach: Reach | undefined, at: Date, brought: Brought | undefined): Date | null {
  const byHours = reach?.hours ? new Date(at.getTime() - reach.hours * 3_600_000) : null
  const isFull = reach?.mentions && brought && brought.items >= NEARLY * reach.mentions
  const byCount = isFull ? brought.oldestAt : null
  return byHours && byCount ? (byHours > byCount ? byHours : byCount) : (byHours ?? byCount)
}

/** Platforms leave out what was deleted, so a full list is a little shorter. */
const NEARLY = 0.95
const CAUSES: Record<Trouble, GapCause> = {
  limit: 'limit',
  spent: 'spent',
  outage: 'platform_down',
  token: 'token',
  refused: 'refused',
}
/** Two checks and a little: see subscription.ts. */
const PUSH_PATIENCE_MS = 40 * 60_000
