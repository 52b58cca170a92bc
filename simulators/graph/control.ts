// What a test, a drill, the replay or a person outside may do to the simulated Facebook, beyond its public API.
import { randomBytes } from 'node:crypto'
import { type DrawnPicture, drawPictures } from '../drawn-pictures.ts'
import type { Fault } from '../faults.ts'
import type { ShownUpload, Upload } from '../uploads.ts'
import { editItem, editMessage, hideItem, itemOf, knowPerson, removeItem, writeComment, writeMessage, writePost } from './happenings.ts'
import { instagramControl } from './instagram/control.ts'
import { issueUserToken, pageTokenFrom } from './sign-in.ts'
import type { AppSubscription, GraphApp, GraphComment, GraphMessage, GraphPage, GraphPost, Person } from './state.ts'
import { checkSubscription, handshakeProblem } from './subscriptions.ts'
import { tellReceipt } from './updates.ts'
import type { GraphWorld } from './world.ts'

export interface GraphItemView {
  id: string
  kind: 'post' | 'comment'
  author: string
  isOurs: boolean
  message: string
  at: string
  postId: string
  parentId: string | null
  isHidden: boolean
  isLiked: boolean
  uploads?: readonly ShownUpload[]
}
/** Dates: ISO text or milliseconds; none: now. */
export type At = string | number | undefined

const allScopes = [
  'public_profile',
  'pages_show_list',
  'pages_manage_metadata',
  'pages_read_engagement',
  'pages_read_user_content',
  'pages_manage_engagement',
  'pages_manage_posts',
  'pages_messaging',
  'business_management',
  'instagram_basic',
  'instagram_manage_comments',
  'instagram_manage_messages',
]
const usualFields = ['feed', 'mention', 'messages', 'messaging_postbacks', 'message_echoes', 'message_edits']
const instagramFields = ['comments', 'live_comments', 'mentions', 'messages', 'messaging_postbacks']

export type GraphControl = ReturnType<typeof graphControl>

