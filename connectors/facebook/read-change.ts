// Reads one item of `changes`: a comment, a visitor's post or a mention of our page, written, edited or removed.
// Shapes: developers.facebook.com/docs/graph-api/webhooks/reference/page, and what fixtures of others show (PLATFORMS.md C1).
import type { Author } from '../../domain.ts'
import type { Incoming } from '../connector.ts'
import { readMessaging } from '../meta/read-messaging.ts'
import { idOf, isObject, type JsonObject, maybeId, maybeText, maybeTime, objectOf, textOf } from '../meta/shape.ts'
import { pushedMedia } from './media.ts'
import { product } from './product.ts'
import { authorOf, person, publicMention } from './utterance.ts'

export function readChange(item: unknown, where: string, page: string, entryTime: number): Incoming[] {
  const change = objectOf(item, where)
  if (change.field === 'feed' || change.field === 'mention') {
    return readFeedValue(objectOf(change.value, `${where}.value`), `${where}.value`, page, entryTime, change.field === 'mention')
  }
  // Meta's own test button sends messages this way.
  if (change.field === 'messages') return readMessaging(change.value, `${where}.value`, page, false, product)
  throw new Error(`${where}.field: ${JSON.stringify(change.field)} is not known`)
}

function readFeedValue(value: JsonObject, where: string, page: string, entryTime: number, isMention: boolean): Incoming[] {
  const item = textOf(value.item)
  if (QUIET_ITEMS.has(item)) return []
  const isComment = item === 'comment'
  if (!isComment && !POST_ITEMS.has(item)) throw new Error(`${where}.item: ${JSON.stringify(value.item)} is not known`)
  const id = idOf(isComment ? value.comment_id : value.post_id, `${where}.${isComment ? 'comment_id' : 'post_id'}`)
  switch (value.verb) {
    case 'add':
    case 'edited':
    case 'edit':
    case 'update':
      // An unpublished post of ours is nobody's word yet.
      if (!isComment && (value.published === 0 || value.is_published === false)) return []
      return [{ kind: 'mention', account: page, mention: mentionOf(value, id, isComment, page, entryTime, isMention) }]
    case 'remove':
    case 'delete':
      return [{ kind: 'removal', account: page, visibility: 'public', externalId: id, at: new Date(entryTime) }]
    // Hidden by us or by Facebook's filter: the words are still there, and we may still answer them.
    case 'hide':
    case 'unhide':
      return []
    default:
      throw new Error(`${where}.verb: ${JSON.stringify(value.verb)} is not known`)
  }
}

function mentionOf(value: JsonObject, id: string, isComment: boolean, page: string, entryTime: number, isMention: boolean) {
  const isEdit = value.verb !== 'add'
  const at = maybeTime(value.created_time) ?? entryTime
  const postId = maybeId(value.post_id) ?? id
  const post = isObject(value.post) ? value.post : {}
  const isElsewhere = isMention && !postId.startsWith(`${page}_`)
  return publicMention({
    page,
    kind: isComment ? 'comment' : 'post',
    id,
    postId,
    parentId: isComment ? maybeId(value.parent_id) : null,
    author: authorIn(value),
    text: textOf(value.message),
    attachments: pushedMedia(value),
    attached: attachedTo(value),
    url: maybeText(value.permalink_url) ?? below(maybeText(post.permalink_url), id, isComment),
    at,
    // `edited` carries no version, and its created_time is the edit's in some payloads and the comment's in others. entry.time is in whole
    // seconds: the second's last millisecond lets an edit win over a poll of the same second, whose next run then corrects either.
    version: isEdit ? endOfSecond(entryTime) : at,
    isEdit,
    isVisitorPost: isComment && !isElsewhere && (post.status_type === 'wall_post' || !postId.startsWith(`${page}_`)),
    isElsewhere,
  })
}

/** Old payloads say `sender_id` and `sender_name`; sometimes nothing is said. */
function authorIn(value: JsonObject): Author | null {
  const author = authorOf(value.from)
  if (author) return author
  const senderId = maybeId(value.sender_id)
  return senderId === null ? null : person(senderId, maybeText(value.sender_name))
}

function attachedTo(value: JsonObject): string {
  if (value.item === 'video' || value.video !== undefined) return 'video'
  return value.item === 'photo' || value.photo !== undefined || value.photos !== undefined ? 'photo' : ''
}

function below(postUrl: string | null, id: string, isComment: boolean): string | null {
  if (postUrl === null || !isComment) return postUrl
  const url = new URL(postUrl)
  url.searchParams.set('comment_id', id.slice(id.lastIndexOf('_') + 1))
  return url.href
}

function endOfSecond(ms: number): number {
  return ms - (ms % 1000) + 999
}

/** What a visitor or we can write on the page. */
const POST_ITEMS: ReadonlySet<string> = new Set(['status', 'post', 'photo', 'video', 'share', 'link', 'note', 'album', 'picture'])
/** Known, and nobody's words. */
const QUIET_ITEMS: ReadonlySet<string> = new Set([
  'reaction',
  'like',
  'event',
  'milestone',
  'page',
  'platform-story',
  'photo-album',
  'story',
  'timeline cover',
  'tag',
  'connection',
  'coupon',
  'address',
  'experience',
  'group',
  'interest',
  'profile',
  'relationship-status',
  'live_video',
])
