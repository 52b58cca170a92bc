// Asks an instance what happened since last time: mentions, edits of recent ones, and what we posted ourselves.
import type { mastodon } from 'masto'
import { type Cursor, type Line, PlatformError, type Polling, type PollPage } from '../connector.ts'
import { type Answered, watched } from './call.ts'
import { clientOf } from './client.ts'
import { Roots } from './roots.ts'
import { numberOf } from './shape.ts'

/** The newest notification and own status stored, and the time of the newest edit stored. `cut`: there were more mentions than one poll takes. */
interface MastodonCursor {
  mentions?: string
  cut?: string
  own?: string
  edited?: string
}

/**
 * An account may make 300 calls in 5 minutes (https://docs.joinmastodon.org/api/rate-limits/, checked 2026-11-21). Every 30 s takes 30 of
 * them when nothing happens; the rest is for further pages and for finding where a conversation began.
 */
export const polling: Polling = {
  everyMs: 30_000,
  // An instance keeps notifications for as long as it likes; none names an end.
  lists: () => [{ name: 'mentions', label: 'mentions and direct posts' }],
  unfinished: cursor => ('cut' in cursor ? ['mentions'] : []),
  async *poll(line, cursor) {
    const since = cursor as MastodonCursor
    const roots = new Roots(line, !since.mentions)
    const { newest: mentions, isCut } = yield* pollMentions(line, since.mentions, roots)
    const edited = yield* pollEdits(line, since, roots)
    const own = yield* pollOwn(line, since.own, roots)
    return { ...(mentions && { mentions }), ...(isCut && { cut: 'mentions' }), ...(edited && { edited }), ...(own && { own }) } as Cursor
  },
}

/**
 * From what is known towards the newest (`min_id`, and the instance's Link to the page after), so that a walk may stop after any page and
 * lose nothing. The first walk of all goes back from the newest instead: its end is the oldest the instance keeps, or FIRST_PAGES.
 */
async function* pollMentions(
  line: Line,
  since: string | undefined,
  roots: Roots,
): AsyncGenerator<PollPage, { newest: string | undefined; isCut: boolean }> {
  let newest = since
  let isCut = false
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
    pages++
    isCut = since !== undefined && (pages === PAGES || roots.isSpent)
    if (isCut || pages === FIRST_PAGES) break
  }
  return { newest, isCut }
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
