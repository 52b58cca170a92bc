// Meta's webhook updates: what each happening says, batched into entries, escaped and signed as Meta does.
import { createHmac } from 'node:crypto'
import type { Envelope } from '../pushes.ts'
import { toldPhotos } from './media.ts'
import { type GraphComment, type GraphMessage, type GraphPage, type GraphPost, pageOf, psidOf } from './state.ts'
import { toldUploads } from './uploads.ts'
import type { GraphWorld } from './world.ts'

/** One thing said to one app about one page, or one Instagram account. */
export interface Told {
  /** Whose it is: what the entry is called. */
  ownerId: string
  /** Milliseconds. */
  at: number
  part: 'changes' | 'messaging' | 'standby'
  value: unknown
}
/** The app id of the page's own inbox, in echoes of what a person wrote there. */
const pageInboxAppId = 26390203743090

export function tellFeed(world: GraphWorld, item: GraphPost | GraphComment, verb: 'add' | 'edited' | 'remove' | 'hide' | 'unhide'): void {
  const page = pageOf(world.state, item)
  if (page) tell(world, page.id, 'feed', 'changes', { field: 'feed', value: feedValue(world, page, item, verb) })
  if (verb !== 'add') return
  for (const pageId of item.tags) {
    const tagged = world.state.pages.get(pageId)
    if (tagged && item.authorId !== pageId && page?.id !== pageId)
      tell(world, pageId, 'mention', 'changes', { field: 'mention', value: mentionValue(world, tagged, item) })
  }
}

function feedValue(world: GraphWorld, page: GraphPage, item: GraphPost | GraphComment, verb: string): object {
  const from = authorValue(world, page, item.authorId)
  const isRemoval = verb === 'remove'
  const createdTime = Math.floor((verb === 'edited' ? (item.editedAt ?? item.at) : item.at) / 1000)
  if ('postId' in item) {
    const post = world.state.posts.get(item.postId)
    return {
      ...from,
      ...(isRemoval || !post
        ? {}
        : {
            post: {
              status_type: post.authorId === post.ownerId ? 'mobile_status_update' : 'wall_post',
              is_published: true,
              updated_time: graphTime(post.updatedAt),
              permalink_url: permalink(world, post.id),
              promotion_status: 'inactive',
              id: post.id,
            },
          }),
      ...(isRemoval ? {} : { message: item.message, ...toldPhotos('comment', item.uploads) }),
      post_id: item.postId,
      comment_id: item.id,
      created_time: createdTime,
      item: 'comment',
      parent_id: item.parentId,
      verb,
    }
  }
  const isOurs = item.authorId === page.id
  return {
    ...from,
    ...(isRemoval ? {} : { message: item.message, ...toldPhotos('post', item.uploads) }),
    post_id: item.id,
    created_time: createdTime,
    item: isOurs ? 'status' : 'post',
    ...(isOurs && !isRemoval ? { published: 1 } : {}),
    // A visitor's edited post says "edit", a comment "edited" (restfb#749).
    verb: verb === 'edited' && !isOurs ? 'edit' : verb,
  }
}

function mentionValue(world: GraphWorld, page: GraphPage, item: GraphPost | GraphComment): object {
  const ids = 'postId' in item ? { post_id: item.postId, comment_id: item.id, item: 'comment' } : { post_id: item.id, item: 'post' }
  return {
    ...ids,
    ...authorValue(world, page, item.authorId),
    verb: 'add',
    message: item.message,
    created_time: Math.floor(item.at / 1000),
  }
}

function authorValue(world: GraphWorld, page: GraphPage, authorId: string): object {
  if (authorId === page.id) return { from: { id: page.id, name: page.name } }
  if (page.hidesAuthors) return {}
  return {
    from: {
      id: psidOf(world.state, page.id, authorId),
      name: world.state.people.get(authorId)?.name ?? 'Facebook user',
    },
  }
}

export interface MessageMarks {
  appId?: string
  metadata?: string
  replyTo?: string
  /** Another app has this conversation: we only listen. */
  standby?: boolean
}

