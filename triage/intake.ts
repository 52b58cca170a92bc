// readDeliveries: what came in becomes mentions, each once.
import { v7 as newId } from 'uuid'
import type { Connector, Incoming, IncomingMention } from '../connectors/connector.ts'
import {
  type AccountRow,
  listAccounts,
  listPlatformApps,
  markDelivered,
  markReconnect,
  type PlatformAppRow,
  rememberPointer,
} from '../db/accounts.ts'
import { upsertCustomers } from '../db/customers.ts'
import { claimDeliveries, claimDelivery, type DeliveryRow, markRead, markUnreadable, replaceBody } from '../db/deliveries.ts'
import { countHeard } from '../db/heard-hours.ts'
import {
  eraseMentions,
  findVisibilities,
  judgeAgain,
  lockKnownMentions,
  type NewMention,
  type Stored,
  upsertMentions,
} from '../db/mentions.ts'
import { findKeptIds, insertOtherIds } from '../db/other-ids.ts'
import { insertWanted } from '../db/parents.ts'
import { refuseRepliesTo } from '../db/replies.ts'
import { insertReposts, type RepostsTable } from '../db/reposts.ts'
import type { Tx } from '../db/schema.ts'
import { addSpending } from '../db/spending.ts'
import { appendTicketEvents } from '../db/ticket-events.ts'
import { raiseRevisions } from '../db/tickets.ts'
import { insertHits } from '../db/watch-terms.ts'
import type { Desk } from '../desk.ts'
import type { Attachment, Author, Id, Platform, Visibility } from '../domain.ts'
import { linkFor } from '../line.ts'
import { maskCardsInJson } from './cards.ts'
import { recordOwnWords } from './own-words.ts'
import { isRowFault } from './row-fault.ts'
import { sameWordsKey } from './same-words.ts'
import { costsOfReading } from './spend.ts'

const BATCH = 200

/** Reads every waiting delivery, oldest first, a batch in each transaction. May run twice, and beside itself. */
export async function readDeliveries(desk: Desk) {
  for (;;) {
    let claimed: DeliveryRow[] = []
    try {
      const news = await desk.db.transaction().execute(async tx => {
        claimed = await claimDeliveries(tx, BATCH)
        return readBatch(desk, tx, claimed)
      })
      await tellOf(desk, news)
    } catch (error) {
      if (!isRowFault(error)) throw error
      for (const delivery of claimed) await readAlone(desk, delivery.id)
    }
    if (claimed.length < BATCH) return
  }
}

interface News {
  toJudge: number
  /** Accounts that were told where something is, and must ask what. */
  toPoll: Set<Id>
  ticketIds: Set<Id>
}

async function readBatch(desk: Desk, tx: Tx, deliveries: DeliveryRow[]): Promise<News> {
  const news: News = { toJudge: 0, toPoll: new Set(), ticketIds: new Set() }
  if (!deliveries.length) return news
  const apps = new Map((await listPlatformApps(tx)).map(app => [app.id, app]))
  const accounts = await listAccounts(tx)
  const found = new Map<string, Found>()
  const reposts: RepostsTable[] = []
  const read: Id[] = []
  const heardOf = new Map<Id, HeardOf>()
  for (const delivery of deliveries) {
    const platform = apps.get(delivery.appId)!.platform
    try {
      const strangers = new Set<string>()
      const unknown: string[] = []
      for (const incoming of await readOne(desk, tx, delivery, platform, accounts)) {
        const account = accounts.find(a => a.platform === platform && a.externalId === incoming.account)
        if (incoming.kind === 'unknown') unknown.push(incoming.because)
        if (!account) {
          if (incoming.account !== null) strangers.add(incoming.account)
          continue
        }
        note(heardOf, account.id, delivery, incoming)
        if (incoming.kind === 'revoked') await markReconnect(tx, account.id, delivery.receivedAt, incoming.reason)
        else if (incoming.kind === 'pointer') {
          await rememberPointer(tx, account.id, incoming.key, incoming.at, desk.now())
          news.toPoll.add(account.id)
        } else if (incoming.kind === 'repost')
          reposts.push({ accountId: account.id, externalId: incoming.externalId, ofExternalId: incoming.of, at: incoming.at })
        else if (incoming.kind === 'removal' && incoming.visibility === null)
          for (const visibility of await visibilitiesOf(tx, found, account.id, incoming.externalId))
            gather(found, account, apps.get(account.appId)!, { ...incoming, visibility }, delivery)
        else if (incoming.kind !== 'unknown') gather(found, account, apps.get(account.appId)!, incoming as Spoken, delivery)
      }
      // What was understood is kept all the same.
      if (unknown.length) throw new Error(inShort(unknown))
      if (strangers.size)
        throw new Error(`for an account that is not connected here: ${[...strangers].join(', ')}. Connect it, then read this again.`)
      read.push(delivery.id)
    } catch (error) {
      if (isFromDatabase(error)) throw error
      await markUnreadable(tx, delivery.id, (error as Error).message)
    }
  }
  const stored = await store(tx, [...found.values()], desk.now())
  await insertReposts(tx, reposts)
  await insertHits(tx, hitsOf(found, stored), desk.now())
  await countNew(desk, tx, found, stored, deliveries, accounts)
  await markRead(tx, read, desk.now())
  await markDelivered(tx, [...heardOf.values()])
  await follow(desk, tx, found, stored, news)
  return news
}

