// node-cron: polls, sweeps, deadlines, spike detection. Any number may run; a lease elects one.
import { randomUUID } from 'node:crypto'
import { schedule } from 'node-cron'
import { readConfig } from './config.ts'
import { listDueAccounts } from './db/accounts.ts'
import { countWaitingDeliveries, expireBodies } from './db/deliveries.ts'
import { listDueGestures } from './db/gestures.ts'
import { holdLease, releaseLease } from './db/leases.ts'
import { countWaitingMentions } from './db/mentions.ts'
import { listAccountsWanting } from './db/parents.ts'
import { listDueReplies, listUnsettledReplies } from './db/replies.ts'
import { letPicturesGo } from './db/reply-pictures.ts'
import { saveSetting } from './db/settings.ts'
import { tendMostChanged } from './db/upkeep.ts'
import { listDueSearches } from './db/watch-terms.ts'
import type { Desk } from './desk.ts'
import { lookForOutage } from './incidents/detect.ts'
import { watchChannels } from './metrics/channel-watch.ts'
import { openDesk, startProcess, stopOnSignal } from './open-desk.ts'
import { closeSolved, solveUnanswered, wakeTickets } from './triage/deadlines.ts'
import { isBehind } from './triage/learnt.ts'

/** Rings for work that waits; does none itself but what one statement does. */
export function startClock(desk: Desk, options: { rawBodyDays: number; databaseUrl: string | undefined }) {
  const holder = `${process.pid} ${randomUUID()}`
  const tasks = [
    every('*/2 * * * * *', 'due work', () => ringDue(desk)),
    every('*/5 * * * * *', 'sweep', () => sweep(desk)),
    every('30 * * * * *', 'deadlines', async () => {
      await lookForOutage(desk)
      await watchChannels(desk)
      await wakeTickets(desk)
      await solveUnanswered(desk)
      await closeSolved(desk)
      await letPicturesGo(desk.db, {
        discarded: daysAgo(desk, 1),
        draft: daysAgo(desk, DRAFT_PICTURES_KEPT_DAYS),
        out: daysAgo(desk, PICTURES_KEPT_DAYS),
      })
      await expireBodies(desk.db, new Date(desk.now().getTime() - options.rawBodyDays * 86_400_000), desk.now())
    }),
    // PostgreSQL tends its tables itself.
    ...(options.databaseUrl ? [] : [every('*/10 * * * * *', 'upkeep', () => tendMostChanged(desk.db))]),
  ]

  function every(cron: string, name: string, run: () => Promise<unknown>) {
    const tick = async () => {
      try {
        if (await holdLease(desk.db, 'clock', holder, LEASE_MS)) await run()
      } catch (error) {
        // The next tick tries again; a clock that stops because the database blinked would lose more.
        desk.log.error({ err: error, task: name }, 'the clock missed a tick')
      }
    }
    // A tick missed while the process was busy is made up for by the next one.
    return schedule(cron, tick, { name, noOverlap: true, suppressMissedWarning: true })
  }

  return {
    close: async () => {
      await Promise.all(tasks.map(task => task.destroy()))
      await releaseLease(desk.db, 'clock', holder)
    },
  }
}

/** Accounts whose poll is due, and after them those with a search or a parent to fetch. */
export async function ringDue(desk: Desk) {
  for (const account of await listDueAccounts(desk.db, desk.now())) await desk.ring({ name: 'pollAccount', accountId: account.id })
  for (const accountId of await listDueSearches(desk.db, desk.now())) await desk.ring({ name: 'pollSearch', accountId })
  for (const accountId of await listAccountsWanting(desk.db, desk.now())) await desk.ring({ name: 'findParents', accountId })
}

/** Rings again for rows left behind: a queue that was lost or emptied loses no mention and no reply. */
export async function sweep(desk: Desk) {
  const now = desk.now()
  if (await countWaitingDeliveries(desk.db)) await desk.ring({ name: 'readDeliveries' })
  if (await countWaitingMentions(desk.db)) await desk.ring({ name: 'triageMentions' })
  for (const reply of await listDueReplies(desk.db, now, 500)) await desk.ring({ name: 'sendReply', replyId: reply.id, at: reply.sendAt! })
  for (const reply of await listUnsettledReplies(desk.db, new Date(now.getTime() - SENDING_TOO_LONG_MS), now, 500))
    await desk.ring({ name: 'settleReply', replyId: reply.id })
  for (const { mentionId, gesture } of await listDueGestures(desk.db, now, 500)) await desk.ring({ name: 'setGesture', mentionId, gesture })
  if (await isBehind(desk.db)) await desk.ring({ name: 'learnFromCorrections' })
  await saveSetting(desk.db, 'lastSweepAt', now.toISOString(), now)
}

const daysAgo = (desk: Desk, days: number) => new Date(desk.now().getTime() - days * 86_400_000)
/** What is out stands on its platform; until then the thread shows it as the team sent it. */
const PICTURES_KEPT_DAYS = 90
/** Nobody came back to the draft since. */
const DRAFT_PICTURES_KEPT_DAYS = 30
const LEASE_MS = 10_000
const SENDING_TOO_LONG_MS = 120_000

if (import.meta.main)
  startProcess(async () => {
    const config = readConfig(process.env)
    const { desk, close } = await openDesk(config, 'clock')
    const clock = startClock(desk, config)
    stopOnSignal(async () => {
      await clock.close()
      await close()
    }, desk.log)
    desk.log.info('clock started')
  })
