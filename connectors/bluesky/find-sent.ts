// Finds out whether something was posted to Bluesky when nobody answered.
import { type Line, type OutgoingPost, PlatformError, type Sent } from '../connector.ts'
import { callChat } from './call.ts'
import { convoOf, convoUrl, postUrl } from './links.ts'
import { findRecord } from './own-record.ts'
import { recordKeyOf } from './record-key.ts'
import { convoWith } from './send.ts'

export async function findSent(post: OutgoingPost, since: Date, line: Line): Promise<Sent | null> {
  return post.visibility === 'private' ? findMessage(post, since.getTime() - CLOCK_MARGIN_MS, line) : findPost(post, line)
}

/**
 * Looked up by its own key in our own repository, where it was written. The author feed would be the wrong place: it comes from another
 * server, which learns of a post a little later, and "not there" would then send it twice.
 */
async function findPost({ key }: OutgoingPost, line: Line): Promise<Sent | null> {
  const found = await findRecord('app.bsky.feed.post', recordKeyOf(key), line)
  return found ? { externalId: found.uri, url: postUrl(line.account.handle, found.uri) } : null
}

/** A private message takes no key of ours: exactly these words of ours in this talk since then. */
async function findMessage({ text, inReplyTo }: OutgoingPost, earliest: number, line: Line): Promise<Sent | null> {
  if (!inReplyTo) return null
  const convoId = convoOf(inReplyTo) ?? (await convoWith(inReplyTo.author.externalId, line))
  let cursor: string | undefined
  for (let page = 0; page < PAGES_BACK; page++) {
    const { data } = await callChat(line, 'read', agent =>
      agent.chat.bsky.convo.getMessages({ convoId, limit: 100, ...(cursor && { cursor }) }),
    )
    for (const message of data.messages as Listed[]) {
      if (Date.parse(message.sentAt ?? '') < earliest) return null
      if (message.sender?.did === line.account.externalId && message.text?.trim() === text.trim())
        return { externalId: `${convoId}/${message.id}`, url: convoUrl(convoId) }
    }
    cursor = data.cursor
    if (!cursor) return null
  }
  throw new PlatformError('retry', `More than ${PAGES_BACK * 100} messages were written in this talk since: look on Bluesky.`, 60_000)
}

interface Listed {
  id?: string
  text?: string
  sender?: { did?: string }
  sentAt?: string
}

const PAGES_BACK = 5
/** Bluesky's clock and ours may differ. */
const CLOCK_MARGIN_MS = 2 * 60_000