async function readOne(desk: Desk, tx: Tx, delivery: DeliveryRow, platform: Platform, accounts: AccountRow[]): Promise<Incoming[]> {
  const connector: Connector = desk.connectorFor(platform)
  if (!delivery.body) throw new Error('its body has expired')
  let body = desk.vault.open(delivery.body).toString('utf8')
  const masked = maskCardsInJson(body, connector.textKeys)
  if (masked !== null) {
    await replaceBody(tx, delivery.id, desk.vault.seal(masked))
    body = masked
  }
  const account = accounts.find(a => a.id === delivery.accountId)
  return connector.read({
    source: delivery.source,
    headers: delivery.headers,
    body,
    receivedAt: delivery.receivedAt,
    account: account ? { externalId: account.externalId, handle: account.handle } : null,
  })
}

/** What becomes a mention. */
type Spoken = Exclude<Incoming, { kind: 'revoked' | 'repost' | 'pointer' | 'unknown' | 'removal' }> | Removal
type Removal = Extract<Incoming, { kind: 'removal' }> & { visibility: Visibility }

/** One mention as this batch tells of it, whatever number of deliveries spoke of it. */
interface Found {
  mention: NewMention
  author: Author | null
  echoOf: string | null
  /** What else it is called over there. */
  otherIds: readonly string[]
  /** The watch terms that found it. */
  termIds: readonly Id[]
}

function gather(found: Map<string, Found>, account: AccountRow, app: PlatformAppRow, incoming: Spoken, delivery: DeliveryRow) {
  const next = toFound(account, app, incoming, delivery)
  const key = `${account.id} ${next.mention.visibility} ${next.mention.externalId}`
  const before = found.get(key)
  if (!before) return found.set(key, next)
  const newer = next.mention.version > before.mention.version ? next : before
  const older = newer === next ? before : next
  return found.set(key, {
    author: newer.author ?? older.author,
    echoOf: newer.echoOf ?? older.echoOf,
    otherIds: [...new Set([...older.otherIds, ...newer.otherIds])],
    termIds: [...new Set([...older.termIds, ...newer.termIds])],
    mention: {
      ...(newer.mention.removedAt ? older.mention : newer.mention),
      replyToExternalId: newer.mention.replyToExternalId ?? older.mention.replyToExternalId,
      isEdit: newer.mention.isEdit,
      removedAt: newer.mention.removedAt ?? older.mention.removedAt,
      attachments: attachmentsOf(newer.mention, older.mention),
      direction: directionOf([newer.mention, older.mention]),
      addressesUs: newer.mention.addressesUs || older.mention.addressesUs,
      facts: { ...older.mention.facts, ...newer.mention.facts },
      deliveryIds: [...new Set([...older.mention.deliveryIds, ...newer.mention.deliveryIds])],
    },
  })
}

