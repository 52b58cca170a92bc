// A post on X becomes a mention, or a repost of one: which id it keeps, whom it addresses, whether we were summoned.
import type { Author } from '../../domain.ts'
import type { Incoming } from '../connector.ts'
import { wordsOr } from '../wordless.ts'
import { postUrl } from './links.ts'
import { attachmentsOf, linksToMedia } from './media.ts'
import { asDate, asId, asObject, asText, authorOf, type JsonObject } from './shape.ts'
import { shownText } from './text.ts'

/** Where a post was found: whose account it concerns, and who and what came along with it. */
export interface Found {
  account: string
  /** Known in polls; a pushed event carries only the id. */
  handle: string | null
  people: Map<string, Author>
  includes: unknown
}

export function readPost(post: JsonObject, found: Found): Incoming[] {
  const id = asId(post.id, 'post.id')
  const history = editsOf(post, id)
  const newest = history.at(-1)!
  const author = authorOf(asId(post.author_id, 'post.author_id'), found.people)
  const isOurs = author.externalId === found.account
  const references = referencesOf(post)
  const reposted = references.get('retweeted')
  if (reposted !== undefined)
    return [{ kind: 'repost', account: found.account, externalId: id, of: reposted, at: asDate(post.created_at, 'post.created_at') }]
  const reposts = (post.public_metrics as JsonObject | undefined)?.retweet_count
  const address = isOurs ? null : addressOf(post, references, found)
  const isEdit = history.length > 1 && id !== history[0]
  const attachments = attachmentsOf(post, found.includes, isEdit)
  return [
    {
      kind: 'mention',
      account: found.account,
      mention: {
        externalId: history[0]!,
        visibility: 'public',
        direction: isOurs ? 'outbound' : 'inbound',
        threadKey: post.conversation_id === undefined ? history[0]! : asId(post.conversation_id, 'post.conversation_id'),
        parentExternalId: references.get('replied_to') ?? null,
        author,
        text: wordsOr(
          shownText({ ...post, text: asText(post.text, 'post.text') }, attachments || isOurs ? linksToMedia(post) : []),
          attachments,
        ),
        ...(attachments && { attachments }),
        url: postUrl(author.handle, newest),
        addressesUs: address !== null,
        postedAt: asDate(post.created_at, 'post.created_at'),
        // Each edit is a new post that lists all before it. Ids of edits are in order, so the list's length up to this one is its version.
        version: history.indexOf(id) + 1 || history.length,
        isEdit,
        ...(newest !== history[0] && { replyToExternalId: newest, otherIds: history.slice(1) }),
        facts: {
          summonedBy: address,
          ...(!isOurs && standsInThread(post, references, found.account)),
          ...(typeof reposts === 'number' && { reposts }),
          ...(typeof post.lang === 'string' && { lang: post.lang }),
          ...(typeof post.reply_settings === 'string' && { replySettings: post.reply_settings }),
        },
      },
    },
  ]
}

function editsOf(post: JsonObject, id: string): string[] {
  const history = post.edit_history_tweet_ids
  return Array.isArray(history) && history.length ? history.map(one => asId(one, 'edit_history_tweet_ids')) : [id]
}

function referencesOf(post: JsonObject): Map<string, string> {
  const references = (post.referenced_tweets ?? []) as unknown[]
  return new Map(
    references.map(reference => {
      const { type, id } = asObject(reference, 'referenced_tweets')
      return [asText(type, 'referenced_tweets.type'), asId(id, 'referenced_tweets.id')]
    }),
  )
}

/**
 * How the author turned to us, as X's rule for replies sees it: named us, quoted us, or answered us directly
 * ("mentioned or otherwise engaged by the author").
 */
function addressOf(post: JsonObject, references: Map<string, string>, found: Found): 'mention' | 'quote' | 'reply' | null {
  if (namesUs(post, found)) return 'mention'
  if (references.has('quoted') && authorOfIncluded(references.get('quoted')!, found.includes) === found.account) return 'quote'
  return post.in_reply_to_user_id !== undefined && asId(post.in_reply_to_user_id, 'in_reply_to_user_id') === found.account ? 'reply' : null
}

/** Whether we began the conversation, which only a direct answer to its first post tells: X lets us hide replies there and nowhere else. */
function standsInThread(post: JsonObject, references: Map<string, string>, account: string): { inOurThread?: boolean } {
  const isBelowFirst =
    post.conversation_id !== undefined && references.get('replied_to') === asId(post.conversation_id, 'post.conversation_id')
  if (!isBelowFirst || post.in_reply_to_user_id === undefined) return {}
  return { inOurThread: asId(post.in_reply_to_user_id, 'in_reply_to_user_id') === account }
}

function namesUs(post: JsonObject, { account, handle, people }: Found): boolean {
  const ours = (handle ?? people.get(account)?.handle ?? '').toLowerCase()
  const mentions = ((post.entities as JsonObject | undefined)?.mentions ?? []) as JsonObject[]
  if (
    mentions.some(
      one =>
        (one.id !== undefined && asId(one.id, 'mention.id') === account) || String(one.username ?? '').toLowerCase() === (ours || null),
    )
  )
    return true
  return ours !== '' && [...asText(post.text, 'post.text').matchAll(HANDLE)].some(([, named]) => named!.toLowerCase() === ours)
}

const HANDLE = /(?<![\w@＠])[@＠](\w{1,15})(?!\w)/gu

function authorOfIncluded(id: string, includes: unknown): string | null {
  const posts = ((includes as JsonObject | undefined)?.tweets ?? []) as JsonObject[]
  const quoted = posts.find(post => String(post.id) === id)
  return quoted?.author_id === undefined ? null : asId(quoted.author_id, 'includes.tweets.author_id')
}
