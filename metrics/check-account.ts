// Is an account well? Pure, over what its platform answered and what the desk keeps of it.
import type { AccountRow } from '../db/accounts.ts'
import { type Asked, unanswered } from './asked.ts'
import type { ChannelState } from './channels.ts'
import { checkHearing } from './check-hearing.ts'
import { type Check, counted, fault, ok, unknown, warning } from './check-up.ts'
import { clockTime, duration } from './coverage-time.ts'
import { troubleWords } from './coverage-words.ts'

export interface Who {
  externalId: string
  handle: string
  capabilities: Record<string, string | boolean>
}

export interface AccountFacts {
  now: Date
  zone: string
  /** Heed does not run while this looks at its database: what is late is no fault of anybody's. */
  isStopped: boolean
  account: AccountRow
  /** The platform's name. */
  platform: string
  who: Asked<Who>
  /** The sign-in holds the means to renew itself. */
  renewsItself: boolean
  /** How far our clock is ahead of the platform's; null: it gave no date. */
  aheadMs: number | null
  /** Null where the platform cannot push. */
  pushes: {
    url: string
    state: Asked<'yes' | 'no' | 'never'> | null
    /** `done`: it was subscribed again just now; else why that did not work; null: not tried. */
    repair: 'done' | { failed: string } | null
    refusals: { reason: string; count: number }[]
  } | null
  /** Null where the platform cannot be polled; else how late a poll may be. */
  pollPatienceMs: number | null
  channel: Pick<ChannelState, 'coverage' | 'budgets' | 'spend' | 'watched'>
  /** Deliveries of its app that no connector could read. */
  unreadable: number
  unsureReplies: number
  waitingReplies: number
}

export function checkAccount(facts: AccountFacts): Check[] {
  const { account } = facts
  if (account.isDemo) return [ok('demo', 'An invented account: its platform runs only inside Heed, so it was not asked.')]
  if (account.status === 'off')
    return [ok('off', `${account.statusReason ?? 'Switched off.'} Nothing is polled or sent, so it was not asked.`)]
  return [
    token(facts),
    permissions(facts),
    ...checkHearing(facts),
    limits(facts),
    ...spending(facts),
    clock(facts),
    deliveries(facts),
    replies(facts),
  ]
}

function token({ account, platform, who, renewsItself, now, zone }: AccountFacts): Check {
  const signInAgain = `On the accounts page, sign in to ${platform} as @${account.handle} again. Until then replies wait, and what customers write is kept.`
  if (!('answer' in who)) return unanswered('token', who, platform, signInAgain)
  const { handle, externalId } = who.answer
  if (externalId !== account.externalId)
    return fault(
      'token',
      `Works, but it is @${handle}’s and not @${account.handle}’s: answers would come from the wrong account.`,
      signInAgain,
    )
  const alive = `Works, and is @${handle}’s`
  if (account.status === 'reconnect')
    return warning(
      'token',
      `${alive}, yet Heed holds the account back because it did not work before.`,
      'Press Check on the accounts page: then polls go on and waiting replies go out.',
    )
  const endsAt = account.tokenExpiresAt
  if (renewsItself) return ok('token', `${alive}; it renews itself.`)
  if (!endsAt) return ok('token', `${alive}; ${platform} names no end of it.`)
  if (endsAt <= now) return ok('token', `${alive}, though its end was given as ${clockTime(endsAt, now, zone)}.`)
  const ends = `${alive}; it ends ${clockTime(endsAt, now, zone)}, in ${duration(endsAt.getTime() - now.getTime())}`
  return endsAt.getTime() - now.getTime() < SOON_MS ? warning('token', `${ends}.`, signInAgain) : ok('token', `${ends}.`)
}

function permissions({ account, platform, who }: AccountFacts): Check {
  if (!('answer' in who)) return unknown('permissions', 'Not looked at: the token’s check says why.', null)
  const changed = Object.entries(who.answer.capabilities).filter(([name, value]) => account.capabilities[name] !== value)
  if (changed.length)
    return warning(
      'permissions',
      `Changed since the account was last checked: ${changed.map(([name, value]) => `${name} is now ${value}`).join(', ')}. Heed still goes by what it knew.`,
      'Press Check on the accounts page: it takes over what the account may do now.',
    )
  const all = Object.entries({ ...account.capabilities, ...who.answer.capabilities })
  const has = all.filter(([, value]) => value !== false).map(([name, value]) => (value === true ? name : `${name} ${value}`))
  const lacks = all.filter(([, value]) => value === false).map(([name]) => name)
  const words = [...(has.length ? [`with ${has.join(', ')}`] : []), ...(lacks.length ? [`without ${lacks.join(', ')}`] : [])]
  return ok('permissions', words.length ? `As known: ${words.join('; ')}.` : `${platform} tells of none apart from the sign-in’s own.`)
}

