// One status update, fitted to each platform and published once per platform through the outbox.
import { v7 as newId } from 'uuid'
import { type AccountRow, listAccounts } from '../db/accounts.ts'
import {
  findLastStatusUpdate,
  findStatusUpdate,
  type IncidentRow,
  insertBroadcasts,
  insertStatusUpdate,
  lockIncident,
  updateIncident,
} from '../db/incidents.ts'
import { findReply } from '../db/replies.ts'
import type { Tx } from '../db/schema.ts'
import type { Desk } from '../desk.ts'
import type { Id, IncidentStatus } from '../domain.ts'
import { ringFor } from '../responders/approve.ts'
import type { Piece } from '../responders/split.ts'
import { insertFollowing, reviveRest } from '../responders/thread.ts'
import { whyNotClear } from './all-clear.ts'
import { MINIMUM_MINUTES, mayPostAt, nextUpdateDueAt } from './cadence.ts'
import { hasShortForm, log, mayMove, steppedTo } from './incident.ts'
import { priceUpdate } from './update-price.ts'
import { cutStatus, finishText, proposeUpdate, type UpdateKind, whyNotPublish } from './wording.ts'

export interface NewUpdate {
  /** Made with the form: the same form sent twice is one update. */
  updateId: Id
  incidentId: Id
  kind: UpdateKind
  /** The incident's state from now on; an all-clear resolves it. */
  to: IncidentStatus
  text: string
  /** One per account; an account left out gets nothing. `posts`: chosen to go out as a thread of so many. */
  renditions: readonly { accountId: Id; text: string; posts?: number }[]
  nextUpdateAt: Date | null
  /** In which promised times are written. */
  zone: string
  /** A lead's reason to post within 10 minutes of the last, or to give the all-clear early. */
  overrideBecause?: string | undefined
  teammateId: Id
}
/** `where`: the account whose text is at fault, or `text`, `next`, `override`. */
export type Published = { ok: true; posts: number; isRepeat: boolean } | { ok: false; because: string; where: string }

export async function publishUpdate(desk: Desk, update: NewUpdate): Promise<Published> {
  const fault = await findFault(desk, update)
  if (fault) return fault
  const next = update.kind === 'allclear' ? null : update.nextUpdateAt
  const finish = (text: string) => finishText(text, next, update.zone)
  const accounts = await listAccounts(desk.db)
  const done = await desk.db.transaction().execute(async tx => {
    const incident = await lockIncident(tx, update.incidentId)
    if (!incident) return refuse('override', 'That incident is not here.')
    if (await findStatusUpdate(tx, update.updateId)) return { ok: true as const, isRepeat: true, replyIds: [] as Id[] }
    const because = await whyNotNow(tx, incident, update, desk.now())
    if (because) return because
    await insertStatusUpdate(tx, {
      id: update.updateId,
      incidentId: incident.id,
      kind: update.kind,
      incidentStatus: update.to,
      text: finish(update.text),
      nextUpdateAt: next,
      writtenById: update.teammateId,
      createdAt: desk.now(),
    })
    const isOver = update.kind === 'allclear'
    await updateIncident(tx, incident.id, {
      ...steppedTo(incident, update.to, desk.now()),
      nextUpdateDueAt: next,
      ...(isOver ? { resolvedAt: desk.now() } : {}),
    })
    await log(
      tx,
      desk,
      incident.id,
      update,
      isOver ? 'incident.cleared' : 'incident.updated',
      { status: incident.status },
      { status: update.to, updateId: update.updateId, overrideBecause: update.overrideBecause || null },
    )
    const pieces = new Map(update.renditions.map(one => [one.accountId, piecesOf(desk, accounts, one.accountId, finish(one.text))]))
    const firstIds = await insertBroadcasts(
      tx,
      update.renditions.map(({ accountId }) => ({
        id: newId(),
        idempotencyKey: `${update.updateId} ${accountId}`,
        accountId,
        statusUpdateId: update.updateId,
        text: pieces.get(accountId)![0]!.text,
        writtenById: update.teammateId,
        sendAt: desk.now(),
      })),
    )
    const replyIds: Id[] = []
    for (const id of firstIds) {
      const first = (await findReply(tx, id))!
      const following = await insertFollowing(tx, first, pieces.get(first.accountId)!.slice(1), null)
      replyIds.push(id, ...following.map(one => one.id))
    }
    return { ok: true as const, isRepeat: false, replyIds }
  })
  if (!done.ok) return done
  for (const replyId of done.replyIds) await ringFor(desk, replyId, desk.now())
  desk.live.tell({ topic: 'incident', id: update.incidentId })
  return { ok: true, posts: done.replyIds.length, isRepeat: done.isRepeat }
}

