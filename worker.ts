// The worker process: job name → verb.
import { readConfig } from './config.ts'
import type { Desk } from './desk.ts'
import type { Doorbell } from './jobs.ts'
import { openDesk, startProcess, stopOnSignal } from './open-desk.ts'
import { sendReply, settleReply } from './responders/send.ts'
import { setGesture } from './responders/set-gesture.ts'
import { readDeliveries } from './triage/intake.ts'
import { learnFromCorrections } from './triage/learnt.ts'
import { findParents } from './triage/parents.ts'
import { pollAccount } from './triage/poll-account.ts'
import { chooseJudges, type Judges, linearAlone } from './triage/scorers/choose.ts'
import { pollSearch } from './triage/search.ts'
import { holdStreams } from './triage/stream.ts'
import { triageMentions } from './triage/triage.ts'

/** Serves the doorbell until closed; what is under way is finished first. */
export function serveDoorbell(desk: Desk, doorbell: Doorbell, judges: Judges = linearAlone, concurrency = 8) {
  return doorbell.startWorker(
    {
      readDeliveries: () => readDeliveries(desk),
      triageMentions: () => triageMentions(desk, judges),
      pollAccount: job => pollAccount(desk, job.accountId),
      sendReply: job => sendReply(desk, job.replyId),
      settleReply: job => settleReply(desk, job.replyId),
      learnFromCorrections: () => learnFromCorrections(desk),
      pollSearch: job => pollSearch(desk, job.accountId),
      findParents: job => findParents(desk, job.accountId),
      setGesture: job => setGesture(desk, job.mentionId, job.gesture),
    },
    { concurrency, onFault: (name, error) => desk.log.error({ job: name, err: error }, 'a job failed; it is tried again') },
  )
}

if (import.meta.main)
  startProcess(async () => {
    const config = readConfig(process.env)
    const judges = await chooseJudges(config.triage)
    const { desk, doorbell, close } = await openDesk(config, 'worker')
    serveDoorbell(desk, doorbell, judges)
    const streams = holdStreams(desk)
    stopOnSignal(async () => {
      await streams.close()
      await close()
    }, desk.log)
    desk.log.info('worker started')
  })
