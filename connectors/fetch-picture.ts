// Fetches one customer's picture from where its platform keeps it: https, allowed hosts, public addresses, within time and size; or says why not.
import { lookup } from 'node:dns/promises'
import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { type PictureHosts, PlatformError } from './connector.ts'
import { LoopbackAgent, loopbackUrl } from './loopback.ts'
import { pictureTypeOf, type ShownType } from './picture-type.ts'
import { isPublicAddress } from './public-address.ts'

export interface WantedPicture {
  url: string
  hosts: PictureHosts['hosts']
  /** The Authorization this host asks for; null: none. Asked for every step of the way, so it never follows a redirect elsewhere. */
  authorizationFor: (host: string) => Promise<string | null>
  /** Of whoever asked, who may leave. */
  signal?: AbortSignal
  timeLimitMs?: number
  sizeLimit?: number
}
/** `because`: one sentence, and who it speaks of is "it": the picture. */
export type PictureAnswer = { ok: true; bytes: Buffer; type: ShownType } | { ok: false; because: string }

/** How a host is reached: an agent that dials only addresses which were looked at. */
export type Reach = (host: string) => Promise<Agent>

/** Neither a cookie nor a referrer goes out, nor anything that tells who asks. */
export async function fetchPicture(wanted: WantedPicture, reach: Reach): Promise<PictureAnswer> {
  const limit = AbortSignal.timeout(wanted.timeLimitMs ?? TIME_LIMIT_MS)
  const signal = wanted.signal ? AbortSignal.any([limit, wanted.signal]) : limit
  try {
    return { ok: true, ...(await orAborted(walk(wanted, reach, signal), signal)) }
  } catch (error) {
    if (error instanceof Refused || error instanceof PlatformError) return { ok: false, because: error.message }
    if (limit.aborted) return { ok: false, because: 'Where it is kept did not hand it over in time.' }
    return { ok: false, because: 'Where it is kept cannot be reached just now.' }
  }
}

/** Over the public internet. Every address of the name must be public, and only those looked at are dialled: a name that changes its mind gains nothing. */
export function overTheInternet(resolve: Resolve = resolveAll, dial: (addresses: readonly Address[]) => Agent = dialTo): Reach {
  return async host => {
    const addresses = await resolve(host)
    if (!addresses.length || !addresses.every(({ address }) => isPublicAddress(address)))
      throw new Refused('Its address leads into a private network, where nothing is fetched for anybody.')
    return dial(addresses)
  }
}

/** Only to the simulator on loopback that stands for the platform: the names stay the platform's, the wire goes there. */
export function overLoopback(apiBase: string): Reach {
  const simulator = loopbackUrl(apiBase)
  return async () => new LoopbackAgent(simulator)
}

interface Address {
  address: string
  family: number
}
type Resolve = (host: string) => Promise<Address[]>

/** What can happen with what strangers put on the internet. */
class Refused extends Error {}

async function walk(wanted: WantedPicture, reach: Reach, signal: AbortSignal): Promise<{ bytes: Buffer; type: ShownType }> {
  let url = allowed(wanted.url, wanted.hosts)
  for (let redirects = 0; ; redirects++) {
    const answer = await ask(url, await reach(url.hostname), await wanted.authorizationFor(url.hostname), signal)
    const to = REDIRECTS.has(answer.statusCode!) ? answer.headers.location : undefined
    if (to === undefined) return pictureIn(answer, wanted.sizeLimit ?? SIZE_LIMIT)
    answer.destroy()
    if (redirects === MOST_REDIRECTS)
      throw new Refused('Its address leads to another, and that again to another: nobody knows where it ends.')
    url = allowed(URL.canParse(to, url.href) ? new URL(to, url).href : '', wanted.hosts)
  }
}

function allowed(address: string, hosts: PictureHosts['hosts']): URL {
  const url = URL.canParse(address) ? new URL(address) : null
  if (url?.protocol !== 'https:') throw new Refused('Its address is not one of the secure web (https).')
  const { hostname } = url
  // A name with a dot: no address written as a number, and no machine of our own network.
  const isName = !isIP(hostname) && !hostname.startsWith('[') && /^[^.].*\.[a-z][a-z0-9-]*$/i.test(hostname)
  if (!isName || url.port || url.username || url.password) throw new Refused('Its address is written in a way that is never fetched.')
  if (hosts !== null && !hosts.some(one => (one.startsWith('*.') ? hostname.endsWith(one.slice(1)) : hostname === one)))
    throw new Refused(`It stands on ${hostname}, which is none of the platform's own places for pictures.`)
  return url
}

function ask(url: URL, agent: Agent, authorization: string | null, signal: AbortSignal): Promise<IncomingMessage> {
  const headers = {
    accept: 'image/avif,image/webp,image/png,image/jpeg,image/gif',
    'user-agent': 'Heed',
    ...(authorization && { authorization }),
  }
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent, headers, signal }, resolve)
    asked.once('error', reject)
    asked.once('close', () => agent.destroy())
    asked.end()
  })
}

async function pictureIn(answer: IncomingMessage, sizeLimit: number): Promise<{ bytes: Buffer; type: ShownType }> {
  try {
    const { statusCode: status = 0, headers } = answer
    if (status === 404 || status === 410) throw new Refused('It is no longer there.')
    if (status === 401 || status === 403) throw new Refused('Where it is kept does not hand it out any more, or not to us.')
    if (status !== 200) throw new Refused(`Where it is kept answered with an error (${status}).`)
    const tooLarge = new Refused(`It is larger than ${Math.floor(sizeLimit / 1024 / 1024)} MB.`)
    if (Number(headers['content-length'] ?? 0) > sizeLimit) throw tooLarge
    const chunks: Buffer[] = []
    let size = 0
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > sizeLimit) throw tooLarge
      chunks.push(chunk)
    }
    const bytes = Buffer.concat(chunks)
    const type = pictureTypeOf(bytes)
    if (!type) throw new Refused('What is there is no picture of a kind that is safe to show.')
    return { bytes, type }
  } finally {
    answer.destroy()
  }
}

/** Names are looked up, and tokens renewed, without an ear for the signal. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return Promise.race([
    work,
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true })),
  ])
}

const resolveAll: Resolve = host => lookup(host, { all: true })

function dialTo(addresses: readonly Address[]): Agent {
  const pinned: LookupFunction = (_host, { all }, answer) =>
    all ? answer(null, [...addresses]) : answer(null, addresses[0]!.address, addresses[0]!.family)
  return new Agent({ keepAlive: false, lookup: pinned, autoSelectFamily: true })
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
const MOST_REDIRECTS = 2
const TIME_LIMIT_MS = 10_000
const SIZE_LIMIT = 10 * 1024 * 1024
