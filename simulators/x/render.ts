// Posts, users and messages as X writes them: only the fields asked for, only the objects expanded.
import { includedMedia, keyOf } from './media.ts'
import { childrenOf, historyOf, mentionedUsers, visiblePost, type XMessage, type XPost, type XState, type XUser } from './state.ts'
import { escapeAsX, mentionSpans, shortLink, urlSpans, withShortLinks } from './text.ts'

type Fields = ReadonlySet<string> | 'everything'

export interface Asked {
  post: Fields
  user: Fields
  message: Fields
  media: Fields
  expansions: ReadonlySet<string>
}

/** X is renaming `tweet.fields` to `post.fields`: both are taken. */
export function askedFor(query: (name: string) => string | undefined): Asked {
  const list = (name: string) => new Set((query(name) ?? '').split(',').filter(Boolean))
  return {
    post: new Set([...list('tweet.fields'), ...list('post.fields')]),
    user: list('user.fields'),
    message: list('dm_event.fields'),
    media: list('media.fields'),
    expansions: list('expansions'),
  }
}

const wants = (fields: Fields, name: string) => fields === 'everything' || fields.has(name)

export function renderPost(state: XState, post: XPost, fields: Fields): Record<string, unknown> {
  const all = historyOf(state, post.id)
  const editableUntil = new Date((state.posts.get(all[0] ?? post.id)?.at ?? post.at) + 3_600_000).toISOString()
  const optional: Record<string, () => unknown> = {
    author_id: () => post.authorId,
    conversation_id: () => post.conversationId,
    created_at: () => new Date(post.at).toISOString(),
    in_reply_to_user_id: () => post.inReplyToUserId ?? undefined,
    lang: () => post.lang,
    referenced_tweets: () => references(post),
    entities: () => entities(state, post.text, mediaSpans(post, postMedia(state, post))),
    attachments: () => (post.uploads?.length ? { media_keys: post.uploads.map(keyOf) } : undefined),
    display_text_range: () => [[...post.autoPrefix].length, [...withShortLinks(post.text)].length],
    public_metrics: () => metrics(state, post),
    edit_controls: () => ({
      edits_remaining: 6 - all.length,
      is_edit_eligible: !post.inReplyTo,
      editable_until: editableUntil,
    }),
    reply_settings: () => 'everyone',
    possibly_sensitive: () => false,
    source: () => (post.appId ? 'Heed' : 'X Web App'),
  }
  const rendered: Record<string, unknown> = {
    id: post.id,
    text: wireText(post.text) + mediaLink(post, postMedia(state, post)),
    edit_history_tweet_ids: all.slice(0, all.indexOf(post.id) + 1),
  }
  if (wants(fields, 'edit_history_tweet_ids')) rendered.edit_history_tweet_ids = all
  for (const [name, value] of Object.entries(optional)) {
    if (!wants(fields, name)) continue
    const it = value()
    if (it !== undefined) rendered[name] = it
  }
  return rendered
}

/** What X sends for these words. */
export function wireText(text: string): string {
  return escapeAsX(withShortLinks(text))
}

function references(post: XPost): unknown {
  const list = [
    ...(post.reposts ? [{ type: 'retweeted', id: post.reposts }] : []),
    ...(post.quotes ? [{ type: 'quoted', id: post.quotes }] : []),
    ...(post.inReplyTo ? [{ type: 'replied_to', id: post.inReplyTo }] : []),
  ]
  return list.length ? list : undefined
}

const postMedia = (state: XState, post: XPost) =>
  `https://x.com/${state.users.get(post.authorId)?.username ?? 'i'}/status/${post.id}/photo/1`
export const messageMedia = (message: XMessage) => `https://x.com/messages/media/${message.id}`

/** X ends the words with one short link for all the pictures. */
function mediaLink({ uploads }: Pick<XPost, 'uploads'>, address: string): string {
  return uploads?.length ? ` ${shortLink(address)}` : ''
}
function mediaSpans({ text, uploads = [] }: Pick<XPost, 'text' | 'uploads'>, address: string): object[] {
  const start = [...withShortLinks(text)].length + 1
  const url = shortLink(address)
  const span = { start, end: start + url.length, url, expanded_url: address, display_url: `pic.x.com/${url.slice(-10)}` }
  return uploads.map(one => ({ ...span, media_key: keyOf(one) }))
}

function entities(state: XState, text: string, media: object[]): unknown {
  const mentions = mentionSpans(withShortLinks(text)).map(span => {
    const user = state.byHandle.get(span.username.toLowerCase())
    return { ...span, ...(user ? { id: user.id } : {}) }
  })
  const urls = [...urlSpans(text), ...media]
  if (!mentions.length && !urls.length) return undefined
  return { ...(mentions.length ? { mentions } : {}), ...(urls.length ? { urls } : {}) }
}

