// Reads one item of `messaging` or `standby`: a chat message, its edit or removal, our own echo, or a pressed button.
// Shapes: developers.facebook.com/docs/messenger-platform/reference/webhook-events
import type { Incoming } from '../connector.ts'
import { pushedAttachments } from './media.ts'
import type { Product } from './product.ts'
import { idOf, isObject, type JsonObject, listOf, maybeId, maybeText, objectOf, textOf, timeOf } from './shape.ts'
import { type PrivateWords, privateMention, stranger } from './utterance.ts'

/** `us` is the page's id, or the professional account's. */
export function readMessaging(value: unknown, where: string, us: string, isStandby: boolean, product: Product): Incoming[] {
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
  const isOwn = said.is_echo === true || senderId === us
  const customerId = isOwn ? recipientId : senderId
  const author = isOwn ? { externalId: senderId, handle: '', name: product.us, followers: null } : stranger(product, senderId)
  const common = { us, customerId, author, isOwn, at, isStandby }

  if (kind === 'postback') return [mention(us, { ...common, ...postbackWords(said, senderId, at) })]
  const id = idOf(said.mid, `${where}.${kind}.mid`)
  if (said.is_deleted === true) return [{ kind: 'removal', account: us, visibility: 'private', externalId: id, at: new Date(at) }]
  if (said.is_unsupported === true)
    return [
      {
        kind: 'unreadable',
        account: us,
        externalId: id,
        author: common.author,
        threadKey: `dm:${customerId}`,
        at: new Date(at),
        because: `${product.name} shows this kind of message only in ${product.chat} itself.`,
        url: null,
      },
    ]
  return [
    mention(
      us,
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

type Words = Pick<PrivateWords, 'id' | 'parentId' | 'text' | 'version' | 'isEdit' | 'echoOf' | 'attachments' | 'attached'>

function messageWords(message: JsonObject, id: string, at: number, where: string): Words {
  const attachments = (message.attachments === undefined ? [] : listOf(message.attachments, `${where}.message.attachments`)).filter(
    isObject,
  )
  const metadata = maybeText(message.metadata)
  return {
    id,
    parentId: isObject(message.reply_to) ? maybeId(message.reply_to.mid) : null,
    text: textOf(message.text),
    attachments: pushedAttachments(attachments),
    attached: attachments.map(attachmentKind).join(', '),
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

function mention(us: string, words: PrivateWords): Incoming {
  return { kind: 'mention', account: us, mention: privateMention(words) }
}

function attachmentKind(attachment: JsonObject): string {
  const payload = isObject(attachment.payload) ? attachment.payload : {}
  if (payload.sticker_id !== undefined) return 'sticker'
  const type = textOf(attachment.type)
  return ATTACHMENT_NAMES.get(type) ?? (type || 'attachment')
}

const ATTACHMENT_NAMES = new Map([
  ['image', 'photo'],
  ['audio', 'voice message'],
  ['fallback', 'link'],
  ['ig_reel', 'reel'],
  ['story_mention', 'story that mentions us'],
  ['share', 'shared post'],
  ['template', 'card'],
])
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
