// What a test, a drill or a person outside may do to the simulated Bluesky, beyond its public API.
import { RichText } from '@atproto/api'
import { type DrawnPicture, drawPictures } from '../drawn-pictures.ts'
import type { Fault } from '../faults.ts'
import type { ShownUpload, Upload } from '../uploads.ts'
import { convoIdOf, say } from './chat.ts'
import { repliesTo } from './feed.ts'
import { blobCidOf, didFor } from './ids.ts'
import { publish } from './repo.ts'
import { openSession } from './sessions.ts'
import {
  type BlueskyPost,
  type BlueskyUser,
  type BlueskyWorld,
  imagesOf,
  isHidden,
  likesOf,
  linkOf,
  type PostRecord,
  type Ref,
  type ShownImage,
} from './state.ts'

/** A customer by handle, made on first sight. A handle without a dot gets `.test`. */
export type Somebody = string | { handle: string; name?: string; followers?: number }
export interface BlueskyPostView {
  uri: string
  cid: string
  author: string
  text: string
  at: string
  inReplyTo: string | null
  root: string | null
  /** Handles of who likes it. */
  likedBy: string[]
  /** By whoever began the thread. */
  hidden: boolean
  images?: { id: string; alt: string; aspectRatio?: { width: number; height: number } }[]
}

export type BlueskyControl = ReturnType<typeof blueskyControl>

