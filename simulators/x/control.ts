// What a test, a drill, the replay or a person outside may do to the simulated X, beyond its public API.
import { type DrawnPicture, drawPictures } from '../drawn-pictures.ts'
import type { Fault } from '../faults.ts'
import type { ShownUpload, Upload } from '../uploads.ts'
import { tellEncrypted } from './activity.ts'
import { deletePost, editPost, publish, repost, sendMessage } from './happenings.ts'
import { grant, revoke } from './sign-in.ts'
import { childrenOf, historyOf, secret, visiblePost, type XApp, type XPost, type XUser, type XWebhook } from './state.ts'
import type { XStreams } from './stream.ts'
import { answersCrc, checkWebhook } from './webhooks.ts'
import type { XWorld } from './world.ts'

/** A customer by handle, made on first sight, or with name and followers. */
export type Somebody = string | { handle: string; name?: string; followers?: number; bio?: string }
/** What tests and pages want to know of a post. */
export interface XPostView {
  id: string
  author: string
  text: string
  at: string
  inReplyTo: string | null
  quotes: string | null
  conversationId: string
  byApp: boolean
  hidden: boolean
  /** Handles of who likes it. */
  likedBy: string[]
  uploads?: readonly ShownUpload[]
  versions: string[]
}
export interface XTokens {
  accessToken: string
  refreshToken: string
  expiresAt: number
}
/** Dates: ISO text or milliseconds; none: now. A date in the past gives an id as old, as on X. */
type At = string | number | undefined

const allScopes = [
  'tweet.read',
  'tweet.write',
  'tweet.moderate.write',
  'users.read',
  'dm.read',
  'dm.write',
  'like.write',
  'media.write',
  'offline.access',
]
const usualEvents = [
  'post.mention.create',
  'post.reply.create',
  'post.quote.create',
  'post.delete',
  'dm.received',
  'dm.sent',
  'chat.received',
  'oauth.revoke',
]

export type XControl = ReturnType<typeof xControl>

