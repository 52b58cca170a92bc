// What the simulated Bluesky shows of posts and people: notifications, feeds, threads, profiles.
import { invalid, XrpcProblem } from './problems.ts'
import { isAskedFor } from './search.ts'
import { type BlueskyPost, type BlueskyState, type BlueskyUser, likesOf, newestFirst, reasonFor, sortedAt } from './state.ts'
import type { Method } from './xrpc.ts'

export const feedMethods: Record<string, Method> = {
  'app.bsky.notification.listNotifications': ({ world, params, caller }) => {
    const { state } = world
    const { did } = caller().user
    const reasons = params.reasons as string[] | undefined
    const told = newestFirst(state.posts.values()).flatMap(post => {
      const reason = reasonFor(did, post)
      return reason && (!reasons || reasons.includes(reason)) ? [{ post, reason }] : []
    })
    const { items, cursor } = pageOf(told, one => one.post, params)
    return {
      notifications: items.map(({ post, reason }) => ({
        uri: post.uri,
        cid: post.cid,
        author: { ...basic(state.users.get(post.did)!), indexedAt: iso(post.indexedAt), labels: [] },
        reason,
        ...(reason === 'reply' && { reasonSubject: post.record.reply!.parent.uri }),
        record: post.record,
        isRead: false,
        indexedAt: iso(post.indexedAt),
        labels: [],
      })),
      ...(cursor && { cursor }),
      priority: false,
    }
  },

  'app.bsky.feed.getAuthorFeed': ({ world, params, caller }) => {
    caller()
    const user = userOf(world.state, params.actor)
    const mine = newestFirst(world.state.posts.values()).filter(post => post.did === user.did)
    const { items, cursor } = pageOf(mine, post => post, params)
    return { feed: items.map(post => ({ post: postView(world.state, post) })), ...(cursor && { cursor }) }
  },

  'app.bsky.feed.searchPosts': ({ world, params, caller }) => {
    caller()
    const hits = newestFirst(world.state.posts.values()).filter(post => isAskedFor(post, params))
    const { items, cursor } = pageOf(hits, post => post, params)
    return { posts: items.map(post => postView(world.state, post)), hitsTotal: hits.length, ...(cursor && { cursor }) }
  },

  'app.bsky.feed.getPosts': ({ world, params, caller }) => {
    caller()
    const uris = params.uris as string[]
    return { posts: uris.flatMap(uri => world.state.posts.get(uri) ?? []).map(post => postView(world.state, post)) }
  },

  'app.bsky.feed.getPostThread': ({ world, params, caller }) => {
    caller()
    const post = world.state.posts.get(String(params.uri))
    if (!post) throw new XrpcProblem(400, 'NotFound', `Post not found: ${String(params.uri)}`)
    const parentUri = post.record.reply?.parent.uri
    const parent = parentUri && (world.state.posts.get(parentUri) ?? parentUri)
    return {
      thread: {
        ...threadView(world.state, post),
        ...(parent && {
          parent:
            typeof parent === 'string'
              ? { $type: 'app.bsky.feed.defs#notFoundPost', uri: parent, notFound: true }
              : { $type: 'app.bsky.feed.defs#threadViewPost', post: postView(world.state, parent) },
        }),
      },
    }
  },

  'app.bsky.actor.getProfile': ({ world, params, caller }) => {
    caller()
    const user = userOf(world.state, params.actor)
    const postsCount = [...world.state.posts.values()].filter(post => post.did === user.did).length
    return { ...basic(user), description: user.bio, followersCount: user.followers, followsCount: 0, postsCount, labels: [] }
  },
}

export const basic = (user: BlueskyUser) => ({ did: user.did, handle: user.handle, displayName: user.name })

function postView(state: BlueskyState, post: BlueskyPost) {
  return {
    uri: post.uri,
    cid: post.cid,
    author: basic(state.users.get(post.did)!),
    record: post.record,
    replyCount: repliesTo(state, post.uri).length,
    repostCount: state.reposts.get(post.uri)?.size ?? 0,
    likeCount: likesOf(state, post.uri).length,
    quoteCount: 0,
    indexedAt: iso(post.indexedAt),
    labels: [],
  }
}

function threadView(state: BlueskyState, post: BlueskyPost): object {
  return {
    $type: 'app.bsky.feed.defs#threadViewPost',
    post: postView(state, post),
    replies: repliesTo(state, post.uri).map(reply => threadView(state, reply)),
  }
}

export function repliesTo(state: BlueskyState, uri: string): BlueskyPost[] {
  return [...state.posts.values()].filter(post => post.record.reply?.parent.uri === uri)
}

function userOf(state: BlueskyState, actor: unknown): BlueskyUser {
  const user = state.users.get(String(actor)) ?? state.byHandle.get(String(actor).toLowerCase())
  if (!user) throw invalid('Profile not found')
  return user
}

/** The cursor names the last post shown by its moment and content, so a post written meanwhile moves nothing. */
function pageOf<T>(all: T[], postIn: (one: T) => BlueskyPost, params: Record<string, unknown>): { items: T[]; cursor: string | undefined } {
  const limit = Number(params.limit ?? 50)
  const [time = '', cid = ''] = String(params.cursor ?? '').split('::')
  if (params.cursor !== undefined && Number.isNaN(Date.parse(time))) throw invalid('Malformed cursor')
  const rest = params.cursor
    ? all.filter(one => {
        const post = postIn(one)
        const at = sortedAt(post)
        return at < Date.parse(time) || (at === Date.parse(time) && post.cid < cid)
      })
    : all
  const items = rest.slice(0, limit)
  const last = items.at(-1)
  return { items, cursor: last && rest.length > limit ? `${iso(sortedAt(postIn(last)))}::${postIn(last).cid}` : undefined }
}

const iso = (ms: number) => new Date(ms).toISOString()
