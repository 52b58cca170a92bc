// What must be true after the storm, asked of the platforms and of the database; each breach in words, with the ids.
import { connectorFor } from '../../connectors/all.ts'
import type { AccountRow } from '../../db/accounts.ts'
import type { CoverageSpansTable } from '../../db/coverage.ts'
import type { Db } from '../../db/schema.ts'
import type { Id, Platform } from '../../domain.ts'
import { listsOf, PUSHES, patienceOf, sourceOf, UNPROVED } from '../../triage/coverage.ts'
import type { OwnWords, Said, Station } from './station.ts'

export interface Answered {
  /** Stands in its words and in no others. */
  token: string
  account: string
  platform: Platform
  replyId: Id
}
/** An account that could not be heard for want of a sign-in. */
export interface Deaf {
  account: string
  platform: Platform
  from: number
  until: number
}
export interface Happened {
  said: Said[]
  answered: Answered[]
  deaf: Deaf[]
  /** Nothing was pushed to it, until the product subscribed again. */
  unpushed: { account: string; from: number; until: number | null }[]
  /** Nobody held the stream. */
  unstreamed: { platform: Platform; from: number; until: number }[]
  /** Words of ours that stood on a platform at some time: what a customer takes back takes our answer below it along. */
  own: Map<string, OwnWords>
  /** What no fault explains. */
  surprises: string[]
  counts: Record<string, number>
}
export interface PlatformCounts {
  said: number
  stored: number
  edited: number
  removed: number
  missing: number
  approved: number
  sent: number
  refused: number
  unsure: number
  held: number
}
export interface Report {
  seed: number
  platforms: Record<Platform, PlatformCounts>
  counts: Record<string, number>
  wrong: string[]
}
interface Asked {
  db: Db
  stations: Station[]
  happened: Happened
  seed: number
  beganAt: number
  stormEndedAt: number
}

export async function whatIsWrong(asked: Asked): Promise<Report> {
  const own = [...asked.happened.own.values()]
  const stored = await listStored(asked.db)
  const replies = await asked.db.selectFrom('replies').selectAll().execute()
  const found = [
    ...asked.happened.surprises,
    ...asked.happened.said.flatMap(one => wrongWith(one, stored)),
    ...strangers(asked, stored, own),
    ...stored.flatMap(row =>
      row.direction === 'inbound' && !row.removedAt && row.state !== 'triaged' ? [`${name(row)} is ${row.state}: ${row.problem}`] : [],
    ),
    ...(await unread(asked.db)),
    ...asked.happened.answered.flatMap(one => wrongAnswer(one, replies, own)),
    ...(await gapsUntold(asked)),
  ]
  return {
    seed: asked.seed,
    platforms: countByPlatform(asked.happened, stored, replies),
    counts: { ...asked.happened.counts, ...reasonsOf(asked.happened, replies) },
    wrong: found.map(what => `seed ${asked.seed}: ${what}`),
  }
}

type Stored = Awaited<ReturnType<typeof listStored>>[number]

const listStored = (db: Db) =>
  db
    .selectFrom('mentions as m')
    .innerJoin('accounts as a', 'a.id', 'm.accountId')
    .select([
      'a.externalId as account',
      'm.platform',
      'm.externalId',
      'm.visibility',
      'm.direction',
      'm.text',
      'm.removedAt',
      'm.state',
      'm.problem',
    ])
    .execute()

export const keyOf = (account: string, id: string) => `${account} ${id}`
const name = (one: { platform: string; externalId: string; account: string }) => `${one.platform} ${one.externalId} for ${one.account}`

/** Stored once for each account it is for, taken back where the platform told so, and with its last words. */
function wrongWith(said: Said, stored: readonly Stored[]): string[] {
  return said.accounts.flatMap(account => {
    const called = `${said.platform} ${said.id} (“${said.words}”) for ${account}`
    const rows = stored.filter(row => row.account === account && row.externalId === said.id)
    if (rows.length > 1) return [`${called} is stored ${rows.length} times`]
    const [row] = rows
    if (!row) return said.removed || said.mayBeMissing ? [] : [`${called} is not stored`]
    if (row.direction !== 'inbound') return [`${called} is stored as ${row.direction}`]
    if (row.visibility !== said.visibility) return [`${called} is stored as ${row.visibility}`]
    if (said.removed === 'told') return row.removedAt && !row.text ? [] : [`${called} was taken back and is still “${row.text}”`]
    if (said.removed === 'untold' || row.text.includes(said.words)) return []
    return [`${called} is stored as “${row.text}”`]
  })
}

