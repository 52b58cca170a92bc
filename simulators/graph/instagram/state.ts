// What exists on the simulated Instagram, and how each thing that happens changes it.

import type { ShownUpload } from '../../uploads.ts'

/** A professional account behind a page. */
export interface InstagramAccount {
  id: string
  pageId: string
  username: string
  name: string
  about: string
  followers: number
}
/** A photo: ours, or a customer's. */
export interface InstagramMedia {
  id: string
  /** In its address: /p/CODE/. */
  code: string
  /** Account or person. */
  ownerId: string
  caption: string
  at: number
  /** Accounts in the picture. */
  tags: string[]
  isLive: boolean
}
export interface InstagramComment {
  id: string
  mediaId: string
  /** The top comment: threads have two levels. */
  parentId: string | null
  authorId: string
  text: string
  at: number
  /** Journals from before hiding do not say. */
  isHidden?: boolean
}
export interface InstagramMessage {
  uploads?: readonly ShownUpload[]
  id: string
  accountId: string
  personId: string
  fromAccount: boolean
  text: string
  at: number
  /** The comment it privately answers. */
  answersComment: string | null
}

export type InstagramEntry =
  | { type: 'instagram account'; account: InstagramAccount }
  | { type: 'igsid'; accountId: string; personId: string; igsid: string }
  | { type: 'instagram media'; media: InstagramMedia }
  | { type: 'instagram comment'; comment: InstagramComment }
  | { type: 'instagram message'; message: InstagramMessage }
  | { type: 'instagram removed'; id: string }

export interface InstagramState {
  accounts: Map<string, InstagramAccount>
  /** `account person` → the number by which this account knows them. */
  igsids: Map<string, string>
  personOfIgsid: Map<string, string>
  media: Map<string, InstagramMedia>
  comments: Map<string, InstagramComment>
  messages: Map<string, InstagramMessage>
  /** Private answers there were, by comment: taking the message back gives no second. */
  answeredPrivately: Set<string>
}

export function emptyInstagram(): InstagramState {
  return {
    accounts: new Map(),
    igsids: new Map(),
    personOfIgsid: new Map(),
    media: new Map(),
    comments: new Map(),
    messages: new Map(),
    answeredPrivately: new Set(),
  }
}

export function applyToInstagram(state: InstagramState, entry: InstagramEntry): void {
  switch (entry.type) {
    case 'instagram account':
      state.accounts.set(entry.account.id, entry.account)
      break
    case 'igsid':
      state.igsids.set(`${entry.accountId} ${entry.personId}`, entry.igsid)
      state.personOfIgsid.set(entry.igsid, entry.personId)
      break
    case 'instagram media':
      state.media.set(entry.media.id, entry.media)
      break
    case 'instagram comment':
      state.comments.set(entry.comment.id, entry.comment)
      break
    case 'instagram message':
      state.messages.set(entry.message.id, entry.message)
      if (entry.message.answersComment) state.answeredPrivately.add(entry.message.answersComment)
      break
    case 'instagram removed':
      removeWithAllBelow(state, entry.id)
      break
  }
}

function removeWithAllBelow(state: InstagramState, id: string): void {
  for (const comment of [...state.comments.values()])
    if (comment.id === id || comment.parentId === id || comment.mediaId === id) state.comments.delete(comment.id)
  state.media.delete(id)
  state.messages.delete(id)
}
