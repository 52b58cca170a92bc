// X's writing endpoints: post and reply under the platform's rules, delete, hide.
import { Hono } from 'hono'
import { access, type Caller } from './access.ts'
import { deletePost, publish } from './happenings.ts'
import { duplicateText, forbidden, invalidRequest, notSummonedText, unauthorized } from './problems.ts'
import { notFound, wireText } from './render.ts'
import { mentionedUsers, visiblePost, type XPost, type XUser } from './state.ts'
import { splitLeadingHandles, weightedLength } from './text.ts'
import { uploadsNamed } from './uploads.ts'
import type { XWorld } from './world.ts'

const sameTextWithinMs = 24 * 3_600_000

export function postRoutes(world: XWorld): Hono<{ Variables: { caller: Caller } }> {
  const { state } = world
  const routes = new Hono<{ Variables: { caller: Caller } }>()

  routes.post('/2/tweets', access(world, 'POST /2/tweets', 'user', 'tweet.write'), async c => {
    const { app, user } = c.get('caller')
    if (!user) return unauthorized()
    const body = await readJson(c.req.raw)
    if (body instanceof Response) return body
    const { text = '', reply, quote_tweet_id: quotes, media } = body as NewPostBody
    const unknown = Object.keys(body).find(key => !knownKeys.has(key))
    if (unknown)
      return invalidRequest(`$: property '${unknown}' is not defined in the schema and the schema does not allow additional properties`)
    if (typeof text !== 'string' || !text.trim()) return invalidRequest('Your Tweet text is empty.')
    const length = weightedLength(reply ? splitLeadingHandles(text).body : text)
    if (length > 280)
      return invalidRequest(
        'Your Tweet text is too long. For more information on how Twitter determines text length, see https://docs.x.com/fundamentals/counting-characters',
      )
    if (reply) {
      const parent = visiblePost(state, reply.in_reply_to_tweet_id)
      if (!parent) return forbidden('You attempted to reply to a Tweet that is deleted or not visible to you.')
      if (app.tier === 'self-serve' && !isSummoned(user, parent)) return forbidden(notSummonedText)
    }
    const uploads = uploadsNamed(world, media?.media_ids, user.id, 'tweet_image')
    if (uploads instanceof Response) return uploads
    const inReplyTo = reply?.in_reply_to_tweet_id ?? null
    if (saidLately(user, text, inReplyTo)) return forbidden(duplicateText)
    const post = publish(world, {
      author: user,
      text,
      inReplyTo,
      quotes: quotes ?? null,
      appId: app.id,
      excludedUserIds: reply?.exclude_reply_user_ids ?? [],
      uploads,
    })
    return c.json({ data: { id: post.id, text: wireText(post.text), edit_history_tweet_ids: [post.id] } }, 201)
  })

  routes.delete('/2/tweets/:id', access(world, 'DELETE /2/tweets/:id', 'user', 'tweet.write'), c => {
    const post = visiblePost(state, c.req.param('id'))
    if (!post) return c.json({ data: { deleted: false }, errors: [notFound('tweet', 'id', c.req.param('id'))] })
    if (post.authorId !== c.get('caller').user?.id) return forbidden('You are not allowed to delete this Tweet.')
    deletePost(world, post.id)
    return c.json({ data: { deleted: true } })
  })

  routes.put('/2/tweets/:id/hidden', access(world, 'PUT /2/tweets/:id/hidden', 'user', 'tweet.moderate.write'), async c => {
    const post = visiblePost(state, c.req.param('id'))
    const body = await readJson(c.req.raw)
    if (body instanceof Response) return body
    const start = post && state.posts.get(post.conversationId)
    if (!post || start?.authorId !== c.get('caller').user?.id) return forbidden('You are not allowed to hide or unhide this reply.')
    const hidden = (body as { hidden?: boolean }).hidden === true
    world.record({ type: 'hidden', id: post.id, hidden })
    return c.json({ data: { hidden } })
  })
  return routes

  /** Since 2026-02 self-serve apps answer only who mentioned or quoted them, or themselves. */
  function isSummoned(user: XUser, parent: XPost): boolean {
    if (parent.authorId === user.id) return true
    if (mentionedUsers(state, parent.text).some(one => one.id === user.id)) return true
    return state.posts.get(parent.quotes ?? '')?.authorId === user.id
  }

  /** The words count, not the handles before them; to another person in a thread they are another post. */
  function saidLately(user: XUser, text: string, inReplyTo: string | null): boolean {
    const own = state.byAuthor.get(user.id) ?? []
    const oldest = world.clock.now() - sameTextWithinMs
    const words = splitLeadingHandles(text).body
    const toWhom = inReplyTo ? (state.posts.get(inReplyTo)?.authorId ?? null) : null
    for (let at = own.length - 1; at >= 0; at--) {
      const post = state.posts.get(own[at] ?? '')
      if (!post || post.at < oldest) return false
      if (splitLeadingHandles(post.text).body === words && post.inReplyToUserId === toWhom) return true
    }
    return false
  }
}

interface NewPostBody {
  text?: string
  quote_tweet_id?: string
  reply?: Reply
  media?: { media_ids?: unknown }
}
interface Reply {
  in_reply_to_tweet_id: string
  exclude_reply_user_ids?: string[]
}

const knownKeys = new Set([
  'text',
  'reply',
  'quote_tweet_id',
  'media',
  'poll',
  'reply_settings',
  'made_with_ai',
  'card_uri',
  'community_id',
  'direct_message_deep_link',
  'edit_options',
  'for_super_followers_only',
  'geo',
  'nullcast',
  'paid_partnership',
  'share_with_followers',
])

export async function readJson(request: Request): Promise<object | Response> {
  try {
    const body: unknown = JSON.parse(await request.text())
    if (body && typeof body === 'object' && !Array.isArray(body)) return body
  } catch {
    // Answered below, as X does.
  }
  return invalidRequest('The request body must be a JSON object.')
}