function toFound(account: AccountRow, app: PlatformAppRow, incoming: Spoken, delivery: DeliveryRow): Found {
  const given: IncomingMention = incoming.kind === 'mention' ? incoming.mention : standIn(incoming, delivery)
  const text = storable(given.text)
  return {
    author: given.author,
    echoOf: given.echoOf ?? null,
    otherIds: given.otherIds ?? [],
    termIds: termsNamed(delivery.source),
    mention: {
      id: newId(),
      accountId: account.id,
      platform: account.platform,
      visibility: given.visibility,
      direction: given.direction,
      externalId: given.externalId,
      replyToExternalId: given.replyToExternalId ?? null,
      threadKey: given.threadKey,
      parentExternalId: given.parentExternalId,
      customerId: null,
      text,
      attachments: given.attachments ? given.attachments.slice(0, MOST_ATTACHMENTS).map(storableAttachment) : null,
      textKey: sameWordsKey(text),
      url: linkFor(app, given.url),
      addressesUs: given.addressesUs,
      facts: given.facts ?? {},
      postedAt: given.postedAt,
      receivedAt: delivery.receivedAt,
      version: given.version,
      isEdit: given.isEdit,
      removedAt: incoming.kind === 'removal' ? (incoming.at ?? delivery.receivedAt) : null,
      unreadableBecause: incoming.kind === 'unreadable' ? incoming.because : null,
      deliveryIds: [delivery.id],
      isBackfilled: given.postedAt < account.connectedAt,
      isDemo: account.isDemo,
    },
  }
}

/** Where the platform does not say in which way it was written: as it is known, in this batch or from before. */
async function visibilitiesOf(tx: Tx, found: ReadonlyMap<string, Found>, accountId: Id, externalId: string): Promise<Visibility[]> {
  const here = (['public', 'private'] as const).filter(visibility => found.has(`${accountId} ${visibility} ${externalId}`))
  return here.length ? here : findVisibilities(tx, accountId, externalId)
}

/** A removal that outran its mention is stored as a mention already gone: the late "add" then finds it so. */
function standIn(incoming: Removal | Extract<Incoming, { kind: 'unreadable' }>, delivery: DeliveryRow): IncomingMention {
  const isRemoval = incoming.kind === 'removal'
  return {
    externalId: incoming.externalId,
    visibility: isRemoval ? incoming.visibility : 'private',
    direction: 'inbound',
    threadKey: isRemoval ? incoming.externalId : incoming.threadKey,
    parentExternalId: null,
    author: isRemoval ? null : incoming.author,
    text: '',
    url: isRemoval ? null : incoming.url,
    addressesUs: !isRemoval,
    postedAt: incoming.at ?? delivery.receivedAt,
    version: 0,
    isEdit: false,
  }
}

/** Of two tellings of one version, that which knows where they stand. */
function attachmentsOf(newer: NewMention, older: NewMention): NewMention['attachments'] {
  const isWhole = (told: NewMention) => told.attachments?.every(one => one.url !== null) === true
  if (newer.version === older.version && !isWhole(newer) && isWhole(older)) return older.attachments
  return newer.attachments ?? older.attachments
}

/** Context only as long as nothing says it was more; a removal does not know what it removes. */
function directionOf(told: readonly NewMention[]): NewMention['direction'] {
  const known = told.filter(one => !one.removedAt)
  return (known.find(one => one.direction !== 'context') ?? known[0] ?? told[0]!).direction
}

/** The list of a search or stream is named after its watch term. */
const termsNamed = (source: string): Id[] => /^poll:(?:search|stream):(.+)$/.exec(source)?.slice(1) ?? []

function hitsOf(found: Map<string, Found>, stored: Stored[]): { termId: Id; mentionId: Id }[] {
  return stored
    .filter(s => s.direction === 'inbound')
    .flatMap(s => found.get(`${s.accountId} ${s.visibility} ${s.externalId}`)!.termIds.map(termId => ({ termId, mentionId: s.id })))
}

