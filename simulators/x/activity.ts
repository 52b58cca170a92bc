// The X Activity API's events: who is told what, signed with the app's consumer secret over the raw bytes.
import { createHmac, randomBytes } from 'node:crypto'
import type { Envelope } from '../pushes.ts'
import { olderAttachment } from './media.ts'
import { messageMedia, renderPost, renderUser, wireText } from './render.ts'
import { mentionedUsers, type XMessage, type XPost, type XUser } from './state.ts'
import { mentionedHandles, shortLink, urlSpans } from './text.ts'
import type { XWorld } from './world.ts'

export const activityEventTypes = [
  'post.create',
  'post.delete',
  'post.mention.create',
  'post.reply.create',
  'post.quote.create',
  'dm.sent',
  'dm.received',
  'dm.read',
  'dm.indicate_typing',
  'chat.received',
  'chat.sent',
  'chat.conversation_join',
  'oauth.revoke',
  'follow.follow',
  'follow.unfollow',
  'like.create',
  'news.new',
  'spaces.start',
  'spaces.end',
  'profile.update.bio',
  'profile.update.profile_picture',
  'profile.update.banner_picture',
  'profile.update.screenname',
  'profile.update.geo',
  'profile.update.url',
  'profile.update.verified_badge',
  'profile.update.affiliate_badge',
  'profile.update.handle',
] as const

export function tellPost(world: XWorld, post: XPost): void {
  const { state } = world
  if (state.subscriptions.size === 0) return
  const event = () => ({ payload: renderPost(state, post, 'everything'), includes: includesOf(world, post) })
  tell(world, 'post.create', post.authorId, event)
  // Explicit @ only: what X itself put before a reply is no mention.
  const explicit = new Set(mentionedHandles(post.text.slice(post.autoPrefix.length)))
  for (const user of mentionedUsers(state, post.text)) {
    if (user.id !== post.authorId && explicit.has(user.username.toLowerCase())) tell(world, 'post.mention.create', user.id, event)
  }
  const parent = post.inReplyTo ? state.posts.get(post.inReplyTo) : undefined
  if (parent && parent.authorId !== post.authorId) tell(world, 'post.reply.create', parent.authorId, event)
  const quoted = post.quotes ? state.posts.get(post.quotes) : undefined
  if (quoted && quoted.authorId !== post.authorId) tell(world, 'post.quote.create', quoted.authorId, event)
}

/** Only the author's own subscription hears of it: a customer's delete stays unseen. */
export function tellDeleted(world: XWorld, post: XPost): void {
  tell(world, 'post.delete', post.authorId, () => ({ payload: { id: post.id, author_id: post.authorId } }))
}

export function tellMessage(world: XWorld, message: XMessage): void {
  const event = () => ({ payload: messagePayload(world, message) })
  tell(world, 'dm.received', message.to, event)
  tell(world, 'dm.sent', message.from, event)
}

/** An XChat message: X passes on what it cannot read either. */
export function tellEncrypted(world: XWorld, from: XUser, to: XUser): string {
  const at = world.clock.now()
  const id = world.ids.next(at)
  const payload = {
    id,
    sender_id: from.id,
    conversation_id: `${from.id}:${to.id}`,
    created_at_msec: String(at),
    conversation_token: randomBytes(24).toString('base64'),
    encoded_event: randomBytes(96).toString('base64'),
    message_event_signature: { signature: randomBytes(64).toString('base64') },
  }
  tell(world, 'chat.received', to.id, () => ({ payload }))
  return id
}

export function tellRevoked(world: XWorld, userId: string, appId: string | null): void {
  const at = new Date(world.clock.now()).toISOString()
  tell(world, 'oauth.revoke', userId, () => ({
    payload: { user_id: userId, date_time: at, ...(appId ? { app_id: appId } : {}) },
  }))
}

interface Told {
  payload: object
  includes?: object
}

function tell(world: XWorld, eventType: string, userId: string, event: () => Told): void {
  for (const subscription of world.state.subscriptions.values()) {
    if (subscription.eventType !== eventType || subscription.userId !== userId || !subscription.webhookId) continue
    const { payload, includes } = event()
    const data = {
      event_uuid: randomBytes(8).readBigInt64BE().toString(),
      filter: { user_id: userId },
      event_type: eventType,
      ...(subscription.tag ? { tag: subscription.tag } : {}),
      payload,
    }
    const id = world.ids.next(world.clock.now())
    const push = { id, lane: subscription.webhookId, content: includes ? { data, includes } : { data } }
    world.record({ type: 'push', ...push })
    world.pushes.add(push)
  }
}

function includesOf(world: XWorld, post: XPost): object {
  const author = world.state.users.get(post.authorId)
  const parents = [post.inReplyTo, post.quotes].flatMap(id => (id ? (world.state.posts.get(id) ?? []) : []))
  return {
    users: author ? [renderUser(world.state, author, 'everything')] : [],
    tweets: parents.map(parent => renderPost(world.state, parent, 'everything')),
  }
}

function messagePayload(world: XWorld, message: XMessage): object {
  const people = [message.from, message.to].flatMap(id => world.state.users.get(id) ?? [])
  const link = shortLink(messageMedia(message))
  const attachment = olderAttachment(message, link)
  return {
    direct_message_events: [
      {
        type: 'message_create',
        id: message.id,
        created_timestamp: String(message.at),
        message_create: {
          target: { recipient_id: message.to },
          sender_id: message.from,
          ...(message.appId ? { source_app_id: message.appId } : {}),
          message_data: {
            text: attachment ? `${wireText(message.text)} ${link}` : wireText(message.text),
            entities: { hashtags: [], symbols: [], user_mentions: [], urls: olderUrls(message.text) },
            ...(attachment && { attachment }),
          },
        },
      },
    ],
    users: Object.fromEntries(people.map(user => [user.id, olderUser(user)])),
  }
}

function olderUrls(text: string): object[] {
  return urlSpans(text).map(({ start, end, url, expanded_url, display_url }) => ({
    url,
    expanded_url,
    display_url,
    indices: [start, end],
  }))
}

/** Direct messages still carry the user object of API v1.1. */
function olderUser(user: XUser): object {
  return {
    id: user.id,
    created_timestamp: String(user.createdAt),
    name: user.name,
    screen_name: user.username,
    description: user.bio,
    protected: false,
    verified: false,
    followers_count: user.followers,
    friends_count: 120,
    statuses_count: 340,
  }
}

/** Undefined when the webhook is gone, null while X holds it for invalid. */
export function xEnvelope(world: XWorld, lane: string, contents: unknown[], badSignature: boolean): Envelope | null | undefined {
  const webhook = world.state.webhooks.get(lane)
  const app = webhook && world.state.apps.get(webhook.appId)
  if (!webhook || !app) return undefined
  if (!webhook.valid) return null
  const body = Buffer.from(JSON.stringify(contents[0]))
  const key = badSignature ? `not ${app.consumerSecret}` : app.consumerSecret
  return { url: webhook.url, body, headers: { 'x-twitter-webhooks-signature': signX(key, body) } }
}

export function signX(consumerSecret: string, bytes: Uint8Array | string): string {
  return `sha256=${createHmac('sha256', consumerSecret).update(bytes).digest('base64')}`
}
