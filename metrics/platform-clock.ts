// How far apart our clock and a platform's are: by the Date of the answers that come in while it is asked.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'

/**
 * Connectors speak through different libraries, so Node itself is asked what it heard: its http module and its fetch each tell of an answer's
 * headers. `aheadMs`: ours is ahead by so much; null: nobody answered with a date. Ask one platform at a time.
 */
export async function hearingItsClock<T>(now: () => Date, ask: () => Promise<T>): Promise<{ result: T; aheadMs: number | null }> {
  const differences: number[] = []
  const hear = (date: string | undefined) => {
    const at = Date.parse(date ?? '')
    if (!Number.isNaN(at)) differences.push(now().getTime() - at)
  }
  const hearHttp = (told: unknown) => hear((told as { response: IncomingMessage }).response.headers.date)
  const hearFetch = (told: unknown) => hear(dateIn((told as { response: { headers: Uint8Array[] } }).response.headers))
  subscribe(HTTP_ANSWERED, hearHttp)
  subscribe(FETCH_ANSWERED, hearFetch)
  try {
    const result = await ask()
    // An answer's way to us only adds to it, so the smallest is nearest to the truth.
    const aheadMs = differences.length ? differences.reduce((a, b) => (Math.abs(b) < Math.abs(a) ? b : a)) : null
    return { result, aheadMs }
  } finally {
    unsubscribe(HTTP_ANSWERED, hearHttp)
    unsubscribe(FETCH_ANSWERED, hearFetch)
  }
}

/** Name, value, name, value, as they came over the wire. */
function dateIn(headers: readonly Uint8Array[]): string | undefined {
  const words = headers.map(bytes => Buffer.from(bytes).toString('latin1'))
  const at = words.findIndex((word, n) => n % 2 === 0 && word.toLowerCase() === 'date')
  return at < 0 ? undefined : words[at + 1]
}

const HTTP_ANSWERED = 'http.client.response.finish'
const FETCH_ANSWERED = 'undici:request:headers'
