// A masto client for one account: where it dials, how long it waits, whose token it carries.
import { createOAuthAPIClient, createRestAPIClient, type mastodon } from 'masto'
import { type Line, PlatformError, type Secrets } from '../connector.ts'
import { loopbackUrl } from '../loopback.ts'

/** What a call must know of its line. The sign-in has no account yet. */
export type Reach = Pick<Line, 'secrets' | 'apiBase' | 'now'> & Partial<Pick<Line, 'onBudget'>>

export function clientOf(line: Reach): mastodon.rest.Client {
  const { accessToken } = line.secrets
  if (!accessToken) throw new PlatformError('account', 'This account has no access token: sign in with Mastodon again.')
  return createRestAPIClient({ ...settingsOf(line), accessToken })
}

export function oauthClientOf(line: Pick<Reach, 'secrets' | 'apiBase'>): mastodon.oauth.Client {
  return createOAuthAPIClient(settingsOf(line))
}

/** Where the calls go: the instance, or the simulator that stands for it. */
export function baseOf({ secrets, apiBase }: Pick<Reach, 'secrets' | 'apiBase'>): string {
  return apiBase === null ? `https://${instanceOf(secrets)}` : loopbackUrl(apiBase).origin
}

/** `https://Social.Example/` and `social.example` name the same instance: its host. */
export function instanceOf(secrets: Secrets): string {
  const given = secrets.instance?.trim() ?? ''
  if (!given)
    throw new PlatformError('account', 'Nobody said on which Mastodon instance: enter its address, such as https://social.example.')
  const address = /^[a-z]+:\/\//i.test(given) ? given : `https://${given}`
  const url = URL.canParse(address) ? new URL(address) : null
  if (url?.protocol !== 'https:' || url.port || !isInstanceName(url.hostname))
    throw new PlatformError('account', `“${given}” is no Mastodon instance: enter its address, such as https://social.example.`)
  return url.hostname
}

/** A name with a dot and letters at its end: no address of a machine in our own network. */
export const isInstanceName = (host: string) => /\.[a-z][a-z0-9-]+$/i.test(host)

/** A redirect is never followed: a moved instance must not turn a post into a reading of its new front page. */
function settingsOf(line: Pick<Reach, 'secrets' | 'apiBase'>) {
  return { url: baseOf(line), timeout: TIME_LIMIT_MS, requestInit: { redirect: 'error', headers: { 'user-agent': 'Heed' } } } as const
}

const TIME_LIMIT_MS = 15_000