export function tellMessage(world: GraphWorld, message: GraphMessage, { appId, metadata, replyTo, standby }: MessageMarks = {}): void {
  const part = standby ? 'standby' : 'messaging'
  const body = {
    mid: message.id,
    ...(message.text && { text: message.text }),
    ...toldUploads(message.uploads),
    ...(replyTo ? { reply_to: { mid: replyTo } } : {}),
  }
  if (message.fromPage) {
    const echo = {
      ...body,
      is_echo: true,
      app_id: appId ? Number(appId) : pageInboxAppId,
      ...(metadata ? { metadata } : {}),
    }
    tell(world, message.pageId, 'message_echoes', part, {
      ...ends(world, message),
      timestamp: message.at,
      message: echo,
    })
  } else tell(world, message.pageId, 'messages', part, { ...ends(world, message), timestamp: message.at, message: body })
}

export function tellMessageEdit(world: GraphWorld, message: GraphMessage): void {
  const edit = { mid: message.id, text: message.text, num_edit: message.edits }
  tell(world, message.pageId, 'message_edits', 'messaging', {
    ...ends(world, message),
    timestamp: world.clock.now(),
    message_edit: edit,
  })
}

export function tellReceipt(world: GraphWorld, message: GraphMessage, kind: 'delivery' | 'read'): void {
  const { sender, recipient } = ends(world, { ...message, fromPage: false })
  const watermark = world.clock.now()
  const value = kind === 'delivery' ? { mids: [message.id], watermark } : { watermark }
  tell(world, message.pageId, kind === 'delivery' ? 'message_deliveries' : 'message_reads', 'messaging', {
    sender,
    recipient,
    timestamp: watermark,
    [kind]: value,
  })
}

function ends(world: GraphWorld, message: GraphMessage): { sender: { id: string }; recipient: { id: string } } {
  const person = { id: psidOf(world.state, message.pageId, message.personId) }
  const page = { id: message.pageId }
  return message.fromPage ? { sender: page, recipient: person } : { sender: person, recipient: page }
}

/** To every app whose webhook and whose page subscription both name the field. */
function tell(world: GraphWorld, pageId: string, field: string, part: Told['part'], value: unknown): void {
  for (const { appId, object, fields } of world.state.appSubscriptions.values()) {
    const ofPage = world.state.pageSubscriptions.get(`${appId} ${pageId}`)
    if (object === 'page' && ofPage?.includes(field) && fields.includes(field))
      push(world, `${appId} page`, { ownerId: pageId, at: world.clock.now(), part, value })
  }
}

export function push(world: GraphWorld, lane: string, content: Told): void {
  const made = { id: world.nextId(), lane, content }
  world.record({ type: 'push', ...made })
  world.pushes.add(made)
}

export function graphEnvelope(world: GraphWorld, lane: string, contents: Told[], badSignature: boolean): Envelope | null | undefined {
  const subscription = world.state.appSubscriptions.get(lane)
  const app = subscription && world.state.apps.get(subscription.appId)
  if (!subscription || !app) return undefined
  if (!subscription.active) return null
  const body = Buffer.from(escapeAsMeta(JSON.stringify({ object: subscription.object, entry: entriesOf(contents) })))
  return {
    url: subscription.callbackUrl,
    body,
    headers: { 'x-hub-signature-256': signGraph(badSignature ? `not ${app.secret}` : app.secret, body) },
  }
}

function entriesOf(contents: Told[]): object[] {
  const entries: { id: string; time: number; changes?: unknown[]; messaging?: unknown[]; standby?: unknown[] }[] = []
  for (const { ownerId, at, part, value } of contents) {
    const last = entries.at(-1)
    // When it is sent, so never before what it tells of. Seconds for changes, milliseconds for messaging: as Meta does.
    const time = part === 'changes' ? Math.floor(at / 1000) : at
    if (last?.id === ownerId && last[part]) {
      last[part].push(value)
      last.time = Math.max(last.time, time)
    } else entries.push({ id: ownerId, time, [part]: [value] })
  }
  return entries
}

/** Meta writes é as \u00e9 and / as \/, and signs those bytes. */
export function escapeAsMeta(json: string): string {
  return json.replaceAll('/', '\\/').replace(/[\u0080-\uffff]/g, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

export function signGraph(secret: string, bytes: Uint8Array | string): string {
  return `sha256=${createHmac('sha256', secret).update(bytes).digest('hex')}`
}

/** 2026-07-24T21:23:23+0000 */
export function graphTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, '+0000')
}

/** Leads to the public page here: a link in the demo must not leave the machine. A comment's is `<post's>?comment_id=<last number>`. */
export function permalink(world: GraphWorld, id: string): string {
  return `${world.url()}/permalink/${id}`
}
