// setGesture: tells the platform of a like or a hide that was wished, until it took it; the last wish is what it ends with.
import { PlatformError } from '../connectors/connector.ts'
import { getAccount, markReconnect } from '../db/accounts.ts'
import { findGesture, type GestureEnd, type GestureRow, giveBackGesture, noteWaiting, takeGesture } from '../db/gestures.ts'
import { addSpending } from '../db/spending.ts'
import { type AnswerableMention, findAnswerable } from '../db/thread.ts'
import { appendTicketEvents } from '../db/ticket-events.ts'
import type { Desk } from '../desk.ts'
import type { Gesture, Id } from '../domain.ts'
import { type OpenLine, openLine } from '../line.ts'
import { asAnswerable } from './permission.ts'
import { noteSpeaking } from './sending-health.ts'

/** May run twice, and beside itself: one worker alone speaks to the platform about one gesture. Setting it again is harmless there, so what ended unseen is simply set again. */
export async function setGesture(desk: Desk, mentionId: Id, gesture: Gesture): Promise<void> {
  const waiting = await findGesture(desk.db, mentionId, gesture)
  if (waiting?.status !== 'waiting') return
  const place = await placeOf(desk, mentionId)
  if (!(await isAccountReady(desk, waiting, place))) return
  const now = desk.now()
  const taken = await takeGesture(desk.db, mentionId, gesture, now, new Date(now.getTime() + DIED_AFTER_MS))
  if (!taken) return
  const end = await endOf(desk, taken, place.accountId)
  const isOver = await desk.db.transaction().execute(async tx => {
    const isOver = await giveBackGesture(tx, taken, end)
    if (isOver && end.status === 'refused' && place.ticketId)
      await appendTicketEvents(tx, [
        {
          ticketId: place.ticketId,
          kind: 'gesture_refused',
          at: desk.now(),
          actor: 'outbox',
          mentionId,
          after: { gesture, isWished: taken.isWished, because: end.problem },
        },
      ])
    return isOver
  })
  tellOf(desk, place.ticketId)
  // Wished anew while the platform was told of the wish before.
  if (!isOver) await desk.ring({ name: 'setGesture', mentionId, gesture })
}

interface Place {
  accountId: Id
  ticketId: Id | null
}

const placeOf = (desk: Desk, mentionId: Id): Promise<Place> =>
  desk.db.selectFrom('mentions').select(['accountId', 'ticketId']).where('id', '=', mentionId).executeTakeFirstOrThrow()

/** The sweep rings again once it is connected. */
async function isAccountReady(desk: Desk, waiting: GestureRow, { accountId, ticketId }: Place): Promise<boolean> {
  const account = await getAccount(desk.db, accountId)
  if (account.status === 'connected') return true
  const what = account.status === 'off' ? 'is switched off' : 'must be connected again'
  if (await noteWaiting(desk.db, waiting, `Waits: ${account.name} ${what} (Accounts page). It is done then.`)) tellOf(desk, ticketId)
  return false
}

async function endOf(desk: Desk, taken: GestureRow, accountId: Id): Promise<GestureEnd> {
  const mention = await findAnswerable(desk.db, taken.mentionId)
  if (!mention || mention.isRemoved) return { status: 'refused', problem: 'The customer deleted it.' }
  const line = await openLine(desk, accountId)
  const failed = await callPlatform(desk, taken, mention, line)
  if (!failed) await noteCost(desk, line, taken, mention)
  await noteSpeaking(desk, line, failed)
  if (!failed) return { status: 'done', isSet: taken.isWished, problem: null, attempts: 0 }
  if (failed.kind === 'refused') return { status: 'refused', problem: failed.message }
  if (failed.kind === 'account') {
    await markReconnect(desk.db, accountId, desk.now(), failed.message)
    desk.live.tell({ topic: 'account', id: accountId })
    return { problem: `Waits for its account: ${failed.message}` }
  }
  const attempts = taken.attempts + 1
  if (attempts >= MOST_ATTEMPTS) return { status: 'refused', attempts, problem: `${failed.message} Tried ${attempts} times, now given up.` }
  const waitMs = Math.max(failed.retryAfterMs ?? 0, Math.min(BACKOFF_MS * 2 ** (attempts - 1), HOUR_MS))
  return { attempts, nextTryAt: new Date(desk.now().getTime() + waitMs), problem: `${failed.message} Heed tries again.` }
}

/** Outside any transaction. Null: the platform has it as it was wished. */
async function callPlatform(desk: Desk, taken: GestureRow, mention: AnswerableMention, line: OpenLine): Promise<PlatformError | null> {
  const { gestures, label } = desk.connectorFor(line.account.platform)
  const way = gestures?.[taken.gesture]
  if (!way || 'never' in way) return new PlatformError('refused', way?.never ?? `Heed does not know how to do this on ${label}.`)
  try {
    await way.set(asAnswerable(mention), taken.isWished, line)
    return null
  } catch (error) {
    if (error instanceof PlatformError) return error
    desk.log.error({ err: error, mentionId: taken.mentionId }, 'a gesture ended in a way its connector does not know')
    return new PlatformError('unsure', 'Something broke while the platform was told.', undefined, { cause: error })
  }
}

async function noteCost(desk: Desk, { account }: OpenLine, taken: GestureRow, mention: AnswerableMention) {
  const way = desk.connectorFor(account.platform).gestures?.[taken.gesture]
  const usd = way && 'set' in way ? way.may(asAnswerable(mention), account).costUsd : null
  if (usd) await addSpending(desk.db, [{ accountId: account.id, at: desk.now(), item: 'gesture', count: 1, usd }])
}

function tellOf(desk: Desk, ticketId: Id | null): void {
  if (ticketId) desk.live.tell({ topic: 'ticket', id: ticketId })
}

/** No connector waits this long for its answers: who held it is dead. */
const DIED_AFTER_MS = 2 * 60_000
const HOUR_MS = 3_600_000
const BACKOFF_MS = 5_000
const MOST_ATTEMPTS = 10
