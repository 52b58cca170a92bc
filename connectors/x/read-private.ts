// Private messages on X, pushed or polled, and encrypted chats, which nobody but the two can read.
import type { Attachment, Author } from '../../domain.ts'
import type { Incoming } from '../connector.ts'
import { wordsOr } from '../wordless.ts'
import { privateUrl } from './links.ts'
import { attachmentsOf, linksToMedia, olderAttachmentOf } from './media.ts'
import { asDate, asId, asObject, asText, authorOf, type JsonObject } from './shape.ts'
import { shownText } from './text.ts'

/** As the activity API pushes it: the old shape, with the two ids deep inside. */
export function readPrivateMessage(event: JsonObject, account: string, people: Map<string, Author>): Incoming[] {
  if (event.type !== 'message_create') return []
  const message = asObject(event.message_create, 'message_create')
  const sender = asId(message.sender_id, 'sender_id')
  const recipient = asId(asObject(message.target, 'target').recipient_id, 'recipient_id')
  const data = asObject(message.message_data, 'message_data')
  const attachments = olderAttachmentOf(data)
  return [
    privateMention({
      id: asId(event.id, 'direct message id'),
      account,
      people,
      sender,
      participant: sender === account ? recipient : sender,
      text: shownText({ ...data, text: asText(data.text, 'message_data.text') }, attachments && linksToMedia(data)),
      attachments,
      at: asDate(event.created_timestamp, 'created_timestamp'),
    }),
  ]
}

/** As GET /2/dm_events lists it. */
export function readPrivateEvent(event: JsonObject, account: string, people: Map<string, Author>, includes: unknown): Incoming[] {
  if (event.event_type !== 'MessageCreate') return []
  const attachments = attachmentsOf(event, includes)
  const sender = asId(event.sender_id, 'sender_id')
  const talk = asId(event.dm_conversation_id, 'dm_conversation_id')
  const pair = talk.split('-')
  return [
    privateMention({
      id: asId(event.id, 'dm event id'),
      account,
      people,
      sender,
      // A talk of more than two has an id of its own, in which no participant can be seen.
      participant: pair.length === 2 ? (pair[0] === account ? pair[1]! : pair[0]!) : null,
      group: pair.length === 2 ? null : talk,
      text: shownText({ ...event, text: asText(event.text ?? '', 'text') }, attachments && linksToMedia(event)),
      attachments,
      at: asDate(event.created_at, 'created_at'),
    }),
  ]
}

/** https://docs.x.com/xchat: only the two ends hold the keys. */
export function readChat(payload: JsonObject, account: string, people: Map<string, Author>): Incoming[] {
  const sender = asId(payload.sender_id, 'sender_id')
  if (sender === account) return []
  return [
    {
      kind: 'unreadable',
      account,
      externalId: asId(payload.id, 'payload.id'),
      author: authorOf(sender, people),
      threadKey: `dm:${sender}`,
      at: asDate(payload.created_at_msec, 'created_at_msec'),
      because: 'An encrypted message: only the X app can open it.',
      url: 'https://x.com/messages',
    },
  ]
}

interface Said {
  id: string
  account: string
  people: Map<string, Author>
  sender: string
  participant: string | null
  group?: string | null
  text: string
  attachments: Attachment[] | undefined
  at: Date
}

function privateMention({ id, account, people, sender, participant, group, text, attachments, at }: Said): Incoming {
  const isOurs = sender === account
  return {
    kind: 'mention',
    account,
    mention: {
      externalId: id,
      visibility: 'private',
      direction: isOurs ? 'outbound' : 'inbound',
      threadKey: group ? `dm:group:${group}` : `dm:${participant}`,
      parentExternalId: null,
      author: authorOf(sender, people),
      text: wordsOr(text, attachments),
      ...(attachments && { attachments }),
      url: group ? `https://x.com/messages/${group}` : privateUrl(account, participant!),
      addressesUs: !isOurs,
      postedAt: at,
      version: 1,
      isEdit: false,
      facts: { summonedBy: isOurs ? null : 'dm', ...(group && { group: true }) },
    },
  }
}
