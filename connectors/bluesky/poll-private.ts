// Walks the private talks on Bluesky in which something happened since last time.
import { type ChatBskyConvoDefs, stringifyLex } from '@atproto/api'
import { type Line, PlatformError, type PollPage } from '../connector.ts'
import { callChat } from './call.ts'

/** `dms`: the newest revision stored; revisions grow over all talks. `dmsAfter`: the chat server asked us to wait until then. */
interface PrivateMark {
  dms?: string | undefined
  dmsAfter?: string | undefined
}

/** Trouble with the chat server must not hold up the mentions already fetched, so it ends this walk, not the poll. */
export async function* pollPrivate(line: Line, { dms, dmsAfter }: PrivateMark): AsyncGenerator<PollPage, PrivateMark> {
  const mark = dms ? { dms } : {}
  if (dmsAfter && Date.parse(dmsAfter) > line.now().getTime()) return { ...mark, dmsAfter }
  try {
    const newest = yield* walkTalks(line, dms)
    return newest ? { dms: newest } : {}
  } catch (error) {
    // A plain app password is refused as InvalidToken by the chat server alone: the account itself is well.
    if (!(error instanceof PlatformError) || error.kind === 'unsure') throw error
    const waitMs = error.kind === 'retry' ? (error.retryAfterMs ?? SHORT_WAIT_MS) : LONG_WAIT_MS
    return { ...mark, dmsAfter: new Date(line.now().getTime() + waitMs).toISOString() }
  }
}

async function* walkTalks(line: Line, since: string | undefined): AsyncGenerator<PollPage, string | undefined> {
  let newest = since
  // Who writes for the first time is only a request until somebody accepts it: customers mostly are.
  for (const status of ['accepted', 'request'] as const) {
    let cursor: string | undefined
    do {
      const { data } = await callChat(line, 'read', agent =>
        agent.chat.bsky.convo.listConvos({ status, limit: 100, ...(cursor && { cursor }) }),
      )
      const changed = data.convos.filter(convo => !since || convo.rev > since)
      for (const convo of changed) {
        yield* walkTalk(line, convo, since)
        if (!newest || convo.rev > newest) newest = convo.rev
      }
      // The talks are listed newest first.
      cursor = changed.length < data.convos.length ? undefined : data.cursor
    } while (cursor)
  }
  return newest
}

async function* walkTalk(line: Line, convo: ChatBskyConvoDefs.ConvoView, since: string | undefined): AsyncGenerator<PollPage, void> {
  const earliest = line.now().getTime() - FIRST_REACH_MS
  const isNews = (message: Listed) => (since ? (message.rev ?? '') > since : Date.parse(message.sentAt ?? '') >= earliest)
  let cursor: string | undefined
  do {
    const { data } = await callChat(line, 'read', agent =>
      agent.chat.bsky.convo.getMessages({ convoId: convo.id, limit: 100, ...(cursor && { cursor }) }),
    )
    const fresh = data.messages.filter(message => isNews(message as Listed))
    if (fresh.length) yield { list: 'dms', body: stringifyLex({ convo, messages: fresh }) }
    cursor = fresh.length < data.messages.length ? undefined : data.cursor
  } while (cursor)
}

interface Listed {
  rev?: string
  sentAt?: string
}

/** How far back the very first poll looks. */
const FIRST_REACH_MS = 7 * 24 * 3_600_000
const SHORT_WAIT_MS = 60_000
const LONG_WAIT_MS = 3_600_000