function metrics(state: XState, post: XPost): object {
  const replies = childrenOf(state, post.id).length
  return {
    retweet_count: state.reposts.get(post.id)?.length ?? 0,
    reply_count: replies,
    like_count: state.likes.get(post.id)?.size ?? 0,
    quote_count: 0,
    bookmark_count: 0,
    impression_count: 12 + 9 * replies,
  }
}

export function renderUser(state: XState, user: XUser, fields: Fields): Record<string, unknown> {
  const optional: Record<string, () => unknown> = {
    created_at: () => new Date(user.createdAt).toISOString(),
    description: () => user.bio,
    protected: () => false,
    verified: () => user.isBrand,
    verified_type: () => (user.isBrand ? 'business' : 'none'),
    public_metrics: () => ({
      followers_count: user.followers,
      following_count: 120,
      tweet_count: state.byAuthor.get(user.id)?.length ?? 0,
      listed_count: 0,
      like_count: 0,
    }),
  }
  const rendered: Record<string, unknown> = { id: user.id, name: user.name, username: user.username }
  for (const [name, value] of Object.entries(optional)) if (wants(fields, name)) rendered[name] = value()
  return rendered
}

export function renderMessage(message: XMessage, fields: Fields): Record<string, unknown> {
  const optional: Record<string, unknown> = {
    created_at: new Date(message.at).toISOString(),
    dm_conversation_id: conversationOf(message.from, message.to),
    sender_id: message.from,
    participant_ids: [message.from, message.to],
    ...(urlsOf(message).length ? { entities: { urls: urlsOf(message) } } : {}),
    ...(message.uploads?.length ? { attachments: { media_keys: message.uploads.map(keyOf) } } : {}),
  }
  const rendered: Record<string, unknown> = {
    id: message.id,
    event_type: 'MessageCreate',
    text: wireText(message.text) + mediaLink(message, messageMedia(message)),
  }
  for (const [name, value] of Object.entries(optional)) if (wants(fields, name)) rendered[name] = value
  return rendered
}

const urlsOf = (message: XMessage): object[] => [...urlSpans(message.text), ...mediaSpans(message, messageMedia(message))]

/** X puts the smaller id first. */
export function conversationOf(a: string, b: string): string {
  return BigInt(a) < BigInt(b) ? `${a}-${b}` : `${b}-${a}`
}

/** The `includes` of a page of posts, and the partial errors of what could not be expanded. */
export function expandPosts(state: XState, posts: readonly XPost[], asked: Asked): { includes?: object; errors?: object[] } {
  const users = new Map<string, XUser>()
  const others = new Map<string, XPost>()
  const errors: object[] = []
  const addUser = (id: string | null | undefined) => {
    const user = id ? state.users.get(id) : undefined
    if (user) users.set(user.id, user)
  }
  const has = (name: string) => asked.expansions.has(name)
  for (const post of posts) {
    if (has('author_id')) addUser(post.authorId)
    if (has('in_reply_to_user_id')) addUser(post.inReplyToUserId)
    if (has('entities.mentions.username')) for (const user of mentionedUsers(state, post.text)) addUser(user.id)
    if (has('referenced_tweets.id') || has('referenced_tweets.id.author_id')) {
      for (const id of [post.reposts, post.quotes, post.inReplyTo]) {
        if (!id) continue
        const other = visiblePost(state, id)
        if (other) others.set(id, other)
        else errors.push(notFound('tweet', 'referenced_tweets.id', id))
        if (other && has('referenced_tweets.id.author_id')) addUser(other.authorId)
      }
    }
    if (has('edit_history_tweet_ids')) {
      for (const id of historyOf(state, post.id)) if (id !== post.id) others.set(id, state.posts.get(id) as XPost)
    }
  }
  const media = expandMedia(posts, asked)
  const includes = {
    ...(media.length ? { media } : {}),
    ...(users.size ? { users: [...users.values()].map(user => renderUser(state, user, asked.user)) } : {}),
    ...(others.size ? { tweets: [...others.values()].map(post => renderPost(state, post, asked.post)) } : {}),
  }
  return { ...(Object.keys(includes).length ? { includes } : {}), ...(errors.length ? { errors } : {}) }
}

/** The pictures of posts or messages, where they are asked for. */
export function expandMedia(said: readonly (XPost | XMessage)[], asked: Asked): object[] {
  return asked.expansions.has('attachments.media_keys') ? includedMedia(said, name => wants(asked.media, name)) : []
}

export function notFound(kind: 'tweet' | 'user', parameter: string, value: string): object {
  return {
    value,
    detail: `Could not find ${kind} with ${parameter}: [${value}].`,
    title: 'Not Found Error',
    resource_type: kind,
    parameter,
    resource_id: value,
    type: 'https://api.x.com/2/problems/resource-not-found',
  }
}