function limits({ account, platform, channel: { budgets }, now, zone }: AccountFacts): Check {
  const tightest = [...budgets].sort((a, b) => share(a) - share(b))[0]
  if (!tightest) return ok('limits', `${platform} has told of none in its running window.`)
  const { endpoint, remaining, most, resetAt } = tightest
  const words = `${endpoint.replaceAll(account.externalId, ':id')} has ${remaining} of ${most} left and begins anew ${clockTime(resetAt, now, zone)}`
  if (share(tightest) > 0.1) return ok('limits', `The tightest of ${budgets.length}: ${words}.`)
  return warning(
    'limits',
    `Nearly or all used up: ${words}.`,
    'None needed: Heed waits and loses nothing. If it happens daily, search for fewer terms or ask for a larger plan.',
  )
}
const share = ({ remaining, most }: { remaining: number; most: number }) => remaining / Math.max(1, most)

function spending({ platform, channel: { spend } }: AccountFacts): Check[] {
  if (!spend) return []
  const cap = spend.capUsd === null ? 'no cap is set' : `the cap is $${spend.capUsd.toFixed(2)}`
  const words = `$${spend.soFar.toFixed(2)} this month, about $${spend.forecast.toFixed(2)} by its end; ${cap}.`
  if (spend.level === 'over')
    return [
      warning(
        'spending',
        `${words} Searches have stopped; own mentions are read on.`,
        'Raise the cap on the accounts page, or wait for the next month.',
      ),
    ]
  if (spend.level === 80 || spend.level === 95)
    return [
      warning(
        'spending',
        `${words} More than ${spend.level} % of it is used.`,
        `Raise the cap, or let ${platform} be searched for fewer terms.`,
      ),
    ]
  return [ok('spending', words)]
}

function clock({ platform, aheadMs }: AccountFacts): Check {
  if (aheadMs === null) return unknown('clock', `${platform} gave no date to compare ours with.`, null)
  const apart = Math.round(Math.abs(aheadMs) / 1000)
  if (Math.abs(aheadMs) <= CLOCK_TOLERANCE_MS) return ok('clock', `Ours and ${platform}’s agree${apart > 2 ? ` within ${apart} s` : ''}.`)
  return warning(
    'clock',
    `Ours is ${apart < 120 ? `${apart} s` : duration(apart * 1000)} ${aheadMs > 0 ? 'ahead of' : 'behind'} ${platform}’s. Tokens are renewed too early or too late, and windows for answering close at the wrong time.`,
    'Let this machine’s clock be set by NTP.',
  )
}

function deliveries({ unreadable }: AccountFacts): Check {
  if (!unreadable) return ok('deliveries', 'Every one was read.')
  return warning(
    'deliveries',
    `${unreadable} of its app’s could not be read. They are kept.`,
    'The health page shows their shape, and reads them again once Heed understands it.',
  )
}

function replies({ account, platform, unsureReplies, waitingReplies }: AccountFacts): Check {
  const waiting = waitingReplies ? ` ${counted(waitingReplies, 'waits', 'wait')} to go out.` : ''
  if (account.outTrouble) {
    const says = `The last one did not go out: ${troubleWords(account.outTrouble, platform)}.${waiting}`
    return account.outTrouble === 'limit'
      ? warning('replies', says, 'None needed: they go out when the limit allows it.')
      : fault('replies', says, 'The token’s check above says what to do; then send the waiting replies again from their tickets.')
  }
  if (unsureReplies)
    return warning(
      'replies',
      `Nobody knows of ${counted(unsureReplies, 'reply', 'replies')} whether the customer has it; nothing is sent twice blindly.${waiting}`,
      `Look on ${platform} whether it is there, and say so on the ticket.`,
    )
  return ok('replies', `None failed and none is unsure.${waiting}`)
}

const SOON_MS = 7 * 86_400_000
const CLOCK_TOLERANCE_MS = 30_000