/** Nothing is stored that no customer said to that account; an answer of one account of ours that names the other is said to it. */
function strangers({ happened: { said }, stations }: Asked, stored: readonly Stored[], own: readonly OwnWords[]): string[] {
  const known = new Set(said.flatMap(one => one.accounts.map(account => keyOf(account, one.id))))
  const ours = new Set(own.map(one => keyOf(one.account, one.id)))
  const accounts = stations.flatMap(station => station.accounts)
  return stored.flatMap(row => {
    const others = accounts.filter(one => one.platform === row.platform && one.externalId !== row.account)
    const isSaid = known.has(keyOf(row.account, row.externalId)) || others.some(one => ours.has(keyOf(one.externalId, row.externalId)))
    if (row.direction === 'inbound' && !isSaid) return [`${name(row)} (“${row.text}”) was said by nobody to this account`]
    if (row.direction === 'outbound' && !ours.has(keyOf(row.account, row.externalId)))
      return [`${name(row)} (“${row.text}”) is kept as words of ours, and is not`]
    return []
  })
}

async function unread(db: Db): Promise<string[]> {
  const rows = await db.selectFrom('deliveries').select(['source', 'status', 'problem']).where('status', '!=', 'read').execute()
  return rows.map(row => `a delivery of ${row.source} is ${row.status}: ${row.problem}`)
}

/** On the platform once, by the account it was meant for; or nowhere, with a reason a rep can read; or, at most once, where nobody could tell. */
function wrongAnswer(
  answered: Answered,
  replies: readonly { id: Id; status: string; problem: string | null }[],
  own: readonly OwnWords[],
): string[] {
  const called = `the answer ${answered.token} (${answered.replyId}) of ${answered.platform} ${answered.account}`
  const out = own.filter(one => one.text.includes(` ${answered.token}`))
  const reply = replies.find(one => one.id === answered.replyId)
  if (!reply) return [`${called} has no row`]
  const wrong: string[] = []
  if (out.length > 1) wrong.push(`${called} stands on the platform ${out.length} times`)
  if (out.some(one => one.account !== answered.account)) wrong.push(`${called} was posted by ${out.map(one => one.account).join(', ')}`)
  if (reply.status === 'sent' && !out.length) wrong.push(`${called} is called sent and is not there`)
  if (['approved', 'sending'].includes(reply.status)) wrong.push(`${called} is still ${reply.status}: ${reply.problem}`)
  if (['refused', 'draft', 'discarded'].includes(reply.status) && out.length)
    wrong.push(`${called} is called ${reply.status} and is there: ${reply.problem}`)
  if (['refused', 'unsure', 'draft'].includes(reply.status) && !reply.problem) wrong.push(`${called} is ${reply.status} without a reason`)
  return wrong
}

/** No stretch without pushes is called covered, whoever found out, and streams have rows that say when nobody held them. */
function coveredAllTheSame(
  account: AccountRow,
  source: string,
  spans: readonly CoverageSpansTable[],
  missed: { from: number; until: number },
) {
  const wrong = spans.find(span => span.state === 'covered' && span.fromAt.getTime() < missed.until && span.untilAt.getTime() > missed.from)
  if (!wrong) return []
  return [
    `${called(account, source)} calls covered what was missed from ${new Date(missed.from).toISOString()} to ${new Date(missed.until).toISOString()}: ${wrong.fromAt.toISOString()} to ${wrong.untilAt.toISOString()}`,
  ]
}

/** The ledger of every list runs from beginning to end without a hole, its gaps repaired; and it names what really could not be heard. */
async function gapsUntold({ db, happened, beganAt, stormEndedAt }: Asked): Promise<string[]> {
  const accounts = await db.selectFrom('accounts').selectAll().execute()
  const spans = await db.selectFrom('coverageSpans').selectAll().orderBy('fromAt').execute()
  return accounts.flatMap(account => {
    const mine = spans.filter(span => span.accountId === account.id)
    const { polling, webhook, stream } = connectorFor(account.platform).intake
    const polled = listsOf(polling!, account).flatMap(list => {
      const source = sourceOf(list)
      const its = mine.filter(span => span.source === source)
      const deaf = happened.deaf.filter(one => one.account === account.externalId && one.until - one.from > 2 * patienceOf(polling))
      return [...holes(account, source, its, beganAt, stormEndedAt), ...deaf.flatMap(one => untold(account, source, its, one, 'token'))]
    })
    if (stream) {
      const streams = [...new Set(mine.map(span => span.source))].filter(source => source.startsWith('stream:'))
      if (!streams.length) polled.push(`${called(account, 'stream:')} is empty`)
      const off = happened.unstreamed.filter(one => one.platform === account.platform)
      for (const source of streams) {
        const its = mine.filter(span => span.source === source)
        polled.push(...holes(account, source, its, its[0]!.fromAt.getTime(), stormEndedAt))
        polled.push(...off.flatMap(one => untold(account, source, its, one, 'we_were_down', 'platform_down', 'limit', 'token')))
        polled.push(...off.flatMap(one => coveredAllTheSame(account, source, its, one)))
      }
    }
    if (!webhook) return polled
    const pushed = mine.filter(span => span.source === PUSHES)
    // One that only a push ends may last until somebody writes.
    const open = pushed
      .filter(span => span.state === 'open' && !UNPROVED.has(span.cause))
      .map(span => `${called(account, PUSHES)} has a gap that stays open: ${span.cause} since ${span.fromAt.toISOString()}`)
    const off = happened.unpushed.filter(one => one.account === account.externalId)
    const forEver = off.some(one => one.until === null) ? [`nothing is pushed to ${account.platform} ${account.handle} any more`] : []
    // Pushes are covered between two good answers of the platform: before the first two the ledger claims nothing.
    const claimed = off.flatMap(({ from, until }) =>
      until !== null && pushed[0] && pushed[0].fromAt.getTime() < until ? [{ from, until }] : [],
    )
    return [
      ...polled,
      ...open,
      ...forEver,
      ...claimed.flatMap(one => untold(account, PUSHES, pushed, one, 'webhook_off', 'web_down', 'token')),
      ...claimed.flatMap(one => coveredAllTheSame(account, PUSHES, pushed, one)),
    ]
  })
}

