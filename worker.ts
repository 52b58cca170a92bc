// The worker process: job name → verb.
import { readConfig } from './config.ts'
import type { Desk } from './desk.ts'
import type { Doorbell } from './jobs.ts'
import { openDesk, startProcess, stopOnSignal } from './open-desk.ts'
import { sendReply, settleReply } from './responders/send.ts'
import { pollAccount, readDeliveries } from './triage/intake.ts'
import { learnFromCorrections } from './triage/learnt.ts'
import { triageMentions } from './triage/triage.ts'

/** Serves the doorbell until closed; what is under way is finished first. */
export function serveDoorbell(desk: Desk, doorbell: Doorbell, concurrency = 8) {
  return doorbell.startWorker(
    {
      readDeliveries: () => readDeliveries(desk),
      triageMentions: () => triageMentions(desk),
      pollAccount: job => pollAccount(desk, job.accountId),
      sendReply: job => sendReply(desk, job.replyId),
      settleReply: job => settleReply(desk, job.replyId),
      learnFromCorrections: () => learnFromCorrections(desk),
    },
    { concurrency, onFault: (name, error) => desk.log.error({ job: name, err: error }, 'a job failed; it is tried again') },
  )
}

if (import.meta.main)
  startProcess(async () => {
    const { desk, doorbell, close } = await openDesk(readConfig(process.env), 'worker')
    serveDoorbell(desk, doorbell)
    stopOnSignal(close, desk.log)
    desk.log.info('worker started')
  })
