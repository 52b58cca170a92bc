// What Instagram's webhooks say of each happening: comments in full, mentions by their place alone, messages with their echoes.
import { push, type Told } from '../updates.ts'
import { toldUploads } from '../uploads.ts'
import type { GraphWorld } from '../world.ts'
import { knowAs, usernameOf } from './happenings.ts'
import type { InstagramAccount, InstagramComment, InstagramMedia, InstagramMessage } from './state.ts'

export function tellComment(world: GraphWorld, owner: InstagramAccount, media: InstagramMedia, comment: InstagramComment): void {
  const isOwn = comment.authorId === owner.id
  const from = { id: isOwn ? owner.id : knowAs(world, owner.id, comment.authorId), username: usernameOf(world, comment.authorId) }
  const field = media.isLive ? 'live_comments' : 'comments'
  const value = {
    from,
    media: { id: media.id, media_product_type: media.isLive ? 'STORY' : 'FEED' },
    id: comment.id,
    ...(comment.parentId ? { parent_id: comment.parentId } : {}),
    text: comment.text,
  }
  tell(world, owner, field, 'changes', { field, value })
}

export function tellMention(world: GraphWorld, account: InstagramAccount, media: InstagramMedia, comment: InstagramComment | null): void {
  const value = { media_id: media.id, ...(comment ? { comment_id: comment.id } : {}) }
  tell(world, account, 'mentions', 'changes', { field: 'mentions', value })
}

/** Echoes come with the messages here, and without metadata. */
export function tellMessage(world: GraphWorld, message: InstagramMessage, isStandby: boolean): void {
  const said = {
    mid: message.id,
    ...(message.text && { text: message.text }),
    ...toldUploads(message.uploads),
    ...(message.fromAccount ? { is_echo: true } : {}),
  }
  say(world, message, said, isStandby ? 'standby' : 'messaging')
}

export function tellUnsent(world: GraphWorld, message: InstagramMessage): void {
  say(world, message, { mid: message.id, is_deleted: true }, 'messaging')
}

function say(world: GraphWorld, message: InstagramMessage, said: object, part: Told['part']): void {
  const account = world.state.instagram.accounts.get(message.accountId)
  if (!account) return
  const person = { id: knowAs(world, account.id, message.personId) }
  const us = { id: account.id }
  const [sender, recipient] = message.fromAccount ? [us, person] : [person, us]
  tell(world, account, 'messages', part, { sender, recipient, timestamp: message.at, message: said })
}

/** To every app with a webhook for Instagram, once the page behind the account subscribed the app with any field. */
function tell(world: GraphWorld, account: InstagramAccount, field: string, part: Told['part'], value: unknown): void {
  for (const { appId, object, fields } of world.state.appSubscriptions.values()) {
    if (object !== 'instagram' || !fields.includes(field) || !world.state.pageSubscriptions.has(`${appId} ${account.pageId}`)) continue
    push(world, `${appId} instagram`, { ownerId: account.id, at: world.clock.now(), part, value })
  }
}
