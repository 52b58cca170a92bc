// Reads one item of `messaging` or `standby`: a Messenger message, its edit or removal, our own echo, or a pressed button.
// Shapes: developers.facebook.com/docs/messenger-platform/reference/webhook-events
import type { Incoming } from '../connector.ts'
import { idOf, isObject, type JsonObject, listOf, maybeId, maybeText, objectOf, textOf, timeOf } from './shape.ts'
import { type PrivateWords, person, privateMention } from './utterance.ts'

export function readMessaging(value: unknown, where: string, page: string, isStandby: boolean): Incoming[] {
  const item = objectOf(value, where)
  const kind = KINDS.find(candidate => item[candidate] !== undefined)
  if (!kind) {
    if (QUIET_KINDS.some(quiet => item[quiet] !== undefined)) return []
    throw new Error(`${where}: a messaging event of an unknown kind (${Object.keys(item).join(', ')})`)
  }
  const said = objectOf(item[kind], `${where}.${kind}`)
  const at = timeOf(item.timestamp, `${where}.timestamp`)
  const senderId = idOf(objectOf(item.sender, `${where}.sender`).id, `${where}.sender.id`)
  const recipientId = idOf(objectOf(item.recipient, `${where}.recipient`).id, `${where}.recipient.id`)
  const isOurs = said.is_echo === true || senderId === page
  const customerId = isOurs ? recipientId : senderId
  const common = { page, customerId, author: person(senderId, isOurs ? 'Our page' : null), at, isStandby }

  if (kind === 'postback') return [mention(page, { ...common, ...postbackWords(said, senderId, at) })]
  const id = idOf(said.mid, `${where}.${kind}.mid`)
  if (said.is_deleted === true) return [{ kind: 'removal', account: page, visibility: 'private', externalId: id, at: new Date(at) }]
  if (said.is_unsupported === true)
    return [
      {
        kind: 'unreadable',
        account: page,
        externalId: id,
        author: common.author,
        threadKey: `dm:${customerId}`,
        at: new Date(at),
        because: 'Facebook shows this kind of message only in Messenger itself.',
        url: null,
      },
    ]
  return [
    mention(
      page,
      kind === 'message_edit' ? { ...common, ...editWords(said, id, at, where) } : { ...common, ...messageWords(said, id, at, where) },
    ),
  ]
}

/** In this order: an edit may carry a `message` beside it. */
const KINDS = ['message_edit', 'message', 'postback'] as const
const QUIET_KINDS = [
  'delivery',
  'read',
  'reaction',
  'referral',
  'optin',
  'typing',
  'account_linking',
  'pass_thread_control',
  'take_thread_control',
  'request_thread_control',
  'app_roles',
]

type Words = Pick<PrivateWords, 'id' | 'parentId' | 'text' | 'version' | 'isEdit' | 'echoOf' | 'attachments'>

function messageWords(message: JsonObject, id: string, at: number, where: string): Words {
  const attachments = message.attachments === undefined ? [] : listOf(message.attachments, `${where}.message.attachments`)
  const metadata = maybeText(message.metadata)
  return {
    id,
    parentId: isObject(message.reply_to) ? maybeId(message.reply_to.mid) : null,
    text: textOf(message.text),
    attachments: attachments.filter(isObject).map(attachmentKind).join(', '),
    version: at,
    isEdit: false,
    // Other programs put their own words there; only a reply's id is ours.
    ...(message.is_echo === true && metadata !== null && UUID.test(metadata) && { echoOf: metadata }),
  }
}

/** `num_edit` counts from 1 and may be text; added to the time it orders edits whether that is the edit's time or the message's. */
function editWords(edit: JsonObject, id: string, at: number, where: string): Words {
  const nth = Number(edit.num_edit)
  if (!Number.isInteger(nth)) throw new Error(`${where}.message_edit.num_edit: a number was expected`)
  return { id, parentId: null, text: textOf(edit.text), version: at + nth, isEdit: true }
}

/** A button's title is what the customer said by pressing it; on standby there may be no mid. */
function postbackWords(postback: JsonObject, senderId: string, at: number): Words {
  return {
    id: maybeId(postback.mid) ?? `postback:${senderId}:${at}`,
    parentId: null,
    text: textOf(postback.title),
    version: at,
    isEdit: false,
  }
}

function mention(page: string, words: PrivateWords): Incoming {
  return { kind: 'mention', account: page, mention: privateMention(words) }
}

function attachmentKind(attachment: JsonObject): string {
  const payload = isObject(attachment.payload) ? attachment.payload : {}
  if (payload.sticker_id !== undefined) return 'sticker'
  const type = textOf(attachment.type)
  return ATTACHMENT_NAMES[type] ?? (type || 'attachment')
}

const ATTACHMENT_NAMES: Readonly<Record<string, string>> = {
  image: 'photo',
  audio: 'voice message',
  fallback: 'link',
  template: 'card',
}
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
