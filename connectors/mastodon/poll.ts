// Asks an instance what happened since last time: mentions, edits of recent ones, and what we posted ourselves.
import type { mastodon } from 'masto'
import { type Cursor, type Line, PlatformError, type Polling, type PollPage } from '../connector.ts'
import { type Answered, callMastodon, watched } from './call.ts'
import { clientOf } from './client.ts'
import { isGone } from './problem.ts'
import { numberOf } from './shape.ts'

/** The newest notification and own status stored, and the time of the newest edit stored. */
interface MastodonCursor {
  mentions?: string
  own?: string
  edited?: string
}

/**
 * An account may make 300 calls in 5 minutes (https://docs.joinmastodon.org/api/rate-limits/, checked 2026-11-21). Every 30 s takes 30 of
 * them when nothing happens; the rest is for further pages and for finding where a conversation began.
 */
export const polling: Polling = {
  everyMs: 30_000,
  async *poll(line, cursor) {
    const since = cursor as MastodonCursor
    const roots = new Roots(line, !since.mentions)
    const mentions = yield* pollMentions(line, since.mentions, roots)
    const edited = yield* pollEdits(line, since, roots)
    const own = yield* pollOwn(line, since.own, roots)
    return { ...(mentions && { mentions }), ...(edited && { edited }), ...(own && { own }) } as Cursor
  },
}

/**
 * From what is known towards the newest (`min_id`, and the instance's Link to the page after), so that a walk may stop after any page and
 * lose nothing. The first walk of all goes back from the newest instead: its end is the oldest the instance keeps, or FIRST_PAGES.
 */
async function* pollMentions(line: Line, since: string | undefined, roots: Roots): AsyncGenerator<PollPage, string | undefined> {
  let newest = since
  const query = { types: TYPES, limit: PAGE_SIZE, ...(since && { minId: since }) }
  const walk = pagesOf(line, client => client.v1.notifications.list.$raw(query), since ? 'prev' : 'next')
  let pages = 0
  for await (const notifications of walk) {
    if (!notifications.length) break
    yield {
      list: 'mentions',
      body: JSON.stringify({ notifications, roots: await roots.of(notifications.flatMap(one => statusOf(one) ?? [])) }),
    }
    newest = newestOf(newest, notifications)
    if (++pages === (since ? PAGES : FIRST_PAGES) || (since && roots.isSpent)) break
  }
  return newest
}

/** Nobody is told when a mention is edited, so the newest ones are looked at again: those edited since are newer versions. */
async function* pollEdits(line: Line, since: MastodonCursor, roots: Roots): AsyncGenerator<PollPage, string | undefined> {
  // The first walk has just brought them all as they are now.
  const query = { types: ['mention'] as const, limit: PAGE_SIZE }
  const [newest] = await firstOf(pagesOf(line, client => client.v1.notifications.list.$raw(query), 'next'))
  const edits = (newest ?? []).filter(one => (statusOf(one)?.editedAt ?? '') > (since.edited ?? ''))
  const edited = edits.reduce((last, one) => (statusOf(one)!.editedAt! > last ? statusOf(one)!.editedAt! : last), since.edited ?? '')
  if (edits.length && since.mentions)
    yield {
      list: 'edits',
      body: JSON.stringify({ notifications: edits, roots: await roots.of(edits.flatMap(one => statusOf(one) ?? [])) }),
    }
  return edited || undefined
}

/** Ours, also those written in Mastodon's own app: an answer given by hand belongs to its ticket. */
async function* pollOwn(line: Line, since: string | undefined, roots: Roots): AsyncGenerator<PollPage, string | undefined> {
  let newest = since
  const query = { limit: OWN_PAGE_SIZE, excludeReblogs: true, ...(since && { minId: since }) }
  const list = (client: mastodon.rest.Client) => client.v1.accounts.$select(numberOf(line.account.externalId)).statuses.list.$raw(query)
  let pages = 0
  for await (const statuses of pagesOf(line, list, since ? 'prev' : 'next')) {
    if (!statuses.length) break
    yield { list: 'own', body: JSON.stringify({ statuses, roots: await roots.of(statuses) }) }
    newest = newestOf(newest, statuses)
    if (++pages === (since ? PAGES : 1)) break
  }
  return newest
}

/** Each page as it comes; a limit in the middle throws. */
async function* pagesOf<T>(
  line: Line,
  list: (client: mastodon.rest.Client) => { setDirection: (direction: 'next' | 'prev') => { values: () => AsyncIterator<Answered<T[]>> } },
  direction: 'next' | 'prev',
): AsyncGenerator<T[]> {
  const pages = list(clientOf(line)).setDirection(direction).values()
  for (;;) {
    const { data } = await watched<T[] | null>(line, 'read', async () => {
      const step = await pages.next()
      return step.done ? { headers: new Headers(), data: null } : step.value
    })
    if (data === null) return
    if (!Array.isArray(data)) throw new PlatformError('retry', 'The Mastodon instance answered with something that is not a list.', 60_000)
    yield data
  }
}

async function firstOf<T>(pages: AsyncGenerator<T>): Promise<T[]> {
  for await (const page of pages) return [page]
  return []
}

/** What a conversation began with: one call for each answer, unless an answer of the same conversation was looked up in this poll. */
class Roots {
  private readonly known = new Map<string, string>()
  private calls = 0
  private readonly line: Line
  private readonly isFirstWalk: boolean
  constructor(line: Line, isFirstWalk: boolean) {
    this.line = line
    this.isFirstWalk = isFirstWalk
  }

  /** Enough for one poll: the walk stops after this page and goes on in the next. */
  get isSpent(): boolean {
    return this.calls >= LOOK_UPS
  }

  async of(statuses: readonly mastodon.v1.Status[]): Promise<Record<string, string>> {
    const roots: Record<string, string> = {}
    // Oldest first: an answer's parent is often on the same page.
    for (const status of [...statuses].reverse()) {
      if (status.visibility === 'direct' || !status.inReplyToId) continue
      roots[status.id] = this.known.get(status.inReplyToId) ?? (await this.lookUp(status.id, status.inReplyToId))
      this.known.set(status.id, roots[status.id]!)
    }
    return roots
  }

  /** Where the parent is hidden from us, and for much old history, the parent itself must do. */
  private async lookUp(id: string, parent: string): Promise<string> {
    if (this.isFirstWalk && this.isSpent) return parent
    this.calls++
    try {
      const { data } = await callMastodon(this.line, 'read', client => client.v1.statuses.$select(id).context.fetch.$raw())
      const root = data?.ancestors?.[0]?.id ?? parent
      for (const ancestor of data?.ancestors ?? []) this.known.set(ancestor.id, root)
      return root
    } catch (error) {
      if (isGone(error)) return parent
      throw error
    }
  }
}

const statusOf = (one: mastodon.v1.Notification): mastodon.v1.Status | null | undefined =>
  (one as { status?: mastodon.v1.Status | null }).status

/** Ids of one instance grow with time, as numbers of any length; other software names them as it likes, and sorts by name. */
function newestOf(known: string | undefined, page: readonly { id: string }[]): string | undefined {
  return page.reduce<string | undefined>((newest, { id }) => (newest === undefined || isNewer(id, newest) ? id : newest), known)
}
const isNewer = (id: string, than: string) => (id.length === than.length ? id > than : id.length > than.length)

/** An edit is told to those who boosted or quoted; where it is, it is the quickest. */
const TYPES = ['mention', 'update'] as const
const PAGE_SIZE = 40
const OWN_PAGE_SIZE = 20
const PAGES = 5
const FIRST_PAGES = 10
const LOOK_UPS = 40
