// Is the desk itself well? Pure, over what was found out about database, key, queue, clock and address.
import type { WorkWaiting } from '../db/health-page.ts'
import { type Check, counted, fault, ok, warning } from './check-up.ts'
import { duration } from './coverage-time.ts'

export interface DeskFacts {
  now: Date
  /** The embedded database has one user at a time: while it is checked, Heed does not run. */
  isEmbedded: boolean
  /** Sealed secrets there are, of apps and accounts, and how many the key opens. */
  secrets: { stored: number; opened: number }
  /** Null: it answered. */
  queueProblem: string | null
  work: Pick<WorkWaiting, 'clockHolder' | 'lastSweepAt' | 'deliveries' | 'oldestDeliveryAt' | 'mentions' | 'oldestMentionAt' | 'setAside'>
  publicUrl: string
  /** Connected accounts whose platform itself, not a simulator, pushes to `publicUrl`. */
  pushedTo: number
}

export function checkDesk(facts: DeskFacts): Check[] {
  return [database(facts, []), secretKey(facts), queue(facts), clock(facts), work(facts), address(facts)]
}

/** All that can be said of a database that is not up to this version. */
export function database({ isEmbedded }: Pick<DeskFacts, 'isEmbedded'>, missingSteps: readonly string[]): Check {
  const which = isEmbedded ? 'The embedded database' : 'PostgreSQL'
  if (!missingSteps.length) return ok('database', `${which} answers, and its tables are those of this version.`)
  return fault(
    'database',
    `${which} answers, but its tables are older than this version: ${missingSteps.join(', ')} ${missingSteps.length === 1 ? 'is' : 'are'} missing. Nothing else was looked at.`,
    isEmbedded ? 'Start Heed once: it brings its database up to date.' : 'Run the release process: node_modules/.bin/node dist/release.js.',
  )
}

function secretKey({ isEmbedded, secrets: { stored, opened } }: DeskFacts): Check {
  if (!stored) return ok('secret key', 'Nothing is sealed with it yet.')
  if (opened === stored) return ok('secret key', `SECRET_KEY opens all ${stored} stored secrets.`)
  const where = isEmbedded
    ? 'Unset SECRET_KEY, or bring back the file secret.key that stood in DATA_DIR'
    : 'Give every process the SECRET_KEY with which the accounts were connected'
  return fault(
    'secret key',
    `SECRET_KEY opens ${opened} of ${stored} stored secrets: it is not the one they were sealed with. Those accounts can be neither asked nor answered from.`,
    `${where}. If it is lost, enter the app’s secrets and connect the accounts again.`,
  )
}

function queue({ queueProblem, isEmbedded }: DeskFacts): Check {
  if (!queueProblem) return ok('queue', 'Answers.')
  return fault(
    'queue',
    `Does not answer (${queueProblem}). Mentions are stored all the same, but nothing is read, judged or sent.`,
    isEmbedded
      ? 'Start Heed and look at its log.'
      : 'See whether Redis runs and REDIS_URL names it; without REDIS_URL PostgreSQL is the queue.',
  )
}

function clock({ now, isEmbedded, work: { clockHolder, lastSweepAt } }: DeskFacts): Check {
  if (clockHolder) return ok('clock', 'One clock process is elected and at work.')
  const last = lastSweepAt ? `It last went round ${duration(now.getTime() - lastSweepAt.getTime())} ago` : 'It has never gone round'
  if (isEmbedded) return ok('clock', `${last}. Heed does not run while this looks at its database; it brings its own clock.`)
  return fault(
    'clock',
    `No clock process is elected. ${last}: nothing is polled, no deadline rings, nothing left behind is picked up.`,
    'Start the clock process: node_modules/.bin/node dist/clock.js.',
  )
}

function work({ now, isEmbedded, work: waiting }: DeskFacts): Check {
  const oldest = [waiting.oldestDeliveryAt, waiting.oldestMentionAt].filter(at => at !== null).map(at => now.getTime() - at.getTime())
  const waits = `Waiting: ${counted(waiting.deliveries, 'delivery', 'deliveries')} to be read, ${counted(waiting.mentions, 'mention', 'mentions')} to be judged`
  if (!isEmbedded && Math.max(0, ...oldest) > WORK_PATIENCE_MS)
    return fault(
      'work',
      `${waits}, the oldest for ${duration(Math.max(...oldest))}: nobody does the work.`,
      'Start the worker process: node_modules/.bin/node dist/worker.js; if it runs, its log says what holds it up.',
    )
  if (waiting.setAside)
    return warning(
      'work',
      `${counted(waiting.setAside, 'mention', 'mentions')} could not be judged: set aside, and kept.`,
      'Look at them on the health page, under “Set aside”.',
    )
  return ok('work', waiting.deliveries || waiting.mentions ? `${waits}.` : 'Nothing waits.')
}

function address({ publicUrl, pushedTo }: DeskFacts): Check {
  const problem = outsideProblem(publicUrl)
  if (!pushedTo) return ok('address', `${publicUrl}${problem ? '. No platform is to push there yet' : ''}.`)
  if (!problem) return ok('address', `${publicUrl}: https, and not this machine’s own name.`)
  return fault(
    'address',
    `PUBLIC_URL is ${publicUrl}, which ${problem}. Platforms cannot push there, and their sign-ins do not lead back.`,
    'Set PUBLIC_URL to the https address under which the platforms reach Heed, restart it, and press Check on each account.',
  )
}

function outsideProblem(publicUrl: string): string | null {
  const { protocol, hostname } = new URL(publicUrl)
  if (/^(localhost|.*\.localhost|127\.[\d.]+|0\.0\.0\.0|\[::1?\])$/.test(hostname)) return 'is known on this machine only'
  return protocol === 'https:' ? null : 'is not https'
}

const WORK_PATIENCE_MS = 5 * 60_000
