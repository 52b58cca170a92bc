// Reads a page of a poll, as poll.ts wrote it down: comments on our media, mentions elsewhere, media that tag us, direct messages.
import type { Incoming, IncomingMention } from '../connector.ts'
import { listedAttachments } from '../meta/media.ts'
import { orUnknown } from '../meta/read-entries.ts'
import { idOf, type JsonObject, listOf, maybeId, maybeText, objectOf, textOf, timeOf } from '../meta/shape.ts'
import { privateMention } from '../meta/utterance.ts'
import { mediaOf } from './media.ts'
import { authorOf, publicMention } from './utterance.ts'

/** Of comments: the medium they stand below. */
export interface Above {
  id: string
  permalink: string | null
}

export function readPoll(list: string, body: JsonObject): Incoming[] {
  const us = idOf(body.page, 'page')
  const fetchedAt = timeOf(body.fetchedAt, 'fetchedAt')
  const toMention = reader(list, body, us, fetchedAt)
  return listOf(body.data, 'data').flatMap((item, nth) => {
    const where = `data[${nth}]`
    return orUnknown(us, () => [{ kind: 'mention', account: us, mention: toMention(objectOf(item, where), where) }])
  })
}

type ToMention = (item: JsonObject, where: string) => IncomingMention

function reader(list: string, body: JsonObject, us: string, fetchedAt: number): ToMention {
  switch (list) {
    case 'comments': {
      const above = objectOf(body.media, 'media')
      const media: Above = { id: idOf(above.id, 'media.id'), permalink: maybeText(above.permalink) }
      return (item, where) => comment(item, where, us, fetchedAt, media)
    }
    case 'mentions':
      return (item, where) => mentioned(item, where, us, fetchedAt)
    case 'tagged':
      return (item, where) => caption(item, where, us, fetchedAt, { tagged: true })
    case 'messages': {
      const customer = objectOf(body.customer, 'customer')
      const id = idOf(customer.id, 'customer.id')
      return (item, where) => message(item, where, us, fetchedAt, id)
    }
    default:
      throw new Error(`poll:${list} is not a list of ours`)
  }
}

function comment(item: JsonObject, where: string, us: string, fetchedAt: number, media: Above): IncomingMention {
  const id = idOf(item.id, `${where}.id`)
  const parentId = maybeId(item.parent_id)
  const author = authorOf(item)
  return publicMention({
    us,
    kind: 'comment',
    id,
    mediaId: media.id,
    parentId,
    author,
    isOwn: author?.externalId === us,
    text: textOf(item.text),
    url: media.permalink === null ? null : linkTo(media.permalink, parentId ?? id, parentId === null ? null : id),
    at: timeOf(item.timestamp, `${where}.timestamp`),
    version: fetchedAt,
    facts: {},
  })
}

/** Built as instagram.com builds it: the API names no address of a comment. */
export function linkTo(permalink: string, topId: string, answerId: string | null): string {
  return `${permalink.replace(/\/?$/, '/')}c/${topId}/${answerId === null ? '' : `r/${answerId}/`}`
}

/** `comment_id` says that it was not the caption. What Instagram would not show comes with its `problem`. */
function mentioned(item: JsonObject, where: string, us: string, fetchedAt: number): IncomingMention {
  if (item.problem !== undefined) throw new Error(`${where}: ${textOf(item.problem)}`)
  if (item.comment_id === undefined) return caption(item, where, us, fetchedAt, { mentioned: true })
  return publicMention({
    us,
    kind: 'comment',
    id: idOf(item.comment_id, `${where}.comment_id`),
    mediaId: idOf(item.media_id, `${where}.media_id`),
    parentId: null,
    // Instagram does not say who mentioned us in a comment.
    author: authorOf(item),
    isOwn: false,
    text: textOf(item.text),
    url: null,
    at: timeOf(item.timestamp, `${where}.timestamp`),
    version: fetchedAt,
    facts: { elsewhere: true, mentioned: true },
  })
}

function caption(item: JsonObject, where: string, us: string, fetchedAt: number, how: Record<string, boolean>): IncomingMention {
  const id = idOf(item.id, `${where}.id`)
  return publicMention({
    us,
    kind: 'caption',
    id,
    mediaId: id,
    parentId: null,
    author: authorOf(item),
    isOwn: false,
    text: textOf(item.caption),
    attachments: mediaOf(item),
    url: maybeText(item.permalink),
    at: timeOf(item.timestamp, `${where}.timestamp`),
    version: fetchedAt,
    facts: { elsewhere: true, ...how },
  })
}

function message(item: JsonObject, where: string, us: string, fetchedAt: number, customerId: string): IncomingMention {
  const from = objectOf(item.from, `${where}.from`)
  const id = idOf(from.id, `${where}.from.id`)
  const isOwn = id !== customerId
  return privateMention({
    us,
    id: idOf(item.id, `${where}.id`),
    customerId,
    author: { externalId: isOwn ? us : id, handle: textOf(from.username), name: '', followers: null },
    isOwn,
    parentId: null,
    text: textOf(item.message),
    attachments: listedAttachments(item),
    at: timeOf(item.created_time, `${where}.created_time`),
    version: fetchedAt,
    isEdit: false,
    isStandby: false,
  })
}
