// What an operator does with accounts: connect, check, switch off. Secrets go into the vault and never come out to a page.
import { v7 as newId } from 'uuid'
import { type ConnectableAccount, type Line, PlatformError } from '../connectors/connector.ts'
import {
  type AccountRow,
  getAccount,
  markAccountError,
  markChecked,
  markOff,
  markReconnect,
  type PlatformAppRow,
  storeConnected,
} from '../db/accounts.ts'
import { listApprovedOf, readAgainOf } from '../db/accounts-page.ts'
import { insertAuditEntry } from '../db/audit-entries.ts'
import type { Id, Teammate } from '../domain.ts'
import { openLine, sealSecrets } from '../line.ts'
import { checkSubscription, subscribeAgain } from '../triage/subscription.ts'
import type { WebDesk } from './env.ts'

export interface Connected {
  account: AccountRow
  isNew: boolean
  /** The account is stored, but this did not work over there. */
  problem: string | null
}

/** Stores what the sign-in gave; an account that was here before keeps its row and its history. */
export async function connectAccount(
  desk: WebDesk,
  teammate: Teammate,
  app: PlatformAppRow,
  found: ConnectableAccount,
): Promise<Connected> {
  const { externalId, handle, name, capabilities, tokenExpiresAt } = found
  const at = desk.now()
  const { account, isNew } = await desk.db.transaction().execute(async tx => {
    const stored = await storeConnected(tx, {
      id: newId(),
      appId: app.id,
      platform: app.platform,
      externalId,
      handle,
      name,
      capabilities,
      tokenExpiresAt,
      isDemo: app.isDemo,
      at,
      secrets: sealSecrets(desk.vault, found.secrets),
    })
    await insertAuditEntry(tx, {
      at,
      teammateId: teammate.id,
      action: stored.isNew ? 'account.connected' : 'account.reconnected',
      subject: stored.account.id,
      after: { platform: app.platform, handle, name, capabilities },
    })
    return stored
  })
  // Invented customers and real ones must not share a queue.
  if (!account.isDemo) await desk.demo?.remove()
  await ringWaiting(desk, account)
  return { account, isNew, problem: await subscribe(desk, account.id) }
}

/** Asks the platform who we are there, takes over what the plan may do, and subscribes again: what silence should be answered with. */
export async function checkAccount(desk: WebDesk, teammate: Teammate, id: Id): Promise<Connected> {
  const before = await getAccount(desk.db, id)
  const problem = await attempt(desk, id, async line => {
    const who = await desk.connectorFor(before.platform).whoAmI(line)
    if (who.externalId !== before.externalId)
      throw new PlatformError(
        'account',
        `The token belongs to @${who.handle}, not to @${before.handle}: sign in again as @${before.handle}.`,
      )
    await desk.db.transaction().execute(async tx => {
      const capabilities = { ...before.capabilities, ...who.capabilities }
      const after = await markChecked(tx, id, { handle: who.handle, name: who.name, capabilities, at: desk.now() })
      if (before.status !== after.status || JSON.stringify(before.capabilities) !== JSON.stringify(after.capabilities))
        await insertAuditEntry(tx, {
          at: desk.now(),
          teammateId: teammate.id,
          action: 'account.checked',
          subject: id,
          before: stateOf(before),
          after: stateOf(after),
        })
    })
  })
  if (problem) return { account: await getAccount(desk.db, id), isNew: false, problem }
  const account = await getAccount(desk.db, id)
  await ringWaiting(desk, account)
  return { account, isNew: false, problem: await subscribe(desk, id) }
}

export async function switchOff(desk: WebDesk, teammate: Teammate, id: Id): Promise<AccountRow> {
  const before = await getAccount(desk.db, id)
  await desk.db.transaction().execute(async tx => {
    await markOff(tx, id, `Switched off by ${teammate.name}.`)
    await insertAuditEntry(tx, {
      at: desk.now(),
      teammateId: teammate.id,
      action: 'account.off',
      subject: id,
      before: stateOf(before),
      after: { ...stateOf(before), status: 'off' },
    })
  })
  desk.live.tell({ topic: 'account', id })
  return getAccount(desk.db, id)
}

export const webhookUrlOf = (desk: WebDesk, appId: Id) => `${desk.config.publicUrl}/webhooks/${appId}`
export const callbackUrl = (desk: WebDesk) => `${desk.config.publicUrl}/accounts/callback`

/** Replies that waited for the token, deliveries that waited for the account, and the first poll. */
async function ringWaiting(desk: WebDesk, account: AccountRow) {
  if (await readAgainOf(desk.db, account.appId)) await desk.ring({ name: 'readDeliveries' })
  for (const reply of await listApprovedOf(desk.db, account.id))
    await desk.ring({ name: 'sendReply', replyId: reply.id, at: reply.sendAt ?? desk.now() })
  if (desk.connectorFor(account.platform).intake.polling) await desk.ring({ name: 'pollAccount', accountId: account.id })
  desk.live.tell({ topic: 'account', id: account.id })
}

async function subscribe(desk: WebDesk, id: Id): Promise<string | null> {
  const account = await getAccount(desk.db, id)
  const { onConnected } = desk.connectorFor(account.platform)
  if (!onConnected) return null
  return attempt(desk, id, async line => {
    if (await wasDropped(desk, account, line)) await subscribeAgain(desk, account, line)
    else await onConnected(line, webhookUrlOf(desk, account.appId))
  })
}

/** Whoever mends it must not hide since when it was broken. Where that cannot be asked, subscribing says what is wrong. */
async function wasDropped(desk: WebDesk, account: AccountRow, line: Line): Promise<boolean> {
  try {
    return (await checkSubscription(desk, account, line)) === 'no'
  } catch (error) {
    desk.log.warn({ err: error, accountId: account.id }, 'could not see whether the platform pushes')
    return false
  }
}

/** Null when it worked; else the platform's answer in words, kept with the account so that its health shows it. */
async function attempt(desk: WebDesk, id: Id, run: (line: Line) => Promise<void>): Promise<string | null> {
  try {
    await run(await openLine(desk, id))
    return null
  } catch (error) {
    if (!(error instanceof PlatformError)) desk.log.error({ err: error, accountId: id }, 'an account could not be checked')
    const problem = error instanceof PlatformError ? error.message : 'Something went wrong here, not there; the log says what.'
    if (error instanceof PlatformError && error.kind === 'account') await markReconnect(desk.db, id, desk.now(), problem)
    else await markAccountError(desk.db, id, desk.now(), problem, null)
    desk.live.tell({ topic: 'account', id })
    return problem
  }
}

const stateOf = ({ status, capabilities, handle }: AccountRow) => ({ status, capabilities, handle })
