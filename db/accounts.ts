// Apps and accounts: who we are on each platform, sealed secrets, where a poll goes on, and how each is faring.
import type { ColumnType, Generated, JSONColumnType, Selectable } from 'kysely'
import { sql } from 'kysely'
import type { PointerKey } from '../connectors/connector.ts'
import type { AccountStatus, Id, Platform } from '../domain.ts'
import type { Db } from './schema.ts'

export interface PlatformAppsTable {
  id: Id
  platform: Platform
  label: string
  secrets: Uint8Array
  apiBase: string | null
  isDemo: Generated<boolean>
  createdAt: Generated<Date>
}
export interface AccountsTable {
  id: Id
  appId: Id
  platform: Platform
  externalId: string
  handle: string
  name: string
  secrets: Uint8Array
  /** Grows with every stored rotation: what makes a renewal single-flight. */
  secretsVersion: Generated<number>
  status: Generated<AccountStatus>
  statusReason: string | null
  capabilities: JSONColumnType<Record<string, string | boolean>>
  isDemo: Generated<boolean>
  connectedAt: Generated<Date>
  tokenExpiresAt: Date | null
  pollCursor: ColumnType<Record<string, string>, string | undefined, string>
  nextPollAt: Generated<Date>
  /** A poll under way holds the account until then. */
  pollingUntil: Date | null
  lastPollAt: Date | null
  lastDeliveryAt: Date | null
  newestMentionAt: Date | null
  lastError: string | null
  lastErrorAt: Date | null
  /** The most this account may spend in a month, where its platform charges. Null: no cap. */
  monthlyCapUsd: number | null
  /** Polls in a row that brought nothing. */
  quietPolls: Generated<number>
  subscriptionCheckedAt: Date | null
  /** What its pushes hang on over there; other accounts may hang on the same. Null: on nothing they share. */
  subscription: Generated<string | null>
  /** When the platform last said that it pushes. */
  subscriptionGoodAt: Generated<Date | null>
  /** A stream tells of it at once, since then; null: only polls, and pushes, do. */
  streamedSince: Generated<Date | null>
  /** Why the platform lets it have no stream, in words; null: it does, or has none for anybody. */
  streamBarred: Generated<string | null>
  /** What is wrong with hearing, and with sending, by code; null: nothing. */
  inTrouble: string | null
  inTroubleAt: Date | null
  outTrouble: string | null
  outTroubleAt: Date | null
  lastSentAt: Date | null
}
export interface SignInAttemptsTable {
  state: string
  appId: Id
  teammateId: Id
  verifier: string
  /** Sealed: what may be connected, while a person chooses. */
  choices: Uint8Array | null
  expiresAt: Date
}
export type AccountRow = Selectable<AccountsTable>
export type PlatformAppRow = Selectable<PlatformAppsTable>

export const listAccounts = (db: Db) => db.selectFrom('accounts').selectAll().orderBy('connectedAt').execute()
export const listPlatformApps = (db: Db) => db.selectFrom('platformApps').selectAll().orderBy('createdAt').execute()
export const getAccount = (db: Db, id: Id) => db.selectFrom('accounts').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
/** Those of these that are here, in the order they were connected. */
export const findAccounts = (db: Db, ids: readonly Id[]) =>
  db
    .selectFrom('accounts')
    .selectAll()
    .where('id', '=', sql<Id>`any(${[...ids]}::uuid[])`)
    .orderBy('connectedAt')
    .execute()
export const findPlatformApp = (db: Db, id: Id) => db.selectFrom('platformApps').selectAll().where('id', '=', id).executeTakeFirst()
export const getPlatformApp = (db: Db, id: Id) => db.selectFrom('platformApps').selectAll().where('id', '=', id).executeTakeFirstOrThrow()

/** Connected, due, and not being polled. */
export function listDueAccounts(db: Db, now: Date) {
  return (
    db
      .selectFrom('accounts')
      .select('id')
      .where('status', '=', 'connected')
      .where('nextPollAt', '<=', now)
      .where(eb => eb.or([eb('pollingUntil', 'is', null), eb('pollingUntil', '<', now)]))
      // Who has waited longest is first: where calls are few, they go round.
      .orderBy('nextPollAt')
      .execute()
  )
}

/** Holds a due account for one poll; a worker that dies lets it go after `holdMs`. */
export async function claimPoll(db: Db, id: Id, now: Date, holdMs: number): Promise<AccountRow | undefined> {
  return db
    .updateTable('accounts')
    .set({ pollingUntil: new Date(now.getTime() + holdMs) })
    .where('id', '=', id)
    .where('status', '=', 'connected')
    .where('nextPollAt', '<=', now)
    .where(eb => eb.or([eb('pollingUntil', 'is', null), eb('pollingUntil', '<', now)]))
    .returningAll()
    .executeTakeFirst()
}

