// A twitter-api-v2 client for one call: where it dials, how long it waits, which budget headers it passes on.
import { Agent } from 'node:https'
import { type ITwitterApiClientPlugin, TwitterApi, type TwitterApiOAuth2Init, type TwitterRateLimit } from 'twitter-api-v2'
import type { Line } from '../connector.ts'
import { LoopbackAgent, loopbackUrl } from '../loopback.ts'

/** What a call must know of its line. The sign-in has no account yet, so nothing to renew. */
export type Reach = Pick<Line, 'secrets' | 'apiBase' | 'now'> & Partial<Pick<Line, 'renewSecrets' | 'onBudget'>>

/** One client a call: twitter-api-v2 remembers users and limits per client, and two accounts must never share either. */
export function clientOf(credentials: string | TwitterApiOAuth2Init, line: Pick<Reach, 'apiBase' | 'onBudget'>): TwitterApi {
  // Compressed answers that break off never settle in 1.29.1 (the decompressor is not told), so none are asked for.
  const settings = {
    httpAgent: agentFor(line.apiBase),
    plugins: [carefully(line.onBudget)],
    compression: 'identity' as const,
  }
  // The constructor's overloads take each kind of credentials by itself, not their union.
  return typeof credentials === 'string' ? new TwitterApi(credentials, settings) : new TwitterApi(credentials, settings)
}

/** For a connection that stays: it has no time limit, so whoever opened it hangs up. */
export function streamClientOf(bearerToken: string, line: Pick<Reach, 'apiBase'>): { client: TwitterApi; hangUp: () => void } {
  const httpAgent = agentFor(line.apiBase)
  return { client: new TwitterApi(bearerToken, { httpAgent, compression: 'identity' }), hangUp: () => httpAgent.destroy() }
}

/** Each call has its own connection: a kept one may die while idle, and a write lost in it would be neither sent nor unsent. */
function agentFor(apiBase: string | null): Agent {
  return apiBase === null ? new Agent({ keepAlive: false }) : new LoopbackAgent(loopbackUrl(apiBase))
}

const TIME_LIMIT_MS = 15_000

/** twitter-api-v2 waits for ever and keeps rate limits to itself. */
function carefully(onBudget: Line['onBudget']): ITwitterApiClientPlugin {
  const tell = (endpoint: string, rateLimit: TwitterRateLimit | undefined) => {
    for (const [window, limit] of [
      ['', rateLimit],
      [' per day (app)', rateLimit?.day],
      [' per day', rateLimit?.userDay],
    ] as const)
      if (limit && Number.isFinite(limit.remaining) && Number.isFinite(limit.reset))
        onBudget?.(endpoint + window, limit.remaining, new Date(limit.reset * 1000), {
          limit: limit.limit,
          ...(window === ' per day (app)' && { scope: 'app' }),
        })
  }
  const nameOf = (method: string, url: string) => `${method} ${new URL(url).pathname}`
  return {
    onBeforeRequest: ({ requestOptions }) => {
      requestOptions.signal = AbortSignal.timeout(TIME_LIMIT_MS)
    },
    onAfterRequest: ({ params, response }) => tell(nameOf(params.method, params.url), response.rateLimit),
    onResponseError: ({ params, error }) => tell(nameOf(params.method, params.url), error.rateLimit),
  }
}
