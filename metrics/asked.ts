// What a platform answered when it was asked, or why it did not, and what to do about that.
import type { GapCause } from '../db/coverage.ts'
import { causeOf } from '../triage/coverage.ts'
import type { Check, CheckState } from './check-up.ts'

/** What a platform answered, or why it did not, by code and in words. */
export type Asked<T> = { answer: T } | Unanswered
export interface Unanswered {
  cause: GapCause | 'not_asked'
  words: string
}

/** What went wrong is said in the platform's words; what broke on our side by its name alone, since it may hold anything. */
export async function attempt<T>(run: () => Promise<T>): Promise<Asked<T>> {
  try {
    return { answer: await run() }
  } catch (error) {
    const cause = causeOf(error)
    const words = error instanceof Error && cause !== 'fault' ? error.message : `Something broke on our side (${nameOf(error)}).`
    return { cause, words }
  }
}
const nameOf = (error: unknown) => (error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.name) : typeof error)

/** `whatToDo`: where the platform answered, and refused. */
export function unanswered(name: string, { cause, words }: Unanswered, platform: string, whatToDo: string): Check {
  const state: CheckState = COULD_NOT_LOOK.has(cause) ? 'unknown' : 'fault'
  return {
    name,
    state,
    says: words,
    remedy: cause === 'token' || cause === 'refused' ? whatToDo : (REMEDIES[cause]?.replaceAll('{platform}', platform) ?? null),
  }
}

const COULD_NOT_LOOK = new Set<Unanswered['cause']>(['not_asked', 'limit', 'platform_down'])
const REMEDIES: Partial<Record<Unanswered['cause'], string>> = {
  limit: 'Ask again in a quarter of an hour.',
  platform_down: 'Ask again later. If it lasts, look at {platform}’s status page, and at this machine’s way to the internet.',
  spent: 'Top up in {platform}’s developer console, or wait for the next month.',
  fault: 'Press Check on the accounts page: Heed’s log then says more.',
}