/** Accounts that share the app's budgets. */
export async function countConnected(db: Db, appId: Id): Promise<number> {
  const row = await db
    .selectFrom('accounts')
    .select(eb => eb.fn.countAll<number>().as('n'))
    .where('appId', '=', appId)
    .where('status', '=', 'connected')
    .executeTakeFirstOrThrow()
  return Number(row.n)
}

export async function markPolled(db: Db, id: Id, at: Date, next: Date, cursor: Record<string, string> | null, quietPolls = 0) {
  await db
    .updateTable('accounts')
    .set({
      lastPollAt: at,
      nextPollAt: cursor ? sql<Date>`case when ${hasNewPointer(cursor)} then ${at}::timestamptz else ${next}::timestamptz end` : next,
      pollingUntil: null,
      lastError: null,
      lastErrorAt: null,
      inTrouble: null,
      inTroubleAt: null,
      quietPolls,
      ...(cursor ? { pollCursor: sql<string>`${withPointers(cursor)}` } : {}),
    })
    .where('id', '=', id)
    .execute()
}

/** The new cursor, beside what deliveries pointed at while the poll ran: a pointer goes only when the poll returns it with ''. */
const withPointers = (cursor: Record<string, string>) => sql`(
  select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each_text(
    (select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each_text(poll_cursor) where starts_with(key, 'pointer:')) || ${JSON.stringify(cursor)}::jsonb
  ) where not (starts_with(key, 'pointer:') and value = ''))`

/** Something was pointed at while this poll ran: the next one is due at once. */
const hasNewPointer = (cursor: Record<string, string>) => sql<boolean>`exists (
  select from jsonb_object_keys(poll_cursor) key where starts_with(key, 'pointer:') and not jsonb_exists(${JSON.stringify(cursor)}::jsonb, key))`

/** A delivery said where something is: kept until a poll has fetched it, and the account is due now. */
export async function rememberPointer(tx: Db, id: Id, key: PointerKey, at: Date, now: Date) {
  await sql`
    update accounts set poll_cursor = poll_cursor || jsonb_build_object(${key}::text, ${String(at.getTime())}::text), next_poll_at = least(next_poll_at, ${now})
    where id = ${id}`.execute(tx)
}

export async function markAccountError(db: Db, id: Id, at: Date, problem: string, next: Date | null) {
  await db
    .updateTable('accounts')
    .set({ lastError: problem, lastErrorAt: at, pollingUntil: null, ...(next ? { nextPollAt: next } : {}) })
    .where('id', '=', id)
    .execute()
}

/** Each way by itself, by code: an account may hear and yet not be able to speak. */
export async function markHearingTrouble(db: Db, id: Id, at: Date, code: string) {
  await db.updateTable('accounts').set({ inTrouble: code, inTroubleAt: at }).where('id', '=', id).execute()
}
export async function markSendingTrouble(db: Db, id: Id, at: Date, code: string) {
  await db.updateTable('accounts').set({ outTrouble: code, outTroubleAt: at }).where('id', '=', id).execute()
}
export async function markSending(db: Db, id: Id, at: Date) {
  await db.updateTable('accounts').set({ lastSentAt: at, outTrouble: null, outTroubleAt: null }).where('id', '=', id).execute()
}

export async function markSubscriptionChecked(db: Db, id: Id, at: Date) {
  await db.updateTable('accounts').set({ subscriptionCheckedAt: at }).where('id', '=', id).execute()
}

export async function markSubscriptionGood(db: Db, id: Id, at: Date) {
  await db.updateTable('accounts').set({ subscriptionGoodAt: at }).where('id', '=', id).execute()
}

export async function markSubscription(db: Db, id: Id, name: string) {
  await db.updateTable('accounts').set({ subscription: name }).where('id', '=', id).execute()
}

/** Accounts whose pushes hang on the same subscription over there. */
export const listOnSubscription = (db: Db, name: string) =>
  db.selectFrom('accounts').selectAll().where('subscription', '=', name).where('status', '=', 'connected').orderBy('connectedAt').execute()

/** Something was missed that a poll brings: it is due now. */
export async function hurryPolls(db: Db, ids: readonly Id[], now: Date) {
  await sql`update accounts set next_poll_at = least(next_poll_at, ${now}) where id = any(${ids}::uuid[])`.execute(db)
}

/** Connected, and who they are: those a stream may tell of. */
export const listConnected = (db: Db) =>
  db.selectFrom('accounts').select(['id', 'appId', 'platform']).where('status', '=', 'connected').orderBy('connectedAt').execute()

/** The stream stands or broke: whatever was missed meanwhile, a poll at once brings it. */
export async function markStreaming(db: Db, id: Id, since: Date | null, now: Date) {
  await sql`
    update accounts set streamed_since = ${since}, next_poll_at = least(next_poll_at, ${now}),
      stream_barred = case when ${since}::timestamptz is null then stream_barred end
    where id = ${id}`.execute(db)
}
export async function markStreamBarred(db: Db, id: Id, because: string) {
  await db.updateTable('accounts').set({ streamBarred: because }).where('id', '=', id).execute()
}

