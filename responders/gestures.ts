// What may be done to a customer's mention beside answering it, and wishing it: the wish is kept at once, the platform is told afterwards.
import type { Connector, Gestures } from '../connectors/connector.ts'
import { getAccount } from '../db/accounts.ts'
import { type GestureRow, listTicketGestures, wishGesture } from '../db/gestures.ts'
import { type AnswerableMention, findAnswerable, listAnswerable } from '../db/thread.ts'
import { appendTicketEvents } from '../db/ticket-events.ts'
import type { TicketRow } from '../db/tickets.ts'
import type { Desk } from '../desk.ts'
import type { Account, Gesture, GestureStatus, Id } from '../domain.ts'
import { asAccount } from '../line.ts'
import { ringAfterCommit } from './bell.ts'
import { asAnswerable } from './permission.ts'

/** One gesture of one mention, as it stands. */
export interface GestureState {
  gesture: Gesture
  /** What it is called over there. */
  label: string
  /** What it is once it is done, in the platform's words. */
  done: string
  allowed: boolean
  /** Why not, or what to mind. */
  because: string
  /** Wished, or set and not wished otherwise since. */
  isOn: boolean
  /** Null: never wished. */
  status: GestureStatus | null
  problem: string | null
}

type Asked = Pick<TicketRow, 'id' | 'accountId' | 'platform'>

/** By mention; for all of the customer's on a ticket that are still there. */
export async function listGestures(desk: Pick<Desk, 'db' | 'connectorFor'>, ticket: Asked): Promise<Map<Id, GestureState[]>> {
  const connector = desk.connectorFor(ticket.platform)
  if (!connector.gestures) return new Map()
  const [account, mentions, rows] = await Promise.all([
    getAccount(desk.db, ticket.accountId),
    listAnswerable(desk.db, ticket.id, MOST_SHOWN),
    listTicketGestures(desk.db, ticket.id),
  ])
  const ours = asAccount(account)
  return new Map(
    mentions.map(mention => [
      mention.id,
      GESTURES.map(gesture =>
        stateOf(
          connector,
          gesture,
          mention,
          ours,
          rows.find(row => row.mentionId === mention.id && row.gesture === gesture),
        ),
      ),
    ]),
  )
}

/** `reason`: why it is hidden; kept in the ticket's history. */
export async function askForGesture(
  desk: Desk,
  wish: { ticketId: Id; mentionId: Id; gesture: Gesture; isWished: boolean; teammateId: Id; reason?: string | undefined },
): Promise<{ ok: true } | { ok: false; because: string }> {
  const { mentionId, gesture, isWished, teammateId } = wish
  const now = desk.now()
  const asked = await desk.db.transaction().execute(async tx => {
    const ticket = await tx.selectFrom('tickets').select(['id', 'accountId', 'platform']).where('id', '=', wish.ticketId).executeTakeFirst()
    const mention = await findAnswerable(tx, mentionId)
    const row = await tx.selectFrom('mentions').select('ticketId').where('id', '=', mentionId).executeTakeFirst()
    if (!ticket || !mention || row?.ticketId !== ticket.id) return no('There is no such mention of a customer on this ticket.')
    if (mention.isRemoved) return no('The customer deleted it.')
    const may = permissionOf(desk.connectorFor(ticket.platform), gesture, mention, asAccount(await getAccount(tx, ticket.accountId)))
    if (isWished && !may.allowed) return no(may.because)
    if (isWished && gesture === 'hide' && !wish.reason) return no('Say why it is hidden: spam, or against rules you have posted.')
    await wishGesture(tx, { mentionId, gesture, isWished, teammateId, at: now })
    const after = { gesture, isWished, ...(isWished && wish.reason && { reason: wish.reason }) }
    await appendTicketEvents(tx, [
      { ticketId: ticket.id, kind: 'gesture_wished', at: now, teammateId, actor: 'teammate', mentionId, after },
    ])
    return { ok: true as const }
  })
  if (!asked.ok) return asked
  desk.live.tell({ topic: 'ticket', id: wish.ticketId })
  await ringAfterCommit(desk, { name: 'setGesture', mentionId, gesture })
  return asked
}

function stateOf(connector: Connector, gesture: Gesture, mention: AnswerableMention, account: Account, row?: GestureRow): GestureState {
  const way = connector.gestures?.[gesture]
  const { allowed, because } = permissionOf(connector, gesture, mention, account)
  return {
    gesture,
    label: way && 'set' in way ? way.label : USUAL[gesture],
    done: way && 'set' in way ? way.done : '',
    allowed,
    because,
    isOn: row !== undefined && (row.status === 'refused' ? row.isSet : row.isWished),
    status: row?.status ?? null,
    problem: row?.problem ?? null,
  }
}

function permissionOf({ gestures, label }: Connector, gesture: Gesture, mention: AnswerableMention, account: Account) {
  const way: Gestures[Gesture] = gestures?.[gesture] ?? { never: `Heed does not know how to do this on ${label}.` }
  return 'never' in way ? { allowed: false, because: way.never } : way.may(asAnswerable(mention), account)
}

const no = (because: string) => ({ ok: false as const, because })
const GESTURES: readonly Gesture[] = ['like', 'hide']
const USUAL: Record<Gesture, string> = { like: 'Like', hide: 'Hide' }
/** As many as a thread shows. */
const MOST_SHOWN = 500
