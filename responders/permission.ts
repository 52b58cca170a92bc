// May we answer this customer, in public and in private, and which of their mentions do we answer: asked before anyone types.
import type { Answerable, Permission, PermissionQuestion } from '../connectors/connector.ts'
import { getAccount } from '../db/accounts.ts'
import type { Db } from '../db/schema.ts'
import { type AnswerableMention, findLastPrivateInboundAt, isPrivatelyAnswered, listAnswerable } from '../db/thread.ts'
import type { TicketRow } from '../db/tickets.ts'
import type { Desk } from '../desk.ts'
import type { Account, Visibility } from '../domain.ts'
import { asAccount } from '../line.ts'

export interface MayAnswer extends Permission {
  /** What would be answered; null when nothing of theirs is left. */
  mention: AnswerableMention | null
  /** A second message could not follow the first: it cannot be a thread. */
  isOnlyOne: boolean
}

type Asked = Pick<TicketRow, 'id' | 'accountId' | 'customerId' | 'platform'>

/** Both at once, for the composer's tabs. */
export async function mayAnswer(
  desk: Pick<Desk, 'db' | 'connectorFor' | 'now'>,
  ticket: Asked,
  text = '',
): Promise<Record<Visibility, MayAnswer>> {
  const facts = await readFacts(desk.db, ticket)
  return {
    public: await ask(desk, desk.db, ticket, facts, 'public', text),
    private: await ask(desk, desk.db, ticket, facts, 'private', text),
  }
}

/** One of them, inside the transaction that is about to approve it. */
export async function askPermission(
  desk: Pick<Desk, 'connectorFor' | 'now'>,
  tx: Db,
  ticket: Asked,
  visibility: Visibility,
  text: string,
): Promise<MayAnswer> {
  return ask(desk, tx, ticket, await readFacts(tx, ticket), visibility, text)
}

interface Facts {
  account: Account
  /** Newest first. */
  mentions: AnswerableMention[]
  lastPrivateInboundAt: Date | null
}

async function readFacts(db: Db, ticket: Asked): Promise<Facts> {
  return {
    account: asAccount(await getAccount(db, ticket.accountId)),
    mentions: await listAnswerable(db, ticket.id),
    lastPrivateInboundAt: await findLastPrivateInboundAt(db, ticket.customerId),
  }
}

/** The newest mention that may be answered so; when none may, the newest one's reason. Private words are answered before public ones in private. */
async function ask(
  desk: Pick<Desk, 'connectorFor' | 'now'>,
  db: Db,
  ticket: Asked,
  facts: Facts,
  visibility: Visibility,
  text: string,
): Promise<MayAnswer> {
  const connector = desk.connectorFor(ticket.platform)
  const inOrder = [
    ...facts.mentions.filter(one => one.visibility === visibility),
    ...facts.mentions.filter(one => one.visibility !== visibility),
  ]
  if (!inOrder.length)
    return {
      allowed: false,
      because: 'Nothing of theirs is left to answer: they deleted it.',
      until: null,
      instead: [],
      costUsd: null,
      mention: null,
      isOnlyOne: false,
    }
  let first: MayAnswer | undefined
  for (const mention of inOrder) {
    const isPrivateReply = visibility === 'private' && mention.visibility === 'public'
    const question: PermissionQuestion = {
      mention: asAnswerable(mention),
      visibility,
      text,
      now: desk.now(),
      account: facts.account,
      lastPrivateInboundAt: facts.lastPrivateInboundAt,
      privateReplySent: isPrivateReply && (await isPrivatelyAnswered(db, mention.id)),
    }
    const permission = connector.mayReply(question)
    const isOnlyOne = isPrivateReply && !connector.mayReply({ ...question, privateReplySent: true }).allowed
    if (permission.allowed) return { ...permission, mention, isOnlyOne }
    first ??= { ...permission, mention, isOnlyOne }
  }
  return first!
}

export function asAnswerable(mention: AnswerableMention): Answerable {
  const { externalId, replyToExternalId, visibility, threadKey, author, addressesUs, postedAt, facts } = mention
  return { externalId, replyToExternalId, visibility, threadKey, author, addressesUs, postedAt, facts }
}