export function xControl(world: XWorld, streams: XStreams) {
  const { state } = world
  return {
    /** An operator's developer app. Secrets that are not given are made. */
    createApp: (app: Partial<XApp> & { name: string }): XApp => {
      const made: XApp = {
        id: app.id ?? world.ids.next(world.clock.now()),
        name: app.name,
        clientId: app.clientId ?? secret(18),
        clientSecret: app.clientSecret ?? secret(),
        consumerSecret: app.consumerSecret ?? secret(),
        bearerToken: app.bearerToken ?? secret(48),
        redirectUris: app.redirectUris ?? [],
        tier: app.tier ?? 'self-serve',
      }
      world.record({ type: 'app', app: made })
      return made
    },
    createBrand: (brand: { handle: string; name: string; bio?: string; followers?: number; id?: string }): XUser =>
      createUser({ ...brand, isBrand: true }),
    createCustomer: (customer: { handle: string; name?: string; bio?: string; followers?: number; id?: string }): XUser =>
      createUser({ ...customer, isBrand: false }),
    /** Tokens as the sign-in would give them, without walking through it. */
    issueTokens: ({ app, account, scopes = allScopes }: { app: string; account: string; scopes?: string[] }): XTokens => {
      const made = grant(world, getApp(app), getUser(account).id, scopes, null)
      return { accessToken: made.accessToken, refreshToken: made.refreshToken, expiresAt: made.expiresAt }
    },
    /** The access token dies before its time; the refresh token lives. */
    expireToken: ({ accessToken }: { accessToken: string }): void => world.record({ type: 'expired', accessToken }),
    /** The account's owner takes the permission back. */
    revokeAccess: ({ account, app = null }: { account: string; app?: string | null }): void => revoke(world, getUser(account).id, app),

    /** Anybody writes a post in X's own app: a customer, or the brand by hand. */
    post: (post: {
      from: Somebody
      text: string
      inReplyTo?: string
      quotes?: string
      at?: At
      lang?: string
      /** Drawn, and kept as if uploaded. */
      pictures?: DrawnPicture[]
    }): XPostView => {
      if (post.inReplyTo && !visiblePost(state, post.inReplyTo)) throw new Error(`there is no post ${post.inReplyTo} to answer`)
      const at = timeOf(post.at)
      const author = person(post.from)
      return view(
        publish(world, {
          author,
          uploads: drawn(post.pictures, author),
          text: post.text,
          inReplyTo: post.inReplyTo,
          quotes: post.quotes,
          at,
          lang: post.lang,
        }),
      )
    },
    /** A new version under a new id. X tells nobody of it, unless `push`. */
    edit: ({ id, text, push = false }: { id: string; text: string; push?: boolean }): XPostView => view(editPost(world, id, text, push)),
    /** Somebody passes a post on unchanged. */
    repost: ({ from, id, at }: { from: Somebody; id: string; at?: At }): XPostView => view(repost(world, person(from), id, timeOf(at))),
    remove: ({ id }: { id: string }): void => deletePost(world, id),
    directMessage: (message: { from: Somebody; to: Somebody; text: string; at?: At; pictures?: DrawnPicture[] }): { id: string } => {
      const from = person(message.from)
      const sent = sendMessage(world, {
        from,
        uploads: drawn(message.pictures, from),
        to: person(message.to),
        text: message.text,
        at: timeOf(message.at),
      })
      return { id: sent.id }
    },
    /** An XChat message that nobody but its reader can read. */
    encryptedMessage: ({ from, to }: { from: Somebody; to: Somebody }): { id: string } => ({
      id: tellEncrypted(world, person(from), person(to)),
    }),
    /** This customer takes no direct messages from now on. */
    closeMessages: ({ customer }: { customer: string }): void =>
      world.record({ type: 'note', key: `closed to messages ${getUser(customer).id}`, value: 'yes' }),

    /** Registers the webhook (after its CRC) and all event types for these accounts: what onConnected does over the API. */
    setWebhook: async ({
      app,
      url,
      accounts,
      events = usualEvents,
    }: {
      app: string
      url: string
      accounts: string[]
      events?: string[]
    }): Promise<{ webhookId: string; valid: boolean }> => {
      const { id: appId, consumerSecret } = getApp(app)
      const known = [...state.webhooks.values()].find(webhook => webhook.appId === appId && webhook.url === url)
      const valid = await answersCrc(url, consumerSecret)
      const now = world.clock.now()
      const webhook: XWebhook = {
        id: known?.id ?? world.ids.next(now),
        appId,
        url,
        valid,
        createdAt: known?.createdAt ?? now,
      }
      world.record({ type: 'webhook', webhook })
      for (const account of accounts) {
        for (const eventType of events) {
          const userId = getUser(account).id
          const exists = [...state.subscriptions.values()].some(
            one => one.webhookId === webhook.id && one.userId === userId && one.eventType === eventType,
          )
          if (exists) continue
          world.record({
            type: 'subscription',
            subscription: {
              id: world.ids.next(now),
              appId,
              eventType,
              userId,
              tag: null,
              webhookId: webhook.id,
              createdAt: now,
            },
          })
        }
      }
      return { webhookId: webhook.id, valid }
    },
    /** Repeats the CRC for every webhook, as X does hourly. */
    checkWebhooks: async (): Promise<{ url: string; valid: boolean }[]> =>
      Promise.all(
        [...state.webhooks.values()].map(async webhook => ({
          url: webhook.url,
          valid: await checkWebhook(world, webhook),
        })),
      ),
    /** Whether the plan has replays. */
    setReplay: ({ has }: { has: boolean }): void => world.record({ type: 'note', key: 'replay', value: has ? 'yes' : 'no' }),
    /** X hangs up on every stream. */
    dropStreams: (): void => streams.drop(),
    /** How many listen, and for what. */
    streams: (): { open: number; rules: { value: string; tag: string | null }[] } => ({
      open: streams.count(),
      rules: [...state.rules.values()].map(({ value, tag }) => ({ value, tag })),
    }),
    holdPushes: (): void => world.pushes.hold(),
    releasePushes: (): void => world.pushes.release(),
    retryPushes: (): void => world.pushes.retryNow(),
    pushes: (): { pending: number; delivered: number } => ({
      pending: world.pushes.pending(),
      delivered: world.pushes.delivered(),
    }),
    /** False when pushes still wait at the end of the time. */
    pushesDelivered: ({ timeoutMs = 10_000 }: { timeoutMs?: number } = {}): Promise<boolean> => world.pushes.settled(timeoutMs),

    setFault: (fault: Fault): void => world.faults.set(fault),
    clearFaults: (): void => world.faults.clear(),
    faults: (): Fault[] => world.faults.list(),
    setLimit: ({ endpoint, limit }: { endpoint: string; limit: number }): void => world.limits.set(endpoint, limit),
    moveClock: ({ ms }: { ms: number }): { now: string } => {
      world.clock.advance(ms)
      world.record({ type: 'clock', offsetMs: world.clock.offsetMs() })
      return { now: new Date(world.clock.now()).toISOString() }
    },
    now: (): { now: string } => ({ now: new Date(world.clock.now()).toISOString() }),
    note: ({ key, value }: { key: string; value?: string }): { value: string | null } => {
      if (value !== undefined) world.record({ type: 'note', key, value })
      return { value: state.notes.get(key) ?? null }
    },

    counts: () => ({
      users: state.users.size,
      posts: state.timeline.length,
      messages: state.messages.length,
      webhooks: state.webhooks.size,
      subscriptions: state.subscriptions.size,
      pushesPending: world.pushes.pending(),
    }),
    apps: (): XApp[] => [...state.apps.values()],
    brands: (): XUser[] => [...state.users.values()].filter(user => user.isBrand),
    webhooks: (): XWebhook[] => [...state.webhooks.values()],
    findPost: ({ id }: { id: string }): XPostView | null => {
      const post = visiblePost(state, id)
      return post ? view(post) : null
    },
    /** A picture by the id a post shows it with. */
    upload: ({ id }: { id: string }): Upload | undefined => world.uploads.get(id),
    /** Oldest first. */
    posts: ({ author }: { author?: string } = {}): XPostView[] => {
      const ids = author ? (state.byAuthor.get(getUser(author).id) ?? []) : state.timeline
      return ids.flatMap(id => (state.posts.has(id) ? [view(state.posts.get(id) as XPost)] : []))
    },
    /** The direct answers to a post, oldest first. */
    replies: ({ to }: { to: string }): XPostView[] => childrenOf(state, to).map(view),
    messages: ({
      between,
      and,
    }: {
      between?: string
      and?: string
    } = {}): { id: string; from: string; to: string; text: string; at: string; uploads?: readonly ShownUpload[] }[] => {
      const handles = [between, and].filter(handle => handle !== undefined).map(handle => handle.toLowerCase())
      return state.messages
        .map(message => ({
          id: message.id,
          from: handleOf(message.from),
          to: handleOf(message.to),
          text: message.text,
          at: new Date(message.at).toISOString(),
          ...(message.uploads && { uploads: message.uploads }),
        }))
        .filter(message => handles.every(handle => [message.from.toLowerCase(), message.to.toLowerCase()].includes(handle)))
    },
  }

  function createUser(wanted: { id?: string; handle: string; name?: string; bio?: string; followers?: number; isBrand: boolean }): XUser {
    const handle = wanted.handle.replace(/^@/, '')
    if (!/^[A-Za-z0-9_]{1,15}$/.test(handle)) throw new Error(`@${handle} is no handle: X takes 1 to 15 letters, digits and _`)
    const known = state.byHandle.get(handle.toLowerCase())
    const user: XUser = {
      id: known?.id ?? wanted.id ?? world.ids.next(world.clock.now()),
      username: handle,
      name: wanted.name ?? known?.name ?? handle,
      bio: wanted.bio ?? known?.bio ?? '',
      followers: wanted.followers ?? known?.followers ?? 40,
      isBrand: wanted.isBrand || (known?.isBrand ?? false),
      createdAt: known?.createdAt ?? world.clock.now() - 3 * 365 * 24 * 3_600_000,
    }
    world.record({ type: 'user', user })
    return user
  }
  function drawn(pictures: DrawnPicture[] | undefined, by: XUser) {
    return drawPictures(world.uploads, pictures, by.id, () => world.ids.next(world.clock.now()))
  }
  function person(somebody: Somebody): XUser {
    const wanted = typeof somebody === 'string' ? { handle: somebody } : somebody
    const known = state.byHandle.get(wanted.handle.replace(/^@/, '').toLowerCase())
    const differs =
      typeof somebody !== 'string' &&
      known &&
      ((somebody.name && somebody.name !== known.name) || (somebody.followers !== undefined && somebody.followers !== known.followers))
    return known && !differs ? known : createUser({ ...wanted, isBrand: false })
  }
  function getUser(handleOrId: string): XUser {
    const user = state.byHandle.get(handleOrId.replace(/^@/, '').toLowerCase()) ?? state.users.get(handleOrId)
    if (!user) throw new Error(`nobody is called ${handleOrId}`)
    return user
  }
  function getApp(id: string): XApp {
    const app = state.apps.get(id) ?? [...state.apps.values()].find(one => one.clientId === id)
    if (!app) throw new Error(`there is no app ${id}`)
    return app
  }
  function handleOf(id: string): string {
    return state.users.get(id)?.username ?? id
  }
  function view(post: XPost): XPostView {
    return {
      id: post.id,
      author: handleOf(post.authorId),
      text: post.text,
      at: new Date(post.at).toISOString(),
      inReplyTo: post.inReplyTo,
      quotes: post.quotes,
      conversationId: post.conversationId,
      byApp: post.appId !== null,
      hidden: state.hidden.has(post.id),
      ...(post.uploads && { uploads: post.uploads }),
      likedBy: [...(state.likes.get(post.id) ?? [])].map(handleOf),
      versions: historyOf(state, post.id),
    }
  }
}

function timeOf(at: At): number | undefined {
  if (at === undefined) return undefined
  const ms = typeof at === 'number' ? at : Date.parse(at)
  if (Number.isNaN(ms)) throw new Error(`${at} is no date`)
  return ms
}