export function graphControl(world: GraphWorld) {
  const { state } = world
  return {
    /** An operator's developer app. What is not given is made. */
    createApp: (app: Partial<GraphApp> & { name: string }): GraphApp => {
      const made: GraphApp = {
        id: app.id ?? world.nextId(),
        name: app.name,
        secret: app.secret ?? randomBytes(16).toString('hex'),
        redirectUris: app.redirectUris ?? [],
      }
      world.record({ type: 'app', app: made })
      return made
    },
    createPage: (page: Partial<GraphPage> & { name: string }): GraphPage => {
      const made: GraphPage = {
        id: page.id ?? world.nextId(),
        name: page.name,
        username: page.username ?? page.name.replace(/\W+/g, ''),
        about: page.about ?? '',
        followers: page.followers ?? 1000,
        hidesAuthors: page.hidesAuthors ?? false,
      }
      world.record({ type: 'page', page: made })
      return made
    },
    /** Tokens as the sign-in would give them, without walking through it. */
    issueTokens: ({
      app,
      page,
      scopes = allScopes,
    }: {
      app: string
      page: string
      scopes?: string[]
    }): { userToken: string; pageToken: string } => {
      const { id } = getPage(page)
      const user = issueUserToken(world, getApp(app), [id], scopes, true)
      return { userToken: user.token, pageToken: pageTokenFrom(world, user, id).token }
    },
    /** All tokens of a page (or one token) die: 458 app removed, 460 password changed, 463 expired, 467 invalid. */
    killTokens: ({ page, token, subcode = 460 }: { page?: string; token?: string; subcode?: number }): void => {
      const pageId = page ? getPage(page).id : null
      for (const held of [...state.tokens.values()]) {
        if (held.token === token || (pageId && held.pageIds.includes(pageId)))
          world.record({ type: 'token', token: { ...held, deadBy: subcode } })
      }
    },

    /** A customer's post on the page's wall, the page's own post, or (with `elsewhere`) a post on the customer's wall that names pages. */
    post: (post: {
      page: string
      from: string
      message: string
      at?: At
      elsewhere?: boolean
      pictures?: DrawnPicture[]
    }): GraphItemView => {
      const page = getPage(post.page)
      const authorId = writerId(page, post.from)
      return view(
        writePost(world, {
          ownerId: post.elsewhere ? authorId : page.id,
          authorId,
          message: post.message,
          uploads: drawn(post.pictures, authorId),
          at: timeOf(post.at),
        }),
      )
    },
    /** A comment under a post or a comment, by a customer or, under its own name, by the page. */
    comment: (comment: { on: string; from: string; message: string; at?: At; pictures?: DrawnPicture[] }): GraphItemView => {
      const under = getItem(comment.on)
      const page = 'postId' in under ? state.pages.get(state.posts.get(under.postId)?.ownerId ?? '') : state.pages.get(under.ownerId)
      const authorId = writerId(page, comment.from)
      return view(writeComment(world, under, authorId, comment.message, timeOf(comment.at), drawn(comment.pictures, authorId)))
    },
    edit: ({ id, message }: { id: string; message: string }): void => editItem(world, getItem(id), message),
    hide: ({ id, hidden = true }: { id: string; hidden?: boolean }): void => hideItem(world, getItem(id), hidden),
    remove: ({ id }: { id: string }): void => removeItem(world, getItem(id)),
    /** Messenger: a customer writes; `byPage`: a person answers in the page's own inbox. */
    message: (message: {
      page: string
      from: string
      text: string
      at?: At
      byPage?: boolean
      standby?: boolean
      replyTo?: string
      pictures?: DrawnPicture[]
    }): { id: string; psid: string } => {
      const page = getPage(message.page)
      const person = getPerson(message.from)
      const sent = writeMessage(world, {
        page,
        person,
        fromPage: message.byPage ?? false,
        text: message.text,
        uploads: drawn(message.pictures, person.id),
        at: timeOf(message.at),
        standby: message.standby,
        replyTo: message.replyTo,
      })
      return { id: sent.id, psid: knowPerson(world, page.id, person) }
    },
    editMessage: ({ id, text }: { id: string; text: string }): void => editMessage(world, getMessage(id), text),
    /** The customer's side tells that a message arrived, or was read. */
    receipt: ({ id, kind = 'delivery' }: { id: string; kind?: 'delivery' | 'read' }): void => tellReceipt(world, getMessage(id), kind),
    /** Nothing reaches this customer any more: error 551. */
    setUnavailable: ({ customer }: { customer: string }): void =>
      world.record({ type: 'note', key: `unavailable ${getPerson(customer).id}`, value: 'yes' }),
    /** The app was not given the Human Agent feature for this page. */
    refuseHumanAgent: ({ page }: { page: string }): void =>
      world.record({ type: 'note', key: `no human agent ${getPage(page).id}`, value: 'yes' }),

    /** The app's webhook (after its handshake) and the pages' subscription: what onConnected does over the API. */
    setWebhook: async ({
      app,
      url,
      verifyToken,
      pages,
      object = 'page',
      fields = object === 'page' ? usualFields : instagramFields,
    }: {
      app: string
      url: string
      verifyToken: string
      pages: string[]
      object?: AppSubscription['object']
      fields?: string[]
    }): Promise<{ active: boolean; problem: string | null }> => {
      const problem = await handshakeProblem(url, verifyToken)
      world.record({
        type: 'app subscription',
        subscription: { appId: getApp(app).id, object, callbackUrl: url, verifyToken, fields, active: problem === null },
      })
      for (const page of pages) world.record({ type: 'page subscription', appId: getApp(app).id, pageId: getPage(page).id, fields })
      return { active: problem === null, problem }
    },
    checkWebhooks: async (): Promise<{ url: string; active: boolean }[]> =>
      Promise.all(
        [...state.appSubscriptions.values()].map(async subscription => {
          const active = await checkSubscription(subscription)
          world.record({ type: 'app subscription', subscription: { ...subscription, active } })
          world.pushes.retryNow()
          return { url: subscription.callbackUrl, active }
        }),
      ),
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
    /** The usage headers say this percentage; at 100 every call is throttled. Null: counted again. */
    setUsage: ({ percent, regainMinutes }: { percent: number | null; regainMinutes?: number }): void =>
      world.usage.set(percent, regainMinutes),
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

    ...instagramControl(world, { getPage, getPerson, timeOf }),

    counts: () => ({
      people: state.people.size,
      posts: state.posts.size,
      comments: state.comments.size,
      messages: state.messages.size,
      instagram: state.instagram.comments.size + state.instagram.messages.size,
      pushesPending: world.pushes.pending(),
    }),
    apps: (): GraphApp[] => [...state.apps.values()],
    pages: (): GraphPage[] => [...state.pages.values()],
    subscriptions: (): { apps: AppSubscription[]; pages: Record<string, string[]> } => ({
      apps: [...state.appSubscriptions.values()],
      pages: Object.fromEntries(state.pageSubscriptions),
    }),
    findItem: ({ id }: { id: string }): GraphItemView | null => {
      const item = itemOf(world, id)
      return item ? view(item) : null
    },
    /** Oldest first. */
    posts: (): GraphItemView[] => [...state.posts.values()].sort((a, b) => a.at - b.at).map(view),
    /** Comments of a post at all levels, or the answers to a comment, oldest first. */
    replies: ({ to }: { to: string }): GraphItemView[] => {
      const item = getItem(to)
      const ids = 'postId' in item ? state.directlyUnder.get(item.id) : state.commentsOf.get(item.id)
      return (ids ?? []).flatMap(id => state.comments.get(id) ?? []).map(view)
    },
    /** A picture by the id it is shown with. */
    upload: ({ id }: { id: string }): Upload | undefined => world.uploads.get(id),
    messages: ({
      customer,
    }: {
      customer?: string
    } = {}): {
      id: string
      customer: string
      fromPage: boolean
      text: string
      at: string
      answersComment: string | null
      uploads?: readonly ShownUpload[]
    }[] =>
      [...state.messages.values()]
        .map(message => ({
          id: message.id,
          customer: state.people.get(message.personId)?.name ?? '',
          fromPage: message.fromPage,
          text: message.text,
          at: new Date(message.at).toISOString(),
          answersComment: message.answersComment,
          ...(message.uploads && { uploads: message.uploads }),
        }))
        .filter(message => !customer || message.customer.toLowerCase() === customer.toLowerCase()),
  }

  function drawn(pictures: DrawnPicture[] | undefined, ownerId: string) {
    return drawPictures(world.uploads, pictures, ownerId, () => world.nextId())
  }
  function getPage(nameOrId: string): GraphPage {
    const page = state.pages.get(nameOrId) ?? [...state.pages.values()].find(one => [one.name, one.username].includes(nameOrId))
    if (!page) throw new Error(`there is no page ${nameOrId}`)
    return page
  }
  function getApp(id: string): GraphApp {
    const app = state.apps.get(id)
    if (!app) throw new Error(`there is no app ${id}`)
    return app
  }
  /** A customer is made on first sight. */
  function getPerson(name: string): Person {
    const known = state.peopleByName.get(name.trim().toLowerCase())
    if (known) return known
    if (!name.trim()) throw new Error('a customer needs a name')
    const person = { id: world.nextId(), name: name.trim() }
    world.record({ type: 'person', person })
    return person
  }
  function writerId(page: GraphPage | undefined, from: string): string {
    return page && [page.id, page.name, page.username].includes(from) ? page.id : getPerson(from).id
  }
  function getItem(id: string): GraphPost | GraphComment {
    const item = itemOf(world, id)
    if (!item) throw new Error(`there is no post or comment ${id}`)
    return item
  }
  function getMessage(id: string): GraphMessage {
    const message = state.messages.get(id)
    if (!message) throw new Error(`there is no message ${id}`)
    return message
  }
  function view(item: GraphPost | GraphComment): GraphItemView {
    const isComment = 'postId' in item
    return {
      id: item.id,
      kind: isComment ? 'comment' : 'post',
      author: state.pages.get(item.authorId)?.name ?? state.people.get(item.authorId)?.name ?? '',
      isOurs: state.pages.has(item.authorId),
      message: item.message,
      at: new Date(item.at).toISOString(),
      postId: isComment ? item.postId : item.id,
      parentId: isComment ? item.parentId : null,
      isHidden: item.isHidden,
      isLiked: item.isLiked ?? false,
      ...(item.uploads && { uploads: item.uploads }),
    }
  }
}

function timeOf(at: At): number | undefined {
  if (at === undefined) return undefined
  const ms = typeof at === 'number' ? at : Date.parse(at)
  if (Number.isNaN(ms)) throw new Error(`${at} is no date`)
  return ms
}
