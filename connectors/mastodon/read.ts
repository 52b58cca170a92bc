// What a poll brought becomes mentions: public posts, direct ones, edits, and our own words coming back.
import type { Author } from '../../domain.ts'
import type { Delivery, Incoming } from '../connector.ts'
import { asContext } from '../context.ts'
import { parseLossless } from '../lossless-json.ts'
import { wordsOr } from '../wordless.ts'
import { attachmentsOf } from './media.ts'
import { asDate, asId, asList, asObject, authorOf, hostOf, type JsonObject, numberOf } from './shape.ts'
import { fullHandle, shownText } from './text.ts'

export function read(delivery: Delivery): Incoming[] {
  if (!delivery.account) throw new Error('A poll must say whose it is.')
  const found = { account: delivery.account.externalId, handle: delivery.account.handle, host: hostOf(delivery.account.externalId) }
  const page = asObject(parseLossless(delivery.body), 'page')
  const roots = asObject(page.roots, 'roots')
  const statuses = () => asList(page.statuses, 'statuses').map(one => readStatus(asObject(one, 'status'), roots, found, false))
  const notifications = () =>
    asList(page.notifications, 'notifications').flatMap(one => {
      const { type, status } = asObject(one, 'notification')
      // What was deleted since is told without its status.
      if ((type !== 'mention' && type !== 'update') || !status) return []
      const mention = readStatus(asObject(status, 'status'), roots, found, type === 'mention')
      return type === 'update' && !mention.mention.addressesUs ? [] : [mention]
    })
  if (delivery.source === 'stream:own') return [...notifications(), ...statuses(), ...removals(page, found)]
  switch (delivery.source.split(':')[1]) {
    case 'mentions':
    case 'edits':
      return notifications()
    case 'own':
    case 'search':
      return statuses()
    case 'parents':
      return statuses().map(asContext)
  }
  throw new Error(`No poll of ours is called ${delivery.source}`)
}

/** Told without a word of how it was written; a status told lately is known. */
function removals(page: JsonObject, { account }: Found): Incoming[] {
  return asList(page.deleted, 'deleted').map(one => {
    const { id, visibility } = asObject(one, 'deletion')
    const known = typeof visibility === 'string' ? (visibility === 'direct' ? 'private' : 'public') : null
    return { kind: 'removal', account, externalId: asId(id, 'deletion.id'), visibility: known, at: null }
  })
}

interface Found {
  account: string
  handle: string
  host: string
}

function readStatus(status: JsonObject, roots: JsonObject, found: Found, isMention: boolean): Extract<Incoming, { kind: 'mention' }> {
  const id = asId(status.id, 'status.id')
  const author = authorOf(status.account, found.host)
  const isOurs = author.externalId === found.account
  const isPrivate = status.visibility === 'direct'
  const parent = typeof status.inReplyToId === 'string' ? status.inReplyToId : null
  const postedAt = asDate(status.createdAt, 'status.createdAt')
  const editedAt = status.editedAt ? asDate(status.editedAt, 'status.editedAt') : null
  const others = othersIn(status, author, found)
  const attachments = attachmentsOf(status, editedAt !== null)
  return {
    kind: 'mention',
    account: found.account,
    mention: {
      externalId: id,
      visibility: isPrivate ? 'private' : 'public',
      direction: isOurs ? 'outbound' : 'inbound',
      threadKey: isPrivate ? privateThread(status, author, isOurs, found) : String(roots[id] ?? parent ?? id),
      parentExternalId: parent,
      author,
      text: wordsOr(shownText(status, found.host), attachments),
      ...(attachments && { attachments }),
      url: typeof status.url === 'string' ? status.url : typeof status.uri === 'string' ? status.uri : null,
      addressesUs: !isOurs && (isMention || addressesUs(status, found)),
      postedAt,
      // Edited in place: the id stays, the time of the edit tells which is newer.
      version: (editedAt ?? postedAt).getTime(),
      isEdit: editedAt !== null,
      facts: {
        visibility: String(status.visibility),
        contentWarning: typeof status.spoilerText === 'string' ? status.spoilerText : '',
        others: others.join(' '),
        ...(typeof status.language === 'string' && { lang: status.language }),
        ...(typeof status.reblogsCount === 'number' && status.reblogsCount > 0 && { reposts: status.reblogsCount }),
      },
    },
  }
}

/** One talk with one person, however often either answers: ours goes by the first whom it names. */
function privateThread(status: JsonObject, author: Author, isOurs: boolean, found: Found): string {
  const [first] = mentionsOf(status).filter(one => String(one.id) !== numberOf(found.account))
  return `dm:${isOurs ? String(status.inReplyToAccountId ?? first?.id ?? status.id) : numberOf(author.externalId)}`
}

function addressesUs(status: JsonObject, found: Found): boolean {
  const us = numberOf(found.account)
  return status.inReplyToAccountId === us || mentionsOf(status).some(one => String(one.id) === us)
}

/** Full handles of everybody named besides the author and us: an answer keeps them. */
function othersIn(status: JsonObject, author: Author, found: Found): string[] {
  const known = new Set([author.handle.toLowerCase(), found.handle.toLowerCase()])
  const handles = mentionsOf(status)
    .filter(one => String(one.id) !== numberOf(found.account))
    .map(one => fullHandle(asId(one.acct, 'mention.acct'), found.host))
  return [...new Set(handles)].filter(handle => !known.has(handle.toLowerCase()))
}

function mentionsOf(status: JsonObject): JsonObject[] {
  return asList(status.mentions ?? [], 'status.mentions').map(one => asObject(one, 'mention'))
}