function holes(account: AccountRow, source: string, spans: readonly CoverageSpansTable[], from: number, until: number): string[] {
  const wrong: string[] = []
  if (!spans.length) return [`${called(account, source)} is empty`]
  if (spans[0]!.fromAt.getTime() > from) wrong.push(`${called(account, source)} begins at ${spans[0]!.fromAt.toISOString()}`)
  if (spans.at(-1)!.untilAt.getTime() < until) wrong.push(`${called(account, source)} ends at ${spans.at(-1)!.untilAt.toISOString()}`)
  spans.forEach((span, n) => {
    const next = spans[n + 1]
    if (next && next.fromAt.getTime() !== span.untilAt.getTime())
      wrong.push(`${called(account, source)} has a hole or an overlap at ${span.untilAt.toISOString()}`)
    if (span.state === 'open' || span.state === 'lost')
      wrong.push(
        `${called(account, source)} is ${span.state} from ${span.fromAt.toISOString()} to ${span.untilAt.toISOString()}: ${span.cause}`,
      )
  })
  return wrong
}

function untold(
  account: AccountRow,
  source: string,
  spans: readonly CoverageSpansTable[],
  stretch: { from: number; until: number },
  ...causes: string[]
) {
  const isTold = spans.some(
    span =>
      span.cause !== null && causes.includes(span.cause) && span.fromAt.getTime() < stretch.until && span.untilAt.getTime() > stretch.from,
  )
  const [from, until] = [new Date(stretch.from).toISOString(), new Date(stretch.until).toISOString()]
  return isTold ? [] : [`${called(account, source)} does not tell of ${causes[0]} from ${from} to ${until}`]
}

const called = (account: AccountRow, source: string) => `the ledger of ${account.platform} ${account.handle}, ${source},`

/** Why answers are not out, by the first words of what a rep reads. */
function reasonsOf({ answered }: Happened, replies: readonly { id: Id; status: string; problem: string | null }[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { platform, replyId } of answered) {
    const reply = replies.find(one => one.id === replyId)
    if (!reply || reply.status === 'sent') continue
    const reason = `${reply.status} on ${platform}: ${(reply.problem ?? '').slice(0, 60)}`
    counts[reason] = (counts[reason] ?? 0) + 1
  }
  return counts
}

function countByPlatform(
  { said, answered }: Happened,
  stored: readonly Stored[],
  replies: readonly { id: Id; status: string }[],
): Report['platforms'] {
  const platforms = [...new Set(said.map(one => one.platform))].sort()
  const inbound = new Set(stored.filter(row => row.direction === 'inbound').map(row => keyOf(row.account, row.externalId)))
  return Object.fromEntries(
    platforms.map(platform => {
      const its = said.filter(one => one.platform === platform)
      const keys = its.flatMap(one => one.accounts.map(account => keyOf(account, one.id)))
      const statuses = answered.filter(one => one.platform === platform).map(one => replies.find(reply => reply.id === one.replyId)?.status)
      const of = (...wanted: string[]) => statuses.filter(status => wanted.includes(status ?? '')).length
      return [
        platform,
        {
          said: keys.length,
          stored: keys.filter(key => inbound.has(key)).length,
          edited: its.filter(one => one.isEdited).length,
          removed: its.filter(one => one.removed).length,
          missing: keys.filter(key => !inbound.has(key)).length,
          approved: statuses.length,
          sent: of('sent'),
          refused: of('refused'),
          unsure: of('unsure'),
          held: of('draft', 'discarded'),
        },
      ]
    }),
  )
}
