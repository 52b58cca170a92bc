// What people do on the simulated Instagram, whoever asks for it: API, control or page. Each tells the subscribers.
import { handleFor } from '../../people.ts'
import type { ShownUpload } from '../../uploads.ts'
import type { Person } from '../state.ts'
import type { GraphWorld } from '../world.ts'
import type { InstagramAccount, InstagramComment, InstagramMedia, InstagramMessage } from './state.ts'
import { tellComment, tellMention, tellMessage, tellUnsent } from './updates.ts'

/** An account knows each person by a number of its own. */
export function knowAs(world: GraphWorld, accountId: string, personId: string): string {
  const { igsids } = world.state.instagram
  const key = `${accountId} ${personId}`
  if (!igsids.has(key)) world.record({ type: 'igsid', accountId, personId, igsid: world.nextId() })
  return igsids.get(key) as string
}

export function usernameOf(world: GraphWorld, authorId: string): string {
  const { instagram, people } = world.state
  return instagram.accounts.get(authorId)?.username ?? handleFor(people.get(authorId)?.name ?? 'someone').handle.toLowerCase()
}

export function postMedia(
  world: GraphWorld,
  wanted: Pick<InstagramMedia, 'ownerId' | 'caption' | 'tags'> & { at?: number; isLive?: boolean },
): InstagramMedia {
  const id = world.nextId()
  const code = `C${Buffer.from(id).toString('base64url')}`
  const media = { ...wanted, id, code, at: wanted.at ?? world.clock.now(), isLive: wanted.isLive ?? false }
  world.record({ type: 'instagram media', media })
  for (const account of mentionedIn(world, media.caption)) if (account.id !== media.ownerId) tellMention(world, account, media, null)
  return media
}

export function writeComment(
  world: GraphWorld,
  under: InstagramMedia | InstagramComment,
  authorId: string,
  text: string,
  when?: number,
): InstagramComment {
  const isAnswer = 'mediaId' in under
  const comment: InstagramComment = {
    id: world.nextId(),
    mediaId: isAnswer ? under.mediaId : under.id,
    // An answer to an answer stands under the top comment.
    parentId: isAnswer ? (under.parentId ?? under.id) : null,
    authorId,
    text,
    at: when ?? world.clock.now(),
  }
  world.record({ type: 'instagram comment', comment })
  const media = world.state.instagram.media.get(comment.mediaId)
  const owner = world.state.instagram.accounts.get(media?.ownerId ?? '')
  if (media && owner) tellComment(world, owner, media, comment)
  if (media)
    for (const account of mentionedIn(world, text))
      if (account !== owner && account.id !== authorId) tellMention(world, account, media, comment)
  return comment
}

export interface NewDirectMessage {
  account: InstagramAccount
  person: Person
  fromAccount: boolean
  text: string
  at?: number
  answersComment?: string
  standby?: boolean
  uploads?: readonly ShownUpload[]
}
export function writeDirect(world: GraphWorld, wanted: NewDirectMessage): InstagramMessage {
  knowAs(world, wanted.account.id, wanted.person.id)
  const message: InstagramMessage = {
    id: `aWdfZAG1_${Buffer.from(world.nextId()).toString('base64url')}`,
    accountId: wanted.account.id,
    personId: wanted.person.id,
    fromAccount: wanted.fromAccount,
    text: wanted.text,
    at: wanted.at ?? world.clock.now(),
    answersComment: wanted.answersComment ?? null,
    ...(wanted.uploads?.length && { uploads: wanted.uploads }),
  }
  world.record({ type: 'instagram message', message })
  tellMessage(world, message, wanted.standby ?? false)
  return message
}

/** Customers may take a message back, and their photo or comment: of those Instagram tells nobody. */
export function removeFromInstagram(world: GraphWorld, id: string): void {
  const message = world.state.instagram.messages.get(id)
  if (message) tellUnsent(world, message)
  world.record({ type: 'instagram removed', id })
}

export function mentionedIn(world: GraphWorld, text: string): InstagramAccount[] {
  const handles = new Set([...text.toLowerCase().matchAll(/@([a-z0-9._]+)/g)].map(found => found[1]))
  return [...world.state.instagram.accounts.values()].filter(account => handles.has(account.username.toLowerCase()))
}
