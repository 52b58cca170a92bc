// May we answer in private, and until when: Meta's windows on our clock, five minutes short.
// Windows: developers.facebook.com/docs/messenger-platform/policy/policy-overview, …/discovery/private-replies (checked 2026-11-21).
import type { Permission, PermissionQuestion } from '../connector.ts'
import type { Product } from './product.ts'

const HOUR_MS = 3_600_000
/** After each message of theirs. */
export const RESPONSE_MS = 24 * HOUR_MS
/** For a person's answer, when the app was granted the Human Agent feature. */
export const HUMAN_AGENT_MS = 7 * 24 * HOUR_MS
/** For the one private message to a comment. */
const PRIVATE_REPLY_MS = 7 * 24 * HOUR_MS
/** Our clock and Meta's may differ, and a send takes its time. */
const MARGIN_MS = 5 * 60_000

/** In a chat that is there already. */
export function mayMessage(
  { mention, now, lastPrivateInboundAt, account, isAutomatic }: PermissionQuestion,
  { name }: Product,
): Permission {
  const newest = Math.max(lastPrivateInboundAt?.getTime() ?? 0, mention.postedAt.getTime())
  const standby = mention.facts.standby === true ? ` Another app holds this chat, so ${name} may refuse.` : ''
  const answerUntil = new Date(newest + RESPONSE_MS - MARGIN_MS)
  if (now < answerUntil) return yes(`The chat ${closesIn(answerUntil, now)}.${standby}`, answerUntil)
  const humanUntil = new Date(newest + HUMAN_AGENT_MS - MARGIN_MS)
  if (account.capabilities.humanAgent !== true)
    return no(`${name} closed the chat 24 h after the customer's last message: it opens when they write again.`, ['open'])
  if (now >= humanUntil)
    return no(`${name} closed the chat 7 days after the customer's last message: it opens when they write again.`, ['open'])
  if (isAutomatic)
    return no(`${name} takes automatic answers for 24 h after the customer's last message; a person may still write.`, ['open'])
  return yes(
    `The 24 h are over: a person, never an automatic answer, may still write. The chat ${closesIn(humanUntil, now)}.${standby}`,
    humanUntil,
  )
}

/** The one private message that a comment allows. */
export function mayReplyPrivately(question: PermissionQuestion, { name }: Product): Permission {
  const { mention, now, privateReplySent, lastPrivateInboundAt } = question
  if (privateReplySent) {
    const isChatOpen = lastPrivateInboundAt !== null && now.getTime() < lastPrivateInboundAt.getTime() + RESPONSE_MS - MARGIN_MS
    return no(
      isChatOpen
        ? 'The one private message to this comment was sent, and the customer wrote back: answer their newest message instead.'
        : `The one private message ${name} allows for a comment was sent: the chat opens when the customer answers it.`,
      ['public', 'open'],
    )
  }
  const until = new Date(mention.postedAt.getTime() + PRIVATE_REPLY_MS - MARGIN_MS)
  if (now < until)
    return yes(`One private message for this comment; the chat opens when the customer answers. This ${closesIn(until, now)}.`, until)
  return no('A comment can be answered in private for 7 days, and they are over.', ['public', 'open'])
}

export function yes(because: string, until: Date | null): Permission {
  return { allowed: true, because, until, instead: [], costUsd: null }
}

export function no(because: string, instead: Permission['instead']): Permission {
  return { allowed: false, because, until: null, instead, costUsd: null }
}

/** Rounded down, so that nobody counts on a minute that is not there. */
function closesIn(until: Date, now: Date): string {
  const minutes = Math.floor((until.getTime() - now.getTime()) / 60_000)
  if (minutes < 60) return `closes in ${Math.max(minutes, 1)} min`
  if (minutes < 48 * 60) return `closes in ${Math.floor(minutes / 60)} h`
  return `closes in ${Math.floor(minutes / 60 / 24)} days`
}