async function store(tx: Tx, found: Found[], now: Date): Promise<Stored[]> {
  const before = await lockKnownMentions(
    tx,
    found.map(f => f.mention),
  )
  await joinParents(tx, found)
  const customers = new Map<string, Author & { id: Id; accountId: Id }>()
  for (const { mention, author } of found) {
    if (mention.direction === 'outbound' || mention.removedAt) continue
    const who = author ?? hidden(mention)
    customers.set(`${mention.accountId} ${who.externalId}`, {
      ...who,
      handle: storable(who.handle),
      name: storable(who.name),
      id: newId(),
      accountId: mention.accountId,
    })
  }
  const known = new Map((await upsertCustomers(tx, [...customers.values()])).map(c => [`${c.accountId} ${c.externalId}`, c.id]))
  for (const { mention, author } of found) {
    if (mention.direction === 'outbound' || mention.removedAt) continue
    mention.customerId = known.get(`${mention.accountId} ${(author ?? hidden(mention)).externalId}`)!
  }
  return upsertMentions(
    tx,
    found.map(f => f.mention),
    before,
    now,
  )
}

/** What answers an edit answers what was edited. Before customers are locked: triage locks mentions first. */
async function joinParents(tx: Tx, found: readonly Found[]) {
  await insertOtherIds(
    tx,
    found.flatMap(({ mention: { accountId, externalId }, otherIds }) => otherIds.map(otherId => ({ accountId, otherId, externalId }))),
  )
  const answering = found.map(f => f.mention).filter(one => one.visibility === 'public' && one.parentExternalId !== null)
  const kept = await findKeptIds(
    tx,
    answering.map(one => ({ accountId: one.accountId, id: one.parentExternalId! })),
  )
  for (const mention of answering) {
    const known = kept.find(one => one.accountId === mention.accountId && one.otherId === mention.parentExternalId)
    if (known) mention.parentExternalId = known.externalId
  }
}

/** Meta hides who wrote until the app is reviewed: one nameless customer per conversation. */
const hidden = (mention: NewMention): Author => ({ externalId: `hidden:${mention.threadKey}`, handle: '', name: '', followers: null })

/** What an arrival means for tickets and replies that are already there. */
async function follow(desk: Desk, tx: Tx, found: Map<string, Found>, stored: Stored[], news: News) {
  const now = desk.now()
  const edited = stored.filter(s => s.change === 'edited' && s.direction === 'inbound')
  const removed = stored.filter(s => s.change === 'removed')
  for (const own of stored.filter(s => s.direction === 'outbound' && s.change === 'new')) {
    const { mention, echoOf } = found.get(`${own.accountId} ${own.visibility} ${own.externalId}`)!
    const ticketId = await recordOwnWords(tx, { ...mention, id: own.id, echoOf })
    if (ticketId) news.ticketIds.add(ticketId)
  }
  // Also what was removed before: this delivery may have brought its words back.
  const gone = stored.filter(s => s.removedAt)
  if (gone.length)
    await eraseMentions(
      tx,
      gone.map(g => g.id),
      now,
    )
  if (removed.length) {
    const refused = await refuseRepliesTo(
      tx,
      removed.map(r => r.id),
      'The customer deleted what this answers before it was sent. Nothing was sent.',
      now,
    )
    await appendTicketEvents(
      tx,
      refused.map(r => ({
        ticketId: r.ticketId,
        kind: 'reply_refused' as const,
        at: now,
        actor: 'intake',
        replyId: r.id,
        after: { because: 'deleted by the customer' },
      })),
    )
  }
  const onTickets = [
    ...edited.map(s => ({ ...s, kind: 'mention_edited' as const })),
    ...removed.map(s => ({ ...s, kind: 'mention_removed' as const })),
  ].filter(s => s.ticketId)
  await appendTicketEvents(
    tx,
    onTickets.map(s => ({ ticketId: s.ticketId!, kind: s.kind, at: now, actor: 'intake', mentionId: s.id })),
  )
  await raiseRevisions(
    tx,
    onTickets.map(s => s.ticketId!),
  )
  for (const s of onTickets) news.ticketIds.add(s.ticketId!)
  await insertWanted(
    tx,
    stored.filter(s => s.direction === 'context' && s.change === 'new').map(s => s.id),
    now,
  )
  // New words of somebody without a ticket may deserve one.
  await judgeAgain(
    tx,
    edited.filter(s => !s.ticketId).map(s => s.id),
  )
  news.toJudge += edited.length + stored.filter(s => s.change === 'new' && s.direction === 'inbound').length
}