export async function setMonthlyCap(db: Db, id: Id, usd: number | null) {
  await db.updateTable('accounts').set({ monthlyCapUsd: usd }).where('id', '=', id).execute()
}

/** The token died: replies wait, deliveries go on being stored. */
export async function markReconnect(db: Db, id: Id, at: Date, reason: string) {
  await db
    .updateTable('accounts')
    .set({
      status: 'reconnect',
      statusReason: reason,
      lastError: reason,
      lastErrorAt: at,
      pollingUntil: null,
      inTrouble: 'token',
      inTroubleAt: at,
      outTrouble: 'token',
      outTroubleAt: at,
    })
    .where('id', '=', id)
    .where('status', '!=', 'off')
    .execute()
}

/** Stores rotated secrets only if nobody stored newer ones. */
export async function replaceSecrets(db: Db, id: Id, secrets: Uint8Array, version: number): Promise<boolean> {
  const result = await db
    .updateTable('accounts')
    .set({ secrets, secretsVersion: version + 1 })
    .where('id', '=', id)
    .where('secretsVersion', '=', version)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** What just came in, for the health of each account. */
export async function markDelivered(db: Db, deliveries: { accountId: Id; pushedAt: Date | null; newestMentionAt: Date | null }[]) {
  if (!deliveries.length) return
  await sql`
    update accounts a set last_delivery_at = greatest(a.last_delivery_at, d.at), newest_mention_at = greatest(a.newest_mention_at, d.newest)
    from (select * from jsonb_to_recordset(${JSON.stringify(deliveries.map(d => ({ id: d.accountId, at: d.pushedAt, newest: d.newestMentionAt })))}::jsonb)
      as t(id uuid, at timestamptz, newest timestamptz) order by id) d
    where a.id = d.id`.execute(db)
}

export async function insertPlatformApp(
  db: Db,
  app: { id: Id; platform: Platform; label: string; secrets: Uint8Array; apiBase: string | null; createdAt?: Date; isDemo?: boolean },
) {
  await db.insertInto('platformApps').values(app).execute()
}

export async function updatePlatformApp(db: Db, id: Id, change: { label?: string; secrets?: Uint8Array; apiBase?: string }) {
  await db.updateTable('platformApps').set(change).where('id', '=', id).execute()
}

export interface ConnectedAccount {
  id: Id
  appId: Id
  platform: Platform
  externalId: string
  handle: string
  name: string
  secrets: Uint8Array
  capabilities: Record<string, string | boolean>
  tokenExpiresAt: Date | null
  isDemo: boolean
  at: Date
}

/** A new account, or one that is back: then its row, its history and where its polls go on are kept. */
export async function storeConnected(tx: Db, account: ConnectedAccount): Promise<{ account: AccountRow; isNew: boolean }> {
  const before = await tx
    .selectFrom('accounts')
    .select('id')
    .where('platform', '=', account.platform)
    .where('externalId', '=', account.externalId)
    .executeTakeFirst()
  const { at, capabilities, ...given } = account
  const row = await tx
    .insertInto('accounts')
    .values({ ...given, capabilities: JSON.stringify(capabilities), connectedAt: at, nextPollAt: at })
    .onConflict(c =>
      c.columns(['platform', 'externalId']).doUpdateSet(eb => ({
        appId: given.appId,
        handle: given.handle,
        name: given.name,
        secrets: given.secrets,
        secretsVersion: eb('accounts.secretsVersion', '+', 1),
        status: 'connected',
        statusReason: null,
        capabilities: JSON.stringify(capabilities),
        tokenExpiresAt: given.tokenExpiresAt,
        isDemo: given.isDemo,
        nextPollAt: at,
        pollingUntil: null,
        lastError: null,
        lastErrorAt: null,
        inTrouble: null,
        inTroubleAt: null,
        outTrouble: null,
        outTroubleAt: null,
        subscriptionCheckedAt: null,
      })),
    )
    .returningAll()
    .executeTakeFirstOrThrow()
  return { account: row, isNew: !before }
}

export async function markChecked(
  db: Db,
  id: Id,
  checked: { handle: string; name: string; capabilities: Record<string, string | boolean>; at: Date },
) {
  const { capabilities, at, ...who } = checked
  return db
    .updateTable('accounts')
    .set({
      ...who,
      capabilities: JSON.stringify(capabilities),
      status: 'connected',
      statusReason: null,
      lastError: null,
      lastErrorAt: null,
      inTrouble: null,
      inTroubleAt: null,
      outTrouble: null,
      outTroubleAt: null,
      nextPollAt: at,
      pollingUntil: null,
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** No polls, no replies; what its app still pushes is stored all the same. */
export async function markOff(db: Db, id: Id, reason: string) {
  await db.updateTable('accounts').set({ status: 'off', statusReason: reason, pollingUntil: null }).where('id', '=', id).execute()
}
