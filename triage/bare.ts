// The context of a text that comes alone, from a file: nothing is known but its words.
import type { JudgeContext } from '../domain.ts'

/** `@user` stands where somebody took a name out: it names nobody. */
const handle = /(^|[^\p{L}\p{N}_])@(?!user(?![\p{L}\p{N}_]))[\p{L}\p{N}_]/u

/** Whoever names somebody speaks to them. */
export function bareContext(text: string): JudgeContext {
  return {
    ourHandles: [],
    addressesUs: handle.test(text),
    visibility: 'public',
    isOwn: false,
    hasOpenTicket: false,
    previous: null,
    earlierTickets: 0,
    followers: null,
    similarLastHour: 0,
    isRepeat: false,
    incidentActive: false,
  }
}