/** "No change yet, still working": the next update in one press, to every account. */
export async function publishUnchanged(
  desk: Desk,
  given: { updateId: Id; incident: IncidentRow; zone: string; teammateId: Id },
): Promise<Published> {
  const { incident } = given
  const proposal = await proposeUpdate(desk, incident, 'unchanged')
  return publishUpdate(desk, {
    updateId: given.updateId,
    incidentId: incident.id,
    kind: 'update',
    to: incident.status,
    text: proposal.text,
    renditions: proposal.renditions,
    nextUpdateAt: await defaultNextUpdate(desk, incident),
    zone: given.zone,
    teammateId: given.teammateId,
  })
}

/** What that press costs, in words; null: nothing, or nothing may be said any more. */
export async function priceUnchanged(desk: Desk, incident: IncidentRow, zone: string): Promise<string | null> {
  if (incident.resolvedAt) return null
  const next = await defaultNextUpdate(desk, incident)
  const { renditions } = await proposeUpdate(desk, incident, 'unchanged')
  const { total } = await priceUpdate(
    desk,
    renditions.map(({ accountId, text }) => ({ accountId, text: finishText(text, next, zone) })),
  )
  return total
}

export async function defaultNextUpdate(desk: Desk, incident: Pick<IncidentRow, 'severity'>): Promise<Date | null> {
  return nextUpdateDueAt(incident.severity, hasShortForm(desk, await listAccounts(desk.db)), desk.now())
}

/** A platform refused it: the same post once more, by a person's decision. One that may have gone out is looked up, never sent again. */
export async function retryBroadcast(
  desk: Desk,
  given: { replyId: Id; incidentId: Id; teammateId: Id },
): Promise<{ ok: true } | { ok: false; because: string }> {
  const post = await findReply(desk.db, given.replyId)
  const update = post?.statusUpdateId ? await findStatusUpdate(desk.db, post.statusUpdateId) : undefined
  if (update?.incidentId !== given.incidentId) return { ok: false, because: 'This is no status post of this incident.' }
  const revived = await desk.db.transaction().execute(tx => reviveRest(tx, given.replyId, desk.now()))
  if (!revived.ok) return revived
  await log(desk.db, desk, given.incidentId, given, 'incident.retried', undefined, { replyId: given.replyId })
  await ringFor(desk, revived.rows[0]!.id, desk.now())
  desk.live.tell({ topic: 'incident', id: given.incidentId })
  return { ok: true }
}

async function findFault(desk: Desk, update: NewUpdate): Promise<Published | null> {
  const next = update.kind === 'allclear' ? null : update.nextUpdateAt
  const whole = whyNotPublish(finishText(update.text, next, update.zone), null)
  if (whole) return refuse('text', `The status page's text: ${whole}`)
  if (next && next <= desk.now()) return refuse('next', 'The next update must lie in the future.')
  const accounts = await listAccounts(desk.db)
  for (const { accountId, text, posts } of update.renditions) {
    const account = accounts.find(a => a.id === accountId && a.status !== 'off')
    if (!account) return refuse(accountId, 'One of the accounts is no longer connected. Open the form again.')
    const connector = desk.connectorFor(account.platform)
    const rule = connector.limits.status
    const because = rule
      ? whyNotPublish(finishText(text, next, update.zone), rule, posts)
      : 'Words alone cannot be posted there: post it by hand.'
    if (because) return refuse(accountId, `${connector.label} · ${account.name}: ${because}`)
  }
  return null
}

async function whyNotNow(tx: Tx, incident: IncidentRow, update: NewUpdate, now: Date): Promise<(Published & { ok: false }) | null> {
  if (incident.resolvedAt) return refuse('override', 'It is resolved. If it came back, declare it anew.')
  const isOver = update.kind === 'allclear'
  if (!isOver && !mayMove(incident.status, update.to)) return refuse('override', `From ${incident.status} it cannot go to ${update.to}.`)
  if (update.overrideBecause?.trim()) return null
  const early = isOver ? whyNotClear(incident, now) : null
  if (early) return refuse('override', `${early} To go on now, say why.`)
  const at = mayPostAt((await findLastStatusUpdate(tx, incident.id))?.createdAt ?? null, now)
  if (!at) return null
  const minutes = Math.ceil((at.getTime() - now.getTime()) / 60_000)
  return refuse('override', `The last update is less than ${MINIMUM_MINUTES} minutes old: wait ${minutes} min, or say why it cannot wait.`)
}

/** `findFault` has let it through, so it fits, or was chosen to go out as these. */
function piecesOf(desk: Desk, accounts: readonly AccountRow[], accountId: Id, finished: string): Piece[] {
  const { platform } = accounts.find(one => one.id === accountId)!
  const cut = cutStatus(finished, desk.connectorFor(platform).limits.status!)
  return cut.ok ? cut.pieces : [{ text: finished, joint: '' }]
}

const refuse = (where: string, because: string): Published & { ok: false } => ({ ok: false, because, where })
