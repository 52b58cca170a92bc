// May we answer this on X, and what does it cost: X's rules as they stood on the dates in limits.ts.
import type { Permission, PermissionQuestion } from '../connector.ts'
import { containsLink } from './length.ts'
import { PRICES } from './limits.ts'

/**
 * Since 2026-02-23 the self-serve plans accept a reply only to an author who mentioned or quoted us; Enterprise is exempt.
 * https://docs.x.com/changelog, checked 2026-11-21.
 */
export function mayReply(question: PermissionQuestion): Permission {
  return question.visibility === 'private' ? mayWritePrivately(question) : mayAnswerInPublic(question)
}

function mayAnswerInPublic({ mention, text, account }: PermissionQuestion): Permission {
  const isEnterprise = account.capabilities.tier === 'enterprise'
  if (mention.visibility === 'private') return refusal('They wrote to us privately: answer privately.', ['private'])
  // Read before reposts were told from posts.
  if (mention.facts.repost === true) return refusal('It only repeats what somebody else said: answer the original.', ['open'])
  if (!isEnterprise && !mention.addressesUs) return refusal('X lets us answer only those who mentioned or quoted us.', ['open', 'private'])
  if (isEnterprise) return permission('X allows it.', null)
  return permission('They mentioned or quoted us.', containsLink(text) ? PRICES.postWithLink : PRICES.summonedReply)
}

function mayWritePrivately({ mention, account }: PermissionQuestion): Permission {
  if (account.capabilities.dms === false)
    return refusal('Whoever signed in did not let us read and write private messages.', ['public', 'open'])
  if (mention.facts.group === true) return refusal('It was said in a group: answer it on X.', ['open'])
  const cost = account.capabilities.tier === 'enterprise' ? null : PRICES.directMessage
  return mention.visibility === 'private'
    ? permission('They wrote to us privately.', cost)
    : permission('X may refuse if they take private messages only from people they follow.', cost)
}

const permission = (because: string, costUsd: number | null): Permission => ({
  allowed: true,
  because,
  until: null,
  instead: [],
  costUsd,
})
const refusal = (because: string, instead: Permission['instead']): Permission => ({
  allowed: false,
  because,
  until: null,
  instead,
  costUsd: null,
})
