// Builds the mention of a comment or a caption, the same for a push and for a poll.
import type { Attachment, Author } from '../../domain.ts'
import type { IncomingMention } from '../connector.ts'
import { isObject, maybeId, maybeText } from '../meta/shape.ts'
import { wordsOr } from '../meta/utterance.ts'

export interface PublicWords {
  /** The professional account of ours. */
  us: string
  kind: 'comment' | 'caption'
  id: string
  mediaId: string
  /** The top comment; threads have two levels. */
  parentId: string | null
  author: Author | null
  isOwn: boolean
  text: string
  attachments?: readonly Attachment[] | undefined
  url: string | null
  at: number
  version: number
  /** What this way of hearing of it knows; another way's facts are not unsaid by it. */
  facts: Record<string, boolean>
}

export function publicMention(words: PublicWords): IncomingMention {
  return {
    externalId: words.id,
    visibility: 'public',
    direction: words.isOwn ? 'outbound' : 'inbound',
    threadKey: words.parentId ?? words.id,
    parentExternalId: words.kind === 'caption' ? null : (words.parentId ?? words.mediaId),
    author: words.author,
    text: wordsOr(words.text),
    ...(words.attachments && { attachments: words.attachments }),
    url: words.url,
    addressesUs: !words.isOwn,
    postedAt: new Date(words.at),
    version: words.version,
    isEdit: false,
    facts: {
      page: words.us,
      kind: words.kind,
      mediaId: words.mediaId,
      ...words.facts,
      ...(words.url !== null && { permalink: words.url }),
    },
  }
}

/** Who wrote it: `from` where Meta gives it, else the bare username, which is all it tells about captions of others. */
export function authorOf(item: { from?: unknown; username?: unknown }): Author | null {
  const from = isObject(item.from) ? item.from : {}
  const username = maybeText(from.username) ?? maybeText(item.username)
  const id = maybeId(from.id) ?? (username === null ? null : `@${username}`)
  return id === null ? null : { externalId: id, handle: username ?? '', name: '', followers: null }
}
