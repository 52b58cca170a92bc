// findParents: fetches what mentions on tickets answer, so that a rep sees it; in batches, each parent once.
import { v7 as newId } from 'uuid'
import { PlatformError } from '../connectors/connector.ts'
import { type AccountRow, getAccount } from '../db/accounts.ts'
import { insertDeliveries } from '../db/deliveries.ts'
import type { MentionRow } from '../db/mentions.ts'
import { claimWanted, insertWanted, markParents, type ParentRow, putOffParents } from '../db/parents.ts'
import type { Tx } from '../db/schema.ts'
import type { Desk } from '../desk.ts'
import type { Id } from '../domain.ts'
import { openLine } from '../line.ts'

/** What these answer is to be fetched, where it is not known yet: the clock rings for it. Judging waits for nothing. */
export async function wantParents(desk: Desk, tx: Tx, mentions: readonly Answering[]) {
  const answering = mentions.filter(
    one => one.parentExternalId !== null && one.visibility === 'public' && desk.connectorFor(one.platform).intake.parents,
  )
  await insertWanted(
    tx,
    answering.map(one => one.id),
    desk.now(),
  )
}
type Answering = Pick<MentionRow, 'id' | 'platform' | 'visibility' | 'parentExternalId'>

/** Fetches until nothing is wanted or the platform asks us to wait. May run twice, and beside itself. */
export async function findParents(desk: Desk, accountId: Id) {
  const account = await getAccount(desk.db, accountId)
  const ability = desk.connectorFor(account.platform).intake.parents
  if (account.status !== 'connected') return
  for (;;) {
    const now = desk.now()
    const wanted = await claimWanted(desk.db, accountId, now, new Date(now.getTime() + HOLD_MS), ability?.atOnce ?? 100)
    if (!wanted.length) return
    if (!(await fetchThem(desk, account, wanted))) return
  }
}

/** False: the rest waits. */
async function fetchThem(desk: Desk, account: AccountRow, wanted: readonly ParentRow[]): Promise<boolean> {
  const ability = desk.connectorFor(account.platform).intake.parents
  const label = desk.connectorFor(account.platform).label
  if (!ability) {
    await settle(desk, account.id, wanted, `Heed cannot fetch it from ${label}.`)
    return true
  }
  const line = await openLine(desk, account.id)
  try {
    const { pages, missing } = await ability.find(line, wanted)
    const { id: accountId, appId } = account
    const deliveries = pages.map(page => ({
      id: newId(),
      appId,
      accountId,
      source: `poll:${page.list}`,
      headers: {},
      body: desk.vault.seal(page.body),
      receivedAt: desk.now(),
    }))
    if (deliveries.length) await insertDeliveries(desk.db, deliveries)
    const because = new Map(missing.map(one => [one.externalId, one.because]))
    await markParents(
      desk.db,
      accountId,
      wanted.map(({ externalId }) => ({ externalId, because: because.get(externalId) ?? null })),
    )
    if (deliveries.length) await desk.ring({ name: 'readDeliveries' })
    return true
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error
    desk.log.warn({ accountId: account.id, kind: error.kind, parents: wanted.length }, 'fetching parents put off')
    return putOff(desk, account.id, wanted, error)
  } finally {
    await line.saveBudgets()
  }
}

/** A limit and a broken line pass; what is refused again and again is missing. A dead sign-in is found out by the poll. */
async function putOff(desk: Desk, accountId: Id, wanted: readonly ParentRow[], error: PlatformError): Promise<boolean> {
  const tired = wanted.filter(one => error.kind === 'refused' && one.attempts >= MOST_ATTEMPTS)
  await settle(desk, accountId, tired, error.message)
  const others = wanted.filter(one => !tired.includes(one)).map(one => one.externalId)
  await putOffParents(desk.db, accountId, others, new Date(desk.now().getTime() + Math.max(SHORTEST_WAIT_MS, error.retryAfterMs ?? 0)))
  return false
}

const settle = (desk: Desk, accountId: Id, parents: readonly ParentRow[], because: string) =>
  markParents(
    desk.db,
    accountId,
    parents.map(({ externalId }) => ({ externalId, because })),
  )

const HOLD_MS = 120_000
const SHORTEST_WAIT_MS = 60_000
const MOST_ATTEMPTS = 3
