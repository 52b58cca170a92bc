// Reads one item of `changes`: a comment on our media, or the place of a mention, whose words only a poll can fetch.
// Shapes: developers.facebook.com/docs/graph-api/webhooks/reference/instagram (checked 2026-11-22).
import type { Incoming } from '../connector.ts'
import type { Entry } from '../meta/read-entries.ts'
import { readMessaging } from '../meta/read-messaging.ts'
import { idOf, isObject, type JsonObject, maybeId, objectOf, textOf } from '../meta/shape.ts'
import { pointerTo } from './pointer.ts'
import { product } from './product.ts'
import { authorOf, publicMention } from './utterance.ts'

export function readChange(item: unknown, where: string, { us, time }: Entry): Incoming[] {
  const change = objectOf(item, where)
  const field = textOf(change.field)
  if (QUIET_FIELDS.has(field)) return []
  const value = objectOf(change.value, `${where}.value`)
  switch (field) {
    case 'comments':
    case 'live_comments':
      return [{ kind: 'mention', account: us, mention: comment(value, `${where}.value`, us, time, field === 'live_comments') }]
    case 'mentions': {
      const mediaId = idOf(value.media_id, `${where}.value.media_id`)
      return [{ kind: 'pointer', account: us, key: pointerTo({ mediaId, commentId: maybeId(value.comment_id) }), at: new Date(time) }]
    }
    // Meta's own test button sends messages this way.
    case 'messages':
      return readMessaging(value, `${where}.value`, us, false, product)
    default:
      throw new Error(`${where}.field: ${JSON.stringify(change.field)} is not known`)
  }
}

/** No time of its own: `entry.time` is when Meta told us. A comment cannot be edited, so a poll never finds other words. */
function comment(value: JsonObject, where: string, us: string, at: number, isLive: boolean) {
  const id = idOf(value.id, `${where}.id`)
  const from = isObject(value.from) ? value.from : {}
  return publicMention({
    us,
    kind: 'comment',
    id,
    mediaId: idOf(objectOf(value.media, `${where}.media`).id, `${where}.media.id`),
    parentId: maybeId(value.parent_id),
    author: authorOf(value),
    isOwn: maybeId(from.id) !== null && [us, maybeId(from.self_ig_scoped_id)].includes(maybeId(from.id)),
    text: textOf(value.text),
    url: null,
    at,
    version: at,
    facts: isLive ? { live: true } : {},
  })
}

/** Known, and nobody's words. */
const QUIET_FIELDS: ReadonlySet<string> = new Set([
  'story_insights',
  'message_reactions',
  'messaging_seen',
  'messaging_handover',
  'messaging_optins',
  'messaging_referral',
])
