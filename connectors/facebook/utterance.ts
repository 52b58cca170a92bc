// Builds the mention of a comment or a post, the same for a push and for a poll.
import type { Attachment, Author } from '../../domain.ts'
import type { IncomingMention } from '../connector.ts'
import { isObject, maybeId, maybeText } from '../meta/shape.ts'
import { stranger, wordsOr } from '../meta/utterance.ts'
import { product } from './product.ts'

export interface PublicWords {
  page: string
  kind: 'comment' | 'post'
  id: string
  /** The post it stands below; for a post, itself. */
  postId: string
  parentId: string | null
  author: Author | null
  text: string
  url: string | null
  at: number
  version: number
  isEdit: boolean
  /** A customer wrote the post, so everything below it is one conversation with them. */
  isVisitorPost: boolean
  /** Written on someone else's page. */
  isElsewhere: boolean
  attachments?: readonly Attachment[] | undefined
  /** What a push calls them: "photo". */
  attached?: string
}

export function publicMention(words: PublicWords): IncomingMention {
  const isOwn = words.author?.externalId === words.page
  return {
    externalId: words.id,
    visibility: 'public',
    direction: isOwn ? 'outbound' : 'inbound',
    threadKey: threadOf(words),
    parentExternalId: words.parentId,
    author: words.author,
    text: wordsOr(words.text),
    ...(words.attachments && { attachments: words.attachments }),
    url: words.url,
    addressesUs: !isOwn,
    postedAt: new Date(words.at),
    version: words.version,
    isEdit: words.isEdit,
    // Later facts replace earlier ones, so what this delivery does not know is left out.
    facts: {
      page: words.page,
      kind: words.kind,
      postId: words.postId,
      elsewhere: words.isElsewhere,
      ...(words.url !== null && { permalink: words.url }),
      ...(words.attached && { attachments: words.attached }),
    },
  }
}

/** Comments are two levels deep: the top comment is the conversation, but below a customer's own post the post is. */
function threadOf({ kind, id, postId, parentId, isVisitorPost }: PublicWords): string {
  if (kind === 'post' || isVisitorPost) return postId
  return parentId === null || isSameObject(parentId, postId) ? id : parentId
}

/** A post is written `PAGE_9` or `9`, depending on who says it. */
function isSameObject(id: string, postId: string): boolean {
  return id === postId || postId.endsWith(`_${id}`)
}

/** Meta hides whoever has not agreed: null then. */
export function authorOf(from: unknown): Author | null {
  const id = isObject(from) ? maybeId(from.id) : null
  return id === null ? null : person(id, maybeText((from as { name?: unknown }).name))
}

export function person(id: string, name: string | null): Author {
  return name === null ? stranger(product, id) : { externalId: id, handle: '', name, followers: null }
}
