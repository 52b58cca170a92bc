// Builds the mention of a chat message, the same for a push and for a poll, and the author of anything.
import type { Attachment, Author } from '../../domain.ts'
import type { IncomingMention } from '../connector.ts'
import { NOTHING_SAID } from '../wordless.ts'
import type { Product } from './product.ts'

export interface PrivateWords {
  /** The page or the professional account of ours. */
  us: string
  id: string
  /** The customer's id for this page alone, so one conversation. */
  customerId: string
  author: Author
  isOwn: boolean
  parentId: string | null
  text: string
  at: number
  version: number
  isEdit: boolean
  isStandby: boolean
  echoOf?: string
  attachments?: readonly Attachment[] | undefined
  /** What a push calls them: "photo, sticker". */
  attached?: string
}

export function privateMention(words: PrivateWords): IncomingMention {
  return {
    externalId: words.id,
    visibility: 'private',
    direction: words.isOwn ? 'outbound' : 'inbound',
    threadKey: `dm:${words.customerId}`,
    parentExternalId: words.parentId,
    author: words.author,
    text: wordsOr(words.text),
    ...(words.attachments && { attachments: words.attachments }),
    url: null,
    addressesUs: !words.isOwn,
    postedAt: new Date(words.at),
    version: words.version,
    isEdit: words.isEdit,
    ...(words.echoOf !== undefined && { echoOf: words.echoOf }),
    facts: {
      page: words.us,
      kind: 'message',
      ...(words.isStandby && { standby: true }),
      ...(words.attached && { attachments: words.attached }),
    },
  }
}

/** A push from a chat names nobody: the end of the id lets a rep tell two strangers apart until a poll brings the name. */
export function stranger(product: Pick<Product, 'stranger'>, id: string): Author {
  return { externalId: id, handle: `${product.stranger}-${id.slice(-4)}`, isStandIn: true, name: '', followers: null }
}

/**
 * A photo alone must not be an empty line. One word for all kinds, and never beside words: a push and a poll describe
 * attachments differently, and the same mention must read the same from both. What a push knows goes into the facts.
 */
export function wordsOr(text: string): string {
  return text === '' ? NOTHING_SAID : text
}
