// What X charges an account for reading and sending on its pay-per-use plans; Enterprise has a contract instead.
import type { Connector, Prices } from '../connector.ts'
import { containsLink } from './length.ts'
import { PRICES } from './limits.ts'

export const prices: NonNullable<Connector['prices']> = account => (account.capabilities.tier === 'enterprise' ? null : payPerUse)

/** Pushed or polled costs the same; our own mentions are "owned reads", what a search or a look-up finds is not. */
const payPerUse: Prices = {
  read: (source, visibility) => {
    if (visibility === 'private') return PRICES.readDirectMessage
    return /^poll:(search:|stream:|parents$)/.test(source) ? PRICES.readPost : PRICES.readOwned
  },
  send: ({ text, visibility, inReplyTo, continues }) => {
    if (visibility === 'private') return PRICES.directMessage
    if (containsLink(text)) return PRICES.postWithLink
    // Below our own post nobody summoned us.
    return inReplyTo && !continues ? PRICES.summonedReply : PRICES.post
  },
  dearer: 'the link',
  source: PRICES.source,
  checkedOn: PRICES.checkedOn,
}
