// X's filtered stream: one connection for all accounts of an app, its rules kept like our watch terms.
import { ApiResponseError, ETwitterStreamEvent, type TweetV2SingleStreamResult } from 'twitter-api-v2'
import { type Line, PlatformError, type PollPage, type Stream } from '../connector.ts'
import { callXAsApp } from './call.ts'
import { streamClientOf } from './client.ts'
import { MENTION_FIELDS } from './poll.ts'
import { problemOf } from './problem.ts'
import { queryOf } from './query.ts'

/** On the self-serve plan: 1 connection, 1,000 rules (https://docs.x.com/x-api/posts/filtered-stream/introduction, checked 2026-11-22). */
export const stream: Stream = {
  barredBecause: line => (line.secrets.bearerToken ? null : 'The app has no Bearer Token: X streams to apps, not to accounts.'),
  async follow(line, terms) {
    const { data: rules = [] } = await callXAsApp(line, 'read', client => client.v2.streamRules())
    const wanted = new Map(terms.map(term => [`${OURS}${term.id}`, queryOf(term, term.account)]))
    const ours = rules.filter(rule => rule.tag?.startsWith(OURS))
    const stale = ours.filter(rule => wanted.get(rule.tag!) !== rule.value)
    const kept = new Set(ours.filter(rule => !stale.includes(rule)).map(rule => rule.tag))
    const add = [...wanted].flatMap(([tag, value]) => (kept.has(tag) ? [] : [{ tag, value }]))
    if (stale.length) await callXAsApp(line, 'read', client => client.v2.updateStreamRules({ delete: { ids: stale.map(rule => rule.id) } }))
    if (!add.length) return []
    const { errors = [] } = await callXAsApp(line, 'read', client => client.v2.updateStreamRules({ add }))
    return errors.map(error => `${error.title}: ${(error as { details?: string[] }).details?.join('; ') ?? error.detail ?? ''}`)
  },
  async *listen(line, signal, connected) {
    const { client, hangUp } = streamClientOf(line.secrets.bearerToken!, line)
    const posts = client.v2.searchStream({ autoConnect: false })
    const told: Told[] = []
    let broken: string | null = null
    let wake = () => {}
    posts.on(ETwitterStreamEvent.Data, one => {
      told.push(...termsIn(one))
      wake()
    })
    const over = (because: string) => {
      broken ??= because
      wake()
    }
    posts.on(ETwitterStreamEvent.Error, payload => over(`X's stream broke: ${payload.message ?? 'without a reason'}`))
    posts.on(ETwitterStreamEvent.ConnectionLost, () => over('X’s stream fell silent.'))
    posts.on(ETwitterStreamEvent.ConnectionClosed, () => over('X closed the stream.'))
    const stop = () => {
      hangUp()
      wake()
    }
    signal.addEventListener('abort', stop)
    const impatience = setTimeout(hangUp, CONNECT_MS)
    try {
      await posts.connect({ autoReconnect: false, keepAliveTimeout: SILENCE_MS })
      clearTimeout(impatience)
      connected()
      while (!signal.aborted) {
        if (told.length) yield* pagesOf(line, told.splice(0, AT_ONCE))
        else if (broken) throw new PlatformError('retry', broken)
        else await new Promise<void>(resolve => (wake = resolve))
      }
    } catch (error) {
      if (!signal.aborted) throw problemOf(error, 'read', line.now())
    } finally {
      clearTimeout(impatience)
      signal.removeEventListener('abort', stop)
      posts.destroy()
      hangUp()
    }
  },
  // https://docs.x.com/x-api/fundamentals/consuming-streaming-data#reconnecting, checked 2026-11-22.
  waitMs(fault, nth) {
    const status = fault.cause instanceof ApiResponseError ? fault.cause.code : null
    if (status === 429) return Math.max(fault.retryAfterMs ?? 0, doubled(60_000, nth, 15 * 60_000))
    return status === null ? Math.min(250 * nth, 16_000) : doubled(5_000, nth, 320_000)
  },
}

interface Told {
  postId: string
  termId: string
}

const termsIn = (one: TweetV2SingleStreamResult): Told[] =>
  one.matching_rules.flatMap(rule => (rule.tag?.startsWith(OURS) ? [{ postId: one.data.id, termId: rule.tag.slice(OURS.length) }] : []))

/**
 * The library cuts letters of several bytes that come in two pieces, so the stream only says which posts there are, and they are read by id:
 * a post read twice on one day is paid for once.
 */
async function* pagesOf(line: Line, told: readonly Told[]): AsyncGenerator<PollPage, void> {
  const ids = [...new Set(told.map(one => one.postId))]
  const found = await callXAsApp(line, 'read', client => client.v2.get<Found>('tweets', { ...MENTION_FIELDS, ids: ids.join(',') }))
  for (const termId of new Set(told.map(one => one.termId))) {
    const matched = new Set(told.filter(one => one.termId === termId).map(one => one.postId))
    const data = (found.data ?? []).filter(post => matched.has(post.id))
    if (data.length) yield { list: `stream:${termId}`, body: JSON.stringify({ data, includes: found.includes }) }
  }
}

interface Found {
  data?: { id: string }[]
  includes?: unknown
}

const doubled = (first: number, nth: number, most: number) => Math.min(first * 2 ** (nth - 1), most)
/** Rules of other makers in the same app are left alone. */
const OURS = 'heed:'
const AT_ONCE = 100
const CONNECT_MS = 20_000
/** X writes a line at least every 20 s. */
const SILENCE_MS = 40_000
