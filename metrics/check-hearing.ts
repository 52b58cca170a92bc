// Does an account hear what is said to it? By pushes, by polls, and by the ledger of both; pure.
import { unanswered } from './asked.ts'
import type { AccountFacts } from './check-account.ts'
import { type Check, counted, fault, ok, warning } from './check-up.ts'
import { duration } from './coverage-time.ts'
import { troubleWords } from './coverage-words.ts'

export function checkHearing(facts: AccountFacts): Check[] {
  return [...subscription(facts), ...webhook(facts), ...polling(facts), coverage(facts)]
}

function subscription({ platform, pushes, pollPatienceMs }: AccountFacts): Check[] {
  if (!pushes) return []
  const name = 'subscription'
  const { state, repair, url } = pushes
  if (!state) return [ok(name, `${platform} cannot be asked whether it pushes; the webhook’s line says when it last did.`)]
  const repairIt = `Run npm run doctor -- --repair, or press Check on the accounts page; ${platform} must reach ${url} for it.`
  if (!('answer' in state)) return [unanswered(name, state, platform, repairIt)]
  if (repair === 'done' && state.answer === 'yes')
    return [ok(name, `${platform} did not push any more; it was subscribed again just now, and does.`)]
  if (state.answer === 'yes') return [ok(name, `${platform} pushes this account’s mentions to us.`)]
  const meanwhile = pollPatienceMs === null ? 'Nothing comes in.' : 'Polls bring what is missing, only later.'
  if (state.answer === 'no')
    return [
      fault(
        name,
        `${platform} does not push: the webhook is missing or invalid over there, or the account is not subscribed. ${meanwhile}${repair ? ` ${tried(repair)}` : ''}`,
        repairIt,
      ),
    ]
  if (pollPatienceMs === null)
    return [
      fault(
        name,
        `Nobody asked ${platform} to push, and it cannot be polled: nothing comes in.`,
        'Set PUBLIC_URL to a public https address, and press Check on the accounts page.',
      ),
    ]
  return [ok(name, `Nobody asked ${platform} to push (it takes a public https address, and what its app’s form says): only polls listen.`)]
}

const tried = (repair: 'done' | { failed: string }) =>
  repair === 'done' ? 'It was asked to push again just now, and still does not.' : `Repairing it failed: ${repair.failed}`

function webhook({ account, platform, pushes, now }: AccountFacts): Check[] {
  if (!pushes) return []
  const refused = pushes.refusals.reduce((sum, one) => sum + one.count, 0)
  if (refused)
    return [
      warning(
        'webhook',
        `Refused in the last day: ${counted(refused, 'delivery', 'deliveries')} in ${platform}’s name (${pushes.refusals.map(one => `${one.reason}: ${one.count}`).join(', ')}).`,
        `If they were ${platform}’s own, the app’s secret here is not the one in its console: compare them on the accounts page.`,
      ),
    ]
  const last = account.lastDeliveryAt ? `the last push came ${ago(account.lastDeliveryAt, now)}` : 'nothing was pushed yet'
  return [ok('webhook', `${pushes.url}: ${last}.`)]
}

function polling({ account, platform, pollPatienceMs, isStopped, now }: AccountFacts): Check[] {
  if (pollPatienceMs === null) return []
  const name = 'polling'
  const last = account.lastPollAt ? `The last poll ended ${ago(account.lastPollAt, now)}` : 'It was never polled'
  const cursor = Object.keys(account.pollCursor).length ? 'the next goes on from there' : 'there is no place to go on from yet'
  if (account.inTrouble) {
    const says = `${last}; since then ${troubleWords(account.inTrouble, platform)}.`
    return account.inTrouble === 'limit'
      ? [warning(name, says, 'None needed: polls are paced and go on by themselves.')]
      : [fault(name, says, 'The token’s check above says what to do; the ledger remembers what is missing and reads it back.')]
  }
  const lateMs = now.getTime() - account.nextPollAt.getTime()
  if (lateMs <= pollPatienceMs) return [ok(name, `${last}; ${cursor}.`)]
  if (isStopped) return [ok(name, `${last}, as Heed was stopped; ${cursor}.`)]
  return [
    fault(
      name,
      `${last}, and one is ${duration(lateMs)} overdue: nobody polls.`,
      'See that a worker and a clock process run; their logs say what holds them up.',
    ),
  ]
}

function coverage({ channel: { coverage: words, watched }, isStopped }: AccountFacts): Check {
  const open = words.gaps.filter(gap => gap.span.state === 'open').length
  const gaps = open ? ` ${open === 1 ? 'One gap is' : `${open} gaps are`} open.` : ''
  if (words.tone === 'bad')
    return isStopped
      ? warning('coverage', `${words.sentence}${gaps}`, 'Start Heed: it reads back what the platform still shows.')
      : fault(
          'coverage',
          `${words.sentence}${gaps}`,
          'See the account’s timeline on the health page: it names each gap, and until when it can be repaired.',
        )
  if (watched?.isSilent)
    return warning(
      'coverage',
      `${words.sentence}${gaps} ${watched.silence}`,
      'Ask whether customers can be this quiet, and write a test mention.',
    )
  if (words.tone === 'good') return ok('coverage', words.sentence)
  return warning('coverage', `${words.sentence}${gaps}`, words.gaps.length ? 'The health page names each gap.' : null)
}

const ago = (at: Date, now: Date) => `${duration(now.getTime() - at.getTime())} ago`