export function blueskyControl(world: BlueskyWorld) {
  const { state } = world
  return {
    createBrand: (brand: { handle: string; name: string; bio?: string; followers?: number }): BlueskyUser =>
      createUser({ ...brand, isBrand: true }),
    createCustomer: (customer: { handle: string; name?: string; bio?: string; followers?: number }): BlueskyUser =>
      createUser({ ...customer, isBrand: false }),
    brands: (): BlueskyUser[] => [...state.users.values()].filter(user => user.isBrand),
    /** An app password, with or without direct messages. */
    createAppPassword: ({ account, privileged = true }: { account: string; privileged?: boolean }): { password: string } => {
      const { did } = known(account)
      const letters = didFor(`${did} ${state.passwords.size}`).slice('did:plc:'.length)
      const password = [0, 4, 8, 12].map(at => letters.slice(at, at + 4)).join('-')
      world.record({ type: 'password', password, did, isPrivileged: privileged })
      return { password }
    },
    /** The owner deletes the account's app passwords: sessions live until their access token runs out. */
    revokeAppPasswords: ({ account }: { account: string }): void => world.record({ type: 'password-revoked', did: known(account).did }),
    issueSession: ({ account, privileged = true }: { account: string; privileged?: boolean }) =>
      openSession(world, known(account).did, privileged ? 'com.atproto.appPassPrivileged' : 'com.atproto.appPass'),
    /** The access token dies before its time; the refresh token lives. */
    expireToken: ({ accessJwt }: { accessJwt: string }): void => {
      const token = state.tokens.get(accessJwt)
      if (!token) throw new Error('there is no such token')
      world.record({ type: 'token', token: { ...token, expiresAt: 0 } })
    },
    takeDown: ({ account }: { account: string }): void => world.record({ type: 'takedown', did: known(account).did }),

    /** Anybody writes a post in Bluesky's own app: a customer, or the brand by hand. `at`: what the post says of itself. */
    post: (post: {
      from: Somebody
      text: string
      inReplyTo?: string
      quotes?: string
      at?: string | number
      lang?: string
      /** Drawn, and kept as if uploaded. */
      pictures?: DrawnPicture[]
    }): BlueskyPostView => view(write(post)),
    reply: (reply: { from: Somebody; to: string; text: string; at?: string | number }): BlueskyPostView =>
      view(write({ ...reply, inReplyTo: reply.to })),
    /** Somebody passes a post on unchanged. */
    repost: ({ from, uri }: { from: Somebody; uri: string }): void =>
      world.record({ type: 'reposted', uri: found(uri).uri, did: person(from).did }),
    remove: ({ uri }: { uri: string }): void => {
      world.record({ type: 'removed', uri: found(uri).uri })
    },
    directMessage: ({ from, to, text }: { from: Somebody; to: Somebody; text: string }): { id: string; convoId: string } => {
      const { id, convoId } = say(world, person(from), person(to), text)
      return { id, convoId }
    },
    deleteMessage: ({ id }: { id: string }): void => world.record({ type: 'message-deleted', id }),
    setMessages: ({ customer, from }: { customer: Somebody; from: BlueskyUser['takesMessagesFrom'] }): void =>
      world.record({ type: 'user', user: { ...person(customer), takesMessagesFrom: from } }),

    /** A blob by its content id. */
    upload: ({ id }: { id: string }): Upload | undefined => world.uploads.get(id),
    posts: ({ author }: { author?: string } = {}): BlueskyPostView[] => {
      const did = author && known(author).did
      return [...state.posts.values()].filter(post => !did || post.did === did).map(view)
    },
    replies: ({ to }: { to: string }): BlueskyPostView[] => repliesTo(state, to).map(view),
    findPost: ({ uri }: { uri: string }): (BlueskyPostView & { record: PostRecord }) | null => {
      const post = state.posts.get(uri)
      return post ? { ...view(post), record: post.record } : null
    },
    messages: ({ between, and }: { between: string; and: string }) => {
      const convoId = convoIdOf(known(between).did, known(and).did)
      return state.messages
        .filter(message => message.convoId === convoId)
        .map(({ id, from, text }) => ({ id, from: state.users.get(from)!.handle, text }))
    },

    setLimit: ({ endpoint, limit }: { endpoint: string; limit: number }): void => world.limits.set(endpoint, limit),
    setFault: (fault: Fault): void => world.faults.set(fault),
    clearFaults: (): void => world.faults.clear(),
    faults: (): Fault[] => world.faults.list(),
    moveClock: ({ ms }: { ms: number }): { now: number } => {
      world.clock.advance(ms)
      world.record({ type: 'clock', offsetMs: world.clock.offsetMs() })
      return { now: world.clock.now() }
    },
    now: (): { now: number } => ({ now: world.clock.now() }),
    counts: () => ({ users: state.users.size, posts: state.posts.size, messages: state.messages.length }),
  }

  function write(post: {
    from: Somebody
    text: string
    inReplyTo?: string
    quotes?: string
    at?: string | number
    lang?: string
    pictures?: DrawnPicture[]
  }): BlueskyPost {
    const author = person(post.from)
    const parent = post.inReplyTo ? found(post.inReplyTo) : null
    const quoted = post.quotes ? found(post.quotes) : null
    const ref = ({ uri, cid }: BlueskyPost) => ({ uri, cid })
    const facets = facetsOf(post.text)
    const embed = embedOf(quoted && ref(quoted), drawPictures(world.uploads, post.pictures, author.did, blobCidOf))
    return publish(world, author.did, {
      $type: 'app.bsky.feed.post',
      text: post.text,
      createdAt: new Date(post.at ?? world.clock.now()).toISOString(),
      ...(post.lang && { langs: [post.lang] }),
      ...(facets.length && { facets }),
      ...(parent && { reply: { root: parent.record.reply?.root ?? ref(parent), parent: ref(parent) } }),
      ...(embed && { embed }),
    })
  }

  function embedOf(quoted: Ref | null, pictures: readonly ShownUpload[]): object | undefined {
    const images = pictures.map(({ id, alt, width = 1, height = 1 }) => ({
      alt,
      image: { $type: 'blob', ref: { $link: id }, mimeType: 'image/png', size: world.uploads.get(id)!.bytes.length },
      aspectRatio: { width, height },
    }))
    const record = quoted && { $type: 'app.bsky.embed.record', record: quoted }
    const media = images.length > 0 && { $type: 'app.bsky.embed.images', images }
    if (record && media) return { $type: 'app.bsky.embed.recordWithMedia', record, media }
    return media || record || undefined
  }

  /** As Bluesky's own app marks what is written in it. */
  function facetsOf(text: string): unknown[] {
    const rich = new RichText({ text })
    rich.detectFacetsWithoutResolution()
    return (rich.facets ?? []).flatMap(facet => {
      const mention = facet.features.find(feature => feature.$type === 'app.bsky.richtext.facet#mention') as { did: string } | undefined
      if (!mention) return [facet]
      const user = state.byHandle.get(mention.did.toLowerCase())
      return user ? [{ ...facet, features: [{ $type: 'app.bsky.richtext.facet#mention', did: user.did }] }] : []
    })
  }

  function createUser(asked: { handle: string; name?: string; bio?: string; followers?: number; isBrand: boolean }): BlueskyUser {
    const handle = handleOf(asked.handle)
    const user: BlueskyUser = {
      did: didFor(handle),
      handle,
      name: asked.name ?? handle.split('.')[0]!,
      bio: asked.bio ?? '',
      followers: asked.followers ?? 0,
      isBrand: asked.isBrand,
      takesMessagesFrom: 'all',
    }
    world.record({ type: 'user', user })
    return user
  }

  function person(who: Somebody): BlueskyUser {
    const asked = typeof who === 'string' ? { handle: who } : who
    return state.users.get(asked.handle) ?? state.byHandle.get(handleOf(asked.handle)) ?? createUser({ ...asked, isBrand: false })
  }

  function known(who: string): BlueskyUser {
    const user = state.users.get(who) ?? state.byHandle.get(handleOf(who))
    if (!user) throw new Error(`there is nobody called ${who}`)
    return user
  }

  function found(uri: string): BlueskyPost {
    const post = state.posts.get(uri)
    if (!post) throw new Error(`there is no post ${uri}`)
    return post
  }

  function view(post: BlueskyPost): BlueskyPostView {
    const { uri, cid, did, record, indexedAt } = post
    return {
      uri,
      cid,
      author: state.users.get(did)!.handle,
      text: record.text,
      at: new Date(indexedAt).toISOString(),
      inReplyTo: record.reply?.parent.uri ?? null,
      root: record.reply?.root.uri ?? null,
      likedBy: likesOf(state, uri).map(like => state.users.get(like.did)!.handle),
      hidden: isHidden(state, post),
      ...(imagesOf(record).length && { images: imagesOf(record).map(imageView) }),
    }
  }
}

/** A handle is a host name. */
export function handleOf(typed: string): string {
  const plain = typed.replace(/^@/, '').toLowerCase()
  return plain.includes('.') ? plain : `${plain.replaceAll(/[^a-z0-9-]+/g, '-').replaceAll(/^-+|-+$/g, '') || 'someone'}.test`
}

const imageView = ({ image, alt, aspectRatio }: ShownImage) => ({ id: linkOf(image), alt, ...(aspectRatio && { aspectRatio }) })
