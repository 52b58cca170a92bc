// Calls an instance as one account: every failure a PlatformError, every answer's limit passed on.
import type { mastodon } from 'masto'
import type { Line } from '../connector.ts'
import { clientOf, type Reach } from './client.ts'
import { type Intent, problemOf } from './problem.ts'

/** What masto's `$raw` gives. */
export interface Answered<T> {
  headers: Headers
  data: T
}

/** Makes one call; nothing is ever sent twice. */
export async function callMastodon<T>(
  line: Reach,
  intent: Intent,
  call: (client: mastodon.rest.Client) => PromiseLike<Answered<T>>,
): Promise<Answered<T>> {
  const client = clientOf(line)
  return watched(line, intent, () => call(client))
}

/** The same for a step of a walk that has its client already. */
export async function watched<T>(line: Reach, intent: Intent, step: () => PromiseLike<Answered<T>>): Promise<Answered<T>> {
  try {
    const answer = await step()
    tellBudget(answer.headers, line.onBudget)
    return answer
  } catch (error) {
    const { headers, error: problem } = await problemOf(error, intent, line.now())
    if (headers) tellBudget(headers, line.onBudget)
    throw problem
  }
}

/** The headers speak of the tightest of the limits that apply, whichever call they came with. */
function tellBudget(headers: Headers, onBudget: Line['onBudget']): void {
  const remaining = headers.get('x-ratelimit-remaining')
  const resetAt = new Date(headers.get('x-ratelimit-reset') ?? '')
  const limit = Number(headers.get('x-ratelimit-limit'))
  if (remaining !== null && /^\d+$/.test(remaining) && !Number.isNaN(resetAt.getTime()))
    onBudget?.('all calls', Number(remaining), resetAt, limit > 0 ? { limit } : {})
}
