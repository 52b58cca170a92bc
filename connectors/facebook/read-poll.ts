// Reads a page of a poll, as poll.ts wrote it down: the page's posts, posts that tag it, comments, Messenger messages.
import type { Incoming, IncomingMention } from '../connector.ts'
import { listedAttachments } from '../meta/media.ts'
import { orUnknown } from '../meta/read-entries.ts'
import { idOf, isObject, type JsonObject, listOf, maybeId, maybeText, objectOf, textOf, timeOf } from '../meta/shape.ts'
import { privateMention } from '../meta/utterance.ts'
import { listedMedia } from './media.ts'
import { authorOf, person, publicMention } from './utterance.ts'

/** Of comments: the post they stand below. */
export interface Above {
  id: string
  isVisitorPost: boolean
}

export function readPoll(list: string, body: JsonObject): Incoming[] {
  const page = idOf(body.page, 'page')
  const fetchedAt = timeOf(body.fetchedAt, 'fetchedAt')
  const toMention = reader(list, body, page, fetchedAt)
  return listOf(body.data, 'data').flatMap((item, nth) => {
    const where = `data[${nth}]`
    return orUnknown(page, () => [{ kind: 'mention', account: page, mention: toMention(objectOf(item, where), where) }])
  })
}

function reader(list: string, body: JsonObject, page: string, fetchedAt: number): (item: JsonObject, where: string) => IncomingMention {
  switch (list) {
    case 'feed':
    case 'tagged':
      return (item, where) => post(item, where, page, fetchedAt, list === 'tagged')
    case 'comments': {
      const above = objectOf(body.post, 'post')
      const postId = idOf(above.id, 'post.id')
      return (item, where) => comment(item, where, page, fetchedAt, postId, above.isVisitorPost === true)
    }
    case 'messages': {
      const customerId = idOf(objectOf(body.customer, 'customer').id, 'customer.id')
      return (item, where) => message(item, where, page, fetchedAt, customerId)
    }
    default:
      throw new Error(`poll:${list} is not a list of ours`)
  }
}

function post(item: JsonObject, where: string, page: string, fetchedAt: number, isTagged: boolean): IncomingMention {
  const id = idOf(item.id, `${where}.id`)
  return publicMention({
    page,
    kind: 'post',
    id,
    postId: id,
    parentId: null,
    author: authorOf(item.from),
    text: textOf(item.message),
    attachments: listedMedia(item),
    url: maybeText(item.permalink_url),
    at: timeOf(item.created_time, `${where}.created_time`),
    version: fetchedAt,
    isEdit: false,
    isVisitorPost: false,
    isElsewhere: isTagged && !id.startsWith(`${page}_`),
  })
}

function comment(
  item: JsonObject,
  where: string,
  page: string,
  fetchedAt: number,
  postId: string,
  isVisitorPost: boolean,
): IncomingMention {
  const id = idOf(item.id, `${where}.id`)
  return publicMention({
    page,
    kind: 'comment',
    id,
    postId,
    parentId: (isObject(item.parent) ? maybeId(item.parent.id) : null) ?? postId,
    author: authorOf(item.from),
    text: textOf(item.message),
    attachments: listedMedia(item),
    url: maybeText(item.permalink_url),
    at: timeOf(item.created_time, `${where}.created_time`),
    version: fetchedAt,
    isEdit: false,
    isVisitorPost,
    isElsewhere: false,
  })
}

function message(item: JsonObject, where: string, page: string, fetchedAt: number, customerId: string): IncomingMention {
  const from = objectOf(item.from, `${where}.from`)
  const author = person(idOf(from.id, `${where}.from.id`), maybeText(from.name))
  return privateMention({
    us: page,
    id: idOf(item.id, `${where}.id`),
    customerId,
    author,
    isOwn: author.externalId === page,
    parentId: null,
    text: textOf(item.message),
    attachments: listedAttachments(item),
    at: timeOf(item.created_time, `${where}.created_time`),
    version: fetchedAt,
    isEdit: false,
    isStandby: false,
  })
}