async function readAlone(desk: Desk, id: Id) {
  try {
    const news = await desk.db.transaction().execute(async tx => readBatch(desk, tx, await claimDelivery(tx, id)))
    await tellOf(desk, news)
  } catch (error) {
    if (!isRowFault(error)) throw error
    desk.log.error({ deliveryId: id, err: error }, 'a delivery cannot be stored; it is kept and shown')
    await markUnreadable(desk.db, id, (error as Error).message)
  }
}

async function tellOf(desk: Desk, news: News) {
  if (news.toJudge) await desk.ring({ name: 'triageMentions' })
  for (const accountId of news.toPoll) await desk.ring({ name: 'pollAccount', accountId })
  for (const id of news.ticketIds) desk.live.tell({ topic: 'ticket', id })
}

interface HeardOf {
  accountId: Id
  /** Null: nothing of it was pushed. */
  pushedAt: Date | null
  newestMentionAt: Date | null
}

function note(heardOf: Map<Id, HeardOf>, accountId: Id, delivery: DeliveryRow, incoming: Incoming) {
  const before = heardOf.get(accountId)
  heardOf.set(accountId, {
    accountId,
    pushedAt: newest(before?.pushedAt, isPush(delivery) ? delivery.receivedAt : null),
    newestMentionAt: newest(before?.newestMentionAt, incoming.kind === 'mention' ? incoming.mention.postedAt : null),
  })
}

/** New words of customers, for what is usual and for what they cost: each by the way it came first. */
async function countNew(
  desk: Desk,
  tx: Tx,
  found: Map<string, Found>,
  stored: Stored[],
  deliveries: DeliveryRow[],
  accounts: AccountRow[],
) {
  const came = new Map(deliveries.map(delivery => [delivery.id, delivery]))
  const ours = new Map(accounts.map(account => [account.id, account]))
  const fresh = stored
    .filter(s => s.change === 'new')
    .map(s => {
      const { mention } = found.get(`${s.accountId} ${s.visibility} ${s.externalId}`)!
      return { ...mention, delivery: came.get(mention.deliveryIds[0]!)!, account: ours.get(s.accountId)! }
    })
  await countHeard(
    tx,
    fresh
      .filter(one => one.direction === 'inbound' && !isContext(one.delivery))
      .map(one => ({ accountId: one.accountId, postedAt: one.postedAt, isPush: isPush(one.delivery) })),
  )
  await addSpending(
    tx,
    costsOfReading(
      desk,
      fresh.map(one => ({ account: one.account, source: one.delivery.source, visibility: one.visibility, at: one.receivedAt })),
    ),
  )
}

/** What customers answered was not said to us, or about us. */
const isContext = (delivery: DeliveryRow) => delivery.source === 'poll:parents'
const isPush = (delivery: DeliveryRow) => delivery.source === 'webhook'
const newest = (a: Date | null | undefined, b: Date | null) => (a && b ? (a > b ? a : b) : (a ?? b))

/** A batch may have a thousand items of one odd kind: the first few tell what is wrong. */
const inShort = (problems: readonly string[]) =>
  [...problems.slice(0, 3), ...(problems.length > 3 ? [`and ${problems.length - 3} more`] : [])].join('; ')
/** The database takes neither NUL nor half a surrogate pair. */
const storable = (text: string) => text.toWellFormed().replaceAll('\0', '')
const storableAttachment = (one: Attachment): Attachment => ({
  ...one,
  url: one.url && storable(one.url),
  alt: one.alt && storable(one.alt),
})
/** More than any platform takes with one post; what a server of anybody's making claims beyond that is not kept. */
const MOST_ATTACHMENTS = 20
const isFromDatabase = (error: unknown) => error instanceof Error && 'code' in error && 'severity' in error
